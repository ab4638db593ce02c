package lastgood.core.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import lastgood.core.Digest;
import lastgood.core.Release;
import lastgood.core.Words;
import lastgood.core.data.Assessment;
import lastgood.core.data.Assessment.Way.Kind;
import lastgood.core.data.SchemaProof;
import lastgood.core.data.SchemaProof.AfterUndo;
import lastgood.core.data.SchemaProof.UndoProof;
import lastgood.core.data.SchemaProof.Verdict;

/// What becomes of the database when an older release comes back, decided from the proof. Unproven counts
/// as broken:
/// old code on a schema that it was not written for loses data in ways that no backup from before it knows of.
sealed interface DatabaseWay {

    /// It stays as it is.
    record Leave(Plan.Type type, String reason, List<String> remarks) implements DatabaseWay {}

    /// It is changed, behind closed doors.
    ///
    /// @param changes in order
    /// @param lost what is gone afterwards, for people; empty = nothing
    record Change(Plan.Type type, String reason, List<Step> changes, List<String> lost, List<String> remarks)
            implements DatabaseWay {}

    record No(Planned.Refused refused) implements DatabaseWay {}

    /// @param migrations that the ledger records after the target
    static DatabaseWay of(Facts facts, RollbackPlanner.Request request, Release target, List<String> migrations) {
        var way = switch (facts.database()) {
            case DatabaseFacts.None() -> withoutDatabase(facts, request, target, migrations);
            case DatabaseFacts.Unknown(var why) -> unproven(facts, request, target, List.of(why));
            case DatabaseFacts.Known known -> of(facts, known, request, target);
        };
        // Nobody is asked in an emergency, so somebody has to have said it.
        return way instanceof Change && request.emergency() && !request.confirmed()
                ? new No(new Planned.Refused(
                        "an emergency changes no data by itself",
                        reasons(facts),
                        "say it with the service's name: --with-db %s --confirm %s"
                                .formatted(
                                        request.database() == WithDatabase.AUTO ? "undo" : word(request.database()),
                                        facts.seen().service().service())))
                : way;
    }

    private static String word(WithDatabase with) {
        return with.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static DatabaseWay withoutDatabase(
            Facts facts, RollbackPlanner.Request request, Release target, List<String> migrations) {
        return switch (request.database()) {
            case AUTO, NEVER ->
                migrations.isEmpty()
                        ? new Leave(Plan.Type.TYPE_1, "no migration is recorded between the releases", List.of())
                        : request.database() == WithDatabase.NEVER
                                ? new Leave(
                                        Plan.Type.TYPE_3,
                                        "%s in between, unproven; accepted by the requester"
                                                .formatted(Words.count(migrations.size(), "migration")),
                                        List.of())
                                : new No(
                                        unfit(
                                                facts,
                                                target,
                                                migrations.stream()
                                                        .map(m -> "migration since then: " + m)
                                                        .toList(),
                                                "check the migrations; to go ahead all the same: --with-db never --confirm %s"));
            case UNDO, UNDO_INEXACT, SALVAGE, SWAP ->
                new No(new Planned.Refused(
                        "no database is configured for %s"
                                .formatted(facts.seen().service()),
                        List.of(),
                        "say where it is, under `database` in the configuration"));
        };
    }

    private static Planned.Refused unfit(Facts facts, Release target, List<String> details, String hint) {
        return new Planned.Refused(
                "%s would run on a schema it was not written for, and nothing proves that it can".formatted(target),
                details,
                hint.formatted(facts.seen().service().service()));
    }

    private static DatabaseWay unproven(
            Facts facts, RollbackPlanner.Request request, Release target, List<String> reasons) {
        return request.database() == WithDatabase.NEVER
                ? new Leave(
                        Plan.Type.TYPE_3, "not proved that it works on the schema; accepted by the requester", reasons)
                : new No(unfit(
                        facts,
                        target,
                        reasons,
                        "to go ahead all the same, with the schema as it is: --with-db never --confirm %s"));
    }

    private static DatabaseWay of(
            Facts facts, DatabaseFacts.Known known, RollbackPlanner.Request request, Release target) {
        return switch (request.database()) {
            case NEVER -> stays(known, true).orElseThrow();
            case UNDO, UNDO_INEXACT ->
                known.since().isEmpty()
                        ? nothingToUndo(facts, known, target)
                        : undo(facts, known, request.database() == WithDatabase.UNDO_INEXACT);
            case SALVAGE, SWAP -> repairFor(facts, known, request.database() == WithDatabase.SWAP);
            case AUTO -> {
                var stays = stays(known, false);
                yield stays.isPresent()
                        ? stays.get()
                        : known.proof().verdict() == Verdict.BREAKING && isHarmless(known)
                                ? undo(facts, known, false)
                                : new No(unfit(facts, target, reasons(facts), ways(known)));
            }
        };
    }

    private static DatabaseWay nothingToUndo(Facts facts, DatabaseFacts.Known known, Release target) {
        return stays(known, false)
                .orElseGet(
                        () -> new No(
                                unfit(
                                        facts,
                                        target,
                                        reasons(facts),
                                        "no migration is known that could be undone; --with-db never --confirm %s leaves the schema as it is")));
    }

    /// Scenario A, or no difference at all.
    private static Optional<DatabaseWay> stays(DatabaseFacts.Known known, boolean accepted) {
        var proof = known.proof();
        return switch (proof.verdict()) {
            case SAME ->
                Optional.of(new Leave(
                        Plan.Type.TYPE_1, "the schema is the same for both releases", remarks(known, List.of())));
            case COMPATIBLE ->
                Optional.of(new Leave(
                        Plan.Type.TYPE_2,
                        "the older release is proved to work on the schema%s".formatted(because(proof)),
                        remarks(known, List.of())));
            case BREAKING, UNPROVEN ->
                accepted
                        ? Optional.of(new Leave(
                                Plan.Type.TYPE_3,
                                "%s; accepted by the requester".formatted(verdict(proof)),
                                remarks(known, proof.reasons())))
                        : Optional.empty();
        };
    }

    private static String because(SchemaProof proof) {
        return proof.reasons().isEmpty() ? "" : ": " + proof.reasons().getFirst();
    }

    private static String verdict(SchemaProof proof) {
        return switch (proof.verdict()) {
            case SAME -> "the schema is the same for both releases";
            case COMPATIBLE -> "the older release works on the schema";
            case BREAKING -> "the older release does not work on the schema" + because(proof);
            case UNPROVEN -> "not proved that the older release works on the schema" + because(proof);
        };
    }

    /// Whether undoing needs nobody's word: exact, and nothing is lost by it.
    private static boolean isHarmless(DatabaseFacts.Known known) {
        return !known.since().isEmpty()
                && known.targetSchema().known().isPresent()
                && rewritten(known).isEmpty()
                && known.since().stream()
                        .allMatch(m -> proofOf(known, m)
                                .filter(u -> u.standing() == UndoProof.Standing.EXACT
                                        && u.lost().isEmpty())
                                .isPresent());
    }

    /// Values that a migration changed or removed: a way down brings the schema back, and at best guesses at these.
    private static List<String> rewritten(DatabaseFacts.Known known) {
        return known.proof().findings().stream()
                .filter(f -> f.breaking() && f.rule().equals("R16"))
                .map(f -> "%s: %s, and undoing the migration brings the schema back and not the rows"
                        .formatted(f.object(), f.what()))
                .toList();
    }

    private static Optional<UndoProof> proofOf(DatabaseFacts.Known known, String migration) {
        return known.proof().undo().stream()
                .filter(u -> u.migration().equals(migration))
                .findFirst();
    }

    private static List<String> reasons(Facts facts) {
        return facts.database() instanceof DatabaseFacts.Known known
                ? Stream.concat(
                                known.proof().reasons().stream(),
                                known.since().stream()
                                        .map(m -> "migration since then: %s (undo: %s)"
                                                .formatted(
                                                        m,
                                                        proofOf(known, m)
                                                                .map(DatabaseWay::words)
                                                                .orElse("not tried"))))
                        .toList()
                : List.of();
    }

    private static String words(UndoProof undo) {
        var how = switch (undo.standing()) {
            case EXACT -> "exact";
            case INEXACT -> "not exact, " + undo.detail();
            case FAILS -> "does not run, " + undo.detail();
            case MISSING -> "there is none" + (undo.detail().isEmpty() ? "" : ", " + undo.detail());
            case UNTRIED -> "could not be tried";
        };
        return undo.lost().isEmpty() ? how : how + "; loses " + String.join(", ", undo.lost());
    }

    private static String ways(DatabaseFacts.Known known) {
        return known.since().isEmpty()
                ? "to go ahead all the same, with the schema as it is: --with-db never --confirm %s"
                : known.proof().after() instanceof AfterUndo.Different left && left.isHarmless()
                        ? "--with-db undo-inexact takes the migrations back, and leaves something different; --with-db never --confirm %s leaves the schema as it is"
                        : "--with-db undo takes the migrations back; --with-db never --confirm %s leaves the schema as it is";
    }

    /// Scenario B. Refused where the way down does not exist, does not run, or leads nobody knows where.
    ///
    /// @param inexact whether somebody said that the schema may become something else than it was
    static DatabaseWay undo(Facts facts, DatabaseFacts.Known known, boolean inexact) {
        var impossible = known.since().stream()
                .flatMap(m -> proofOf(known, m).stream())
                .filter(u -> u.standing() == UndoProof.Standing.FAILS || u.standing() == UndoProof.Standing.MISSING)
                .map(u -> "%s: %s".formatted(u.migration(), words(u)))
                .toList();
        if (!impossible.isEmpty()) {
            return new No(
                    new Planned.Refused(
                            "not all migrations can be undone",
                            impossible,
                            "deploy a fixed release forward; or `db corruption assess` and --with-db swap, which goes back to before them"));
        }
        if (known.proof().after() instanceof AfterUndo.Different left) {
            return left.isHarmless() && inexact ? undoTo(facts, known, left.schema()) : refused(facts, left);
        }
        var exact = known.since().stream()
                .allMatch(m -> proofOf(known, m)
                        .filter(u -> u.standing() != UndoProof.Standing.INEXACT)
                        .isPresent());
        var to = known.targetSchema().known();
        return exact && to.isPresent()
                ? undoTo(facts, known, to.get())
                : new No(new Planned.Refused(
                        exact
                                ? "what the schema was before these migrations is not recorded, so nobody could tell whether undoing came out right"
                                : "undoing is not exact, and what it leaves could not be tried",
                        reasons(facts),
                        "`db prove` tries it on a copy; --with-db never --confirm %s leaves the schema as it is"
                                .formatted(facts.seen().service().service())));
    }

    /// What it leaves is known. Nobody is held to it unawares, and nobody may choose what is not proved to work.
    private static No refused(Facts facts, AfterUndo.Different left) {
        var differences = left.differences().stream().map(d -> "stays different: " + d);
        var service = facts.seen().service().service();
        return left.isHarmless()
                ? new No(new Planned.Refused(
                        "undoing does not make the schema what it was; the older release is proved to work on what it becomes",
                        joined(differences.toList(), reasons(facts)),
                        "to undo all the same: --with-db undo-inexact --confirm %s; `db undo` takes --inexact"
                                .formatted(service)))
                : new No(
                        new Planned.Refused(
                                "undoing does not make the schema what it was, and the older release %s what it becomes"
                                        .formatted(
                                                left.works() == Verdict.BREAKING
                                                        ? "does not work on"
                                                        : "is not proved to work on"),
                                Stream.of(
                                                left.reasons().stream().map(r -> "after the undo: " + r),
                                                differences,
                                                reasons(facts).stream())
                                        .flatMap(s -> s)
                                        .toList(),
                                "mend the way down, or deploy a fixed release forward; or `db corruption assess` and --with-db swap"));
    }

    private static Change undoTo(Facts facts, DatabaseFacts.Known known, Digest to) {
        return new Change(
                Plan.Type.TYPE_3,
                "%s; %s undone"
                        .formatted(
                                verdict(known.proof()),
                                Words.count(known.since().size(), "migration")),
                List.of(new Step.UndoMigrations(facts.seen().service(), known.since(), known.schema(), to)),
                lostBy(known),
                remarks(
                        known,
                        joined(
                                rewritten(known),
                                known.damage().known().isPresent() ? List.of(SALVAGE_TOO) : List.of())));
    }

    String SALVAGE_TOO = "rows are damaged too, and undoing migrations does not mend them: --with-db salvage does";

    private static List<String> lostBy(DatabaseFacts.Known known) {
        var lost = new ArrayList<String>();
        for (var migration : known.since()) {
            var proof = proofOf(known, migration);
            proof.ifPresent(u -> u.lost().forEach(line -> lost.add("%s: %s".formatted(migration, line))));
            if (proof.filter(u -> u.standing() == UndoProof.Standing.EXACT || isPredicted(known, u))
                    .isEmpty()) {
                lost.add("%s: its undo is not proved to be exact (%s)"
                        .formatted(migration, proof.map(DatabaseWay::words).orElse("not tried")));
            }
        }
        if (known.proof().after() instanceof AfterUndo.Different left) {
            left.differences().forEach(d -> lost.add("the schema as it was: " + d));
        }
        return lost;
    }

    /// Then the differences stand for themselves.
    private static boolean isPredicted(DatabaseFacts.Known known, UndoProof undo) {
        return undo.standing() == UndoProof.Standing.INEXACT && known.proof().after() instanceof AfterUndo.Different;
    }

    /// Scenario C, with a release that comes back: afterwards the schema is one that it is proved for.
    private static DatabaseWay repairFor(Facts facts, DatabaseFacts.Known known, boolean swap) {
        var proved = proved(known);
        if (proved.isEmpty()) {
            return new No(new Planned.Refused(
                    "nothing tells which schema the older release works on",
                    reasons(facts),
                    "`db prove` says what is missing; `db salvage` mends the rows and leaves the release"));
        }
        if (!(repair(facts, known, swap) instanceof Change repair)) {
            return repair(facts, known, swap);
        }
        if (swap) {
            // The earlier state brings its own schema along.
            var checked = new ArrayList<>(repair.changes());
            checked.add(new Step.CheckSchema(facts.seen().service(), proved));
            return new Change(repair.type(), repair.reason(), checked, repair.lost(), repair.remarks());
        }
        return proved.contains(known.schema()) ? repair : undoFirst(undo(facts, known, false), repair);
    }

    private static DatabaseWay undoFirst(DatabaseWay undo, Change repair) {
        return undo instanceof Change first
                ? new Change(
                        repair.type(),
                        "%s; %s".formatted(first.reason(), repair.reason()),
                        joined(first.changes(), repair.changes()),
                        joined(first.lost(), repair.lost()),
                        repair.remarks())
                : undo;
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        var all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    /// Schemas that the target is proved for.
    private static List<Digest> proved(DatabaseFacts.Known known) {
        var proved = new ArrayList<Digest>();
        known.targetSchema().known().ifPresent(proved::add);
        if (known.proof().verdict() == Verdict.SAME || known.proof().verdict() == Verdict.COMPATIBLE) {
            proved.add(known.schema());
        }
        return proved.stream().distinct().toList();
    }

    /// Scenario C, as it was counted.
    static DatabaseWay repair(Facts facts, DatabaseFacts.Known known, boolean swap) {
        var kind = swap ? Kind.SWAP : Kind.SALVAGE;
        var assessed = known.damage().known();
        var way = assessed.flatMap(
                a -> a.ways().stream().filter(w -> w.kind() == kind).findFirst());
        if (assessed.isEmpty() || way.isEmpty()) {
            return new No(new Planned.Refused(
                    assessed.isEmpty()
                            ? "nobody has counted what is damaged"
                            : "the assessment knows no way to %s"
                                    .formatted(kind.name().toLowerCase(Locale.ROOT)),
                    List.of(),
                    "`db corruption assess` restores an earlier state beside the database and counts the rows"));
        }
        var service = facts.seen().service();
        var scratch = assessed.get().scratch();
        var digest = assessed.get().digest();
        return new Change(
                Plan.Type.TYPE_3,
                "damaged rows: %s (%s)"
                        .formatted(
                                swap ? "the database goes back as a whole" : "put back",
                                assessed.get().point()),
                List.of(
                        swap
                                ? new Step.SwapDatabase(service, scratch, "lg_kept_" + digest.brief())
                                : new Step.SalvageRows(service, scratch, digest)),
                way.get().lost() == 0
                        ? List.of()
                        : List.of("%s, counted in the assessment"
                                .formatted(Words.count(way.get().lost(), "good row"))),
                remarks(known, remarks(way.get())));
    }

    private static List<String> remarks(Assessment.Way way) {
        var remarks = new ArrayList<String>();
        if (way.conflicts() > 0) {
            remarks.add("%s left as found: damaged and changed since, so a person has to choose"
                    .formatted(Words.count(way.conflicts(), "row")));
        }
        remarks.add(
                way.unproven()
                        ? "UNPROVEN: nothing like it was ever rehearsed here, so nobody knows how long it takes"
                        : "about %s by measured rates".formatted(Words.duration(way.predicted())));
        return remarks;
    }

    /// With how it stands with backups.
    private static List<String> remarks(DatabaseFacts.Known known, List<String> more) {
        return joined(more, known.backups());
    }
}
