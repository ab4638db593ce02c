package lastgood.config;

import static java.util.Objects.requireNonNull;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads the `local` block of a service.
final class LocalReader {

    static final Listen LISTEN = new Listen(Listen.LOOPBACK, 8080);

    private LocalReader() {}

    /// Empty if the block does not say what to run.
    static Optional<LocalConfig> read(Cursor at) {
        var command = templates(at.at("command"), LocalConfig.PLACES);
        if (command.isEmpty()) {
            at.at("command")
                    .missing(
                            "nothing says what to run on this machine",
                            "write a list: command: [\"{artifact}\", --port, \"{port}\"], with artifact: web");
            return Optional.empty();
        }
        return Optional.of(new LocalConfig(
                command,
                at.at("listen").read(Listen::parse, LISTEN),
                at.at("instances").integer(1),
                at.at("health").text("/health"),
                at.at("startWithin").positive(Duration.ofSeconds(30)),
                at.at("stopWithin").duration(Duration.ofSeconds(10)),
                at.at("drain").duration(Duration.ofSeconds(5)),
                env(at.at("env")),
                at.at("config").items().flatMap(LocalReader::file).toList(),
                template(at.at("artifact"), LocalConfig.ARTIFACT_PLACES)));
    }

    static List<Template> templates(Cursor list, Set<String> places) {
        return list.items()
                .filter(Cursor::present)
                .map(item -> requireNonNull(template(item, places)))
                .toList();
    }

    static Template checked(Cursor at, String text, Set<String> places) {
        var template = new Template(text);
        template.places().stream()
                .filter(place -> !places.contains(place))
                .forEach(place -> at.problem(
                        "nothing is known to fill in for {%s}".formatted(place),
                        Nearest.to(place, places)
                                .map("did you mean {%s}?"::formatted)
                                .orElse("known here: {%s}; write {{%s}} for the text itself"
                                        .formatted(
                                                String.join(
                                                        "} {",
                                                        places.stream().sorted().toList()),
                                                place))));
        return template;
    }

    private static @Nullable Template template(Cursor at, Set<String> places) {
        return at.present() ? checked(at, at.text(""), places) : null;
    }

    private static Map<String, EnvValue> env(Cursor at) {
        var env = new LinkedHashMap<String, EnvValue>();
        at.children().forEach((name, value) -> env.put(name, value(value)));
        return env;
    }

    private static EnvValue value(Cursor at) {
        return SecretRefs.in(at.tree())
                .<EnvValue>map(EnvValue.FromSecret::new)
                .orElseGet(() -> new EnvValue.Plain(at.text("")));
    }

    /// A file that is captured with every release must be one of the team's own: never `/etc/passwd`, never `../..`.
    private static Stream<Path> file(Cursor at) {
        try {
            var file = Path.of(at.text("")).normalize();
            if (!file.isAbsolute() && !file.startsWith("..") && !file.toString().isEmpty()) {
                return Stream.of(file);
            }
            at.problem("this is outside the folder of the configuration file", "write a path below it");
        } catch (InvalidPathException notAPath) {
            at.problem("this is not a path", "");
        }
        return Stream.empty();
    }
}
