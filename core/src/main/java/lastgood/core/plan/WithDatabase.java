package lastgood.core.plan;

/// What shall become of the database in a rollback.
public enum WithDatabase {
    /// What the proof says: it stays if the older release works on it, and is undone if it does not and
    /// nothing is lost
    /// by it. Anything else is refused, with the ways on.
    AUTO,
    /// It stays as it is, whatever that means for the older release.
    NEVER,
    /// The migrations are undone, also where that loses rows.
    UNDO,
    /// The same, also where the schema does not become what it was, if the older release is proved to work on what it
    /// becomes.
    UNDO_INEXACT,
    /// Damaged rows are put back from a scratch; every later good write stays.
    SALVAGE,
    /// A scratch that holds an earlier state becomes the database; the present one is kept.
    SWAP
}
