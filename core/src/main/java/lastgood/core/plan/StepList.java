package lastgood.core.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import lastgood.core.Autoscaler;
import lastgood.core.WorkloadState;
import lastgood.core.plan.PlannedStep.OnFailure;
import lastgood.core.plan.PlannedStep.Phase;

/// Collects steps in order and gives each its id: tens, so that the order can be read off a journal.
final class StepList {

    /// One API call and its answer, several times over.
    private static final Duration SHORT = Duration.ofSeconds(60);

    /// A watch ends by its own budgets of samples; this only bounds what nobody thought of.
    private static final Duration WATCH_MAX = Duration.ofHours(6);

    /// Sessions are ended within seconds; a server that is out of connections or busy with a checkpoint
    /// takes longer.
    private static final Duration FENCE = Duration.ofMinutes(5);

    /// A terabyte at 100 MB/s, which a disk in the cloud gives, takes three hours; it is written and read back.
    private static final Duration BACKUP_MAX = Duration.ofHours(12);

    /// A migration that rewrites its largest table, or its way back, moves as many bytes as a backup, once.
    private static final Duration MIGRATION_MAX = Duration.ofHours(6);

    /// Reads the indexes, or all of the data if it is comprehensive.
    private static final Duration QUICK_CHECK_MAX = Duration.ofMinutes(30);

    private static final Duration COMPREHENSIVE_CHECK_MAX = Duration.ofHours(12);

    private final List<PlannedStep> steps = new ArrayList<>();
    private final List<Step> last = new ArrayList<>();
    private final List<Step> calledOff = new ArrayList<>();
    private final Duration instanceTimeout;

    StepList(Policy policy) {
        this.instanceTimeout = policy.stepTimeout();
    }

    StepList add(Step step) {
        return add(step, Phase.MAIN);
    }

    private StepList add(Step step, Phase phase) {
        var id = "%02d-%s".formatted((steps.size() + 1) * 10, name(step));
        steps.add(new PlannedStep(id, step, timeout(step), onFailure(step), phase));
        return this;
    }

    /// Whatever happens until then: comes after all others, also after a cancel or a failure.
    void finallyDo(Step step) {
        last.add(step);
    }

    /// Only if the plan is called off before it has changed any data.
    void ifCalledOff(Step step) {
        calledOff.add(step);
    }

    boolean isEmpty() {
        return steps.isEmpty();
    }

    /// So many instances, that stay. An autoscaler would take them away again before there is traffic for them, so
    /// its minimum is held up until the end of the plan; then it gets its own bounds back.
    void capacity(WorkloadState seen, int instances) {
        hold(seen, instances);
        if (seen.wanted() != instances) {
            add(new Step.Scale(seen.workload(), seen.wanted(), instances));
        }
    }

    /// The same for a workload that an earlier step has parked.
    void fromZero(WorkloadState seen, int instances) {
        hold(seen, instances);
        if (instances > 0) {
            add(new Step.Scale(seen.workload(), 0, instances));
        }
    }

    private void hold(WorkloadState seen, int instances) {
        if (seen.autoscaler() instanceof Autoscaler.Bounds bounds
                && bounds.capacity().min() < instances) {
            var pinned = bounds.capacity().atLeast(instances);
            add(new Step.PinCapacity(seen.workload(), bounds.capacity(), pinned));
            finallyDo(new Step.PinCapacity(seen.workload(), pinned, bounds.capacity()));
        }
    }

    List<PlannedStep> steps() {
        // The database first, so that instances can become ready; the maintenance page after them.
        last.stream().filter(Step.OfDatabase.class::isInstance).forEach(step -> add(step, Phase.FINALLY));
        calledOff.forEach(step -> add(step, Phase.CALLED_OFF));
        last.stream().filter(step -> !(step instanceof Step.OfDatabase)).forEach(step -> add(step, Phase.FINALLY));
        last.clear();
        calledOff.clear();
        return List.copyOf(steps);
    }

    private Duration timeout(Step step) {
        return switch (step) {
            case Step.PutRevision _, Step.CreateWorkload _, Step.Scale _, Step.Restart _, Step.RemoveWorkload _ ->
                instanceTimeout;
            case Step.CaptureEvidence(var _, var budget) -> budget.plus(SHORT);
            case Step.Pause _,
                    Step.PinCapacity _,
                    Step.RestoreConfig _,
                    Step.ShiftTraffic _,
                    Step.SetMaintenance _,
                    Step.WriteLedger _ -> SHORT;
            case Step.WatchRecovery _ -> WATCH_MAX;
            case Step.SetWriteAccess _, Step.MarkPoint _, Step.ClosePoint _, Step.CheckSchema _, Step.SwapDatabase _ ->
                FENCE;
            case Step.TakeBackup _ -> BACKUP_MAX;
            case Step.UndoMigrations _, Step.ApplyMigration _, Step.SalvageRows _ -> MIGRATION_MAX;
            case Step.CheckIntegrity(var _, var comprehensive) ->
                comprehensive ? COMPREHENSIVE_CHECK_MAX : QUICK_CHECK_MAX;
        };
    }

    private static OnFailure onFailure(Step step) {
        return step instanceof Step.CaptureEvidence || step instanceof Step.ClosePoint
                ? OnFailure.GO_ON
                : OnFailure.STOP;
    }

    /// `PutRevision` is `put-revision` in ids, journals and reports.
    static String name(Step step) {
        return step.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
    }
}
