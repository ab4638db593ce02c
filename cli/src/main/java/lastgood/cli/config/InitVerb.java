package lastgood.cli.config;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
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
        footer = {
            "",
            "A file of yours that COMMAND names, as in ./web or web.py, is the artifact: it is copied and kept for each",
            "version, and an instance runs the copy, in a folder of its own. Without COMMAND: ./SVC --port {port}.",
            "",
            "Examples:",
            "  lastgood config init --service web --port 8080 -- ./web --port {port}",
            "  lastgood config init --service web --artifact 'web-{version}.py' -- python3 {artifact} {port}"
        })
final class InitVerb extends Verb {

    private final Tool tool;

    private static final String ARTIFACT = "{artifact}";

    @Parameters(
            paramLabel = "COMMAND",
            arity = "0..*",
            description = "what starts an instance; {port} and {artifact} are filled in")
    private List<String> command = List.of();

    @Option(
            names = {"-s", "--service"},
            paramLabel = "SVC",
            description = "its name (default: web)")
    private String service = "web";

    @Option(
            names = "--artifact",
            paramLabel = "FILE",
            description = "what a version consists of; {version} is filled in (default: the file that COMMAND names)")
    private String artifact = "";

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
        var words = new ArrayList<>(command.isEmpty() ? List.of("./" + name, "--port", "{port}") : command);
        var kept = artifact.isEmpty() ? takeOut(words) : artifact;
        if (words.stream().anyMatch(w -> w.contains(ARTIFACT)) == kept.isEmpty()) {
            throw Failure.usage(
                    kept.isEmpty()
                            ? "COMMAND has {artifact}, and nothing says which file that is"
                            : "--artifact names a file, and COMMAND does not use it",
                    kept.isEmpty()
                            ? "add --artifact FILE"
                            : "write {artifact} where COMMAND needs the path of the file");
        }
        var file = tool.host().workingFolder().resolve(Discovery.FILE);
        try {
            Files.writeString(file, Starter.local(name, words, kept, port), StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw Failure.refused(
                    "%s is there already".formatted(file), List.of(), "lastgood config validate checks it");
        } catch (IOException e) {
            throw new Failure(Exit.UNREACHABLE, "could not write %s: %s".formatted(file, e.getMessage()), "");
        }
        var screen = tool.screen(common);
        screen.data("wrote %s".formatted(file));
        if (words.getFirst().equals(ARTIFACT)
                && !kept.contains("{")
                && !Files.isExecutable(tool.host().workingFolder().resolve(kept))) {
            screen.data(" note: %s has to be there and executable before it is deployed".formatted(kept));
        }
        screen.data(" next: lastgood config validate, then lastgood release deploy VERSION -e local");
        return Exit.DONE;
    }

    /// Puts `{artifact}` in place of the first word that is a file of this folder, since an instance runs in another
    /// one. The file, or nothing.
    private String takeOut(List<String> words) {
        if (words.stream().anyMatch(w -> w.contains(ARTIFACT))) {
            return "";
        }
        for (var i = 0; i < words.size(); i++) {
            var word = words.get(i);
            if (isOurs(word, i == 0)) {
                words.set(i, ARTIFACT);
                return Path.of(word).normalize().toString();
            }
        }
        return "";
    }

    private boolean isOurs(String word, boolean program) {
        try {
            var path = Path.of(word);
            return !path.isAbsolute()
                    && (word.startsWith("./")
                            || (program
                                    ? word.contains("/")
                                    : Files.isRegularFile(
                                            tool.host().workingFolder().resolve(path))));
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
