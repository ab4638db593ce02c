package lastgood.cli.db;

import lastgood.cli.Exit;
import lastgood.cli.Tool;
import lastgood.cli.out.Data;
import lastgood.cli.run.LookAtDatabase;
import lastgood.core.Release;
import lastgood.core.data.SchemaProof.Verdict;
import lastgood.engine.journal.Codec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// For CI: after the new migrations were applied and before the new release is put out, may one still go back?
@Command(
        name = "gate",
        mixinStandardHelpOptions = true,
        description = {
            "Exit 0 if the release that runs works on the schema as it is now, else 11: whoever deploys then can still go",
            "back without touching data. Say it after the migrations and before the release; or, with --migrations,",
            "before anything is applied: they are tried on a copy."
        },
        footer = {
            "",
            "Example, in a pipeline:",
            "  lastgood release record -e staging --before v4.0.6",
            "  ./migrate up",
            "  lastgood gate -e staging && ./deploy v4.0.6",
            "  lastgood gate -e staging --migrations db/migrations     before anything is applied"
        })
public final class GateVerb extends DatabaseVerb {

    @Mixin
    private AheadOptions ahead = new AheadOptions();

    public GateVerb(Tool tool) {
        super(tool);
    }

    @Override
    public Exit say() {
        var session = session();
        var ledger = session.ports().ledgers().read(session.service());
        var live = ledger.live().orElseThrow(() -> AheadOptions.nothingLive(session));
        var isAhead = ahead.isMeant();
        var proof = isAhead
                ? ahead.prove(tool(), screen(), session)
                : known(new LookAtDatabase(session, screen()::say).before(ledger, live))
                        .proof();
        var open = proof.verdict() == Verdict.SAME || proof.verdict() == Verdict.COMPATIBLE;
        if (isData()) {
            var doc = Data.document("Gate")
                    .put("service", session.service().toString())
                    .put("release", live.version().text())
                    .put("open", open);
            doc.set("proof", Codec.json(proof));
            data(doc);
        } else {
            screen().data("gate %s".formatted(open ? "OPEN" : "CLOSED"));
            screen().data(new ProofLines(proof, isAhead ? ahead.schema() : ProofLines.THERE)
                    .lines(live.version().text()));
            if (isAhead) {
                screen().data("nothing was applied");
            }
            if (!open) {
                screen().data(advice(live));
            }
        }
        return open ? Exit.DONE : Exit.THRESHOLD;
    }

    private static String advice(Release live) {
        return "hint: split the migration, so that %s works until nobody wants to go back to it".formatted(live);
    }
}
