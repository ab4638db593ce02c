package lastgood.cli.db;

import java.nio.file.Path;
import java.util.Optional;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.out.Data;
import lastgood.cli.run.LookAtDatabase;
import lastgood.core.Release;
import lastgood.core.data.SchemaProof;
import lastgood.core.data.SchemaProof.Verdict;
import lastgood.engine.journal.Codec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// For CI: after the new migrations were applied and before the new release is put out, may one still go back?
@Command(
        name = "gate",
        mixinStandardHelpOptions = true,
        description = {
            "Exit 0 if the release that runs works on the schema as it is now, else 11: whoever deploys then can still go",
            "back without touching data. Say it after the migrations and before the release."
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

    @Option(
            names = "--migrations",
            paramLabel = "DIR",
            description = "prove before they are applied: those in this folder that are not yet")
    private @Nullable Path migrations;

    @Option(
            names = "--statements",
            paramLabel = "DIR",
            description = "what the service says, as SQL files (default: what the server has heard)")
    private @Nullable Path statements;

    public GateVerb(Tool tool) {
        super(tool);
    }

    @Override
    public Exit say() {
        var session = session();
        var ledger = session.ports().ledgers().read(session.service());
        var live = ledger.live().orElseThrow(() -> nothingLive(session));
        var proof = migrations == null
                ? known(new LookAtDatabase(session, screen()::say).before(ledger, live))
                        .proof()
                : ahead(session, migrations);
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
            screen().data(new ProofLines(proof).lines(live.version().text()));
            if (!open) {
                screen().data(advice(live));
            }
        }
        return open ? Exit.DONE : Exit.THRESHOLD;
    }

    private SchemaProof ahead(Session session, Path folder) {
        screen().say("trying the migrations of %s on a copy of the schema".formatted(folder));
        var here = tool().host().workingFolder();
        return session.questions()
                .proveAhead(
                        session.service(),
                        here.resolve(folder),
                        Optional.ofNullable(statements).map(here::resolve));
    }

    private static String advice(Release live) {
        return "hint: split the migration, so that %s works until nobody wants to go back to it".formatted(live);
    }

    private static Failure nothingLive(Session session) {
        return Failure.refused(
                "nothing of %s is live, so there is nothing to go back to".formatted(session.service()),
                java.util.List.of(),
                "lastgood release record %s writes down what runs".formatted(session.flags()));
    }
}
