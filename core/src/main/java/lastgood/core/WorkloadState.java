package lastgood.core;

import java.util.List;

/// What was seen of one workload at one moment. Every change is made conditional on `uid` and `stamp`,
/// so that a change which somebody else made since then is found and never overwritten.
///
/// @param uid differs between a workload and one created later under the same name
/// @param stamp the world's own version of the workload's wishes; changes with each change of them
/// @param requested the revision it is asked to run
/// @param mark the key of lastgood's last change to it, or empty; it outlives changes made by others
/// @param wanted instances it is asked to run
/// @param updated instances of the requested revision, ready or not
/// @param ready instances of the requested revision that are ready for traffic
/// @param old instances of any other revision that are not gone yet
/// @param paused whether replacing instances is on hold
/// @param observed whether the platform has taken notice of the latest wishes
/// @param autoscaler who else decides on `wanted`
/// @param trouble why instances do not become ready, in the platform's words; empty if nothing is known
/// @param stuck broken instances of another revision that the platform will not replace by itself
public record WorkloadState(
        Workload workload,
        String uid,
        String stamp,
        Revision requested,
        String mark,
        int wanted,
        int updated,
        int ready,
        int old,
        boolean paused,
        boolean observed,
        Autoscaler autoscaler,
        List<String> trouble,
        List<Stuck> stuck) {

    public WorkloadState {
        trouble = List.copyOf(trouble);
        stuck = List.copyOf(stuck);
    }

    /// An instance that has to be removed before the platform goes on: a StatefulSet waits for each pod to be ready
    /// before it replaces the next, also for one that never will be.
    public record Stuck(String name, String uid) {}

    /// Of a workload that nobody scales but people.
    public WorkloadState(
            Workload workload,
            String uid,
            String stamp,
            Revision requested,
            String mark,
            int wanted,
            int updated,
            int ready,
            int old,
            boolean paused,
            boolean observed,
            List<String> trouble) {
        this(
                workload,
                uid,
                stamp,
                requested,
                mark,
                wanted,
                updated,
                ready,
                old,
                paused,
                observed,
                new Autoscaler.None(),
                trouble,
                List.of());
    }

    /// Whether an autoscaler may have chosen the number of instances that is wanted now. At zero it is off: nobody
    /// but a person parks a workload or brings it back.
    public boolean scalesItself() {
        return wanted > 0
                && autoscaler instanceof Autoscaler.Bounds bounds
                && bounds.capacity().allows(wanted);
    }

    /// As it will be once it is parked.
    public WorkloadState parked() {
        return new WorkloadState(
                workload, uid, stamp, requested, mark, 0, 0, 0, 0, paused, observed, autoscaler, trouble, stuck);
    }

    /// Runs exactly what it was asked to run, and nothing else any more.
    public boolean complete() {
        return observed && updated == wanted && ready == wanted && old == 0;
    }

    public String progress() {
        return "%d of %d ready%s".formatted(ready, wanted, old == 0 ? "" : ", %d old left".formatted(old));
    }
}
