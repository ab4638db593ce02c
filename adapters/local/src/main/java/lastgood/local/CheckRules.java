package lastgood.local;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import lastgood.core.recover.Check;

/// What the checklist holds a service against. Requests or a command are the team's own way to ask, and stand in for
/// ours, whatever the check; a check that has neither and that nobody can answer without is UNKNOWN.
///
/// @param errorPercentBelow share of failed requests, 0 to 100
/// @param logErrorsMax new error lines that are still fine
/// @param logIgnore regular expressions of lines that do not count
/// @param http requests by check
/// @param commands by check, each a program and its arguments, never a shell line; places: `{baseUrl}` `{version}`
///     `{release}` `{environment}` `{service}`
/// @param commandWithin a command that takes longer has hung
public record CheckRules(
        double errorPercentBelow,
        Duration p95Below,
        int logErrorsMax,
        List<String> logIgnore,
        Map<Check, List<HttpCheck>> http,
        Map<Check, List<String>> commands,
        Duration commandWithin) {

    private static final Duration COMMAND_WITHIN = Duration.ofMinutes(2);

    public CheckRules {
        logIgnore = List.copyOf(logIgnore);
        http = copy(http);
        commands = copy(commands);
    }

    /// The runbook's numbers: below 1 % errors, p95 below 500 ms, no error lines.
    public static CheckRules usual() {
        return new CheckRules(1, Duration.ofMillis(500), 0, List.of(), Map.of(), Map.of(), COMMAND_WITHIN);
    }

    private static <T> Map<Check, List<T>> copy(Map<Check, List<T>> lists) {
        var copy = new EnumMap<Check, List<T>>(Check.class);
        lists.forEach((check, list) -> {
            if (!list.isEmpty()) {
                copy.put(check, List.copyOf(list));
            }
        });
        return Collections.unmodifiableMap(copy);
    }
}
