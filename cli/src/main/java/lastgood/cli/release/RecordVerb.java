package lastgood.cli.release;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Format;
import lastgood.cli.out.Screen;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry;
import lastgood.core.Version;
import lastgood.core.Words;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Writes down what something else has put out. A platform that releases are also put out on past us shows them in
/// its ledger by itself, as seen; to append nothing to what was read is to keep what was seen.
@Command(
        name = "record",
        mixinStandardHelpOptions = true,
        description = {
            "Writes down what runs now when something else has put it out: a pipeline says it after `kubectl apply`.",
            "What is not written down is only known as long as the cluster keeps its old revisions. Saying it twice is",
            "saying it once.",
            "With a database: --before in front of the migrations marks a restore point and keeps what a proof needs;",
            "--after behind them writes down which transactions they were. Both are quick."
        },
        footer = {
            "",
            "Examples:",
            "  kubectl apply -f web.yaml && lastgood release record -e production -s web",
            "  lastgood release record -n shop deploy/web",
            "  lastgood release record -e production -s web --migration 20260102_add_edge_weight",
            "  lastgood release record -e production --before v4.0.6 && ./migrate up &&",
            "    lastgood release record -e production --after"
        })
final class RecordVerb extends Verb {

    private final Tool tool;

    @Mixin
    private Where where = new Where();

    @Option(
            names = "--migration",
            paramLabel = "NAME",
            description = "a schema migration that what runs has brought; once for each, oldest first")
    private List<String> migrations = List.of();

    @Option(
            names = "--before",
            paramLabel = "VERSION",
            description = "say this before the migrations of that release: marks a restore point")
    private @Nullable String before;

    @Option(
            names = "--after",
            description = "say this right after them: which transactions they were is only known for a while")
    private boolean after;

    RecordVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var session = tool.session(where);
        var screen = tool.screen(where.common());
        if (before != null || after) {
            return points(session, screen);
        }
        migrations.forEach(Migrations::check);
        var ledger = brought(session, session.record());
        var live = ledger.live()
                .orElseThrow(() -> Failure.refused(
                        "nothing of %s runs that could be recorded".formatted(session.service()),
                        List.of(),
                        "lastgood status " + session.flags()));
        var format = where.common().format();
        switch (format) {
            case NAME -> screen.data(live.version().text());
            case JSON, YAML -> {
                var doc = Data.document("ReleaseRecord")
                        .put("service", session.service().toString())
                        .put("releases", ledger.releases().size());
                doc.set("live", ListVerb.data(ledger, live));
                screen.data(Data.text(doc, format));
            }
            case TABLE, MD -> {
                screen.data("recorded: %s is live (release %d, %s); the ledger has %s"
                        .formatted(
                                live,
                                live.number(),
                                ledger.standing(live.number()).word(),
                                Words.count(ledger.releases().size(), "release")));
                screen.data(List.of(
                        " undo: no need; a line in the ledger changes nothing that runs",
                        " next: lastgood release list " + session.flags()));
            }
        }
        return Exit.DONE;
    }

    private Exit points(Session session, Screen screen) {
        if ((before != null && after) || !migrations.isEmpty()) {
            throw Failure.usage(
                    "--before, --after and --migration are said at different moments",
                    "--before VERSION, then the migrations, then --after; and --migration once the release runs");
        }
        var points = new MarkedPoints(session, tool.host()::newRun);
        var said = before == null ? points.close() : points.mark(new Version(before));
        if (where.common().format() == Format.JSON || where.common().format() == Format.YAML) {
            screen.data(Data.text(said.json(), where.common().format()));
        } else if (where.common().format() == Format.NAME) {
            screen.data(said.point());
        } else {
            screen.data(said.words());
            var next = before == null
                    ? "lastgood gate " + session.flags()
                    : "migrate, then lastgood release record %s --after".formatted(session.flags());
            screen.data(List.of(" undo: no need; it changes nothing that runs", " next: " + next));
        }
        return Exit.DONE;
    }

    /// What is recorded already is not recorded again.
    private Ledger brought(Session session, Ledger ledger) {
        var live = ledger.live();
        var news = live.map(r -> migrations.stream()
                        .filter(m -> !r.migrations().contains(m))
                        .toList())
                .orElse(List.of());
        if (news.isEmpty()) {
            return ledger;
        }
        var number = live.orElseThrow().number();
        session.ports()
                .ledgers()
                .append(
                        ledger,
                        List.of(new LedgerEntry.Brought(
                                number,
                                news,
                                session.ports().time().now(),
                                "record/%d/%s".formatted(number, String.join(",", news)))));
        return session.ports().ledgers().read(session.service());
    }
}
