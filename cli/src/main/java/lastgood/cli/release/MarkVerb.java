package lastgood.cli.release;

import java.time.Instant;
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
import lastgood.core.Person;
import lastgood.core.Reason;
import lastgood.core.Release;
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
            "  lastgood release mark bad v4.0.5 -e production --reason \"loses sessions\"",
            "  lastgood release mark bad v4.0.3 -e production --security --reason CVE-2026-12345"
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

    @Option(
            names = "--security",
            description = {
                "it has a hole: never gone back to, and not deployed again without --force.",
                "With good: that was a mistake (needs --reason)"
            })
    private boolean security;

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
            case "good" -> {
                if (reason == null && security) {
                    throw Failure.usage("to take a revocation back needs a reason", "--reason \"why it is no hole\"");
                }
                yield new Verdict.Pass();
            }
            case "bad" -> {
                if (reason == null && !security) {
                    throw Failure.usage("a bad mark needs its reason", "--reason \"what it does\"");
                }
                yield new Verdict.Fail(why());
            }
            default ->
                throw Failure.usage(
                        "`%s` is neither good nor bad".formatted(Screen.plain(verdict)), "mark good v4.0.4");
        };
    }

    private String why() {
        return reason != null ? new Reason(reason).text() : security ? "a security problem" : "marked by hand";
    }

    /// A revocation is no verdict: a later bake or a mark without the flag does not take it back.
    private LedgerEntry entry(Release release, Verdict judged, Person person, Instant now) {
        var number = release.number();
        var key = "/%d/%d".formatted(number, now.toEpochMilli());
        if (!security) {
            return new LedgerEntry.Judged(number, judged, person.name(), why(), now, "mark" + key);
        }
        return judged instanceof Verdict.Pass
                ? new LedgerEntry.Reinstated(number, person.name(), why(), now, "reinstate" + key)
                : new LedgerEntry.Revoked(number, true, person.name(), why(), now, "revoke" + key);
    }

    private void mark(Session session, Screen screen, Verdict judged) {
        var ledger = session.ports().ledgers().read(session.service());
        var release = Named.in(ledger, version);
        var now = session.ports().time().now();
        session.ports().ledgers().append(ledger, List.of(entry(release, judged, session.person(), now)));
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
        screen.data(" undo: lastgood release mark %s %d %s%s%s"
                .formatted(
                        good ? "bad" : "good",
                        release.number(),
                        session.flags(),
                        security ? " --security" : "",
                        good || security ? " --reason …" : ""));
        screen.data(" next: lastgood status " + session.flags());
    }
}
