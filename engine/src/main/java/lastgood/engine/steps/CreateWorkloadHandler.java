package lastgood.engine.steps;

import java.util.Map;
import java.util.TreeMap;
import lastgood.core.Evidence;
import lastgood.core.WorkloadState;
import lastgood.core.plan.Step;
import lastgood.engine.port.Time;
import lastgood.engine.port.Workloads;

/// Makes a workload, once: a second creation under the same name is refused by the platform.
final class CreateWorkloadHandler implements StepHandler<Step.CreateWorkload> {

    private final Workloads workloads;
    private final Time time;

    CreateWorkloadHandler(Workloads workloads, Time time) {
        this.workloads = workloads;
        this.time = time;
    }

    @Override
    public Sighting look(Step.CreateWorkload step, String key) {
        return workloads
                .find(step.workload())
                .map(seen -> there(step, key, seen))
                .orElseGet(() -> new Sighting.NotYet(
                        new TreeMap<>(Map.of("exists", "no")),
                        fence -> workloads.create(step.workload(), step.revision(), step.instances(), fence)));
    }

    private Sighting there(Step.CreateWorkload step, String key, WorkloadState seen) {
        if (!seen.mark().equals(key)) {
            return new Sighting.Foreign("somebody else made %s meanwhile; it runs %s"
                    .formatted(step.workload().name(), seen.requested()));
        }
        if (!seen.requested().sameAs(step.revision()) || seen.wanted() != step.instances()) {
            return new Sighting.Foreign("%s was changed after we had made it"
                    .formatted(step.workload().name()));
        }
        return Marks.settled(
                seen,
                () -> Evidence.seen(
                        "%s runs %s on %d of %d"
                                .formatted(
                                        step.workload().name(),
                                        seen.requested().version(),
                                        seen.ready(),
                                        seen.wanted()),
                        "workload %s uid %s stamp %s".formatted(step.workload(), seen.uid(), seen.stamp()),
                        time.now()));
    }
}
