package lastgood.core.recover;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the checklist holds a service against, on whatever platform it runs.
///
/// @param errorPercentBelow share of failed requests, 0 to 100
/// @param logErrorsMax new error lines that are still fine
/// @param logIgnore regular expressions of lines that do not count
/// @param logWindow older lines do not count
/// @param errorWindow older requests do not count among those that may fail; null: all since the release is live
/// @param latencyWindow nor among those that may be late; null: as there
public record Limits(
        double errorPercentBelow,
        Duration p95Below,
        int logErrorsMax,
        List<String> logIgnore,
        Duration logWindow,
        @Nullable Duration errorWindow,
        @Nullable Duration latencyWindow) {

    /// The runbook's: the last 15 minutes.
    public static final Duration LOG_WINDOW = Duration.ofMinutes(15);

    /// What a release wrote so long before is from before the incident: the runbook decides within 15 minutes.
    public static final Duration INCIDENT = Duration.ofMinutes(15);

    public Limits(double errorPercentBelow, Duration p95Below, int logErrorsMax, List<String> logIgnore) {
        this(errorPercentBelow, p95Below, logErrorsMax, logIgnore, LOG_WINDOW, null, null);
    }

    public Limits {
        logIgnore = List.copyOf(logIgnore);
    }

    /// The runbook's numbers: below 1 % errors, p95 below 500 ms, no error lines.
    public static Limits usual() {
        return new Limits(1, Duration.ofMillis(500), 0, List.of());
    }

    /// From when on requests count for that check: since then, or since the window begins.
    public Instant from(Check check, Instant since, Instant now) {
        var window = check == Check.ERROR_RATE ? errorWindow : check == Check.LATENCY_P95 ? latencyWindow : null;
        return window == null || since.isAfter(now.minus(window)) ? since : now.minus(window);
    }
}
