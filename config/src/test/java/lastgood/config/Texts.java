package lastgood.config;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Texts to load, and short ways to load them.
final class Texts {

    static final Path FOLDER = Path.of("/srv/summit");

    /// One service on this machine.
    static final String LOCAL = """
            apiVersion: lastgood.dev/v1alpha1
            kind: Catalog
            environments:
              here: { local: {} }
            services:
              web:
                local:
                  command: [./web, --port, "{port}"]
            """;

    private Texts() {}

    static String example(String name) {
        try (var in = requireNonNull(Texts.class.getResourceAsStream("examples/" + name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static Loaded load(String text) {
        return new ConfigLoader().parse("lastgood.yaml", FOLDER, text);
    }

    static Catalog catalog(String text) {
        return switch (load(text)) {
            case Loaded.Ok(var catalog) -> catalog;
            case Loaded.Invalid invalid -> throw new AssertionError(invalid.text());
        };
    }

    static List<String> problems(String text) {
        return switch (load(text)) {
            case Loaded.Ok ok -> List.of();
            case Loaded.Invalid(var file, var problems) ->
                problems.stream().map(Problem::toString).toList();
        };
    }

    static Effective effective(String text, String environment, String service, Overrides overrides) {
        return effective(catalog(text), environment, service, overrides);
    }

    static Effective effective(Catalog catalog, String environment, String service, Overrides overrides) {
        return switch (catalog.effective(environment, service, overrides)) {
            case Resolved.Ok(var effective) -> effective;
            case Resolved.Refused(var problems) -> throw new AssertionError(problems.toString());
        };
    }

    /// `LOCAL` with more lines in the service `web`, which begin at line 9.
    static String web(String lines) {
        return LOCAL + lines.indent(4);
    }

    static Overrides flags(Map<Setting, String> flags) {
        return Overrides.of(flags, Map.of());
    }
}
