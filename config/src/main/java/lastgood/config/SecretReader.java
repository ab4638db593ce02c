package lastgood.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/// Fetches secrets from environment variables and files, at the moment they are needed and not before: a rollback
/// must be possible while the secret of an unrelated check is missing.
public final class SecretReader {

    /// A key or token is far smaller; this keeps a wrong path (a log file, a device) from filling memory.
    static final int BYTES_MAX = 64 * 1024;

    private final Map<String, String> variables;
    private final Path folder;

    /// @param variables the environment of the process
    /// @param folder where relative paths count from: the folder of the configuration file
    public SecretReader(Map<String, String> variables, Path folder) {
        this.variables = Map.copyOf(variables);
        this.folder = folder;
    }

    /// The secret, or why it could not be had. One line end at the end of a file is not part of the secret.
    public Parsed<Secret> read(SecretRef ref) {
        return switch (ref) {
            case SecretRef.Env(var name) -> fromVariable(name);
            case SecretRef.InFile(var path) -> fromFile(path);
            case SecretRef.InCluster inCluster ->
                new Parsed.Bad<>("%s cannot be read on this machine".formatted(ref), "use {env: NAME} or {file: PATH}");
            case SecretRef.Exec exec ->
                new Parsed.Bad<>("%s is not run in this version".formatted(ref), "use {env: NAME} or {file: PATH}");
        };
    }

    private Parsed<Secret> fromVariable(String name) {
        var value = variables.get(name);
        return value == null
                ? new Parsed.Bad<>("the environment variable %s is not set".formatted(name), "export " + name)
                : new Parsed.Good<>(new Secret(value));
    }

    private Parsed<Secret> fromFile(String path) {
        try (var in = Files.newInputStream(folder.resolve(path))) {
            var bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                return new Parsed.Bad<>("%s is too large for a secret".formatted(path), "is it the right file?");
            }
            var text = new String(bytes, StandardCharsets.UTF_8);
            return new Parsed.Good<>(new Secret(text.replaceFirst("\r?\n\\z", "")));
        } catch (IOException | InvalidPathException unreadable) {
            return new Parsed.Bad<>(
                    "could not read the secret in %s: %s".formatted(path, Reasons.of(unreadable)),
                    "does the file exist, and may you read it?");
        }
    }
}
