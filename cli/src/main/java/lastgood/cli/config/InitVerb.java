package lastgood.cli.config;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import lastgood.cli.Common;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.config.Discovery;
import lastgood.config.Starter;
import lastgood.core.ServiceRef;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// A first file.
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = "Writes a first lastgood.yaml for one service on this machine.",
        footer = {"", "Example:", "  lastgood config init --service web --port 8080 -- ./web --port {port}"})
final class InitVerb extends Verb {

    private final Tool tool;

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "what starts an instance; {port} is filled in")
    private List<String> command = List.of();

    @Option(
            names = {"-s", "--service"},
            paramLabel = "SVC",
            description = "its name (default: web)")
    private String service = "web";

    @Option(names = "--port", paramLabel = "PORT", description = "where users reach it (default: 8080)")
    private int port = 8080;

    @Mixin
    private Common common = new Common();

    InitVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var name = new ServiceRef("local", service).service();
        if (port < 1 || port > 65_535) {
            throw Failure.usage("%d is not a port".formatted(port), "1 to 65535");
        }
        var words = command.isEmpty() ? List.of("./" + name, "--port", "{port}") : command;
        var file = tool.host().workingFolder().resolve(Discovery.FILE);
        try {
            Files.writeString(file, Starter.local(name, words, port), StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw Failure.refused(
                    "%s is there already".formatted(file), List.of(), "lastgood config validate checks it");
        } catch (IOException e) {
            throw new Failure(Exit.UNREACHABLE, "could not write %s: %s".formatted(file, e.getMessage()), "");
        }
        var screen = tool.screen(common);
        screen.data("wrote %s".formatted(file));
        screen.data(" next: lastgood config validate, then lastgood release deploy VERSION -e local");
        return Exit.DONE;
    }
}
