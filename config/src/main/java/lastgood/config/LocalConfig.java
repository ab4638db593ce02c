package lastgood.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How a service runs on this machine.
///
/// @param command the command and its arguments, not empty; places: [#PLACES]
/// @param listen where the proxy in front of the instances listens
/// @param instances how many processes, 1 to 64
/// @param health the path that answers 2xx when an instance is ready; starts with `/`
/// @param startWithin how long an instance may take until it is ready
/// @param stopWithin how long an instance may take to stop before it is killed
/// @param drain how long open requests may go on before an instance is asked to stop
/// @param env environment variables, in the order of the file
/// @param config files captured with each release, relative to the folder of the configuration file, never above it
/// @param artifact where the artifact of a version is; places: `{version}` and `{release}`; null: not given
public record LocalConfig(
        List<Template> command,
        Listen listen,
        int instances,
        String health,
        Duration startWithin,
        Duration stopWithin,
        Duration drain,
        Map<String, EnvValue> env,
        List<Path> config,
        @Nullable Template artifact) {

    /// What may be filled in in `command`.
    public static final Set<String> PLACES = Set.of("port", "artifact", "version", "config", "release");

    /// What may be filled in in `artifact`.
    public static final Set<String> ARTIFACT_PLACES = Set.of("version", "release");

    /// More processes than this are not for one machine.
    static final int INSTANCES_MAX = 64;

    public LocalConfig {
        command = List.copyOf(command);
        env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
        config = List.copyOf(config);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("a local service needs a command");
        }
        if (instances < 1 || instances > INSTANCES_MAX) {
            throw new IllegalArgumentException("instances are 1 to %d: %d".formatted(INSTANCES_MAX, instances));
        }
        if (!health.startsWith("/")) {
            throw new IllegalArgumentException("a health path starts with /: " + health);
        }
        for (var file : config) {
            if (file.isAbsolute() || file.normalize().startsWith("..")) {
                throw new IllegalArgumentException("a config file lies below the configuration's folder: " + file);
            }
        }
    }
}
