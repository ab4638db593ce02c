package lastgood.cli.release;

import java.util.TreeSet;
import lastgood.cli.Exit;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Screen;
import lastgood.core.Release;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// What is different between two releases.
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = "Shows what differs between two releases: artefact, command, environment, configuration.",
        footer = {"", "Example:", "  lastgood release diff v4.0.4 v4.0.5 -e production"})
final class DiffVerb extends Verb {

    private final Tool tool;

    @Parameters(index = "0", paramLabel = "A", description = "version, number or digest")
    private String from = "";

    @Parameters(index = "1", paramLabel = "B", description = "likewise")
    private String to = "";

    @Mixin
    private Where where = new Where();

    DiffVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var session = tool.session(where);
        var screen = tool.screen(where.common());
        var ledger = session.ports().ledgers().read(session.service());
        var a = Named.in(ledger, from);
        var b = Named.in(ledger, to);
        screen.data("--- %s (release %d)".formatted(a, a.number()));
        screen.data("+++ %s (release %d)".formatted(b, b.number()));
        print(session, screen, a, b);
        return Exit.DONE;
    }

    private static void print(Session session, Screen screen, Release a, Release b) {
        var before = session.revisions().describe(session.service(), a.revision());
        var after = session.revisions().describe(session.service(), b.revision());
        var keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (var key : keys) {
            var was = before.get(key);
            var is = after.get(key);
            if (was != null && !was.equals(is)) {
                screen.data("-%s: %s".formatted(key, Screen.plain(was)));
            }
            if (is != null && !is.equals(was)) {
                screen.data("+%s: %s".formatted(key, Screen.plain(is)));
            }
        }
    }
}
