package lastgood.local;

import java.time.Instant;
import java.util.Optional;
import lastgood.core.Revision;
import lastgood.core.Workload;

/// What one instance was doing when the agent was asked.
///
/// @param state `starting`, `ready`, `unready`, `waiting` (to be started again), `stopping`
/// @param pid 0: no process right now
/// @param restarts since the instance was made
/// @param restartedAt in milliseconds since 1970; 0: never
/// @param startedAt of the process, in milliseconds since 1970; 0: no process yet
/// @param log where its output goes
/// @param logFrom the byte in it from which on lines are newer than was asked
/// @param trouble why it is not ready, in words; empty if nothing is known
public record InstanceView(
        String id,
        Workload workload,
        Revision revision,
        String state,
        int port,
        long pid,
        int inFlight,
        int restarts,
        long restartedAt,
        long startedAt,
        String log,
        long logFrom,
        String trouble) {

    public boolean ready() {
        return state.equals("ready");
    }

    public Optional<Instant> restarted() {
        return restartedAt == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(restartedAt));
    }
}
