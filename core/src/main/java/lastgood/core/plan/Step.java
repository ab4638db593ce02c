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

    /// Whether users could notice it: what "nothing was changed" speaks of.
    default boolean changesProduction() {
        return switch (this) {
            case CaptureEvidence _, WriteLedger _, WatchRecovery _ -> false;
            case PutRevision _,
                    CreateWorkload _,
                    Scale _,
                    Restart _,
                    PinCapacity _,
                    RestoreConfig _,
                    Pause _,
                    ShiftTraffic _,
                    SetMaintenance _,
                    RemoveWorkload _ -> true;
        };
    }
}
