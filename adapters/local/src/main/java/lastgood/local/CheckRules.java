package lastgood.local;

import java.time.Duration;
import java.util.List;

/// What the checklist holds a service against. An empty list: nobody said how to ask, so the answer is UNKNOWN.
///
/// @param errorPercentBelow share of failed requests, 0 to 100
/// @param logErrorsMax new error lines that are still fine
/// @param logIgnore regular expressions of lines that do not count
/// @param smoke a command and its arguments, never a shell line; places: `{baseUrl}` `{version}` `{environment}`
///     `{service}`
public record CheckRules(
        double errorPercentBelow,
        Duration p95Below,
        List<HttpCheck> endpoints,
        List<HttpCheck> auth,
        List<HttpCheck> integrations,
        int logErrorsMax,
        List<String> logIgnore,
        List<String> smoke,
        Duration smokeWithin) {

    public CheckRules {
        endpoints = List.copyOf(endpoints);
        auth = List.copyOf(auth);
        integrations = List.copyOf(integrations);
        logIgnore = List.copyOf(logIgnore);
        smoke = List.copyOf(smoke);
    }

    /// The runbook's numbers: below 1 % errors, p95 below 500 ms, no error lines.
    public static CheckRules usual() {
        return new CheckRules(
                1,
                Duration.ofMillis(500),
                List.of(),
                List.of(),
                List.of(),
                0,
                List.of(),
                List.of(),
                Duration.ofMinutes(2));
    }
}
