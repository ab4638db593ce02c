package lastgood.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The database of a service, and how it goes back with a release.
///
/// @param where it is
/// @param roles that the service enters as, which a write fence shuts out; empty: all that may write there
/// @param statements a folder with the service's statements as SQL, for servers without pg_stat_statements; null:
///     not given
/// @param maxConnections of those that the server allows; above it the checklist's item fails
public record DatabaseConfig(
        Where where,
        List<String> roles,
        Migrations migrations,
        Backup backup,
        Restore restore,
        Integrity integrity,
        @Nullable Path statements,
        Percent maxConnections) {

    public DatabaseConfig {
        roles = List.copyOf(roles);
    }

    public sealed interface Where {

        /// A server of ours, kept beside the service on this machine.
        record Embedded() implements Where {}

        /// @param url as the service enters it
        /// @param admin as lastgood enters it, with the rights to fence and to back up; `url` if nobody says
        ///     otherwise
        record At(SecretRef url, SecretRef admin) implements Where {}
    }

    /// How the schema changes.
    ///
    /// @param tool `auto` by its history table, or its name
    /// @param dir folder of SQL files; null: not given
    /// @param undo the team's command, with places [#PLACES]; empty: none
    /// @param apply likewise
    /// @param atStart whether the service runs its migration tool each time it starts
    /// @param status the team's command that tells how far it is; empty: none
    public record Migrations(
            String tool,
            @Nullable Path dir,
            List<Template> undo,
            List<Template> apply,
            List<Template> status,
            boolean atStart) {

        /// What may be filled in.
        public static final Set<String> PLACES = Set.of("migration", "version", "environment", "service");

        /// In the command that tells how far it is, which is about no migration of its own.
        public static final Set<String> STATUS_PLACES = Set.of("environment", "service");

        public Migrations {
            undo = List.copyOf(undo);
            apply = List.copyOf(apply);
            status = List.copyOf(status);
        }
    }

    /// How it is backed up.
    ///
    /// @param stanza of pgBackRest; null: not given
    /// @param folder where backups and scratch servers are kept; null: in the data folder
    /// @param archive where the server archives its write-ahead log, for pg_basebackup; null: beside the backups
    /// @param resource of CloudNativePG, the Cluster's name; null: not given
    /// @param beforeRollback which rollbacks take one first
    /// @param maxAgeForRestore of one that is older, a restore asks twice; null: of none
    public record Backup(
            Kind kind,
            @Nullable String stanza,
            @Nullable Path folder,
            @Nullable Path archive,
            @Nullable String resource,
            When beforeRollback,
            @Nullable Duration maxAgeForRestore) {

        public enum Kind {
            /// By what is there: file copies of an embedded server; else pg_dump.
            AUTO("auto"),
            FILES("files"),
            PG_DUMP("pg_dump"),
            PG_BASEBACKUP("pg_basebackup"),
            PGBACKREST("pgbackrest"),
            CNPG("cnpg");

            private final String word;

            Kind(String word) {
                this.word = word;
            }

            public String word() {
                return word;
            }
        }

        public enum When {
            ALWAYS,
            /// Before a rollback that changes the schema or the data.
            TYPE_3,
            NEVER
        }
    }

    /// How an earlier state comes back: always beside the database first.
    ///
    /// @param service of the team's own on a cluster, by which the application and lastgood reach the database, and
    ///     which is led to what was restored; null: there is none
    public record Restore(@Nullable String service) {}

    /// The team's own invariants: SQL that returns no row, or one `true`, when all is well.
    ///
    /// @param quick asked each time
    /// @param comprehensive asked beside them when there is time
    public record Integrity(List<Sql> quick, List<Sql> comprehensive) {
        public Integrity {
            quick = List.copyOf(quick);
            comprehensive = List.copyOf(comprehensive);
        }
    }

    public sealed interface Sql {
        record Text(String sql) implements Sql {}

        /// @param pattern files below the configuration's folder; `*` in the last part stands for any name
        record Files(String pattern) implements Sql {}
    }
}
