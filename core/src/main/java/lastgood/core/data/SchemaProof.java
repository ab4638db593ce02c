package lastgood.core.data;

import java.time.Duration;
import java.util.List;
import lastgood.core.Digest;

/// Whether an older release works on the schema that a newer one has left behind, and what undoing would do.
///
/// @param verdict what it comes to
/// @param reasons why, most important first; for people
/// @param changes differences of the two catalogs, for people
/// @param statements what the older release says to the database, each with what the newer schema answers
/// @param findings of the catalog rules
/// @param undo what the way back would do, last migration first
/// @param after what the schema is when all of it is undone, and whether the older release works on that
/// @param millis how long proving took
public record SchemaProof(
        Verdict verdict,
        List<String> reasons,
        List<String> changes,
        List<Statement> statements,
        List<Finding> findings,
        List<UndoProof> undo,
        AfterUndo after,
        long millis) {

    public SchemaProof {
        reasons = List.copyOf(reasons);
        changes = List.copyOf(changes);
        statements = List.copyOf(statements);
        findings = List.copyOf(findings);
        undo = List.copyOf(undo);
    }

    /// Where undoing was not tried to its end.
    public SchemaProof(
            Verdict verdict,
            List<String> reasons,
            List<String> changes,
            List<Statement> statements,
            List<Finding> findings,
            List<UndoProof> undo,
            long millis) {
        this(verdict, reasons, changes, statements, findings, undo, new AfterUndo.Untried(), millis);
    }

    public SchemaProof with(AfterUndo left) {
        return new SchemaProof(verdict, reasons, changes, statements, findings, undo, left, millis);
    }

    public enum Verdict {
        /// No migration and no difference of the catalogs: Type 1.
        SAME,
        /// Different, and the older release is proved to work on it: Type 2.
        COMPATIBLE,
        /// Different, and the older release is proved not to work on it: Type 3.
        BREAKING,
        /// Something is missing that a proof needs: counts as Type 3.
        UNPROVEN
    }

    /// @param sql normalised, with `$1`; never with values
    /// @param calls how often it was seen; 0 if that is not known
    /// @param answer what the newer schema says
    /// @param detail the server's words
    public record Statement(String sql, long calls, Answer answer, String detail) {
        public enum Answer {
            WORKS,
            FAILS,
            /// It could not be prepared on the old schema either, or its types are not known.
            UNPROVEN
        }
    }

    /// @param rule `R1` to `R15`
    /// @param object what it is about
    /// @param breaking false: a person should know, and the older release goes on working
    public record Finding(String rule, String object, String what, boolean breaking) {}

    /// What undoing one migration would do, as tried on the shadow.
    ///
    /// @param migration its name
    /// @param standing what the trial came to
    /// @param detail what is different after down, or why there is no way down
    /// @param lost rows and values that the way down throws away, counted on the real database where it can be
    public record UndoProof(String migration, Standing standing, String detail, List<String> lost) {
        public UndoProof {
            lost = List.copyOf(lost);
        }

        public enum Standing {
            /// Up and down leave the catalog exactly as it was.
            EXACT,
            /// The way down runs, and something is different after it.
            INEXACT,
            /// The way down does not run.
            FAILS,
            /// There is none.
            MISSING,
            /// Could not be tried, because it is a command of the team's.
            UNTRIED
        }
    }

    /// The end of the way back, as tried on the shadow.
    public sealed interface AfterUndo {

        /// A way down is missing, fails, is a command of the team's, or there was no shadow like the original.
        record Untried() implements AfterUndo {}

        /// The catalog is what was written down before the newer release.
        ///
        /// @param millis how long the ways down ran, without rows: a real database may take longer, never less
        record Same(Digest schema, long millis) implements AfterUndo {}

        /// It is something else, which can be predicted all the same.
        ///
        /// @param schema the fingerprint that undoing leaves
        /// @param differences from what was written down, for people
        /// @param works what the older release makes of it, by the same statements and rules
        /// @param reasons of that verdict
        /// @param millis as for [Same]
        record Different(Digest schema, List<String> differences, Verdict works, List<String> reasons, long millis)
                implements AfterUndo {
            public Different {
                differences = List.copyOf(differences);
                reasons = List.copyOf(reasons);
            }

            /// Whether the older release is proved to work on it.
            public boolean isHarmless() {
                return works == Verdict.SAME || works == Verdict.COMPATIBLE;
            }
        }

        default Duration took() {
            return switch (this) {
                case Untried() -> Duration.ZERO;
                case Same(var _, var millis) -> Duration.ofMillis(millis);
                case Different(var _, var _, var _, var _, var millis) -> Duration.ofMillis(millis);
            };
        }
    }
}
