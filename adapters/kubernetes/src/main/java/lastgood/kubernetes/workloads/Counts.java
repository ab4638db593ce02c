package lastgood.kubernetes.workloads;

import java.util.List;
import lastgood.core.WorkloadState;

/// How far a workload is with what it was asked to run; the numbers are those of
/// [lastgood.core.WorkloadState].
record Counts(
        int wanted,
        int updated,
        int ready,
        int old,
        boolean observed,
        List<String> trouble,
        List<WorkloadState.Stuck> stuck) {

    Counts(int wanted, int updated, int ready, int old, boolean observed, List<String> trouble) {
        this(wanted, updated, ready, old, observed, trouble, List.of());
    }

    Counts {
        trouble = List.copyOf(trouble);
        stuck = List.copyOf(stuck);
    }
}
