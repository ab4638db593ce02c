package lastgood.core.decide;

import java.time.Instant;
import java.util.Optional;
import lastgood.core.Severity;

/// Something that speaks against the running release and is not counted by the detector: a check that fails, an
/// alert that somebody's monitoring sent, a finding in the data, a word of a person.
///
/// @param id the same finding has the same id, however often it is reported
/// @param source who says so: [#AUTH], `check smoke`, `alertmanager HighErrorRate`, `integrity quick`, a person
/// @param since when it began, as far as the source knows
/// @param severity what the source calls it; empty = by the matrix
/// @param weight what it is worth
/// @param words what was found, one line, for people
public record Signal(
        Trigger trigger,
        String id,
        String source,
        Instant since,
        Optional<Severity> severity,
        Weight weight,
        String words) {

    /// The source of a signal that says: nobody can log in. The matrix has a word of its own for that.
    public static final String AUTH = "check auth";

    /// What a signal may cause by itself.
    public enum Weight {
        /// A fact about this release: its migration failed, a person marked it, its own check fails and the old
        /// release's does not.
        PROOF,
        /// Somebody else's rule fired. It starts the clock and prepares; it does not roll back unattended.
        SUSPICION
    }
}
