package lastgood.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.Places;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Version;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Revisions;
import lastgood.local.files.DataFolder;
import lastgood.local.files.Failures;
import lastgood.local.store.Manifest;
import lastgood.local.store.ObjectStore;
import lastgood.local.store.Secrets;
import org.jspecify.annotations.Nullable;

/// Keeps what releases consist of in the data folder. Needs no agent, only the folder.
///
/// Options of [#stage]: `artifact` = the artefact's file instead of the configured one; `env.NAME` = another value
/// for one variable of this release.
public final class LocalRevisions implements Revisions {

    private static final String ENV = "env.";

    private final DataFolder data;
    private final ObjectStore objects;
    private final Map<ServiceRef, LocalService> services;
    private final Secrets secrets;

    public LocalRevisions(Path data, Map<ServiceRef, LocalService> services, Map<String, String> environment) {
        this.data = new DataFolder(data);
        this.objects = new ObjectStore(this.data);
        this.services = Map.copyOf(services);
        this.secrets = new Secrets(environment);
    }

    @Override
    public Revision stage(ServiceRef service, Version version, Map<String, String> options) {
        var definition = services.get(service);
        if (definition == null) {
            throw new Forbidden("%s is not configured for this platform; nothing was changed".formatted(service));
        }
        refuseUnknown(options);
        data.prepared();
        try {
            var manifest = new Manifest(
                    definition.command().stream()
                            .map(word -> withVersion(word, version))
                            .toList(),
                    artifact(definition, version, options.get("artifact")),
                    env(definition, options, version),
                    config(definition),
                    definition.health(),
                    definition.startWithin());
            return new Revision(objects.put(manifest.canonical()), version);
        } catch (IOException e) {
            throw Failures.forbidden("could not keep %s of %s".formatted(version, service), e);
        }
    }

    private static void refuseUnknown(Map<String, String> options) {
        for (var option : options.keySet()) {
            if (!option.equals("artifact") && !(option.startsWith(ENV) && option.length() > ENV.length())) {
                throw new Forbidden(
                        "the local platform has no option `%s`; nothing was changed\nhint: there are `artifact=FILE` and `env.NAME=VALUE`"
                                .formatted(option.replaceAll("\\p{Cntrl}", "?")));
            }
        }
    }

    private Manifest.@Nullable Artifact artifact(LocalService definition, Version version, @Nullable String given)
            throws IOException {
        var pattern = given == null ? definition.artifact() : given;
        if (pattern.isEmpty()) {
            return null;
        }
        var places = Map.of("version", version.text(), "release", version.text());
        var file = definition.folder().resolve(given == null ? Places.fill(pattern, places) : pattern);
        if (!Files.isRegularFile(file)) {
            throw new Forbidden(
                    "there is no artifact %s for %s; nothing was changed\nhint: build it, or say where it is with artifact=FILE"
                            .formatted(file, version));
        }
        var name = String.valueOf(file.getFileName());
        var dot = name.lastIndexOf('.');
        var suffix = dot > 0 && name.substring(dot).matches("\\.[A-Za-z]{1,8}") ? name.substring(dot) : "";
        return new Manifest.Artifact(objects.put(file), suffix, Files.isExecutable(file));
    }

    private SortedMap<String, Manifest.Value> env(
            LocalService definition, Map<String, String> options, Version version) {
        var env = new TreeMap<String, Manifest.Value>();
        definition.env().forEach((name, setting) -> env.put(name, value(name, absolute(definition, setting), version)));
        options.forEach((option, text) -> {
            if (option.startsWith(ENV)) {
                env.put(option.substring(ENV.length()), new Manifest.Value.Plain(text));
            }
        });
        for (var name : env.keySet()) {
            if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
                throw new Forbidden("`%s` cannot name an environment variable; nothing was changed".formatted(name));
            }
        }
        return env;
    }

    /// The agent runs in another folder than the command line.
    private static Setting absolute(LocalService definition, Setting setting) {
        return setting instanceof Setting.SecretFile(var path)
                ? new Setting.SecretFile(
                        definition.folder().resolve(path).toAbsolutePath().normalize())
                : setting;
    }

    /// A program that is told its version behaves by it, so the version is then part of what the revision is. One that
    /// is not told is the same program under any name. The other places are filled in when an instance starts.
    private static String withVersion(String word, Version version) {
        return Places.fillSome(word, Map.of("version", version.text()));
    }

    private Manifest.Value value(String name, Setting setting, Version version) {
        if (setting instanceof Setting.Plain(var text)) {
            return new Manifest.Value.Plain(withVersion(text, version));
        }
        return switch (secrets.fetch(setting)) {
            case Secrets.Fetched.Value(var text) -> new Manifest.Value.Secret(setting, Digest.of(text.getBytes(UTF_8)));
            case Secrets.Fetched.Missing(var why) ->
                throw new Forbidden("no value for env %s: %s; nothing was changed".formatted(name, why));
        };
    }

    private SortedMap<String, Digest> config(LocalService definition) throws IOException {
        var config = new TreeMap<String, Digest>();
        for (var file : definition.config()) {
            var source = definition.folder().resolve(file);
            if (!Files.isRegularFile(source)) {
                throw new Forbidden("there is no config file %s; nothing was changed".formatted(source));
            }
            config.put(file.normalize().toString().replace('\\', '/'), objects.put(source));
        }
        return config;
    }

    @Override
    public Optional<String> missing(ServiceRef service, Revision revision) {
        return objects.missing(revision.digest());
    }

    @Override
    public SortedMap<String, String> describe(ServiceRef service, Revision revision) {
        try {
            return lines(objects.manifest(revision.digest()));
        } catch (IOException e) {
            throw Failures.unreachable("could not read what %s consists of".formatted(revision), e);
        }
    }

    private static SortedMap<String, String> lines(Manifest manifest) {
        var lines = new TreeMap<String, String>();
        lines.put("command", String.join(" ", manifest.command()));
        lines.put("health", manifest.health());
        lines.put("start within", lastgood.core.Words.duration(manifest.startWithin()));
        if (manifest.artifact() != null) {
            lines.put("artifact", manifest.artifact().digest().text());
        }
        manifest.config().forEach((name, digest) -> lines.put("config " + name, digest.text()));
        manifest.env()
                .forEach((name, value) -> lines.put(
                        "env " + name,
                        switch (value) {
                            case Manifest.Value.Plain(var text) -> text;
                            case Manifest.Value.Secret(var from, var was) ->
                                "secret %s (%s)".formatted(Manifest.reference(from), was.brief());
                        }));
        return lines;
    }
}
