package lastgood.core.plan;

import java.util.List;
import lastgood.core.Release;
import lastgood.core.Strategy;
import lastgood.core.WorkloadState;
import lastgood.core.plan.RollbackPlanner.Request;

/// The way back to an earlier release where data has to go back with it: behind the maintenance page, with
/// nothing
/// running and nobody able to write ([Doors] says why in this order).
///
/// The release changes hands at zero instances, so no instance of either ever meets data of the other. What
/// was taken
/// out stays at zero: it is parked already, and was never asked to run on what is there now.
final class ClosedRollback {

    private final Facts facts;
    private final StepList steps;

    private ClosedRollback(Facts facts) {
        this.facts = facts;
        this.steps = new StepList(facts.policy());
    }

    /// @param changes of data, in order
    static List<PlannedStep> steps(Facts facts, Request request, Release target, List<Step> changes) {
        return new ClosedRollback(facts).back(request, target, changes);
    }

    /// Who has the users afterwards.
    ///
    /// @param instances as many as carried them before
    private record Front(WorkloadState workload, int instances) {}

    private List<PlannedStep> back(Request request, Release target, List<Step> changes) {
        if (!(facts.database() instanceof DatabaseFacts.Known known)) {
            throw new IllegalStateException("changes data of a database that nobody has seen");
        }
        var service = facts.seen().service();
        var doors = new Doors(facts, known, steps);
        steps.add(RollbackPlanner.evidence(facts, request));
        doors.maintenance();
        doors.park();
        doors.shut(facts.policy().backupFirst());
        changes.forEach(steps::add);
        steps.add(new Step.CheckIntegrity(service, false));
        var front = front(target);
        var beside = new Beside(facts.seen().parked(), target.parts());
        beside.config(steps);
        beside.put(steps, front.workload().parked(), target.revision());
        beside.companions(steps);
        doors.open();
        doors.unpark(front.workload(), front.instances());
        facts.seen().companions().values().forEach(w -> doors.unpark(w, w.wanted()));
        shift(front.workload().workload().name());
        doors.service();
        doors.ifCalledOff();
        steps.add(new Step.WriteLedger(service, RollbackPlanner.notes(facts, target)));
        steps.add(new Step.WatchRecovery(service, target, facts.policy().watch()));
        doors.fullBackupIfSwapped(changes);
        return steps.steps();
    }

    private void shift(String front) {
        var seen = facts.seen();
        if (seen.traffic().weight(front) != 100) {
            steps.add(new Step.ShiftTraffic(seen.service(), seen.traffic().weights(), RollbackPlanner.only(front)));
        }
    }

    private Front front(Release target) {
        var seen = facts.seen();
        var active = seen.active().orElseThrow(() -> new IllegalStateException("planned without a workload"));
        return switch (seen.strategy()) {
            case Strategy.Rolling _ -> new Front(active, active.wanted());
            case Strategy.Canary(var main, var _, var _) ->
                seen.workload(main)
                        .map(w -> new Front(w, w.wanted()))
                        .orElseGet(() -> new Front(active, active.wanted()));
            case Strategy.BlueGreen colours -> {
                var idle = seen.workload(colours.other(active.workload().name()));
                yield idle.isEmpty() || RollbackPlanner.onlyCompanionsDiffer(active, new Beside(seen, target.parts()))
                        ? new Front(active, active.wanted())
                        : new Front(
                                idle.get(), Math.max(active.wanted(), idle.get().wanted()));
            }
        };
    }
}
