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

    private final List<PlannedStep> steps = new ArrayList<>();
    private final List<Step> last = new ArrayList<>();
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

    /// So many instances, that stay. An autoscaler would take them away again before there is traffic for them, so
    /// its minimum is held up until the end of the plan; then it gets its own bounds back.
    void capacity(WorkloadState seen, int instances) {
        if (seen.autoscaler() instanceof Autoscaler.Bounds bounds
                && bounds.capacity().min() < instances) {
            var pinned = bounds.capacity().atLeast(instances);
            add(new Step.PinCapacity(seen.workload(), bounds.capacity(), pinned));
            finallyDo(new Step.PinCapacity(seen.workload(), pinned, bounds.capacity()));
        }
        if (seen.wanted() != instances) {
            add(new Step.Scale(seen.workload(), seen.wanted(), instances));
        }
    }

    List<PlannedStep> steps() {
        last.forEach(step -> add(step, Phase.FINALLY));
        last.clear();
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
        };
    }

    private static OnFailure onFailure(Step step) {
        return step instanceof Step.CaptureEvidence ? OnFailure.GO_ON : OnFailure.STOP;
    }

    /// `PutRevision` is `put-revision` in ids, journals and reports.
    static String name(Step step) {
        return step.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
    }
}
