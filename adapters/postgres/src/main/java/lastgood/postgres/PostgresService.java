package lastgood.postgres;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import lastgood.core.ServiceRef;
import lastgood.postgres.embedded.EmbeddedServer;
import lastgood.postgres.integrity.Invariant;
import lastgood.postgres.restore.Operator;
import lastgood.postgres.sql.Address;

/// The database of one service, as the configuration says.
///
/// @param admin how we enter it; asked when it is needed, because a secret may be missing that nobody needs
/// @param roles that the service enters as; asked likewise
/// @param embedded the server of ours that it is on; empty: somebody else's
/// @param statements what the service says, as SQL, for a server without pg_stat_statements
/// @param quick invariants that are asked each time
/// @param comprehensive those that are asked beside them when there is time
/// @param data folder for what we keep about it: notes, scratches, what is to be put back
public record PostgresService(
        ServiceRef service,
        Supplier<Address> admin,
        Supplier<Set<String>> roles,
        Optional<EmbeddedServer> embedded,
        Migrating migrating,
        BackingUp backingUp,
        List<String> statements,
        List<Invariant> quick,
        List<Invariant> comprehensive,
        Path data) {

    public PostgresService {
        statements = List.copyOf(statements);
        quick = List.copyOf(quick);
        comprehensive = List.copyOf(comprehensive);
    }

    /// @param tool `auto`, or its name
    /// @param folder of SQL files
    /// @param undo the team's command, with the place `{migration}`; empty: none
    /// @param apply likewise
    /// @param status the team's command that tells how far it is; empty: none
    /// @param atStart whether the service runs its tool each time it starts
    /// @param image of the release whose program the commands are in: the newest one's, for an older one lacks the
    ///     way down of what came later
    public record Migrating(
            String tool,
            Optional<Path> folder,
            List<String> undo,
            List<String> apply,
            List<String> status,
            boolean atStart,
            Supplier<String> image) {
        public Migrating {
            undo = List.copyOf(undo);
            apply = List.copyOf(apply);
            status = List.copyOf(status);
        }
    }

    /// @param stanza of pgBackRest; else empty
    /// @param folder where backups go
    /// @param archive where the server archives its log, for going back in time
    /// @param operator who does all of it, for the kind OPERATOR; else empty
    public record BackingUp(Kind kind, String stanza, Path folder, Path archive, Optional<Operator> operator) {

        public BackingUp(Kind kind, String stanza, Path folder, Path archive) {
            this(kind, stanza, folder, archive, Optional.empty());
        }

        public BackingUp {
            if (operator.isPresent() != (kind == Kind.OPERATOR)) {
                throw new IllegalStateException("an operator that does not back up, or none that does");
            }
        }

        public enum Kind {
            FILES,
            PG_DUMP,
            PG_BASEBACKUP,
            PGBACKREST,
            /// Somebody else's program, which also restores.
            OPERATOR
        }
    }
}
