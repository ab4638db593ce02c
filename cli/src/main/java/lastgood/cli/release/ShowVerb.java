package lastgood.cli.release;

import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Screen;
import lastgood.cli.out.When;
import lastgood.core.LedgerEntry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// One release: what it is made of and what happened to it.
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Shows what a release is made of, whether it can be put back, and what happened to it.",
        footer = {
            "",
            "Examples:",
            "  lastgood release show v4.0.4 -e production",
            "  lastgood release show 41 -e production"
        })
final class ShowVerb extends Verb {

    private final Tool tool;

    @Parameters(paramLabel = "VERSION", description = "version, number or digest")
    private String version = "";

    @Mixin
    private Where where = new Where();

    ShowVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var session = tool.session(where);
        var screen = tool.screen(where.common());
        var ledger = session.ports().ledgers().read(session.service());
        var release = Named.in(ledger, version);
        var missing = session.revisions().missing(session.service(), release.revision());
        var content = session.revisions().describe(session.service(), release.revision());
        if (where.common().format() == Format.JSON || where.common().format() == Format.YAML) {
            var doc = Data.document("Release").put("service", session.service().toString());
            doc.setAll(ListVerb.data(ledger, release));
            doc.put("missing", missing.orElse(null));
            var lines = doc.putObject("content");
            content.forEach(lines::put);
            screen.data(Data.text(doc, where.common().format()));
            return Exit.DONE;
        }
        var zone = session.effective().timezone();
        screen.data("%s  release %d  %s"
                .formatted(release, release.number(), release.revision().digest()));
        screen.data(" standing: %s".formatted(ledger.standing(release.number()).words()));
        screen.data(
                " can be put back: %s".formatted(missing.map(m -> "✖ no: " + m).orElse("✔ yes")));
        content.forEach((key, value) -> screen.data("  %s: %s".formatted(key, Screen.plain(value))));
        ledger.entries().stream()
                .filter(e -> e.release() == release.number())
                .forEach(e -> screen.data(" %s  %s".formatted(When.full(e.at(), zone), line(e))));
        return Exit.DONE;
    }

    private static String line(LedgerEntry entry) {
        return switch (entry) {
            case LedgerEntry.Deployed(var what, var key) -> "put out by %s (%s)".formatted(what.by(), key);
            case LedgerEntry.Live(var _, var _, var key) -> "live (%s)".formatted(key);
            case LedgerEntry.Left(var _, var how, var _, var key) ->
                "%s (%s)"
                        .formatted(how.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '), key);
            case LedgerEntry.Brought(var _, var migrations, var _, var _) ->
                "brought %s".formatted(String.join(", ", migrations));
            case LedgerEntry.Judged(var _, var verdict, var by, var why, var _, var _) ->
                "%s by %s: %s".formatted(verdict.word(), by, why);
            case LedgerEntry.Told(var _, var well, var by, var why, var _, var _) ->
                "users are %s, says %s: %s".formatted(well ? "well" : "not well", by, why);
            case LedgerEntry.Quarantined(var _, var until, var why, var _, var _) ->
                "in quarantine until %s: %s".formatted(until, why);
            case LedgerEntry.Revoked(var _, var _, var by, var why, var _, var _) ->
                "revoked for security by %s: %s".formatted(by, why);
            case LedgerEntry.Reinstated(var _, var by, var why, var _, var _) ->
                "reinstated by %s: %s".formatted(by, why);
        };
    }
}
