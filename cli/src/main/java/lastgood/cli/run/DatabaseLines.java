package lastgood.cli.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lastgood.cli.out.Data;
import lastgood.cli.out.Screen;
import lastgood.core.Words;
import lastgood.core.data.SchemaProof.UndoProof;
import lastgood.core.plan.DatabaseFacts;
import lastgood.core.plan.DatabaseFacts.Known;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Step;
import lastgood.engine.journal.Codec;

/// What a plan says about the database: why it is of its type, what becomes of each migration, what is lost, and what
/// there would be to come back to.
record DatabaseLines(DatabaseFacts facts, Plan plan) {

    /// More reasons are in `db prove`.
    private static final int REASONS_MAX = 4;

    /// Below the type.
    List<String> schema() {
        if (!(facts instanceof Known known) || plan.kind() != Plan.Kind.ROLLBACK) {
            return List.of();
        }
        var lines = new ArrayList<String>();
        var reasons = known.proof().reasons();
        reasons.stream().limit(REASONS_MAX).forEach(r -> lines.add("        proof: " + Screen.plain(r)));
        if (reasons.size() > REASONS_MAX) {
            lines.add("        and %d more reasons: lastgood db prove".formatted(reasons.size() - REASONS_MAX));
        }
        known.since()
                .forEach(m -> lines.add("        schema: %s  %s".formatted(Screen.plain(m), whatBecomesOf(known, m))));
        return lines;
    }

    private String whatBecomesOf(Known known, String migration) {
        var undo = known.proof().undo().stream()
                .filter(u -> u.migration().equals(migration))
                .findFirst();
        var goes = plan.main().stream()
                .anyMatch(s -> s.step() instanceof Step.UndoMigrations u
                        && u.newestFirst().contains(migration));
        if (plan.main().stream().anyMatch(s -> s.step() instanceof Step.SwapDatabase)) {
            return "goes with the database";
        }
        return "%s  [%s]"
                .formatted(
                        goes ? "undo" : "keep", undo.map(DatabaseLines::words).orElse("undo not tried"));
    }

    private static String words(UndoProof undo) {
        var words = switch (undo.standing()) {
            case EXACT -> "undo is exact";
            case INEXACT -> "undo is not exact: " + undo.detail();
            case FAILS -> "undo does not run: " + undo.detail();
            case MISSING -> "no way down" + (undo.detail().isEmpty() ? "" : ": " + undo.detail());
            case UNTRIED -> "undo could not be tried";
        };
        return Screen.plain(
                undo.lost().isEmpty() ? words : "%s; loses %s".formatted(words, String.join(", ", undo.lost())));
    }

    List<String> data() {
        return plan.lost().isEmpty()
                ? List.of("nothing is lost by this plan")
                : plan.lost().stream().map(l -> "lost: " + Screen.plain(l)).toList();
    }

    /// Only where somebody may need one.
    List<String> backups() {
        if (!(facts instanceof Known known) || (plan.type() == Plan.Type.TYPE_1 && !changesData())) {
            return List.of();
        }
        var lines = new ArrayList<>(
                known.backups().stream().map(b -> "backup: " + Screen.plain(b)).toList());
        var times = known.times();
        var predicted = new ArrayList<String>();
        if (times.backup().isPositive()) {
            predicted.add("backup about %s".formatted(Words.duration(times.backup())));
        }
        if (undoes() && times.undo().isPositive()) {
            predicted.add("undo at least %s (on a copy without rows)".formatted(Words.duration(times.undo())));
        }
        predicted.add("a restore %s".formatted(times.restore().words()));
        lines.add("predicted: %s".formatted(String.join(", ", predicted)));
        return lines;
    }

    private boolean undoes() {
        return plan.main().stream().anyMatch(s -> s.step() instanceof Step.UndoMigrations);
    }

    private boolean changesData() {
        return plan.main().stream().anyMatch(s -> s.step().changesData());
    }

    /// Remarks that are not said elsewhere.
    List<String> besides(List<String> remarks) {
        return facts instanceof Known known
                ? remarks.stream()
                        .filter(r -> !known.backups().contains(r))
                        .filter(r -> plan.kind() != Plan.Kind.ROLLBACK
                                || !known.proof().reasons().contains(r))
                        .toList()
                : remarks;
    }

    Optional<ObjectNode> json() {
        return switch (facts) {
            case DatabaseFacts.None() -> Optional.empty();
            case DatabaseFacts.Unknown(var why) -> Optional.of(Data.object().put("unknown", why));
            case Known known -> {
                var doc = Data.object()
                        .put("schema", known.schema().text())
                        .put("verdict", known.proof().verdict().name());
                known.targetSchema().known().ifPresent(d -> doc.put("targetSchema", d.text()));
                doc.set("since", Data.texts(known.since()));
                doc.set("proof", Codec.json(known.proof()));
                doc.set("backups", Data.texts(known.backups()));
                doc.putObject("predicted")
                        .put("backup", known.times().backup().toString())
                        .put("undo", known.times().undo().toString())
                        .put("restore", known.times().restore().median().toString())
                        .put("restoreWorst", known.times().restore().worst().toString())
                        .put("restoresMeasured", known.times().restore().measured())
                        .put("logBytes", known.times().restore().logBytes());
                yield Optional.of(doc);
            }
        };
    }
}
