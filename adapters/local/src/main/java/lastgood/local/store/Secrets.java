package lastgood.local.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import lastgood.local.Setting;
import lastgood.local.files.Failures;

/// Fetches secret values where they are kept. A value is handed on in memory and never written.
public final class Secrets {

    private static final int BYTES_MAX = 64 * 1024;

    private final Map<String, String> environment;

    public Secrets(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    public static Secrets ofThisProcess() {
        return new Secrets(System.getenv());
    }

    /// Either the value, or in words why there is none.
    public sealed interface Fetched {
        record Value(String text) implements Fetched {
            @Override
            public String toString() {
                return "********";
            }
        }

        record Missing(String why) implements Fetched {}
    }

    public Fetched fetch(Setting setting) {
        return switch (setting) {
            case Setting.Plain(var text) -> new Fetched.Value(text);
            case Setting.SecretEnv(var name) ->
                Optional.ofNullable(environment.get(name))
                        .<Fetched>map(Fetched.Value::new)
                        .orElseGet(() -> new Fetched.Missing("the environment variable %s is not set".formatted(name)));
            case Setting.SecretFile(var path) -> read(path);
        };
    }

    private static Fetched read(Path path) {
        try {
            if (Files.size(path) > BYTES_MAX) {
                return new Fetched.Missing("%s is larger than a secret (%d bytes)".formatted(path, BYTES_MAX));
            }
            var text = new String(Files.readAllBytes(path), UTF_8);
            return new Fetched.Value(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
        } catch (IOException e) {
            return new Fetched.Missing("could not read %s: %s".formatted(path, Failures.reason(e)));
        }
    }
}
