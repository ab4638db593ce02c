package lastgood.engine.steps;

import lastgood.core.Evidence;
import lastgood.core.WorkloadState;
import lastgood.core.plan.Step;
import lastgood.engine.port.Time;
import lastgood.engine.port.Workloads;

/// Stops or continues the replacing of instances.
final class PauseHandler implements StepHandler<Step.Pause> {

    private final Workloads workloads;
    private final Time time;

    PauseHandler(Workloads workloads, Time time) {
        this.workloads = workloads;
        this.time = time;
    }

    @Override
    public Sighting look(Step.Pause step, String key) {
        return workloads
                .find(step.workload())
                .map(seen -> situation(step, key, seen))
                .orElseGet(() -> Marks.gone(step.workload().name()));
    }

    private Sighting situation(Step.Pause step, String key, WorkloadState seen) {
        if (seen.paused() == step.paused()) {
            return new Sighting.Done(Evidence.seen(
                    "%s is %s".formatted(step.workload().name(), step.paused() ? "paused" : "not paused"),
                    "workload %s stamp %s".formatted(step.workload(), seen.stamp()),
                    time.now()));
        }
        return seen.mark().equals(key)
                ? Marks.putBack("the pause of " + step.workload().name())
                : new Sighting.NotYet(Marks.seen(seen), fence -> workloads.pause(seen, step.paused(), fence));
    }
}
