package lastgood.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import lastgood.core.Digest;
import lastgood.core.Evidence;
import lastgood.core.Redaction;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.engine.port.EvidenceStore;
import lastgood.local.agent.LogTail;
import lastgood.local.files.DataFolder;
import lastgood.local.files.Durable;
import lastgood.local.files.Failures;
import lastgood.local.files.Json;
import lastgood.local.store.Manifest;
import lastgood.local.store.ObjectStore;
import lastgood.local.store.Secrets;

/// Keeps what a rollback would destroy: the ends of all logs (of instances that are gone, too), the states, the
/// counters
/// and what each revision consists of. Written aside and renamed at the end, so what is found was captured to its end.
///
/// The agent need not be alive: its files are there without it. What was not reached is named.
public final class FileEvidence implements EvidenceStore {

    private static final int LOG_BYTES_MAX = 256 * 1024;
    private static final int LOGS_MAX = 60;
    private static final String MANIFEST = "manifest.json";

    private final DataFolder data;
    private final LocalClient client;
    private final Map<ServiceRef, LocalService> services;
    private final ObjectStore objects;
    private final Secrets secrets;
    private final InstantSource clock;

    /// @param environment where secrets' values are, so that they can be taken out of what is kept
    public FileEvidence(
            Path data, Map<ServiceRef, LocalService> services, Map<String, String> environment, InstantSource clock) {
        this.data = new DataFolder(data);
        this.client = new LocalClient(data, services);
        this.services = Map.copyOf(services);
        this.objects = new ObjectStore(this.data);
        this.secrets = new Secrets(environment);
        this.clock = clock;
    }

    @Override
    public Optional<Evidence> find(String key) {
        var manifest = folder(key).resolve(MANIFEST);
        try {
            var content = Files.readAllBytes(manifest);
            return Optional.of(evidence(key, content));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw Failures.unreachable("could not read the evidence " + key, e);
        }
    }

    private Evidence evidence(String key, byte[] manifest) throws IOException {
        var tree = Json.tree(manifest);
        var missing = new ArrayList<String>();
        tree.path("missing").forEach(m -> missing.add(m.asText()));
        var files = tree.path("files").size();
        return new Evidence(
                "%s of %s%s"
                        .formatted(
                                lastgood.core.Words.count(files, "file"),
                                tree.path("service").asText(),
                                missing.isEmpty() ? "" : ", without " + String.join("; ", missing)),
                folder(key).toString(),
                Digest.of(manifest),
                Instant.parse(tree.path("at").asText()));
    }

    /// Keys are `run/step`. Any other text becomes its digest: a key is never a path.
    private Path folder(String key) {
        return key.matches("[a-z0-9-]{1,40}/[a-z0-9-]{1,80}")
                ? data.evidence().resolve(key)
                : data.evidence().resolve(Digest.of(key).brief());
    }

    @Override
    public Evidence capture(ServiceRef service, Duration budget, String key) {
        var there = find(key);
        if (there.isPresent()) {
            return there.get();
        }
        var folder = folder(key);
        var draft = Durable.draft(folder);
        data.prepared();
        try {
            Files.createDirectories(draft);
            new Capture(service, draft, key, System.nanoTime() + budget.toNanos()).run();
            publish(draft, folder, key);
            return find(key).orElseThrow(() -> new IOException("it is gone again"));
        } catch (IOException e) {
            throw Failures.unreachable("could not keep the evidence " + key, e);
        } finally {
            discard(draft);
        }
    }

    /// If somebody else captured it meanwhile, theirs stays: a folder with content cannot be renamed over.
    private void publish(Path draft, Path folder, String key) throws IOException {
        try {
            Files.move(draft, folder, StandardCopyOption.ATOMIC_MOVE);
            Durable.syncFolder(Durable.parent(folder));
        } catch (FileSystemException e) {
            if (find(key).isEmpty()) {
                throw e;
            }
        }
    }

    private static void discard(Path draft) {
        try {
            Durable.remove(draft);
        } catch (IOException _) {
            // a draft is no evidence; it begins with a dot and nobody looks at it
        }
    }

    /// One capture, in the order of what is lost first.
    private final class Capture {
        private final ServiceRef service;
        private final Path folder;
        private final String key;
        private final long deadline;
        private final TreeMap<String, String> files = new TreeMap<>();
        private final List<String> missing = new ArrayList<>();
        private final List<Manifest> manifests = new ArrayList<>();

        Capture(ServiceRef service, Path folder, String key, long deadline) {
            this.service = service;
            this.folder = folder;
            this.key = key;
            this.deadline = deadline;
        }

        void run() throws IOException {
            var workloads = ask("workloads", () -> client.workloads(service));
            var instances = ask("instances", () -> client.instances(service));
            var traffic = ask("traffic", () -> client.get(service));
            var metrics = ask("metrics", client::metricsText);
            var revisions = new TreeSet<Revision>(Comparator.comparing(Revision::digest));
            workloads.ifPresent(all -> all.forEach(w -> revisions.add(w.requested())));
            instances.ifPresent(all -> all.forEach(i -> revisions.add(i.revision())));
            revisions.forEach(this::remember);
            var redaction = new Redaction(knownSecrets());
            keep("workloads.json", workloads.map(Json::text), redaction);
            keep("instances.json", instances.map(Json::text), redaction);
            keep("traffic.json", traffic.map(Json::text), redaction);
            keep("metrics.prom", metrics, redaction);
            keep("wishes.json", read("wishes", data.wishes()), redaction);
            for (var revision : revisions) {
                keep(
                        "revisions/%s.json".formatted(revision.digest().brief()),
                        read("revision " + revision, data.object(revision.digest())),
                        redaction);
            }
            logs(redaction);
            manifest();
        }

        private <T> Optional<T> ask(String what, Callable<T> question) {
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var left = deadline - System.nanoTime();
                if (left <= 0) {
                    return miss(what, "no time left");
                }
                var answer = threads.submit(question);
                try {
                    return Optional.of(answer.get(left, TimeUnit.NANOSECONDS));
                } catch (TimeoutException _) {
                    threads.shutdownNow();
                    return miss(what, "no answer in time");
                }
            } catch (ExecutionException e) {
                var cause = e.getCause() == null ? e : e.getCause();
                return miss(
                        what,
                        String.valueOf(cause.getMessage()).lines().findFirst().orElse(""));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return miss(what, "interrupted");
            }
        }

        private <T> Optional<T> miss(String what, String why) {
            missing.add("%s (%s)".formatted(what, why));
            return Optional.empty();
        }

        private Optional<String> read(String what, Path file) {
            try {
                return Optional.of(Files.readString(file));
            } catch (IOException e) {
                return miss(what, Failures.reason(e));
            }
        }

        private void remember(Revision revision) {
            try {
                manifests.add(objects.manifest(revision.digest()));
            } catch (IOException | RuntimeException _) {
                // its file is named as missing where it is read
            }
        }

        private List<String> knownSecrets() {
            var settings = new ArrayList<Setting>();
            for (var manifest : manifests) {
                manifest.env().values().forEach(v -> {
                    if (v instanceof Manifest.Value.Secret(var from, var _)) {
                        settings.add(from);
                    }
                });
            }
            var configured = services.get(service);
            if (configured != null) {
                configured.env().values().stream()
                        .filter(s -> !(s instanceof Setting.Plain))
                        .forEach(settings::add);
            }
            return settings.stream()
                    .map(secrets::fetch)
                    .filter(Secrets.Fetched.Value.class::isInstance)
                    .map(f -> ((Secrets.Fetched.Value) f).text())
                    .toList();
        }

        private void logs(Redaction redaction) throws IOException {
            if (!Files.isDirectory(data.logs(service))) {
                return;
            }
            List<Path> newest;
            try (var all = Files.list(data.logs(service))) {
                newest = all.sorted(Comparator.comparing(FileEvidence::modified).reversed())
                        .toList();
            }
            if (newest.size() > LOGS_MAX) {
                missing.add(lastgood.core.Words.count(newest.size() - LOGS_MAX, "older log"));
            }
            for (var log : newest.subList(0, Math.min(LOGS_MAX, newest.size()))) {
                if (System.nanoTime() > deadline) {
                    missing.add("log %s (no time left)".formatted(log.getFileName()));
                    continue;
                }
                keep("logs/" + log.getFileName(), Optional.of(LogTail.text(log, LOG_BYTES_MAX)), redaction);
            }
        }

        private void keep(String name, Optional<String> text, Redaction redaction) throws IOException {
            if (text.isPresent()) {
                var content = redaction.clean(text.get()).getBytes(UTF_8);
                Durable.write(folder.resolve(name), content);
                files.put(name, Digest.of(content).text());
            }
        }

        private void manifest() throws IOException {
            Durable.write(
                    folder.resolve(MANIFEST),
                    Json.bytes(Map.of(
                            "v",
                            1,
                            "key",
                            key,
                            "service",
                            service.toString(),
                            "at",
                            clock.instant().toString(),
                            "files",
                            files,
                            "missing",
                            missing)));
        }
    }

    private static Instant modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException _) {
            return Instant.EPOCH;
        }
    }
}
