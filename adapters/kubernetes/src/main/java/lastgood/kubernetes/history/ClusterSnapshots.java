package lastgood.kubernetes.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.records.Records;

/// Snapshots as `Release` objects beside the workloads they are of.
public final class ClusterSnapshots implements Snapshots {

    private final Api api;
    private final Map<ServiceRef, String> namespaces;

    public ClusterSnapshots(Api api, Map<ServiceRef, String> namespaces) {
        this.api = api;
        this.namespaces = Map.copyOf(namespaces);
    }

    private String namespace(ServiceRef service) {
        return Optional.ofNullable(namespaces.get(service))
                .orElseThrow(() -> new Forbidden("the configuration does not know %s".formatted(service)));
    }

    private static String name(ServiceRef service, String name) {
        return service.service() + "-" + name;
    }

    private Optional<JsonNode> find(ServiceRef service, String name) {
        return api.find(Records.RELEASE, namespace(service), name(service, name));
    }

    @Override
    public void keep(ServiceRef service, String name, Snapshot snapshot) {
        var there = find(service, name);
        if (there.isPresent() && spec(there.get()).equals(snapshot.tree())) {
            return;
        }
        var object = api.object(Records.RELEASE, namespace(service), name(service, name));
        ((ObjectNode) object.path("metadata")).putObject("labels").put(Records.SERVICE_LABEL, service.service());
        object.putObject("spec")
                .put("environment", service.environment())
                .put("service", service.service())
                .setAll(snapshot.tree());
        there.ifPresent(old -> object.withObject("/metadata")
                .put(
                        "resourceVersion",
                        old.path("metadata").path("resourceVersion").asText()));
        switch (there.isPresent()
                ? api.replace(Records.RELEASE, namespace(service), object)
                : api.create(Records.RELEASE, namespace(service), object)) {
            case Answer.Ok _ -> {}
            case Answer.Refused(var refusal, var _)
            when refusal.conflict() ->
                throw new WorldMoved(
                        "the record of %s %s was written by somebody else meanwhile".formatted(service, name));
            case Answer.Refused refused -> throw refused.failure();
        }
    }

    private static ObjectNode spec(JsonNode object) {
        var spec = (ObjectNode) object.path("spec").deepCopy();
        spec.remove(List.of("environment", "service"));
        return spec;
    }

    @Override
    public void drop(ServiceRef service, String name) {
        find(service, name).ifPresent(o -> {
            Answer _ = api.delete(Records.RELEASE, namespace(service), Trees.name(o), o);
        });
    }

    @Override
    public List<Snapshot> all(ServiceRef service) {
        return api.list(Records.RELEASE, namespace(service), Records.SERVICE_LABEL + "=" + service.service()).stream()
                .map(o -> new Snapshot(spec(o)))
                .toList();
    }

    @Override
    public boolean has(ServiceRef service, String name) {
        return find(service, name).isPresent();
    }
}
