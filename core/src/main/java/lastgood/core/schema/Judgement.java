package lastgood.core.schema;

import java.util.ArrayList;
import java.util.List;
import lastgood.core.data.SchemaProof;
import lastgood.core.data.SchemaProof.Finding;
import lastgood.core.data.SchemaProof.Statement;
import lastgood.core.data.SchemaProof.UndoProof;
import lastgood.core.data.SchemaProof.Verdict;

/// What the parts of a proof come to. One thing that breaks is enough for BREAKING; one thing that is missing is enough
/// not to be COMPATIBLE.
public final class Judgement {

    private Judgement() {}

    /// @param breaks what breaks for another reason than a statement or a finding
    /// @param gaps what is missing
    public static SchemaProof of(
            List<Change> changes,
            List<Statement> statements,
            List<Finding> findings,
            List<UndoProof> undo,
            List<String> breaks,
            List<String> gaps,
            long millis) {
        var reasons = new ArrayList<String>();
        statements.stream()
                .filter(s -> s.answer() == Statement.Answer.FAILS)
                .forEach(s -> reasons.add("the older release says `%s`: %s".formatted(brief(s.sql()), s.detail())));
        findings.stream()
                .filter(Finding::breaking)
                .forEach(f -> reasons.add("%s: %s: %s".formatted(f.rule(), f.object(), f.what())));
        reasons.addAll(breaks);
        var breaking = !reasons.isEmpty();
        var unproven = statements.stream()
                .filter(s -> s.answer() == Statement.Answer.UNPROVEN)
                .toList();
        reasons.addAll(gaps);
        unproven.stream()
                .limit(3)
                .forEach(s -> reasons.add("cannot tell about `%s`: %s".formatted(brief(s.sql()), s.detail())));
        if (unproven.size() > 3) {
            reasons.add("and about %d more statements".formatted(unproven.size() - 3));
        }
        var same = changes.isEmpty() && !breaking && gaps.isEmpty();
        Verdict verdict;
        if (same) {
            verdict = Verdict.SAME;
            reasons.clear();
            reasons.add("the catalogs are the same");
        } else if (breaking) {
            verdict = Verdict.BREAKING;
        } else if (!reasons.isEmpty()) {
            verdict = Verdict.UNPROVEN;
        } else {
            verdict = Verdict.COMPATIBLE;
            reasons.add("%d statements of the older release work on the newer schema, and no rule speaks against it"
                    .formatted(statements.size()));
        }
        return new SchemaProof(verdict, reasons, Change.words(changes), statements, findings, undo, millis);
    }

    private static String brief(String sql) {
        var line = sql.replaceAll("\\s+", " ").strip();
        return line.length() > 80 ? line.substring(0, 79) + "…" : line;
    }
}
