package lastgood.cli.db;

import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.out.Data;
import lastgood.cli.run.LookAtDatabase;
import lastgood.core.Release;
import lastgood.core.RevisionSelector;
import lastgood.core.Selection;
import lastgood.engine.journal.Codec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "prove",
        mixinStandardHelpOptions = true,
        description = {
            "Asks the database whether an older release works on the schema that is there: its own statements,",
            "prepared as the role that it logs in as, and the differences of the catalogs. Changes nothing."
        },
        footer = {
            "",
            "Examples:",
            "  lastgood db prove -e production                     the release that a rollback would go to",
            "  lastgood db prove -e production --from v4.0.4 -o json",
            "  lastgood gate -e staging                            the same as an exit code, for CI"
        })
final class ProveVerb extends DatabaseVerb {

    @Option(names = "--from", paramLabel = "REV", description = "the older release (default: previous)")
    private String from = "previous";

    @Option(names = "--to", paramLabel = "REV", description = "the release that left the schema; only the live one can")
    private @Nullable String to;

    ProveVerb(Tool tool) {
        super(tool);
    }

    @Override
    public Exit say() {
        var session = session();
        refuseOtherSchemas(session);
        var older = older(session);
        var known = known(new LookAtDatabase(session, screen()::say)
                .before(session.ports().ledgers().read(session.service()), older));
        if (isData()) {
            var doc = Data.document("SchemaProof")
                    .put("service", session.service().toString())
                    .put("older", older.version().text())
                    .put("schema", known.schema().text());
            known.targetSchema().known().ifPresent(d -> doc.put("olderSchema", d.text()));
            doc.set("since", Data.texts(known.since()));
            doc.set("proof", Codec.json(known.proof()));
            data(doc);
        } else {
            screen().data(new ProofLines(known.proof()).lines(older.version().text()));
        }
        return Exit.DONE;
    }

    private void refuseOtherSchemas(Session session) {
        if (to == null) {
            return;
        }
        var ledger = session.ports().ledgers().read(session.service());
        var live = ledger.live();
        var meant = ledger.select(RevisionSelector.parse(to), live);
        var isLive = meant instanceof Selection.AlreadyLive
                || (meant instanceof Selection.Chosen(var r, var _, var _)
                        && live.filter(l -> l.number() == r.number()).isPresent());
        if (!isLive) {
            throw Failure.usage(
                    "only the schema that is there can be proved against, and %s left it"
                            .formatted(live.map(Release::toString).orElse("nothing that is recorded")),
                    "leave --to out; or run it where that release is live");
        }
    }

    private Release older(Session session) {
        var ledger = session.ports().ledgers().read(session.service());
        return switch (ledger.select(
                RevisionSelector.parse(from), ledger.live(), session.policy().presumeAfter())) {
            case Selection.Chosen(var release, var _, var _) -> release;
            case Selection.AlreadyLive(var release) -> release;
            case Selection.NothingGood _, Selection.NoSuch _, Selection.Ambiguous _ ->
                throw Failure.usage(
                        "there is no release `%s` to prove".formatted(lastgood.cli.out.Screen.plain(from)),
                        "lastgood release list %s".formatted(session.flags()));
        };
    }
}
