package lastgood.engine.port;

import java.time.Duration;
import java.util.Optional;
import lastgood.core.Evidence;
import lastgood.core.ServiceRef;

/// Keeps what would be gone after the rollback: logs, states, counters. Written once under a key.
public interface EvidenceStore {

    /// What was captured under that key, if it was captured to the end.
    Optional<Evidence> find(String key);

    /// Captures what can be reached within the budget. What could not be is named in the result, not hidden.
    Evidence capture(ServiceRef service, Duration budget, String key);
}
