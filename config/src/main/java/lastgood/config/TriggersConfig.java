package lastgood.config;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The runbook's seven reasons to roll back, as the team wants them.
///
/// @param conditions of the team's own, by the key of the trigger that they belong to; only of those that are on
public record TriggersConfig(
        ErrorRate errorRate,
        Latency latency,
        Critical critical,
        Corruption corruption,
        Security security,
        Migration migration,
        Canary canary,
        Map<String, Watched> conditions) {

    public TriggersConfig {
        conditions = Collections.unmodifiableMap(new LinkedHashMap<>(conditions));
    }

    TriggersConfig(
            ErrorRate errorRate,
            Latency latency,
            Critical critical,
            Corruption corruption,
            Security security,
            Migration migration,
            Canary canary) {
        this(errorRate, latency, critical, corruption, security, migration, canary, Map.of());
    }

    /// @param lasting how long it has to hold; zero: once is enough
    public record Watched(Query condition, Duration lasting) {}

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
