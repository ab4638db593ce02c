package lastgood.cli.db;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import lastgood.cli.out.Screen;
import lastgood.core.Words;
import lastgood.core.data.SchemaProof;
import lastgood.core.data.SchemaProof.AfterUndo;
import lastgood.core.data.SchemaProof.Statement;
import lastgood.core.data.SchemaProof.Statement.Answer;

/// A proof as people read it: what it comes to, why, and what was asked.
///
/// @param schema which one it was proved on, as in `works on the schema that is there`
record ProofLines(SchemaProof proof, String schema) {

    static final String THERE = "the schema that is there";

    ProofLines(SchemaProof proof) {
        this(proof, THERE);
    }

    private static final int SQL_MAX = 80;

    /// @param older the release that is meant to work
    List<String> lines(String older) {
        var lines = new ArrayList<String>();
        lines.add("%s  %s".formatted(proof.verdict(), verdict(older)));
        proof.reasons().forEach(r -> lines.add("  why        " + Screen.plain(r)));
        proof.changes().forEach(c -> lines.add("  changed    " + Screen.plain(c)));
        proof.findings()
                .forEach(f -> lines.add("  %-10s %s %s: %s"
                        .formatted(
                                f.breaking() ? "breaks" : "note",
                                f.rule(),
                                Screen.plain(f.object()),
                                Screen.plain(f.what()))));
        lines.add("  statements " + counted());
        proof.statements().stream().filter(s -> s.answer() != Answer.WORKS).forEach(s -> {
            lines.add("   %-8s %s%s"
                    .formatted(
                            s.answer() == Answer.FAILS ? "FAILS" : "unproven",
                            sql(s),
                            s.calls() == 0 ? "" : "  (%s)".formatted(Words.count(s.calls(), "call"))));
            if (!s.detail().isEmpty()) {
                lines.add("            " + Screen.plain(s.detail()));
            }
        });
        proof.undo()
                .forEach(u ->
                        lines.add("  undo       %s: %s".formatted(Screen.plain(u.migration()), UndoVerb.words(u))));
        afterUndo().forEach(l -> lines.add("  " + l));
        lines.add("  took       " + Words.duration(Duration.ofMillis(proof.millis())));
        return lines;
    }

    private String verdict(String older) {
        return switch (proof.verdict()) {
            case SAME -> "%s is as %s left it: type 1".formatted(schema, older);
            case COMPATIBLE -> "%s works on %s: type 2".formatted(older, schema);
            case BREAKING -> "%s does not work on %s: type 3".formatted(older, schema);
            case UNPROVEN -> "nobody can say whether %s works on %s: counts as type 3".formatted(older, schema);
        };
    }

    /// What undoing leaves, where that is not what was there before.
    List<String> afterUndo() {
        if (!(proof.after() instanceof AfterUndo.Different left)) {
            return List.of();
        }
        var lines = new ArrayList<String>();
        left.differences().forEach(d -> lines.add("stays different after the undo: " + Screen.plain(d)));
        lines.add("after the undo: the older release %s"
                .formatted(
                        switch (left.works()) {
                            case SAME, COMPATIBLE -> "is proved to work on what is left";
                            case BREAKING -> "does not work on what is left";
                            case UNPROVEN -> "is not proved to work on what is left";
                        }));
        if (!left.isHarmless()) {
            left.reasons().forEach(r -> lines.add("after the undo: " + Screen.plain(r)));
        }
        return lines;
    }

    private String counted() {
        if (proof.statements().isEmpty()) {
            return "none are known";
        }
        return "%d work, %d fail, %d unproven"
                .formatted(count(Answer.WORKS), count(Answer.FAILS), count(Answer.UNPROVEN));
    }

    private long count(Answer answer) {
        return proof.statements().stream().filter(s -> s.answer() == answer).count();
    }

    private static String sql(Statement s) {
        var text = Screen.plain(s.sql().replaceAll("\\s+", " ").strip());
        return text.length() <= SQL_MAX ? text : text.substring(0, SQL_MAX - 1) + "…";
    }
}
