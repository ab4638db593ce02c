package lastgood.engine.steps;

import lastgood.core.Evidence;
import lastgood.core.WorkloadState;
import lastgood.core.plan.Step;
import lastgood.engine.port.Time;
import lastgood.engine.port.Workloads;

/// Sets a number of instances, and waits until they are there and ready, or gone.
///
/// Where an autoscaler chooses too, a number between its bounds is nobody's interference: more than we want is as
/// good, and what it makes of our number once we have asked is its business. Parking is different: it brings
/// nothing back from zero, so whoever does is somebody.
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
        var asked = seen.mark().equals(key);
        if (seen.wanted() == step.to() || isChosen(step, seen, asked)) {
            return progress(step, seen);
        }
        if (seen.wanted() != step.from() && !seen.scalesItself()) {
            return new Sighting.Foreign("%s is scaled to %d by somebody else; the plan knew %d"
                    .formatted(step.workload().name(), seen.wanted(), step.from()));
        }
        if (asked) {
            return Marks.putBack("the scale of " + step.workload().name());
        }
        return new Sighting.NotYet(Marks.seen(seen), fence -> workloads.scale(seen, step.to(), fence));
    }

    /// Whether the autoscaler has chosen another number that is as good.
    private static boolean isChosen(Step.Scale step, WorkloadState seen, boolean asked) {
        var moreThanPlanned = seen.wanted() > step.to() && seen.wanted() != step.from();
        return step.to() > 0 && seen.scalesItself() && (asked || moreThanPlanned);
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
