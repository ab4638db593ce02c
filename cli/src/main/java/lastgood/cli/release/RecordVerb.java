package lastgood.cli.release;

import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import lastgood.core.Words;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Writes down what something else has put out. A platform that releases are also put out on past us shows them in
/// its ledger by itself, as seen; to append nothing to what was read is to keep what was seen.
@Command(
        name = "record",
        mixinStandardHelpOptions = true,
        description = {
            "Writes down what runs now when something else has put it out: a pipeline says it after `kubectl apply`.",
            "What is not written down is only known as long as the cluster keeps its old revisions. Saying it twice is",
            "saying it once."
        },
        footer = {
            "",
            "Examples:",
            "  kubectl apply -f web.yaml && lastgood release record -e production -s web",
            "  lastgood release record -n shop deploy/web"
        })
final class RecordVerb extends Verb {

    private final Tool tool;

    @Mixin
    private Where where = new Where();

    RecordVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var session = tool.session(where);
        var screen = tool.screen(where.common());
        var ledger = session.record();
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
}
