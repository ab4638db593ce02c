package lastgood.engine.steps;

import java.util.Map;
import java.util.TreeMap;
import lastgood.core.Autoscaler;
import lastgood.core.Evidence;
import lastgood.core.WorkloadState;
import lastgood.core.plan.Step;
import lastgood.engine.port.Time;
import lastgood.engine.port.Workloads;

/// Sets an autoscaler's bounds, and sets them back. Bounds that somebody else has set meanwhile are theirs and stay,
/// also at the end of a plan.
final class PinCapacityHandler implements StepHandler<Step.PinCapacity> {

    private final Workloads workloads;
    private final Time time;

    PinCapacityHandler(Workloads workloads, Time time) {
        this.workloads = workloads;
        this.time = time;
    }

    @Override
    public Sighting look(Step.PinCapacity step, String key) {
        return workloads
                .find(step.workload())
                .map(seen -> situation(step, key, seen))
                .orElseGet(() -> Marks.gone(step.workload().name()));
    }

    private Sighting situation(Step.PinCapacity step, String key, WorkloadState seen) {
        return switch (seen.autoscaler()) {
            case Autoscaler.None() ->
                Marks.gone("the autoscaler of " + step.workload().name());
            case Autoscaler.Bounds bounds -> situation(step, key, seen, bounds);
        };
    }

    private Sighting situation(Step.PinCapacity step, String key, WorkloadState seen, Autoscaler.Bounds bounds) {
        if (bounds.capacity().equals(step.to())) {
            return new Sighting.Done(Evidence.seen(
                    "%s of %s keeps %s instances"
                            .formatted(bounds.kind(), step.workload().name(), step.to()),
                    "%s %s uid %s stamp %s".formatted(bounds.kind(), bounds.name(), bounds.uid(), bounds.stamp()),
                    time.now()));
        }
        if (!bounds.capacity().equals(step.from())) {
            return new Sighting.Foreign("somebody else set the %s of %s to %s instances; the plan knew %s"
                    .formatted(bounds.kind(), step.workload().name(), bounds.capacity(), step.from()));
        }
        return bounds.mark().equals(key)
                ? Marks.putBack(
                        "the %s of %s".formatted(bounds.kind(), step.workload().name()))
                : new Sighting.NotYet(
                        new TreeMap<>(Map.of(
                                "uid", bounds.uid(),
                                "stamp", bounds.stamp(),
                                "bounds", bounds.capacity().toString())),
                        fence -> workloads.bound(seen, step.to(), fence));
    }
}
