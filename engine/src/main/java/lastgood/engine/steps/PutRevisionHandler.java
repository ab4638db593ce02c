package lastgood.engine.steps;

import lastgood.core.Evidence;
import lastgood.core.WorkloadState;
import lastgood.core.plan.Step;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Time;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.Workloads;

/// Puts a workload on a revision, and waits until it runs that and nothing else.
///
/// Instances come and go in the platform's own time, so most looks find it underway. A paused workload that already
/// asks for the target is asked again: the request also ends the pause.
final class PutRevisionHandler implements StepHandler<Step.PutRevision> {

    private final Workloads workloads;
    private final Time time;

    PutRevisionHandler(Workloads workloads, Time time) {
        this.workloads = workloads;
        this.time = time;
    }

    @Override
    public Sighting look(Step.PutRevision step, String key) {
        return workloads
                .find(step.workload())
                .map(seen -> situation(step, key, seen))
                .orElseGet(() -> Marks.gone(step.workload().name()));
    }

    private Sighting situation(Step.PutRevision step, String key, WorkloadState seen) {
        if (seen.requested().sameAs(step.to())) {
            return seen.paused() ? ask(step, seen) : seen.stuck().isEmpty() ? progress(step, seen) : free(seen);
        }
        if (seen.requested().sameAs(step.from())) {
            return seen.mark().equals(key) ? Marks.putBack(step.workload().name(), by(step)) : ask(step, seen);
        }
        return new Sighting.Foreign("%s was asked to run %s after this plan was made%s; plan again from there"
                .formatted(step.workload().name(), seen.requested(), by(step)));
    }

    /// Only for the message: whoever reads it wants to know whom to talk to, and can do without.
    private String by(Step.PutRevision step) {
        try {
            var writer = workloads.lastWriter(step.workload());
            return writer.isEmpty() ? "" : " (by %s)".formatted(writer);
        } catch (Unreachable | Forbidden e) {
            return "";
        }
    }

    private Sighting ask(Step.PutRevision step, WorkloadState seen) {
        return new Sighting.NotYet(Marks.seen(seen), fence -> workloads.put(seen, step.to(), fence));
    }

    private Sighting free(WorkloadState seen) {
        var facts = Marks.seen(seen);
        seen.stuck().forEach(s -> facts.put("stuck " + s.name(), s.uid()));
        return new Sighting.NotYet(facts, fence -> workloads.evict(seen, fence));
    }

    private Sighting progress(Step.PutRevision step, WorkloadState seen) {
        return Marks.settled(
                seen,
                () -> Evidence.seen(
                        "%s runs %s on %d of %d"
                                .formatted(step.workload().name(), step.to().version(), seen.ready(), seen.wanted()),
                        "workload %s uid %s stamp %s revision %s"
                                .formatted(
                                        step.workload(),
                                        seen.uid(),
                                        seen.stamp(),
                                        step.to().digest()),
                        time.now()));
    }
}
