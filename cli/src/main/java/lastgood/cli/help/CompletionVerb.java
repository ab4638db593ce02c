package lastgood.cli.help;

import java.util.ArrayList;
import java.util.List;
import lastgood.cli.Common;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.out.Screen;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Completion scripts, made from the verbs themselves.
@Command(
        name = CompletionVerb.NAME,
        mixinStandardHelpOptions = true,
        description = "Prints a completion script.",
        footer = {
            "",
            "Examples:",
            "  source <(lastgood completion bash)",
            "  source <(lastgood completion zsh)",
            "  lastgood completion fish > ~/.config/fish/completions/lastgood.fish"
        })
public final class CompletionVerb extends Verb {

    /// It looks at the whole tree of verbs.
    public static final String NAME = "completion";

    private final Tool tool;

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish")
    private String shell = "";

    @Mixin
    private Common common = new Common();

    public CompletionVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var root = spec().root().commandLine();
        tool.screen(common)
                .data(
                        switch (shell) {
                            // The script for bash loads bashcompinit by itself when zsh reads it.
                            case "bash", "zsh" ->
                                AutoComplete.bash("lastgood", root).stripTrailing();
                            case "fish" -> String.join("\n", fish(root));
                            default ->
                                throw Failure.usage(
                                        "there is no completion for `%s`".formatted(Screen.plain(shell)),
                                        "bash, zsh or fish");
                        });
        return Exit.DONE;
    }

    private static List<String> fish(CommandLine root) {
        var lines = new ArrayList<String>();
        lines.add("complete -c lastgood -f");
        root.getSubcommands().forEach((name, verb) -> {
            lines.add("complete -c lastgood -n __fish_use_subcommand -a %s -d %s"
                    .formatted(name, quoted(description(verb))));
            var seen = "__fish_seen_subcommand_from " + name;
            verb.getSubcommands()
                    .forEach((below, line) -> lines.add("complete -c lastgood -n %s -a %s -d %s"
                            .formatted(quoted(seen), below, quoted(description(line)))));
            options(lines, seen, verb);
            verb.getSubcommands().values().forEach(line -> options(lines, seen, line));
        });
        return lines.stream().distinct().toList();
    }

    private static void options(List<String> lines, String seen, CommandLine verb) {
        for (var option : verb.getCommandSpec().options()) {
            var takesValue = option.arity().max() > 0 ? " -r" : "";
            lines.add("complete -c lastgood -n %s -l %s%s -d %s"
                    .formatted(
                            quoted(seen),
                            option.longestName().replaceFirst("^-+", ""),
                            takesValue,
                            quoted(String.join(" ", option.description()))));
        }
    }

    private static String description(CommandLine verb) {
        return String.join(" ", verb.getCommandSpec().usageMessage().description());
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
