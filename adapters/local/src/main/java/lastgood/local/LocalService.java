package lastgood.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.InvalidName;
import lastgood.core.recover.Limits;

/// How a service runs on this machine, as the configuration says now. What belongs to a release is captured when it
/// is staged (command, artefact, environment, files, health, `startWithin`); the rest is the service's own and takes
/// effect when it is applied: `listen`, `stopWithin`, `drain`.
///
/// @param command a program and its arguments; places: `{port}` `{artifact}` `{version}` `{config}` (the folder with
///     the config files) and `{release}` (the first digits of the revision's digest); it runs in a folder of its own
/// @param artifact where the artefact of a version is; places: `{version}` `{release}`; empty: there is none
/// @param folder what relative paths count from: the folder of the configuration file
/// @param env environment variables; the same places as in `command`
/// @param config files captured with each release, relative to `folder`, never above it
/// @param health the path that answers 2xx when an instance is ready
/// @param startWithin how long until an instance that is not ready is said to be in trouble
/// @param stopWithin from SIGTERM to SIGKILL
/// @param drain how long open requests may go on before SIGTERM
/// @param limits what the checklist holds it against
public record LocalService(
        List<String> command,
        String artifact,
        Path folder,
        SortedMap<String, Setting> env,
        List<Path> config,
        String health,
        Duration startWithin,
        Listen listen,
        int instances,
        Duration stopWithin,
        Duration drain,
        Limits limits) {

    /// More processes of one service than this are not for one machine.
    public static final int INSTANCES_MAX = 64;

    public LocalService {
        command = List.copyOf(command);
        env = Collections.unmodifiableSortedMap(new TreeMap<>(env));
        config = List.copyOf(config);
        if (command.isEmpty()) {
            throw new InvalidName("a local service needs a command");
        }
        if (!health.startsWith("/")) {
            throw new InvalidName("a health path starts with `/`: " + health);
        }
        if (instances < 0 || instances > INSTANCES_MAX) {
            throw new InvalidName("instances are 0 to %d, not %d".formatted(INSTANCES_MAX, instances));
        }
        for (var file : config) {
            if (file.isAbsolute() || file.normalize().startsWith("..")) {
                throw new InvalidName("a config file lies below the configuration's folder: " + file);
            }
        }
    }

    /// Where the proxy listens.
    public record Listen(String host, int port) {
        public Listen {
            if (port < 1 || port > 65_535) {
                throw new InvalidName("%d is not a port".formatted(port));
            }
        }

        public static Listen loopback(int port) {
            return new Listen("127.0.0.1", port);
        }

        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /// Where users' requests go in, for checks that ask as a user would.
    public String baseUrl() {
        var host = switch (listen.host()) {
            case "0.0.0.0", "::" -> "127.0.0.1";
            default -> listen.host();
        };
        return "http://" + new Listen(host, listen.port());
    }
}
