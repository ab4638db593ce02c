package lastgood.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import lastgood.cli.help.CompletionVerb;
import lastgood.cli.help.HelpVerb;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.CommandSpec;

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
        var line = commandLine(args.length == 0 ? "" : args[0]);
        return line.execute(KindAndName.asOption(line, args));
    }

    /// The whole tree of verbs.
    public CommandLine commandLine() {
        return commandLine(HelpVerb.NAME);
    }

    /// As much of the tree as the first word needs. Looking at every option of every verb takes longer than all the
    /// rest
    /// of a `status`, so a verb is made alone, and a list of verbs knows no more than their names and first lines.
    private CommandLine commandLine(String word) {
        var errors = new Errors(host);
        var root = new CommandLine(new Root());
        root.getCommandSpec().version("lastgood " + host.version());
        var verbs = new ArrayList<>(Verbs.all(new Tool(host)));
        verbs.addAll(more);
        var named = verbs.stream().filter(v -> command(v).name().equals(word)).toList();
        if (word.equals(HelpVerb.NAME) || word.equals(CompletionVerb.NAME)) {
            verbs.forEach(verb -> add(root, verb));
        } else if (named.isEmpty()) {
            verbs.forEach(verb -> addName(root, command(verb)));
        } else {
            named.forEach(verb -> add(root, verb));
        }
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

    private static Command command(Verb verb) {
        return Objects.requireNonNull(verb.getClass().getAnnotation(Command.class), "a verb says its name");
    }

    private static void addName(CommandLine parent, Command command) {
        var spec = CommandSpec.create().name(command.name());
        spec.usageMessage().description(command.description()).hidden(command.hidden());
        parent.addSubcommand(new CommandLine(spec));
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
