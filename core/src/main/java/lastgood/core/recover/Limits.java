package lastgood.core.recover;

import java.time.Duration;
import java.util.List;

/// What the checklist holds a service against, on whatever platform it runs.
///
/// @param errorPercentBelow share of failed requests, 0 to 100
/// @param logErrorsMax new error lines that are still fine
/// @param logIgnore regular expressions of lines that do not count
/// @param logWindow older lines do not count
public record Limits(
        double errorPercentBelow, Duration p95Below, int logErrorsMax, List<String> logIgnore, Duration logWindow) {

    /// The runbook's: the last 15 minutes.
    public static final Duration LOG_WINDOW = Duration.ofMinutes(15);

    /// What a release wrote so long before is from before the incident: the runbook decides within 15 minutes.
    public static final Duration INCIDENT = Duration.ofMinutes(15);

    public Limits(double errorPercentBelow, Duration p95Below, int logErrorsMax, List<String> logIgnore) {
        this(errorPercentBelow, p95Below, logErrorsMax, logIgnore, LOG_WINDOW);
    }

    public Limits {
        logIgnore = List.copyOf(logIgnore);
    }

    /// The runbook's numbers: below 1 % errors, p95 below 500 ms, no error lines.
    public static Limits usual() {
        return new Limits(1, Duration.ofMillis(500), 0, List.of());
    }
}
