package lastgood.postgres.restore;

import java.util.Optional;
import java.util.function.Consumer;
import lastgood.core.data.RecoveryTarget;
import lastgood.engine.port.Fence;
import lastgood.engine.port.database.Backups;
import lastgood.engine.port.database.Repairs.Swapped;

/// Somebody else's program that runs one service's database, such as an operator on a cluster: it takes the backups,
/// restores them into servers of its own, and knows which of its servers users have. We ask it, and look.
public interface Operator {

    Backups backups();

    /// Restores beside the database and waits until it is there; the same id finds the same one.
    ///
    /// @param id short letters and digits
    Restored restore(String id, String backup, RecoveryTarget target, Consumer<String> progress);

    /// Restores the backup, and all of the log behind it, to where [#dropRehearsal] takes it away again.
    Restored rehearse(String backup, Consumer<String> progress);

    /// To be called when what was rehearsed could be read: the backup is proved from then on.
    void rehearsed(String backup);

    void dropRehearsal();

    /// Where one that was restored is reached.
    Restored restored(String name);

    Swapped look(String scratch);

    void swap(String scratch, String keepAs, Fence fence);

    /// The name by which users, and we, reach the database, and which a swap leads elsewhere; empty: there is none.
    Optional<String> entrance();

    /// @param name what finds it again
    /// @param host, port by which it is reached; the roles and passwords are those of the database that it was
    record Restored(String name, String host, int port) {}
}
