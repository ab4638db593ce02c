package lastgood.local.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.core.Digest;
import lastgood.core.Places;
import lastgood.core.Revision;
import lastgood.core.Workload;
import lastgood.local.files.DataFolder;
import lastgood.local.files.Durable;
import lastgood.local.files.Failures;
import lastgood.local.process.Session;
import lastgood.local.process.Strays;
import lastgood.local.store.Manifest;
import lastgood.local.store.ObjectStore;
import lastgood.local.store.Secrets;

/// Starts a process exactly as its revision says: arguments as a list, never a shell line; an environment of our
/// making; a folder of its own with the revision's files in it, each held against its digest on the way out.
final class Launcher {

    /// What a program may rely on besides what its revision sets.
    private static final List<String> BASE = List.of("PATH", "HOME", "LANG");

    private static final String PATH_IF_NONE = "/usr/local/bin:/usr/bin:/bin";

    private final DataFolder data;
    private final ObjectStore objects;
    private final Secrets secrets;
    private final Map<String, String> environment;
    private final String mark;

    /// @param mark tells this data folder's processes from others'
    Launcher(DataFolder data, ObjectStore objects, Map<String, String> environment, String mark) {
        this.data = data;
        this.objects = objects;
        this.secrets = new Secrets(environment);
        this.environment = Map.copyOf(environment);
        this.mark = mark;
    }

    /// The instance cannot be started; the message says why, for the workload's trouble.
    static final class CannotStart extends Exception {
        CannotStart(String why) {
            super(why);
        }
    }

    /// @param note what is worth knowing of it, or empty
    record Started(Process process, Manifest manifest, String note) {}

    String mark(String instance) {
        return mark + "/" + instance;
    }

    Manifest manifest(Revision revision) throws CannotStart {
        try {
            return objects.manifest(revision.digest());
        } catch (IOException | RuntimeException e) {
            throw new CannotStart("cannot read what %s consists of: %s".formatted(revision, e.getMessage()));
        }
    }

    Started start(String instance, Workload workload, Revision revision, int port) throws CannotStart {
        var manifest = manifest(revision);
        try {
            var folder = data.run(instance);
            var artifact = materialise(manifest, folder);
            // The working folder, so that a program that opens its configuration by name finds the release's own.
            var config = folder.resolve("config");
            var places = Map.of(
                    "port", Integer.toString(port),
                    "artifact", artifact,
                    "version", revision.version().text(),
                    "config", config.toString(),
                    "release", revision.digest().brief());
            var notes = new StringBuilder();
            var env = env(manifest, places, notes);
            env.put("PORT", Integer.toString(port));
            env.put(Strays.MARK, mark(instance));
            var command = manifest.command().stream()
                    .map(word -> Places.fill(word, places))
                    .toList();
            requireProgram(command.getFirst(), config, env.getOrDefault("PATH", PATH_IF_NONE));
            var log = data.log(workload, instance);
            Files.createDirectories(Durable.parent(log));
            var builder = new ProcessBuilder(Session.own(command))
                    .directory(config.toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().clear();
            builder.environment().putAll(env);
            return new Started(builder.start(), manifest, notes.toString());
        } catch (IOException e) {
            throw new CannotStart("cannot be started: " + Failures.reason(e));
        }
    }

    private String materialise(Manifest manifest, Path folder) throws IOException {
        var config = folder.resolve("config");
        Durable.remove(config);
        Files.createDirectories(config);
        for (var file : manifest.config().entrySet()) {
            var target = config.resolve(file.getKey()).normalize();
            if (!target.startsWith(config)) {
                throw new IOException("config file %s would lie outside its folder".formatted(file.getKey()));
            }
            Files.createDirectories(Durable.parent(target));
            objects.copyTo(file.getValue(), target, false);
        }
        if (manifest.artifact() == null) {
            return "";
        }
        var artifact = folder.resolve("artifact" + manifest.artifact().suffix());
        objects.copyTo(
                manifest.artifact().digest(), artifact, manifest.artifact().executable());
        return artifact.toString();
    }

    private Map<String, String> env(Manifest manifest, Map<String, String> places, StringBuilder notes)
            throws CannotStart {
        var env = new HashMap<String, String>();
        BASE.forEach(name -> Optional.ofNullable(environment.get(name)).ifPresent(v -> env.put(name, v)));
        env.putIfAbsent("PATH", PATH_IF_NONE);
        for (var variable : manifest.env().entrySet()) {
            env.put(
                    variable.getKey(),
                    switch (variable.getValue()) {
                        case Manifest.Value.Plain(var text) -> Places.fill(text, places);
                        case Manifest.Value.Secret secret -> secret(variable.getKey(), secret, notes);
                    });
        }
        return env;
    }

    /// A secret is never put back: what it is now is what counts, and a change is only said.
    private String secret(String name, Manifest.Value.Secret secret, StringBuilder notes) throws CannotStart {
        return switch (secrets.fetch(secret.from())) {
            case Secrets.Fetched.Value(var text) -> {
                if (!Digest.of(text).equals(secret.was())) {
                    notes.append("the secret of env %s is another one than when this was staged".formatted(name));
                }
                yield text;
            }
            case Secrets.Fetched.Missing(var why) ->
                throw new CannotStart("no value for env %s: %s (for the agent)".formatted(name, why));
        };
    }

    /// The program is started through another one, which would report a missing one less clearly.
    private static void requireProgram(String program, Path folder, String path) throws CannotStart {
        var found = program.contains("/")
                ? Files.isExecutable(folder.resolve(program))
                : Session.find(program, path).isPresent();
        if (!found) {
            throw new CannotStart("there is no program " + program);
        }
    }
}
