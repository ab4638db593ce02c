package lastgood.core.decide;

import java.time.Duration;
import java.util.List;
import lastgood.core.detect.Price;

/// The team's settings of the runbook's seven triggers. A trigger that is switched off is not looked for, and what
/// is heard of it anyway does not count.
public record TriggerRules(
        ErrorRate errorRate,
        Latency latency,
        Critical critical,
        Corruption corruption,
        Security security,
        Migration migration,
        Canary canary) {

    /// @param above how much worse than the reference it has to be proved
    /// @param lasting how long it must have been suspected before it counts; a proof needs no waiting, so zero
    public record ErrorRate(boolean enabled, Above above, Duration lasting) {}

    /// More than twice as slow, by the order of the answers' times.
    ///
    /// @param lasting as for errors
    public record Latency(boolean enabled, Duration lasting) {}

    /// @param checks names of the checks that are critical
    /// @param failures so many in a row are a failure
    public record Critical(boolean enabled, List<String> checks, int failures) {
        public Critical {
            checks = List.copyOf(checks);
            if (failures < 1) {
                throw new IllegalArgumentException("a check fails at least once: " + failures);
            }
        }
    }

    public record Corruption(boolean enabled, Depth depth, Duration every) {}

    public enum Depth {
        QUICK,
        COMPREHENSIVE
    }

    /// @param webhook whether reports are taken through the webhook, besides `release mark bad --security`
    public record Security(boolean enabled, boolean webhook) {}

    /// @param onFailure whether a migration that failed is a reason
    public record Migration(boolean enabled, boolean onFailure) {}

    /// @param alpha chance at which a healthy canary may be aborted
    /// @param minRequests it is not promoted before it had so many
    public record Canary(boolean enabled, double alpha, long minRequests) {
        public Canary {
            if (!(alpha > 0 && alpha <= 0.5) || minRequests < 0) {
                throw new IllegalArgumentException(
                        "alpha is above 0 and at most 0.5, requests at least 0: %s, %d".formatted(alpha, minRequests));
            }
        }
    }

    /// A limit for errors, seen from the reference.
    public sealed interface Above {
        /// @param share 0.05 is 5 percentage points
        record Points(double share) implements Above {}

        /// @param factor 2 is twice the reference's rate
        record Times(double factor) implements Above {}

        /// The same in percentage points, for a reference of this rate.
        default double share(double reference) {
            return switch (this) {
                case Points(var share) -> share;
                case Times(var factor) -> Math.max(0, factor - 1) * reference;
            };
        }
    }

    public static TriggerRules runbook() {
        return new TriggerRules(
                new ErrorRate(true, new Above.Points(0.05), Duration.ZERO),
                new Latency(true, Duration.ZERO),
                new Critical(true, List.of("auth", "health"), 3),
                new Corruption(true, Depth.QUICK, Duration.ofMinutes(5)),
                new Security(true, true),
                new Migration(true, true),
                new Canary(true, Price.ABORT_CANARY.alpha(), 500));
    }

    public boolean enabled(Trigger trigger) {
        return switch (trigger) {
            case ERROR_RATE -> errorRate.enabled();
            case CRITICAL -> critical.enabled();
            case CORRUPTION -> corruption.enabled();
            case SECURITY -> security.enabled();
            case PERFORMANCE -> latency.enabled();
            case MIGRATION -> migration.enabled() && migration.onFailure();
            case CANARY -> canary.enabled();
        };
    }
}
