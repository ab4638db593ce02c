package lastgood.engine.steps;

import lastgood.core.Evidence;
import lastgood.core.WorkloadState;
import lastgood.core.plan.Step;
import lastgood.engine.port.Time;
import lastgood.engine.port.Workloads;

/// Sets a number of instances, and waits until they are there and ready, or gone.
final class ScaleHandler implements StepHandler<Step.Scale> {

    private final Workloads workloads;
    private final Time time;

    ScaleHandler(Workloads workloads, Time time) {
        this.workloads = workloads;
        this.time = time;
    }

    @Override
    public Sighting look(Step.Scale step, String key) {
        return workloads
                .find(step.workload())
                .map(seen -> situation(step, key, seen))
                .orElseGet(() -> Marks.gone(step.workload().name()));
    }

    private Sighting situation(Step.Scale step, String key, WorkloadState seen) {
        if (seen.wanted() == step.to()) {
            return progress(step, seen);
        }
        if (seen.wanted() != step.from()) {
            return new Sighting.Foreign("%s is scaled to %d by somebody else; the plan knew %d"
                    .formatted(step.workload().name(), seen.wanted(), step.from()));
        }
        if (seen.mark().equals(key)) {
            return Marks.putBack("the scale of " + step.workload().name());
        }
        return new Sighting.NotYet(Marks.seen(seen), fence -> workloads.scale(seen, step.to(), fence));
    }

    private Sighting progress(Step.Scale step, WorkloadState seen) {
        return Marks.settled(
                seen,
                () -> Evidence.seen(
                        "%s has %d of %d ready".formatted(step.workload().name(), seen.ready(), seen.wanted()),
                        "workload %s uid %s stamp %s".formatted(step.workload(), seen.uid(), seen.stamp()),
                        time.now()));
    }
}
