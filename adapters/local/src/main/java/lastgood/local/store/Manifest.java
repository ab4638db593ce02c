package lastgood.local.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.local.Setting;
import lastgood.local.files.Json;
import org.jspecify.annotations.Nullable;

/// What a revision is, written down: the digest of this text is the revision's identity. The version is not in it,
/// so the same bits under two names are one revision. Secrets are not in it either: where they are kept and the
/// digest of what they were.
///
/// @param artifact null: there is none
/// @param config what lies in `{config}`, by relative path
public record Manifest(
        List<String> command,
        @Nullable Artifact artifact,
        SortedMap<String, Value> env,
        SortedMap<String, Digest> config,
        String health,
        Duration startWithin) {

    private static final int FORM = 1;

    public Manifest {
        command = List.copyOf(command);
        env = Collections.unmodifiableSortedMap(new TreeMap<>(env));
        config = Collections.unmodifiableSortedMap(new TreeMap<>(config));
    }

    /// @param suffix such as `.jar`, kept since some programs go by it; the rest of the name is only a name
    public record Artifact(Digest digest, String suffix, boolean executable) {}

    /// What a variable is set to.
    public sealed interface Value {
        record Plain(String text) implements Value {}

        record Secret(Setting from, Digest was) implements Value {}
    }

    /// Every object that must be there for the revision to run.
    public SortedMap<String, Digest> parts() {
        var parts = new TreeMap<String, Digest>();
        config.forEach((name, digest) -> parts.put("config " + name, digest));
        Optional.ofNullable(artifact).ifPresent(a -> parts.put("artifact", a.digest()));
        return parts;
    }

    public byte[] canonical() {
        var tree = new TreeMap<String, Object>();
        tree.put("v", FORM);
        tree.put("command", command);
        tree.put("health", health);
        tree.put("startWithin", startWithin.toString());
        tree.put("env", texts(env));
        tree.put("config", digests(config));
        if (artifact != null) {
            tree.put(
                    "artifact",
                    Map.of(
                            "sha256", artifact.digest().text(),
                            "suffix", artifact.suffix(),
                            "executable", artifact.executable()));
        }
        return Json.bytes(tree);
    }

    private static Map<String, Object> texts(SortedMap<String, Value> env) {
        var tree = new LinkedHashMap<String, Object>();
        env.forEach((name, value) -> tree.put(
                name,
                switch (value) {
                    case Value.Plain(var text) -> Map.of("value", text);
                    case Value.Secret(var from, var was) -> Map.of("secret", reference(from), "sha256", was.text());
                }));
        return tree;
    }

    private static Map<String, String> digests(SortedMap<String, Digest> config) {
        var tree = new LinkedHashMap<String, String>();
        config.forEach((name, digest) -> tree.put(name, digest.text()));
        return tree;
    }

    public static String reference(Setting setting) {
        return switch (setting) {
            case Setting.Plain _ -> throw new IllegalStateException("a plain value is no reference");
            case Setting.SecretEnv(var name) -> "env:" + name;
            case Setting.SecretFile(var path) -> "file:" + path;
        };
    }

    private static Setting setting(String reference) throws IOException {
        if (reference.startsWith("env:")) {
            return new Setting.SecretEnv(reference.substring("env:".length()));
        }
        if (reference.startsWith("file:")) {
            return new Setting.SecretFile(Path.of(reference.substring("file:".length())));
        }
        throw new IOException("unknown kind of secret: " + reference);
    }

    public static Manifest read(byte[] content) throws IOException {
        var tree = Json.tree(content);
        if (tree.path("v").asInt() != FORM) {
            throw new IOException("the manifest was written by another version of lastgood (form %s)"
                    .formatted(tree.path("v").asText("none")));
        }
        var command = new ArrayList<String>();
        tree.path("command").forEach(word -> command.add(word.asText()));
        var env = new TreeMap<String, Value>();
        for (var entry : tree.path("env").properties()) {
            var value = entry.getValue();
            env.put(
                    entry.getKey(),
                    value.has("secret")
                            ? new Value.Secret(
                                    setting(value.path("secret").asText()),
                                    new Digest(value.path("sha256").asText()))
                            : new Value.Plain(value.path("value").asText()));
        }
        var config = new TreeMap<String, Digest>();
        tree.path("config")
                .properties()
                .forEach(e -> config.put(e.getKey(), new Digest(e.getValue().asText())));
        var artifact = tree.path("artifact");
        return new Manifest(
                command,
                artifact.isObject()
                        ? new Artifact(
                                new Digest(artifact.path("sha256").asText()),
                                artifact.path("suffix").asText(),
                                artifact.path("executable").asBoolean())
                        : null,
                env,
                config,
                tree.path("health").asText(),
                Duration.parse(tree.path("startWithin").asText()));
    }
}
