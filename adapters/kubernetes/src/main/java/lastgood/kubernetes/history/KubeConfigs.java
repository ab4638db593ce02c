package lastgood.kubernetes.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import lastgood.core.ConfigState;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Configs;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.JsonPatch;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.api.Refusal;
import lastgood.kubernetes.objects.Template;
import lastgood.kubernetes.objects.Trees;

/// ConfigMaps that go back with the pods: those that the configuration names, else those that the pods read.
///
/// Kubernetes keeps no history of them, so what a release's held is in its snapshot, and a release that nobody
/// recorded while it ran has none to go back to.
public final class KubeConfigs implements Configs {

    /// Put into every namespace by the cluster itself.
    private static final String CLUSTERS_OWN = "kube-root-ca.crt";

    private final Api api;
    private final Map<ServiceRef, KubeService> services;
    private final Contents contents;

    public KubeConfigs(Api api, Map<ServiceRef, KubeService> services, Contents contents) {
        this.api = api;
        this.services = services;
        this.contents = contents;
    }

    private KubeService service(ServiceRef ref) {
        return Optional.ofNullable(services.get(ref))
                .orElseThrow(() -> new Forbidden("the configuration does not know %s".formatted(ref)));
    }

    @Override
    public List<ConfigState> all(ServiceRef ref) {
        return names(service(ref)).stream()
                .flatMap(name -> find(ref, name).stream())
                .toList();
    }

    private List<String> names(KubeService service) {
        if (!service.configMaps().isEmpty()) {
            return service.configMaps();
        }
        var names = new TreeSet<String>();
        var workloads = new TreeSet<>(service.companions());
        workloads.add(service.strategy().main());
        for (var workload : workloads) {
            var kind = service.kind(workload);
            api.find(kind.kind(), service.namespace(), workload)
                    .map(o -> Template.of(o.at(kind.template()), Template.Place.of(o, service.maintenanceEnv())))
                    .ifPresent(t -> names.addAll(t.configMaps()));
        }
        names.remove(CLUSTERS_OWN);
        return List.copyOf(names);
    }

    @Override
    public Optional<ConfigState> find(ServiceRef ref, String name) {
        return object(ref, name)
                .map(c -> new ConfigState(
                        name,
                        Trees.uid(c),
                        c.path("metadata").path("resourceVersion").asText(),
                        Snapshot.content(c),
                        Trees.annotation(c, Trees.MARK)));
    }

    private Optional<JsonNode> object(ServiceRef ref, String name) {
        return api.find(Kind.CONFIG_MAP, service(ref).namespace(), name).filter(o -> !Trees.terminating(o));
    }

    @Override
    public Optional<String> missing(ServiceRef ref, String name, Digest content) {
        return contents.config(ref, name, content).isPresent()
                ? Optional.empty()
                : Optional.of("nobody kept what ConfigMap %s held then".formatted(name));
    }

    private JsonNode kept(ServiceRef ref, String name, Digest content) {
        return contents.config(ref, name, content)
                .orElseThrow(() -> new Forbidden("nobody kept what ConfigMap %s held (%s)\nnothing was changed"
                        .formatted(name, content.brief())));
    }

    @Override
    public void restore(ServiceRef ref, ConfigState seen, Digest to, Fence fence) {
        var kept = kept(ref, seen.name(), to);
        var now = object(ref, seen.name())
                .filter(c -> Trees.uid(c).equals(seen.uid())
                        && c.path("metadata").path("resourceVersion").asText().equals(seen.stamp()))
                .orElseThrow(() -> moved(seen.name()));
        var patch = holding(now, kept, fence);
        switch (api.patch(Kind.CONFIG_MAP, service(ref).namespace(), seen.name(), patch)) {
            case Answer.Ok _ -> {}
            case Answer.Refused refused when refused.refusal().conflict() -> throw moved(seen.name());
            case Answer.Refused refused
            when refused.refusal().invalid()
                    && find(ref, seen.name())
                            .map(f -> !f.stamp().equals(seen.stamp()))
                            .orElse(true) -> throw moved(seen.name());
            case Answer.Refused refused -> throw refused.failure();
        }
    }

    private static JsonPatch holding(JsonNode now, JsonNode kept, Fence fence) {
        var patch = JsonPatch.of(now).annotate(now, Trees.MARK, fence.key());
        for (var key : List.of("data", "binaryData")) {
            if (kept.path(key).isObject()) {
                patch.set("/" + key, kept.path(key));
            } else if (now.has(key)) {
                patch.remove("/" + key);
            }
        }
        return patch;
    }

    /// What the API server has against putting that content back, without doing it; empty = nothing.
    public Optional<Refusal> tryRestore(ServiceRef ref, String name, Digest to, Fence fence) {
        var kept = kept(ref, name, to);
        var namespace = service(ref).namespace();
        var now = object(ref, name);
        var answer = now.isPresent()
                ? api.patch(Kind.CONFIG_MAP, namespace, name, holding(now.get(), kept, fence), Api.Dry.RUN)
                : api.create(Kind.CONFIG_MAP, namespace, made(ref, name, kept, fence), Api.Dry.RUN);
        return answer instanceof Answer.Refused(var refusal, var _) && !refusal.conflict()
                ? Optional.of(refusal)
                : Optional.empty();
    }

    private static WorldMoved moved(String name) {
        return new WorldMoved("ConfigMap %s is no longer as it was seen".formatted(name));
    }

    @Override
    public void create(ServiceRef ref, String name, Digest content, Fence fence) {
        var object = made(ref, name, kept(ref, name, content), fence);
        var _ = api.create(Kind.CONFIG_MAP, service(ref).namespace(), object).orThrow();
    }

    private ObjectNode made(ServiceRef ref, String name, JsonNode kept, Fence fence) {
        var object = api.object(Kind.CONFIG_MAP, service(ref).namespace(), name);
        ((ObjectNode) object.path("metadata")).putObject("annotations").put(Trees.MARK, fence.key());
        for (var key : List.of("data", "binaryData")) {
            if (kept.path(key).isObject()) {
                object.set(key, kept.path(key));
            }
        }
        return object;
    }
}
