package lastgood.core.data;

import java.util.List;

/// Whether an older release works on the schema that a newer one has left behind, and what undoing would do.
///
/// @param verdict what it comes to
/// @param reasons why, most important first; for people
/// @param changes differences of the two catalogs, for people
/// @param statements what the older release says to the database, each with what the newer schema answers
/// @param findings of the catalog rules
/// @param undo what the way back would do, last migration first
/// @param millis how long proving took
public record SchemaProof(
        Verdict verdict,
        List<String> reasons,
        List<String> changes,
        List<Statement> statements,
        List<Finding> findings,
        List<UndoProof> undo,
        long millis) {

    public SchemaProof {
        reasons = List.copyOf(reasons);
        changes = List.copyOf(changes);
        statements = List.copyOf(statements);
        findings = List.copyOf(findings);
        undo = List.copyOf(undo);
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
}
