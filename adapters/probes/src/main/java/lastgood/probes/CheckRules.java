package lastgood.probes;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import lastgood.core.recover.Check;

/// The team's own ways to ask: requests or a command, which stand in for the platform's, whatever the check.
///
/// @param baseUrl where users' requests go in, for targets that are paths; empty: only whole URLs can be asked
/// @param folder where commands run: the configuration's folder
/// @param http requests by check
/// @param commands by check, each a program and its arguments, never a shell line; places: `{baseUrl}` `{version}`
///     `{release}` `{environment}` `{service}`
/// @param commandWithin a command that takes longer has hung
public record CheckRules(
        String baseUrl,
        Path folder,
        Map<Check, List<HttpCheck>> http,
        Map<Check, List<String>> commands,
        Duration commandWithin) {

    /// Long enough for a smoke test with a browser in it.
    public static final Duration COMMAND_WITHIN = Duration.ofMinutes(2);

    public CheckRules {
        http = copy(http);
        commands = copy(commands);
    }

    /// Whether the team has its own way to ask that check.
    public boolean asks(Check check) {
        return http.containsKey(check) || commands.containsKey(check);
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
