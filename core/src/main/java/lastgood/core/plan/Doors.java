package lastgood.core.plan;

import java.util.List;
import lastgood.core.WorkloadState;
import lastgood.core.data.WriteAccess;

/// What has to be shut before data is changed, and opened afterwards, in this order and for these reasons.
///
/// Users get the maintenance page before anything is taken from them. Instances go to zero before the
/// fence, so that
/// they end by themselves and not in the middle of a request. The backup comes after the fence: what it
/// holds is then
/// all there is. On the way out the fence opens before instances start, because they need the database to
/// become ready;
/// that is safe since what starts is what the database is proved for. The maintenance page goes last.
///
/// After a cancel before the first change of data, all of it is given back. After one in the middle nothing
/// is: see
/// [Plan#halfWay].
final class Doors {

    private final Facts facts;
    private final WriteAccess before;
    private final StepList steps;
    private boolean shown;

    Doors(Facts facts, DatabaseFacts.Known known, StepList steps) {
        this.facts = facts;
        this.before = known.access();
        this.steps = steps;
    }

    void maintenance() {
        shown = facts.seen().traffic().maintenance();
        if (!shown) {
            steps.add(new Step.SetMaintenance(facts.seen().service(), true));
        }
    }

    /// Everything that runs goes to zero; what it was is given back if the plan is called off.
    void park() {
        facts.seen().workloads().values().stream()
                .filter(w -> w.wanted() > 0)
                .forEach(w -> steps.add(new Step.Scale(w.workload(), w.wanted(), 0)));
    }

    void shut() {
        shut(Policy.BackupFirst.CHANGING_DATA);
    }

    void shut(Policy.BackupFirst backup) {
        var service = facts.seen().service();
        if (!before.isClosed()) {
            steps.add(new Step.SetWriteAccess(service, before, before.closed()));
        }
        if (backup != Policy.BackupFirst.NEVER) {
            steps.add(new Step.TakeBackup(service, "before-change", "before data is changed"));
        }
    }

    void open() {
        if (!before.isClosed()) {
            steps.add(new Step.SetWriteAccess(facts.seen().service(), before.closed(), before));
            steps.finallyDo(new Step.SetWriteAccess(facts.seen().service(), before.closed(), before));
        }
    }

    /// As many as there were, or as the traffic to come needs.
    void unpark(WorkloadState workload, int instances) {
        steps.fromZero(workload, instances);
    }

    /// Given back only if the plan is called off: a colour that was taken out stays parked otherwise.
    void ifCalledOff() {
        facts.seen().workloads().values().stream()
                .filter(w -> w.wanted() > 0)
                .forEach(w -> steps.ifCalledOff(new Step.Scale(w.workload(), 0, w.wanted())));
    }

    void service() {
        if (!shown) {
            steps.add(new Step.SetMaintenance(facts.seen().service(), false));
            steps.finallyDo(new Step.SetMaintenance(facts.seen().service(), false));
        }
    }

    void serviceIfCalledOff() {
        if (!shown) {
            steps.ifCalledOff(new Step.SetMaintenance(facts.seen().service(), false));
        }
    }

    /// A server whose database was swapped has no backup that its log continues.
    void fullBackupIfSwapped(List<Step> changes) {
        if (changes.stream().anyMatch(Step.SwapDatabase.class::isInstance)) {
            steps.add(new Step.TakeBackup(facts.seen().service(), "after-swap", "the database was swapped"));
        }
    }
}
