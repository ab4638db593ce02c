package lastgood.cli.help;

import java.util.List;
import lastgood.cli.Common;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.out.Screen;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Help on a verb or a topic.
@Command(
        name = HelpVerb.NAME,
        mixinStandardHelpOptions = true,
        description = "Help on a verb, or on: exit-codes.",
        footer = {"", "Examples:", "  lastgood help rollback", "  lastgood help exit-codes"})
public final class HelpVerb extends Verb {

    /// It looks at the whole tree of verbs.
    public static final String NAME = "help";

    private final Tool tool;

    @Parameters(paramLabel = "TOPIC", arity = "0..*", description = "a verb, or exit-codes")
    private List<String> topic = List.of();

    @Mixin
    private Common common = new Common();

    public HelpVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var root = spec().root().commandLine();
        if (topic.equals(List.of("exit-codes"))) {
            tool.screen(common).data(Exit.table().lines().toList());
            return Exit.DONE;
        }
        var line = root;
        for (var word : topic) {
            var below = line.getSubcommands().get(word);
            if (below == null) {
                throw Failure.usage(
                        "there is no verb `%s`".formatted(Screen.plain(String.join(" ", topic))),
                        "lastgood --help lists them; also: exit-codes");
            }
            line = below;
        }
        line.usage(line.getOut());
        return Exit.DONE;
    }
}
