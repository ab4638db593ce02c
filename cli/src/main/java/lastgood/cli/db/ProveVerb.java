package lastgood.cli.db;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.out.Data;
import lastgood.cli.run.LookAtDatabase;
import lastgood.core.Digest;
import lastgood.core.Ledger;
import lastgood.core.Release;
import lastgood.core.RevisionSelector;
import lastgood.core.Selection;
import lastgood.core.data.SchemaProof;
import lastgood.engine.journal.Codec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "prove",
        mixinStandardHelpOptions = true,
        description = {
            "Asks whether an older release works on the schema of a newer one: its own statements, prepared as the role",
            "that it logs in as, and the differences of the catalogs. The newer one is what is there now, what a recorded",
            "release left, or what migrations would leave that are still to come. Changes nothing."
        },
        footer = {
            "",
            "Examples:",
            "  lastgood db prove -e production                     the release that a rollback would go to",
            "  lastgood db prove -e production --from v4.0.4 -o json",
            "  lastgood db prove -e production --from v4.0.3 --to v4.0.4     both as they were written down",
            "  lastgood db prove -e staging --migrations db/migrations       what runs, on what is to come",
            "  lastgood gate -e staging                            the same as an exit code, for CI"
        })
final class ProveVerb extends DatabaseVerb {

    @Option(
            names = "--from",
            paramLabel = "REV",
            description = "the older release (default: previous; with --migrations: what runs)")
    private @Nullable String from;

    @Option(
            names = "--to",
            paramLabel = "REV",
            description = "the release that left the schema (default: the live one)")
    private @Nullable String to;

    @Mixin
    private AheadOptions ahead = new AheadOptions();

    ProveVerb(Tool tool) {
        super(tool);
    }

    /// @param newer what left the schema, or would
    /// @param schema that it was proved on, as in `works on …`
    private record Proved(
            Release older,
            String newer,
            String schema,
            String fingerprint,
            String olderFingerprint,
            List<String> since,
            SchemaProof proof) {}

    @Override
    public Exit say() {
        var session = session();
        var ledger = session.ports().ledgers().read(session.service());
        var proved = ahead.isMeant() ? ahead(session, ledger) : recorded(session, ledger);
        if (isData()) {
            var doc = Data.document("SchemaProof")
                    .put("service", session.service().toString())
                    .put("older", proved.older().version().text());
            put(doc, "newer", proved.newer());
            put(doc, "schema", proved.fingerprint());
            put(doc, "olderSchema", proved.olderFingerprint());
            doc.set("since", Data.texts(proved.since()));
            doc.set("proof", Codec.json(proved.proof()));
            data(doc);
        } else {
            screen().data(new ProofLines(proved.proof(), proved.schema())
                    .lines(proved.older().version().text()));
        }
        return Exit.DONE;
    }

    private static void put(ObjectNode doc, String key, String value) {
        if (!value.isEmpty()) {
            doc.put(key, value);
        }
    }

    private Proved ahead(Session session, Ledger ledger) {
        if (to != null) {
            throw Failure.usage(
                    "--migrations says what is to come, and --to names a release that left its schema already",
                    "keep one of them");
        }
        var live = ledger.live().orElseThrow(() -> AheadOptions.nothingLive(session));
        if (from != null && older(session, ledger, from).number() != live.number()) {
            throw Failure.usage(
                    "what is to come can be proved for %s only, which runs: what it says is asked of the server now"
                            .formatted(live),
                    "leave --from out; for an older one leave --migrations out, or prove again when they are applied");
        }
        return new Proved(live, "", ahead.schema(), "", "", List.of(), ahead.prove(tool(), screen(), session));
    }

    private Proved recorded(Session session, Ledger ledger) {
        var older = older(session, ledger, from == null ? "previous" : from);
        var newer = to == null ? ledger.live() : Optional.of(named(session, ledger, to));
        var look = new LookAtDatabase(session, screen()::say);
        if (newer.isEmpty() || newer.equals(ledger.live())) {
            var known = known(look.before(ledger, older));
            return new Proved(
                    older,
                    newer.map(r -> r.version().text()).orElse(""),
                    ProofLines.THERE,
                    known.schema().text(),
                    known.targetSchema().known().map(Digest::text).orElse(""),
                    known.since(),
                    known.proof());
        }
        if (older.number() >= newer.get().number()) {
            throw Failure.usage(
                    "%s came before %s: --from names the older release".formatted(newer.get(), older),
                    "name them the other way round");
        }
        return between(session, look.between(ledger, older, newer.get()), older, newer.get());
    }

    private Proved between(Session session, LookAtDatabase.Between between, Release older, Release newer) {
        var from = between.from().orElseThrow(() -> notWritten(session, older));
        var to = between.to().orElseThrow(() -> notWritten(session, newer));
        screen().say("proving %s on the schema that %s left, as it was written down".formatted(older, newer));
        return new Proved(
                older,
                newer.version().text(),
                "the schema that %s left".formatted(newer),
                to.schema().text(),
                from.schema().text(),
                between.migrations().reversed(),
                session.questions().proveBetween(session.service(), from.name(), to.name(), between.migrations()));
    }

    private static Failure notWritten(Session session, Release release) {
        return Failure.refused(
                "what schema %s left was never written down, and it is not the one that is there".formatted(release),
                List.of("a restore point of the next release holds it: `release deploy` marks one each time"),
                "leave --to out to prove on the schema that is there; `lastgood release list %s`"
                        .formatted(session.flags()));
    }

    private static Release named(Session session, Ledger ledger, String word) {
        return ledger.select(RevisionSelector.parse(word), ledger.live()) instanceof Selection.AlreadyLive(var live)
                ? live
                : older(session, ledger, word);
    }

    private static Release older(Session session, Ledger ledger, String word) {
        return switch (ledger.select(
                RevisionSelector.parse(word), ledger.live(), session.policy().presumeAfter())) {
            case Selection.Chosen(var release, var _, var _) -> release;
            case Selection.AlreadyLive(var release) -> release;
            case Selection.NothingGood _, Selection.NoSuch _, Selection.Ambiguous _ ->
                throw Failure.usage(
                        "there is no release `%s` to prove".formatted(lastgood.cli.out.Screen.plain(word)),
                        "lastgood release list %s".formatted(session.flags()));
        };
    }
}
