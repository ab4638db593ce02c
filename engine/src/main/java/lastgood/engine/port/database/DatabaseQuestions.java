package lastgood.engine.port.database;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import lastgood.core.ServiceRef;
import lastgood.core.data.Assessment;
import lastgood.core.data.Backup;
import lastgood.core.data.Connections;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RestoreTime;
import lastgood.core.data.SchemaProof;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.TeamCommands;

/// What people and plans ask about a database beyond what a step needs. None of it changes what users have; some of it
/// takes long, and says how far it is.
public interface DatabaseQuestions {

    /// One line each, for people: server, version, role, size, replication, archive health, long and prepared
    /// transactions, locks.
    List<Fact> status(ServiceRef service);

    Connections connections(ServiceRef service);

    /// Proves the older release's statements on the schema that the newer one leaves.
    ///
    /// @param from the restore point's name that was marked before the newer release, or empty: none is known
    /// @param migrations that came since, oldest first
    SchemaProof prove(ServiceRef service, Optional<String> from, List<String> migrations);

    /// Proves before a release, on a shadow of the schema that is there now: whether what runs now works on
    /// what the migrations of a folder leave, and what undoing them does. Those that are applied are left out.
    ///
    /// @param migrations the folder
    /// @param statements a folder of SQL with what the service says; empty: what the server has heard
    default SchemaProof proveAhead(ServiceRef service, Path migrations, Optional<Path> statements) {
        throw new Forbidden("nothing can be proved ahead for %s".formatted(service));
    }

    /// Proves the release that one point was marked after on the schema that another point holds: neither needs to be
    /// there any more.
    ///
    /// @param from, to names of restore points
    /// @param migrations that came in between, oldest first
    default SchemaProof proveBetween(ServiceRef service, String from, String to, List<String> migrations) {
        throw new Forbidden("nothing can be proved between two restore points of %s".formatted(service));
    }

    /// Restores to a scratch, paused at the target, and counts what is at stake. A scratch that is there already for
    /// the same target is used again.
    Assessment assess(ServiceRef service, RecoveryTarget target, Consumer<String> progress);

    /// The same with the state that a backup holds, and none of what came after it: the only way for one that knows no
    /// position in the write-ahead log, such as a dump.
    Assessment assessBackup(ServiceRef service, String backup, Consumer<String> progress);

    /// The newest assessment whose scratch is still there; the rows may have changed since, which whoever acts on it
    /// finds out.
    ///
    /// @param scratch of that scratch only; empty: of any
    Optional<Assessment> assessed(ServiceRef service, Optional<String> scratch);

    /// Restores a backup into a scratch and throws the scratch away.
    Backup rehearse(ServiceRef service, String backup, Consumer<String> progress);

    /// Runs the team's own command that tells how far the migrations are; empty: there is none. It is run anew each
    /// time.
    default Optional<TeamCommands.Ended> migrationStatus(ServiceRef service) {
        return Optional.empty();
    }

    /// How long it would take to restore the newest backup that was read back, with the log up to now.
    default RestoreTime restoreTime(ServiceRef service) {
        return RestoreTime.unproven(0, 0);
    }

    /// For services without a database: whatever is asked, is refused.
    static DatabaseQuestions none() {
        return new NoDatabase();
    }

    /// @param standing `ok`, `warning`, `failing` or `unknown`
    record Fact(String what, String value, String standing, String hint) {}
}
