package lastgood.engine.steps;

import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import lastgood.core.Evidence;
import lastgood.core.WorkloadState;

/// What handlers of workloads have in common.
final class Marks {

    /// About as long as a small instance takes to start.
    private static final Duration INSTANCE_START = Duration.ofMillis(500);

    private Marks() {}

    static SortedMap<String, String> seen(WorkloadState state) {
        return new TreeMap<>(Map.of(
                "uid", state.uid(),
                "stamp", state.stamp(),
                "requested", state.requested().digest().text(),
                "wanted", Integer.toString(state.wanted())));
    }

    /// Instances come and go in the platform's own time: done once it runs exactly what it was asked to run.
    static Sighting settled(WorkloadState seen, Supplier<Evidence> evidence) {
        return seen.complete()
                ? new Sighting.Done(evidence.get())
                : new Sighting.Underway(seen.progress(), String.join("; ", seen.trouble()), INSTANCE_START);
    }

    static Sighting.Foreign gone(String workload) {
        return new Sighting.Foreign("%s no longer exists; somebody removed it".formatted(workload));
    }

    /// We asked, and it is as before: whoever put it back will do so again, so asking again would be a fight.
    static Sighting.Foreign putBack(String what) {
        return putBack(what, "");
    }

    /// @param by ` (by NAME)`, if it is known
    static Sighting.Foreign putBack(String what, String by) {
        return new Sighting.Foreign(
                "%s was put back after we had changed it%s; something else (a controller, a pipeline, a person) wants it so"
                        .formatted(what, by));
    }
}
