package lastgood.kubernetes.history;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import lastgood.core.Digest;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Forbidden;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Template;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.workloads.Templates;
import lastgood.kubernetes.workloads.WorkloadKind;

/// Finds the contents of revisions again, and keeps them: the live object, else Kubernetes' own history, else a
/// snapshot. Whatever is found is checked against the digest it was asked for by.
public final class Contents implements Templates, ObservedLedgers.SnapshotTaker {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Api api;
    private final Map<ServiceRef, KubeService> services;
    private final Snapshots snapshots;
    private final Generations generations;
    private final Map<Digest, Found> known = new ConcurrentHashMap<>();

    public Contents(Api api, Map<ServiceRef, KubeService> services, Snapshots snapshots) {
        this.api = api;
        this.services = services;
        this.snapshots = snapshots;
        this.generations = new Generations(api);
    }

    @Override
    public Optional<Found> find(ServiceRef ref, Digest revision) {
        var before = known.get(revision);
        if (before != null) {
            return Optional.of(before);
        }
        var service = service(ref);
        var found =
                live(service, revision).or(() -> inHistory(service, revision)).or(() -> inSnapshots(ref, revision));
        found.ifPresent(f -> known.put(revision, f));
        return found;
    }

    private KubeService service(ServiceRef ref) {
        return Optional.ofNullable(services.get(ref))
                .orElseThrow(() -> new Forbidden("the configuration does not know %s".formatted(ref)));
    }

    private static Set<String> workloads(KubeService service) {
        var all = new TreeSet<>(service.workloads().keySet());
        all.addAll(service.strategyWorkloads());
        return all;
    }

    private Optional<Found> live(KubeService service, Digest revision) {
        for (var name : workloads(service)) {
            var found = template(service, name);
            if (found.isPresent() && found.get().template().digest().equals(revision)) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<Found> template(KubeService service, String workload) {
        var kind = service.kind(workload);
        return api.find(kind.kind(), service.namespace(), workload).map(object -> found(service, kind, object));
    }

    private static Found found(KubeService service, WorkloadKind kind, JsonNode object) {
        var place = Template.Place.of(object, service.maintenanceEnv());
        return new Found(Template.of(object.at(kind.template()), place), place);
    }

    private Optional<Found> inHistory(KubeService service, Digest revision) {
        return workloads(service).stream()
                .flatMap(name -> generations.of(service, name).stream())
                .filter(g -> g.digest().equals(revision))
                .map(Generations.Generation::found)
                .reduce((_, later) -> later);
    }

    private Optional<Found> inSnapshots(ServiceRef ref, Digest revision) {
        return snapshots.all(ref).stream()
                .flatMap(s -> s.template(revision).stream())
                .findFirst();
    }

    /// What a ConfigMap held, from the cluster or a snapshot.
    Optional<JsonNode> config(ServiceRef ref, String name, Digest content) {
        return api.find(Kind.CONFIG_MAP, service(ref).namespace(), name)
                .filter(c -> Snapshot.content(c).equals(content))
                .or(() -> snapshots.all(ref).stream()
                        .flatMap(s -> s.config(name, content).stream())
                        .findFirst());
    }

    // ---- keeping

    /// The template of a release that is about to be put out; nothing runs it yet, so only this holds it.
    void stage(ServiceRef ref, String workload, lastgood.core.Revision revision, Found found) {
        var service = service(ref);
        var snapshot = Snapshot.empty();
        snapshot.workload(workload, service.kind(workload).kind().kind(), revision, found);
        snapshot.tree()
                .put("version", revision.version().text())
                .put("digest", revision.digest().text());
        snapshots.keep(ref, "staged-" + revision.digest().brief(), snapshot);
        known.put(revision.digest(), found);
    }

    @Override
    public void keep(KubeService service, Release release) {
        var ref = service.service();
        var name = "r" + release.number();
        var snapshot = Snapshot.empty();
        snapshot.describe(release);
        var main = service.strategy().main();
        find(ref, release.revision().digest())
                .ifPresent(
                        f -> snapshot.workload(main, service.kind(main).kind().kind(), release.revision(), f));
        release.others()
                .forEach((other, revision) -> find(ref, revision.digest())
                        .ifPresent(f -> snapshot.workload(
                                other, service.kind(other).kind().kind(), revision, f)));
        release.config().forEach((map, content) -> config(ref, map, content).ifPresent(c -> snapshot.config(map, c)));
        find(ref, release.revision().digest())
                .ifPresent(f -> f.template()
                        .secrets()
                        .forEach(s -> fingerprint(service, s).ifPresent(print -> snapshot.secret(s, print))));
        images(snapshot);
        snapshots.keep(ref, name, snapshot);
        if (snapshots.has(ref, "staged-" + release.revision().digest().brief())) {
            snapshots.drop(ref, "staged-" + release.revision().digest().brief());
        }
    }

    @Override
    public void forget(KubeService service, int release) {
        snapshots.drop(service.service(), "r" + release);
    }

    private static void images(Snapshot snapshot) {
        var images = new TreeSet<String>();
        snapshot.tree()
                .path("workloads")
                .forEach(w -> Template.containers(w.path("template"))
                        .forEach(c -> images.add(c.path("image").asText())));
        var list = snapshot.tree().putArray("images");
        images.forEach(list::add);
    }

    // ---- secrets

    /// Enough to say later that a Secret is no longer the same, and nothing from which it could be guessed without the
    /// cluster's own copy: a salt and a hash. Empty if we may not read it, which is fine.
    private Optional<String> fingerprint(KubeService service, String secret) {
        var salt = new byte[16];
        RANDOM.nextBytes(salt);
        return secret(service, secret).map(data -> fingerprint(HexFormat.of().formatHex(salt), data));
    }

    private static String fingerprint(String salt, JsonNode data) {
        return salt + ":" + Digest.of(salt + Trees.digest(data).text()).text();
    }

    private Optional<JsonNode> secret(KubeService service, String name) {
        try {
            return api.find(Kind.SECRET, service.namespace(), name).map(s -> s.path("data"));
        } catch (Forbidden mayNot) {
            return Optional.empty();
        }
    }

    /// Secrets of a release that are gone or are no longer what they were, each with a sentence.
    java.util.List<String> changedSecrets(ServiceRef ref, Digest revision) {
        var service = service(ref);
        var changed = new java.util.ArrayList<String>();
        snapshots.all(ref).stream()
                .filter(s -> s.template(revision).isPresent())
                .findFirst()
                .ifPresent(s -> s.tree().path("secrets").properties().forEach(e -> {
                    var now = secret(service, e.getKey());
                    var salt = e.getValue().asText().replaceAll(":.*", "");
                    if (now.isPresent()
                            && !fingerprint(salt, now.get()).equals(e.getValue().asText())) {
                        changed.add("Secret %s has changed since; it stays as it is now".formatted(e.getKey()));
                    }
                }));
        return changed;
    }
}
