package lastgood.config;

import java.time.Duration;
import java.util.List;

/// How a recovery is proved.
///
/// @param window how long the service is watched after a rollback
/// @param checks in the order of the runbook; those with `enabled: false` are left out
public record VerifyConfig(Duration window, List<Check> checks) {
    public VerifyConfig {
        checks = List.copyOf(checks);
    }
}
