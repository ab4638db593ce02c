package lastgood.config;

import java.time.Duration;
import java.util.List;

/// The runbook's seven reasons to roll back, as the team wants them.
public record TriggersConfig(
        ErrorRate errorRate,
        Latency latency,
        Critical critical,
        Corruption corruption,
        Security security,
        Migration migration,
        Canary canary) {

    /// @param lasting the key `for`
    public record ErrorRate(boolean enabled, Above above, Duration lasting) {}

    /// Above `2 x baseline`, the one factor that can be proved.
    public record Latency(boolean enabled, Duration lasting) {}

    /// @param failures so many in a row
    public record Critical(boolean enabled, List<String> checks, int failures) {
        public Critical {
            checks = List.copyOf(checks);
        }
    }

    public record Corruption(boolean enabled, boolean comprehensive, Duration every) {}

    public record Security(boolean enabled, boolean webhook) {}

    public record Migration(boolean enabled, boolean onFailure) {}

    /// @param alpha chance at which a healthy canary may be aborted
    public record Canary(boolean enabled, double alpha, int minRequests) {}
}
