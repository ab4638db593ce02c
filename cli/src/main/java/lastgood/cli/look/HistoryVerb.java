package lastgood.cli.look;

import java.time.Duration;
import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Table;
import lastgood.cli.out.When;
import lastgood.core.Words;
import lastgood.engine.Runs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What was done, by whom, and what it came to.
@Command(
        name = "history",
        mixinStandardHelpOptions = true,
        description = "Lists the runs of a service, the newest first; read off their journals.",
        footer = {
            "",
            "Examples:",
            "  lastgood history -e production",
            "  lastgood history -e production --since 90d -o md > rollbacks.md"
        })
public final class HistoryVerb extends Verb {

    private final Tool tool;

    @Mixin
    private Where where = new Where();

    @Option(names = "--since", paramLabel = "TIME", description = "how far back, such as 24h or 90d (default: 90d)")
    private String since = "90d";

    public HistoryVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var back = Since.parse(since);
        var session = tool.session(where);
        var screen = tool.screen(where.common());
        var runs = runs(session, back);
        switch (where.common().format()) {
            case JSON, YAML ->
                screen.data(Data.text(data(session, runs), where.common().format()));
            case NAME -> screen.data(runs.stream().map(r -> r.run().text()).toList());
            case MD -> screen.data(table(session, runs).markdown());
            case TABLE -> screen.data(table(session, runs).lines());
        }
        session.runs().all().stream()
                .filter(Runs.Listed.Lost.class::isInstance)
                .map(Runs.Listed.Lost.class::cast)
                .forEach(l -> screen.warn("%s cannot be read: %s"
                        .formatted(l.run(), l.why().lines().findFirst().orElse(""))));
        return Exit.DONE;
    }

    private static List<Runs.Listed.Known> runs(Session session, Duration back) {
        var earliest = session.ports().time().now().minus(back);
        return session.runs().of(session.service()).stream()
                .filter(r -> r.state().openedAt().isAfter(earliest))
                .toList();
    }

    private static Table table(Session session, List<Runs.Listed.Known> runs) {
        var table = new Table("RUN", "WHEN", "WHAT", "FROM → TO", "TYPE", "BY", "TOOK", "OUTCOME", "REASON");
        var zone = session.effective().timezone();
        for (var run : runs) {
            var state = run.state();
            table.row(
                    run.run().text(),
                    When.full(state.openedAt(), zone),
                    state.opened().kind().word() + (state.opened().emergency() ? " (emergency)" : ""),
                    "%s → %s".formatted(state.plan().from(), state.plan().to()),
                    Integer.toString(state.plan().type().number()),
                    state.opened().by().name(),
                    state.took().map(Words::duration).orElse("-"),
                    state.status().words(),
                    state.opened().reason());
        }
        return table;
    }

    private static com.fasterxml.jackson.databind.JsonNode data(Session session, List<Runs.Listed.Known> runs) {
        var doc = Data.document("RunList").put("service", session.service().toString());
        var items = doc.putArray("items");
        for (var run : runs) {
            var state = run.state();
            var item = items.addObject()
                    .put("run", run.run().text())
                    .put("at", state.openedAt().toString())
                    .put("kind", state.opened().kind().word())
                    .put("emergency", state.opened().emergency())
                    .put("from", state.plan().from())
                    .put("to", state.plan().to())
                    .put("type", state.plan().type().number())
                    .put("by", state.opened().by().name())
                    .put("reason", state.opened().reason())
                    .put("status", state.status().words())
                    .put("changedProduction", state.mayHaveChangedProduction());
            state.took().ifPresent(t -> item.put("tookMillis", t.toMillis()));
            state.closed().ifPresent(c -> item.put("why", c.why()));
        }
        return doc;
    }
}
