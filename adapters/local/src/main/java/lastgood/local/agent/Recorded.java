package lastgood.local.agent;

import lastgood.core.Revision;
import lastgood.core.Workload;

/// An instance as it is written down, so that the next agent finds it again.
///
/// @param uid of the workload it belongs to
/// @param process see `ProcessId`; empty: it had none at that moment
record Recorded(
        String id,
        Workload workload,
        String uid,
        Revision revision,
        int port,
        String process,
        long startedAt,
        int restarts,
        long restartedAt,
        long made) {}
