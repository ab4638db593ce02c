package lastgood.engine.steps;

import java.time.Duration;
import lastgood.core.Evidence;
import lastgood.core.WorkloadState;
import lastgood.core.plan.Step;
import lastgood.engine.port.Time;
import lastgood.engine.port.Workloads;

/// Removes the very workload that was seen. One that was made later under its name is somebody's work and stays.
final class RemoveWorkloadHandler implements StepHandler<Step.RemoveWorkload> {

    private static final Duration INSTANCE_STOP = Duration.ofMillis(500);

    private final Workloads workloads;
    private final Time time;

    RemoveWorkloadHandler(Workloads workloads, Time time) {
        this.workloads = workloads;
        this.time = time;
    }

    @Override
    public Sighting look(Step.RemoveWorkload step, String key) {
        return workloads
                .find(step.workload())
                .filter(seen -> seen.uid().equals(step.uid()))
                .map(seen -> there(key, seen))
                .orElseGet(() -> new Sighting.Done(Evidence.seen(
                        "%s is gone".formatted(step.workload().name()),
                        "workload %s uid %s".formatted(step.workload(), step.uid()),
                        time.now())));
    }

    private Sighting there(String key, WorkloadState seen) {
        // A platform may take its time over a removal and say so by our mark on what is left.
        return seen.mark().equals(key)
                ? new Sighting.Underway("being removed", "", INSTANCE_STOP)
                : new Sighting.NotYet(Marks.seen(seen), fence -> workloads.remove(seen, fence));
    }
}
