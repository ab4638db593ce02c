package lastgood.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;

/// The program as a function: words in, an exit code out.
public final class Cli {

    private final Host host;
    private final List<Verb> more;

    public Cli(Host host) {
        this(host, List.of());
    }

    /// @param more verbs that are not made here, because they need more than ports
    public Cli(Host host, List<Verb> more) {
        this.host = host;
        this.more = List.copyOf(more);
    }

    public int run(String... args) {
        return commandLine().execute(args);
    }

    /// The whole tree of verbs.
    public CommandLine commandLine() {
        var errors = new Errors(host);
        var tool = new Tool(host);
        var root = new CommandLine(new Root());
        root.getCommandSpec().version("lastgood " + host.version());
        Verbs.all(tool).forEach(verb -> add(root, verb));
        more.forEach(verb -> add(root, verb));
        var color = errors.screen().colorsOut() ? Ansi.ON : Ansi.OFF;
        root.setColorScheme(new ColorScheme.Builder(CommandLine.Help.defaultColorScheme(color)).build())
                .setOut(errors.screen().outWriter())
                .setErr(errors.screen().errWriter())
                .setParameterExceptionHandler(errors)
                .setExecutionExceptionHandler(errors)
                .setUsageHelpWidth(100)
                .setAbbreviatedOptionsAllowed(false)
                .setCaseInsensitiveEnumValuesAllowed(true);
        return root;
    }

    private static void add(CommandLine parent, Verb verb) {
        var line = new CommandLine(verb);
        verb.below().forEach(below -> add(line, below));
        parent.addSubcommand(line);
    }

    /// What is printed when nothing was asked for.
    @Command(
            name = "lastgood",
            mixinStandardHelpOptions = true,
            synopsisSubcommandLabel = "VERB",
            description = {"Puts a broken service back on its last known good release."},
            commandListHeading = "%nVerbs:%n",
            footer = {
                "",
                "It hurts now:          lastgood rollback -e production --emergency",
                "Look before you leap:  lastgood plan -e production --revision previous",
                "What is going on:      lastgood status -e production",
                "Exit codes:            lastgood help exit-codes"
            })
    private static final class Root implements Runnable {
        @CommandLine.Spec
        private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

        @Override
        public void run() {
            if (spec != null) {
                spec.commandLine().usage(spec.commandLine().getOut());
            }
        }
    }
}
