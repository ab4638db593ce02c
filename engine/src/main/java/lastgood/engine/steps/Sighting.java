package lastgood.engine.steps;

import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Evidence;
import lastgood.engine.port.Fence;

/// Where the world stands relative to a step.
public sealed interface Sighting {

    /// It is as the step wants it.
    record Done(Evidence evidence) implements Sighting {}

    /// It is as the plan expected before the step.
    ///
    /// @param seen what the change is conditional on, for the journal
    /// @param change makes the change, provided the world is still as seen
    record NotYet(SortedMap<String, String> seen, Change change) implements Sighting {
        public NotYet {
            seen = Collections.unmodifiableSortedMap(new TreeMap<>(seen));
        }
    }

    /// Asked for, and the platform is at work.
    ///
    /// @param trouble why it may never get there; empty if all looks well
    record Underway(String what, String trouble, Duration lookAgainIn) implements Sighting {}

    /// Someone else changed it: stop and say so.
    record Foreign(String what) implements Sighting {}

    /// Could not tell.
    record Unclear(String why) implements Sighting {}

    /// A change bound to what was seen when it was decided on.
    @FunctionalInterface
    interface Change {
        void make(Fence fence);
    }
}
