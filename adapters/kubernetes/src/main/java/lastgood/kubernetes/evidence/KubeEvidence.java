package lastgood.kubernetes.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import lastgood.core.Digest;
import lastgood.core.Evidence;
import lastgood.core.ServiceRef;
import lastgood.core.Words;
import lastgood.engine.port.EvidenceStore;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.Api;

/// Keeps what a rollback destroys in a cluster, in a folder of this machine: a pod's log goes with the pod, an event an
/// hour later. Written aside and renamed at the end, so what is found was captured to its end; what was not reached
/// within the budget is named, in the result and in the manifest.
///
/// Secret objects are never kept. Their values are read, where that is allowed, only to take them out of everything
/// else.
public final class KubeEvidence implements EvidenceStore {

    private static final String MANIFEST = "manifest.json";

    /// The name of the result is one line of a report; the manifest has them all.
    private static final int MISSING_SHOWN_MAX = 6;

    private final Path folder;
    private final Api api;
    private final Map<ServiceRef, KubeService> services;
    private final InstantSource clock;

    /// @param data the folder that also holds everything else that is kept on this machine
    public KubeEvidence(Path data, Api api, Map<ServiceRef, KubeService> services, InstantSource clock) {
        this.folder = data.resolve("evidence");
        this.api = api;
        this.services = Map.copyOf(services);
        this.clock = clock;
    }

    @Override
    public Optional<Evidence> find(String key) {
        try {
            return Optional.of(evidence(key, Files.readAllBytes(folder(key).resolve(MANIFEST))));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new Unreachable("could not read the evidence %s: %s".formatted(key, e.getMessage()), e);
        }
    }

    private Evidence evidence(String key, byte[] manifest) throws IOException {
        var tree = Api.JSON.readTree(manifest);
        var missing = new ArrayList<String>();
        tree.path("missing").forEach(m -> missing.add(m.asText()));
        var more = missing.size() - MISSING_SHOWN_MAX;
        var shown = String.join("; ", missing.subList(0, Math.min(MISSING_SHOWN_MAX, missing.size())));
        return new Evidence(
                "%s of %s%s%s"
                        .formatted(
                                Words.count(tree.path("files").size(), "file"),
                                tree.path("service").asText(),
                                missing.isEmpty() ? "" : ", without " + shown,
                                more > 0 ? "; and %d more, which its manifest names".formatted(more) : ""),
                folder(key).toString(),
                Digest.of(manifest),
                Instant.parse(tree.path("at").asText()));
    }

    /// Keys are `run/step`. Any other text becomes its digest: a key is never a path.
    private Path folder(String key) {
        return key.matches("[a-z0-9-]{1,40}/[a-z0-9-]{1,80}")
                ? folder.resolve(key)
                : folder.resolve(Digest.of(key).brief());
    }

    @Override
    public Evidence capture(ServiceRef ref, Duration budget, String key) {
        var there = find(key);
        if (there.isPresent()) {
            return there.get();
        }
        var service = services.get(ref);
        if (service == null) {
            throw new Forbidden("%s is not configured for this cluster\nnothing was changed".formatted(ref));
        }
        var place = folder(key);
        var aside = place.resolveSibling(".%s.%016x"
                .formatted(place.getFileName(), ThreadLocalRandom.current().nextLong()));
        try {
            var draft = new Draft(aside);
            var missing = new Capture(api, service, draft, System.nanoTime() + budget.toNanos()).run();
            Draft.write(aside.resolve(MANIFEST), manifest(service, key, draft, missing));
            publish(aside, place, key);
            return find(key).orElseThrow(() -> new IOException("it is gone again"));
        } catch (IOException e) {
            throw new Unreachable("could not keep the evidence %s: %s".formatted(key, e.getMessage()), e);
        } finally {
            discard(aside);
        }
    }

    private byte[] manifest(KubeService service, String key, Draft draft, List<String> missing) throws IOException {
        var tree = new TreeMap<String, Object>();
        tree.put("v", 1);
        tree.put("key", key);
        tree.put("service", service.service().toString());
        tree.put("at", clock.instant().toString());
        tree.put("cluster", api.url());
        tree.put("namespace", service.namespace());
        tree.put("files", draft.files());
        tree.put("missing", missing);
        tree.put("notes", draft.notes());
        return Api.JSON
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(tree)
                .getBytes(UTF_8);
    }

    /// If somebody else captured it meanwhile, theirs stays: a folder with content cannot be renamed over.
    private void publish(Path aside, Path place, String key) throws IOException {
        try (var all = Files.walk(aside)) {
            for (var path : all.toList()) {
                Draft.sync(path, Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE);
            }
        }
        try {
            Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
            var above = place.getParent();
            if (above != null) {
                Draft.sync(above, StandardOpenOption.READ);
            }
        } catch (FileSystemException e) {
            if (find(key).isEmpty()) {
                throw e;
            }
        }
    }

    private static void discard(Path aside) {
        if (!Files.exists(aside)) {
            return;
        }
        try (var all = Files.walk(aside)) {
            for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException _) {
            // a draft is no evidence; it begins with a dot and nobody looks at it
        }
    }
}
