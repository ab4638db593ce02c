package lastgood.postgres.restore;

import java.util.function.BiFunction;
import java.util.function.Consumer;
import lastgood.postgres.backup.Stored;
import lastgood.postgres.sql.Sessions;

/// A backup restored only to see whether it can be, with what was measured.
///
/// @param drop throws it away
record Trial(
        Sessions sessions, long restoreBytes, long restoreMillis, long replayBytes, long replayMillis, Runnable drop) {

    /// How a provider's backups are tried.
    interface Way extends BiFunction<Stored, Consumer<String>, Trial> {}
}
