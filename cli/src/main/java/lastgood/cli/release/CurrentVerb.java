package lastgood.cli.release;

import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Data;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// For scripts: which release do users get?
@Command(
        name = "current",
        mixinStandardHelpOptions = true,
        description = "Prints the release that users get.",
        footer = {"", "Example:", "  VERSION=$(lastgood release current -e production -o name)"})
final class CurrentVerb extends Verb {

    private final Tool tool;

    @Mixin
    private Where where = new Where();

    CurrentVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() {
        var session = tool.session(where);
        var ledger = session.ports().ledgers().read(session.service());
        var live = ledger.live()
                .orElseThrow(() -> Failure.refused(
                        "nothing of %s is live".formatted(session.service()),
                        java.util.List.of(),
                        "lastgood release deploy VERSION " + session.flags()));
        var format = where.common().format();
        tool.screen(where.common())
                .data(
                        switch (format) {
                            case NAME -> live.version().text();
                            case JSON, YAML ->
                                Data.text(Data.document("Release").setAll(ListVerb.data(ledger, live)), format);
                            case TABLE, MD ->
                                "%s  release %d  %s  %s"
                                        .formatted(
                                                live.version(),
                                                live.number(),
                                                live.revision().digest(),
                                                ledger.standing(live.number()).words());
                        });
        return Exit.DONE;
    }
}
