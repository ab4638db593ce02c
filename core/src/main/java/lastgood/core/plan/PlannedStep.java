package lastgood.core.plan;

import java.time.Duration;

/// A step in its place in a plan.
///
/// @param id stable and sortable, such as `30-put-revision`; with the run's name it is the effect's key
/// @param timeout how long it may take before it counts as failed
/// @param onFailure what a failure means for the rest
/// @param phase when it is due
public record PlannedStep(String id, Step step, Duration timeout, OnFailure onFailure, Phase phase) {

    public enum OnFailure {
        /// The plan stops here: later steps rely on this one.
        STOP,
        /// It is said, and the plan goes on.
        GO_ON
    }

    public enum Phase {
        /// In order.
        MAIN,
        /// Always, also after a cancel or a failure: what the plan switched on for its own needs is switched off.
        FINALLY,
        /// Only after a cancel that came before the plan changed any data: what it took away for that is
        /// given back.
        CALLED_OFF
    }
}
