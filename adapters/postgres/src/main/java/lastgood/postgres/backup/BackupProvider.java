package lastgood.postgres.backup;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lastgood.core.data.Backup;
import lastgood.postgres.sql.Sessions;

/// Something that takes backups, keeps them and gives them back. Its list is the truth; nothing here caches it.
public interface BackupProvider {

    /// `files`, `pg_basebackup`, `pg_dump`, `pgbackrest`, …
    String kind();

    /// Those that are complete, in no order.
    List<Stored> list();

    /// Who is taking one right now that has or may get that name; empty = nobody. What a process left behind that
    /// died is nobody.
    Optional<String> underway(String name);

    /// Takes one; removes what an earlier attempt under that very name left behind, and nothing else, ever.
    ///
    /// @throws lastgood.engine.port.WorldMoved if one is underway
    Stored take(String name);

    /// Reads back what is stored.
    Backup.Proof verify(Stored backup, Instant now);

    /// A copy of the whole server: can be replayed to any point that the archive reaches.
    interface Physical extends BackupProvider {

        /// Copies the files into a folder. The server there is not started, and not told where to stop.
        ///
        /// @param data does not exist, or holds an earlier restore of the same provider that may be used
        void restore(Stored backup, Path data);

        WalArchive archive();
    }

    /// A dump of one database: has no point in time but its own.
    interface Logical extends BackupProvider {

        /// Loads it into an empty database.
        void restore(Stored backup, Sessions into);
    }
}
