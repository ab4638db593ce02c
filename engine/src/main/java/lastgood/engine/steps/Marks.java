package lastgood.engine.steps;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.WorkloadState;

/// What handlers of workloads have in common.
final class Marks {

    private Marks() {}

    static SortedMap<String, String> seen(WorkloadState state) {
        return new TreeMap<>(Map.of(
                "uid", state.uid(),
                "stamp", state.stamp(),
                "requested", state.requested().digest().text(),
                "wanted", Integer.toString(state.wanted())));
    }

    static Sighting.Foreign gone(String workload) {
        return new Sighting.Foreign("%s no longer exists; somebody removed it".formatted(workload));
    }

    /// We asked, and it is as before: whoever put it back will do so again, so asking again would be a fight.
    static Sighting.Foreign putBack(String what) {
        return new Sighting.Foreign(
                "%s was put back after we had changed it; something else (a controller, a pipeline, a person) wants it so"
                        .formatted(what));
    }
}
