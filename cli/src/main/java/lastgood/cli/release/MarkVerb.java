package lastgood.cli.release;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Screen;
import lastgood.cli.out.Standings;
import lastgood.core.LedgerEntry;
import lastgood.core.Reason;
import lastgood.core.Verdict;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// A person's verdict.
@Command(
        name = "mark",
        mixinStandardHelpOptions = true,
        description = "Says that a release is good or bad, whatever its bake says. Only good ones are gone back to.",
        footer = {
            "",
            "Examples:",
            "  lastgood release mark good v4.0.4 -e production",
            "  lastgood release mark bad v4.0.5 -e production --reason \"loses sessions\""
        })
final class MarkVerb extends Verb {

    private final Tool tool;

    @Parameters(index = "0", paramLabel = "good|bad", description = "the verdict")
    private String verdict = "";

    @Parameters(index = "1", paramLabel = "VERSION", description = "version, number or digest")
    private String version = "";

    @Mixin
    private Where where = new Where();

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, in one line; needed for bad")
    private @Nullable String reason;

    MarkVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var judged = verdict();
        var session = tool.session(where);
        var screen = tool.screen(where.common());
        mark(session, screen, judged);
        return Exit.DONE;
    }

    private Verdict verdict() {
        return switch (verdict) {
            case "good" -> new Verdict.Pass();
            case "bad" -> {
                if (reason == null) {
                    throw Failure.usage("a bad mark needs its reason", "--reason \"what it does\"");
                }
                yield new Verdict.Fail(new Reason(reason).text());
            }
            default ->
                throw Failure.usage(
                        "`%s` is neither good nor bad".formatted(Screen.plain(verdict)), "mark good v4.0.4");
        };
    }

    private void mark(Session session, Screen screen, Verdict judged) {
        var ledger = session.ports().ledgers().read(session.service());
        var release = Named.in(ledger, version);
        var now = session.ports().time().now();
        var why = reason == null ? "marked by hand" : new Reason(reason).text();
        session.ports()
                .ledgers()
                .append(
                        ledger,
                        List.of(new LedgerEntry.Judged(
                                release.number(),
                                judged,
                                session.person().name(),
                                why,
                                now,
                                "mark/%d/%d".formatted(release.number(), now.toEpochMilli()))));
        var after = session.ports().ledgers().read(session.service());
        screen.data("%s (release %d) of %s is %s"
                .formatted(
                        release,
                        release.number(),
                        session.service(),
                        Standings.words(
                                after.standing(release.number()),
                                now,
                                session.effective().timezone())));
        var good = judged instanceof Verdict.Pass;
        screen.data(" undo: lastgood release mark %s %d %s%s"
                .formatted(good ? "bad" : "good", release.number(), session.flags(), good ? " --reason …" : ""));
        screen.data(" next: lastgood status " + session.flags());
    }
}
