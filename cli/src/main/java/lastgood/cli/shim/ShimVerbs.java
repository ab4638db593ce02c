package lastgood.cli.shim;

import java.util.List;
import lastgood.cli.Common;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.out.Table;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The runbook's own scripts, doing what they say.
@Command(
        name = "shim",
        mixinStandardHelpOptions = true,
        description = {
            "Puts wrappers at the runbook's script paths (scripts/rollback.sh and so on), keeping what is there now.",
            "They say --yes: calling scripts/rollback.sh is the decision. What is severe still wants --confirm NAME."
        },
        footer = {
            "",
            "Examples:",
            "  lastgood shim install . -e production",
            "  scripts/rollback.sh --environment production --revision previous",
            "  lastgood shim uninstall .        puts the originals back, byte for byte"
        })
public final class ShimVerbs extends Verb {

    private final Tool tool;

    public ShimVerbs(Tool tool) {
        this.tool = tool;
    }

    @Override
    public List<Verb> below() {
        return List.of(new Install(tool), new Uninstall(tool), new ListThem(tool));
    }

    @Override
    public Exit say() {
        throw verbMissing();
    }

    private static Shims shims(Tool tool, String folder) {
        return new Shims(
                tool.host().workingFolder().resolve(folder).toAbsolutePath().normalize());
    }

    @Command(name = "install", mixinStandardHelpOptions = true, description = "Writes the wrappers.")
    private static final class Install extends Verb {

        private final Tool tool;

        @Parameters(paramLabel = "DIR", description = "the folder that scripts/ is in")
        private String folder = "";

        @Option(
                names = {"-e", "--environment"},
                paramLabel = "ENV",
                description =
                        "for the scripts that the runbook calls without one; LASTGOOD_ENVIRONMENT and --environment win")
        private @Nullable String environment;

        @Option(names = "--force", description = "also over a wrapper that somebody edited")
        private boolean force;

        @Mixin
        private Common common = new Common();

        Install(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var catalog = environment == null && common.config() == null ? null : tool.catalog(common);
            if (catalog != null
                    && environment != null
                    && !catalog.environments().containsKey(environment)) {
                throw Failure.usage(
                        "there is no environment `%s`".formatted(lastgood.cli.out.Screen.plain(environment)),
                        "known: " + Tool.environments(catalog));
            }
            var config = common.config() == null
                    ? ""
                    : tool.host()
                            .workingFolder()
                            .resolve(common.config())
                            .toAbsolutePath()
                            .normalize()
                            .toString();
            var wrappers = Wrappers.all(tool.host().launcher(), config, environment == null ? "" : environment);
            var screen = tool.screen(common);
            screen.data(shims(tool, folder).install(wrappers, force));
            screen.data(" undo: lastgood shim uninstall %s".formatted(folder));
            screen.data(" next: scripts/rollback.sh --environment ENV --revision previous --dry-run");
            return Exit.DONE;
        }
    }

    @Command(name = "uninstall", mixinStandardHelpOptions = true, description = "Puts back what was there.")
    private static final class Uninstall extends Verb {

        private final Tool tool;

        @Parameters(paramLabel = "DIR", description = "the folder that scripts/ is in")
        private String folder = "";

        @Option(names = "--force", description = "also if somebody edited a wrapper")
        private boolean force;

        @Mixin
        private Common common = new Common();

        Uninstall(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var said = shims(tool, folder).uninstall(force);
            tool.screen(common).data(said.isEmpty() ? List.of("nothing to do: no wrapper is installed") : said);
            return Exit.DONE;
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the wrappers.")
    private static final class ListThem extends Verb {

        private final Tool tool;

        @Parameters(paramLabel = "DIR", arity = "0..1", defaultValue = ".", description = "default: here")
        private String folder = ".";

        @Mixin
        private Common common = new Common();

        ListThem(Tool tool) {
            this.tool = tool;
        }

        @Override
        public Exit say() {
            var table = new Table("PATH", "ORIGINAL", "STATE");
            for (var wrapper : shims(tool, folder).installed()) {
                table.row(
                        wrapper.path(),
                        wrapper.hadOriginal() ? "kept" : "-",
                        wrapper.edited() ? "edited since" : "as written");
            }
            tool.screen(common).data(table.lines());
            return Exit.DONE;
        }
    }
}
