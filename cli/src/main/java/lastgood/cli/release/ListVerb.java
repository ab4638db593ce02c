package lastgood.cli.release;

import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.cli.out.Standings;
import lastgood.cli.out.Table;
import lastgood.cli.out.When;
import lastgood.core.Ledger;
import lastgood.core.Release;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// The runbook's `kubectl rollout history`.
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists the releases, the newest first, with what is known of each.",
        footer = {"", "Example:", "  lastgood release list -e production"})
final class ListVerb extends Verb {

    private final Tool tool;

    @Mixin
    private Where where = new Where();

    ListVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var session = tool.session(where);
        var screen = tool.screen(where.common());
        var ledger = session.ports().ledgers().read(session.service());
        var format = where.common().format();
        switch (format) {
            case JSON, YAML -> {
                var doc = Data.document("ReleaseList")
                        .put("service", session.service().toString());
                var items = doc.putArray("items");
                ledger.releases().reversed().forEach(r -> items.add(data(ledger, r)));
                screen.data(Data.text(doc, format));
            }
            case NAME ->
                screen.data(ledger.releases().reversed().stream()
                        .map(r -> r.version().text())
                        .toList());
            case TABLE, MD -> {
                var table = new Table("NO", "VERSION", "DIGEST", "PUT OUT", "BY", "STANDING", "MIGRATIONS");
                for (var r : ledger.releases().reversed()) {
                    table.row(
                            r.number() + (isLive(ledger, r) ? " live" : ""),
                            r.version().text(),
                            r.revision().digest().brief(),
                            When.full(r.at(), session.effective().timezone()),
                            r.by().name(),
                            Standings.words(
                                    ledger.standing(r.number()),
                                    session.ports().time().now(),
                                    session.effective().timezone()),
                            r.migrations().isEmpty() ? "-" : String.join(", ", r.migrations()));
                }
                screen.data(table.lines());
                if (table.isEmpty()) {
                    screen.say("no release yet: lastgood release deploy VERSION " + session.flags());
                }
            }
        }
        return Exit.DONE;
    }

    private static boolean isLive(Ledger ledger, Release r) {
        return ledger.live().filter(l -> l.number() == r.number()).isPresent();
    }

    static com.fasterxml.jackson.databind.node.ObjectNode data(Ledger ledger, Release r) {
        var doc = Data.object()
                .put("number", r.number())
                .put("version", r.version().text())
                .put("digest", r.revision().digest().text())
                .put("at", r.at().toString())
                .put("by", r.by().name())
                .put("live", isLive(ledger, r))
                .put("standing", ledger.standing(r.number()).word())
                .put("why", ledger.standing(r.number()).words());
        doc.set("migrations", Data.texts(r.migrations()));
        return doc;
    }
}
