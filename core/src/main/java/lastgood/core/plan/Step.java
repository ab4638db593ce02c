package lastgood.core.plan;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Capacity;
import lastgood.core.Digest;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Workload;
import lastgood.core.data.WriteAccess;
import lastgood.core.recover.WatchRules;

/// One change to the world, as data, with an absolute target: executing it twice is executing it once.
/// Nothing here says "previous", "the other" or "one more"; such words were resolved when the plan was made.
public sealed interface Step {

    /// Keeps logs, state and counters before they are gone.
    ///
    /// @param budget how long it may take; what was not reached by then is said, and the plan goes on
    record CaptureEvidence(ServiceRef service, Duration budget) implements Step {}

    /// Asks a workload for a revision and waits until it runs that and nothing else. Also ends a pause:
    /// a paused workload that is asked for another revision would wait for ever.
    record PutRevision(Workload workload, Revision from, Revision to) implements Step {}

    /// Makes a workload that does not exist yet.
    record CreateWorkload(Workload workload, Revision revision, int instances) implements Step {}

    /// @param from instances wanted when the plan was made; any third number means that someone else scales, unless
    ///     an autoscaler may have chosen it
    record Scale(Workload workload, int from, int to) implements Step {}

    /// Replaces the instances of a workload without changing what it runs, so that they read configuration that was
    /// put back. Instances read it when they start, and not again.
    ///
    /// @param revision what it has to be asked to run; another one means that someone deployed meanwhile
    record Restart(Workload workload, Revision revision) implements Step {}

    /// Sets the bounds of a workload's autoscaler, so that it keeps the capacity that traffic is about to need; and
    /// sets them back.
    ///
    /// @param from as they were when the plan was made; any third bounds mean that someone else sets them
    record PinCapacity(Workload workload, Capacity from, Capacity to) implements Step {}

    /// Puts recorded content back into a config object.
    ///
    /// @param from what it held when the plan was made; any third content means that someone else changed it
    record RestoreConfig(ServiceRef service, String name, Held from, Digest to) implements Step {

        /// What a config object held.
        public sealed interface Held {

            /// There was none of that name.
            record Nothing() implements Held {}

            record Content(Digest digest) implements Held {}
        }
    }

    /// Stops or continues the replacing of instances where it stands.
    record Pause(Workload workload, boolean paused) implements Step {}

    /// Gives each workload its parts of a hundred. Refuses a target that has no instance ready.
    record ShiftTraffic(ServiceRef service, SortedMap<String, Integer> from, SortedMap<String, Integer> to)
            implements Step {
        public ShiftTraffic {
            from = Collections.unmodifiableSortedMap(new TreeMap<>(from));
            to = Collections.unmodifiableSortedMap(new TreeMap<>(to));
            if (to.values().stream().mapToInt(Integer::intValue).sum() != 100) {
                throw new IllegalArgumentException("weights are parts of a hundred: " + to);
            }
        }
    }

    /// Shows users the maintenance page, or the service again.
    record SetMaintenance(ServiceRef service, boolean on) implements Step {}

    /// @param uid the one that was seen; one created later under the same name is left alone
    record RemoveWorkload(Workload workload, String uid) implements Step {}

    /// Writes down what is true from here on.
    record WriteLedger(ServiceRef service, List<Note> notes) implements Step {
        public WriteLedger {
            notes = List.copyOf(notes);
        }
    }

    /// Watches until users have recovered, or until it is clear that they have not.
    record WatchRecovery(ServiceRef service, Release release, WatchRules rules) implements Step {}

    /// What is done to the service's database.
    sealed interface OfDatabase extends Step {}

    /// Takes the right to write to the database away, and gives it back as it was. Closed means quiet: no
    /// session
    /// and no prepared transaction is left that could still write.
    ///
    /// @param from as it was when the plan was made; anything third means that someone else changes roles
    record SetWriteAccess(ServiceRef service, WriteAccess from, WriteAccess to) implements OfDatabase {}

    /// Takes a backup and reads it back. Its name is made of the run's and the step's, see [#backupName];
    /// so the same
    /// step never takes two.
    record TakeBackup(ServiceRef service, String alias, String reason) implements OfDatabase {}

    /// Takes back what migrations did to the schema.
    ///
    /// @param newestFirst all that came since, in the order of their undoing
    /// @param from fingerprint of the catalog when the plan was made
    /// @param to fingerprint that it has to have afterwards; with any other, nothing is changed
    record UndoMigrations(ServiceRef service, List<String> newestFirst, Digest from, Digest to) implements OfDatabase {
        public UndoMigrations {
            newestFirst = List.copyOf(newestFirst);
        }
    }

    /// Applies one migration, if the database stands where it follows on.
    record ApplyMigration(ServiceRef service, String migration, After after) implements OfDatabase {

        /// Where the database has to stand.
        public sealed interface After {

            /// The catalog has that fingerprint.
            record Schema(Digest digest) implements After {}

            /// That migration of the same plan is the newest that is applied; what it leaves, nobody knew
            /// beforehand.
            record Migration(String name) implements After {}
        }
    }

    /// Makes a restore point, so that the database can be put back to before the release. It bears the
    /// run's name,
    /// see [#pointName]: PostgreSQL stops at the first of several of one name.
    record MarkPoint(ServiceRef service, String release) implements OfDatabase {}

    /// Adds the transactions of the migrations to the run's restore point, as long as they can be told.
    record ClosePoint(ServiceRef service) implements OfDatabase {}

    /// Stops the plan if the database is found unsound.
    ///
    /// @param comprehensive reads everything; else what is quick
    record CheckIntegrity(ServiceRef service, boolean comprehensive) implements OfDatabase {}

    /// Stops the plan if the catalog is none that the release to come is proved for.
    ///
    /// @param proved fingerprints of catalogs
    record CheckSchema(ServiceRef service, List<Digest> proved) implements OfDatabase {
        public CheckSchema {
            proved = List.copyOf(proved);
        }
    }

    /// Puts damaged rows back as they were, and keeps every later good one.
    ///
    /// @param scratch the database that holds the rows as they were
    /// @param assessment what was counted and shown; rows that are no longer so are not touched
    record SalvageRows(ServiceRef service, String scratch, Digest assessment) implements OfDatabase {}

    /// Makes the scratch the service's database. The old one stays.
    ///
    /// @param keepAs the name it has from then on
    record SwapDatabase(ServiceRef service, String scratch, String keepAs) implements OfDatabase {}

    /// The name of the backup that a step takes.
    ///
    /// @param key of the step: `run/step`
    static String backupName(String key) {
        return "lg-" + key.replace('/', '-');
    }

    /// The name of a run's restore point.
    ///
    /// @param key of any step of the run: `run/step`
    static String pointName(String key) {
        return "lg-" + key.substring(0, key.indexOf('/'));
    }

    /// Whether it makes schema or rows what they were not. From then on neither the older nor the newer
    /// release may
    /// write, until the plan has come to the end of it.
    default boolean changesData() {
        return switch (this) {
            case UndoMigrations _, ApplyMigration _, SalvageRows _, SwapDatabase _ -> true;
            case CaptureEvidence _,
                    PutRevision _,
                    CreateWorkload _,
                    Scale _,
                    Restart _,
                    PinCapacity _,
                    RestoreConfig _,
                    Pause _,
                    ShiftTraffic _,
                    SetMaintenance _,
                    RemoveWorkload _,
                    WriteLedger _,
                    WatchRecovery _,
                    SetWriteAccess _,
                    TakeBackup _,
                    MarkPoint _,
                    ClosePoint _,
                    CheckIntegrity _,
                    CheckSchema _ -> false;
        };
    }

    /// Whether there is nothing to do but to look.
    default boolean onlyLooks() {
        return this instanceof CheckIntegrity || this instanceof CheckSchema;
    }

    /// Whether users could notice it: what "nothing was changed" speaks of.
    default boolean changesProduction() {
        return switch (this) {
            case CaptureEvidence _,
                    WriteLedger _,
                    WatchRecovery _,
                    TakeBackup _,
                    MarkPoint _,
                    ClosePoint _,
                    CheckIntegrity _,
                    CheckSchema _ -> false;
            case PutRevision _,
                    CreateWorkload _,
                    Scale _,
                    Restart _,
                    PinCapacity _,
                    RestoreConfig _,
                    Pause _,
                    ShiftTraffic _,
                    SetMaintenance _,
                    RemoveWorkload _,
                    SetWriteAccess _,
                    UndoMigrations _,
                    ApplyMigration _,
                    SalvageRows _,
                    SwapDatabase _ -> true;
        };
    }
}
