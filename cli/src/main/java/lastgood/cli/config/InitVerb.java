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
import lastgood.cli.out.Screen;
import lastgood.config.Catalog;
import lastgood.config.Discovery;
import lastgood.config.Starter;
import lastgood.core.ServiceRef;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// A first file.
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a first lastgood.yaml for one service: on this machine, or with -n NAMESPACE on a cluster.",
        },
        footer = {
            "",
            "A file of yours that COMMAND names, as in ./web or web.py, is the artifact: it is copied and kept for each",
            "version, and an instance runs the copy, in a folder of its own. Without COMMAND: ./SVC --port {port}.",
            "",
            "Examples:",
            "  lastgood config init --service web --port 8080 -- ./web --port {port}",
            "  lastgood config init --service web --artifact 'web-{version}.py' -- python3 {artifact} {port}",
            "  lastgood config init --service web -n shop -e production        a Deployment on a cluster"
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

    @Option(
            names = {"-e", "--environment"},
            paramLabel = "ENV",
            description = "its name (default: local; on a cluster the namespace's)")
    private @Nullable String environment;

    @Mixin
    private Common common = new Common();

    InitVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var namespace = common.namespace();
        if (namespace != null) {
            return onCluster(namespace);
        }
        if (environment != null) {
            throw Failure.usage(
                    "the environment on this machine is called local",
                    "edit the file, or name a cluster's -n NAMESPACE");
        }
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
        var screen = tool.screen(common);
        write(screen, Starter.local(name, words, kept, port));
        if (words.getFirst().equals(ARTIFACT)
                && !kept.contains("{")
                && !Files.isExecutable(tool.host().workingFolder().resolve(kept))) {
            screen.data(" note: %s has to be there and executable before it is deployed".formatted(kept));
        }
        screen.data(" next: lastgood config validate, then lastgood release deploy VERSION -e local");
        return Exit.DONE;
    }

    private Exit onCluster(String namespace) {
        if (!command.isEmpty() || !artifact.isEmpty()) {
            throw Failure.usage(
                    "on a cluster nothing is started by us, so there is no COMMAND and no artifact", "leave it out");
        }
        var ref = new ServiceRef(environment == null ? namespace : environment, service);
        // As a catalogue would read it: a file that does not load is no help.
        Catalog.withoutFile(tool.host().workingFolder(), namespace, null).orElse(bad -> {
            throw Failure.usage(bad.fact(), bad.hint());
        });
        var context = common.context() == null ? "" : common.context();
        var screen = tool.screen(common);
        write(screen, Starter.cluster(ref.environment(), namespace, context, ref.service()));
        screen.data(" next: lastgood config validate, then lastgood cluster doctor -e %s".formatted(ref.environment()));
        return Exit.DONE;
    }

    private void write(Screen screen, String text) {
        var file = tool.host().workingFolder().resolve(Discovery.FILE);
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw Failure.refused(
                    "%s is there already".formatted(file), List.of(), "lastgood config validate checks it");
        } catch (IOException e) {
            throw new Failure(Exit.UNREACHABLE, "could not write %s: %s".formatted(file, e.getMessage()), "");
        }
        screen.data("wrote %s".formatted(file));
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
