package lastgood.kubernetes.workloads;

import java.util.List;

/// How far a workload is with what it was asked to run; the numbers are those of
/// [lastgood.core.WorkloadState].
record Counts(int wanted, int updated, int ready, int old, boolean observed, List<String> trouble) {

    Counts {
        trouble = List.copyOf(trouble);
    }
}
