package lastgood.cli.db;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import lastgood.cli.out.Screen;
import lastgood.core.Words;
import lastgood.core.data.SchemaProof;
import lastgood.core.data.SchemaProof.Statement;
import lastgood.core.data.SchemaProof.Statement.Answer;

/// A proof as people read it: what it comes to, why, and what was asked.
record ProofLines(SchemaProof proof) {

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
        lines.add("  took       " + Words.duration(Duration.ofMillis(proof.millis())));
        return lines;
    }

    private String verdict(String older) {
        return switch (proof.verdict()) {
            case SAME -> "the schema is as %s left it: type 1".formatted(older);
            case COMPATIBLE -> "%s works on the schema that is there: type 2".formatted(older);
            case BREAKING -> "%s does not work on the schema that is there: type 3".formatted(older);
            case UNPROVEN ->
                "nobody can say whether %s works on the schema that is there: counts as type 3".formatted(older);
        };
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
