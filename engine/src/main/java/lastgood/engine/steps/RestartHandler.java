package lastgood.engine.steps;

import lastgood.core.Evidence;
import lastgood.core.WorkloadState;
import lastgood.core.plan.Step;
import lastgood.engine.port.Time;
import lastgood.engine.port.Workloads;

/// Replaces the instances of a workload, once. What runs does not tell whether it was started before or after the
/// configuration was put back; only our mark does, so it alone says that we have asked.
final class RestartHandler implements StepHandler<Step.Restart> {

    private final Workloads workloads;
    private final Time time;

    RestartHandler(Workloads workloads, Time time) {
        this.workloads = workloads;
        this.time = time;
    }

    @Override
    public Sighting look(Step.Restart step, String key) {
        return workloads
                .find(step.workload())
                .map(seen -> situation(step, key, seen))
                .orElseGet(() -> Marks.gone(step.workload().name()));
    }

    private Sighting situation(Step.Restart step, String key, WorkloadState seen) {
        if (!seen.requested().sameAs(step.revision())) {
            return new Sighting.Foreign("%s was asked to run %s after this plan was made; plan again from there"
                    .formatted(step.workload().name(), seen.requested()));
        }
        if (!seen.mark().equals(key)) {
            return new Sighting.NotYet(Marks.seen(seen), fence -> workloads.restart(seen, fence));
        }
        return Marks.settled(
                seen,
                () -> Evidence.seen(
                        "%s was started anew, %d of %d ready"
                                .formatted(step.workload().name(), seen.ready(), seen.wanted()),
                        "workload %s uid %s stamp %s".formatted(step.workload(), seen.uid(), seen.stamp()),
                        time.now()));
    }
}
