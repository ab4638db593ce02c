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
import lastgood.kubernetes.records.Cabinet;
import lastgood.kubernetes.records.Records;

/// Snapshots as `Release` records beside the workloads they are of.
public final class ClusterSnapshots implements Snapshots {

    private final Cabinet cabinet;
    private final Map<ServiceRef, String> namespaces;

    public ClusterSnapshots(Cabinet cabinet, Map<ServiceRef, String> namespaces) {
        this.cabinet = cabinet;
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
        return cabinet.find(Records.RELEASE, namespace(service), name(service, name));
    }

    @Override
    public void keep(ServiceRef service, String name, Snapshot snapshot) {
        var there = find(service, name);
        if (there.isPresent() && spec(there.get()).equals(snapshot.tree())) {
            return;
        }
        var object = cabinet.blank(Records.RELEASE, namespace(service), name(service, name), service.service());
        object.putObject("spec")
                .put("environment", service.environment())
                .put("service", service.service())
                .setAll(snapshot.tree());
        there.ifPresent(old -> object.withObject("/metadata")
                .put(
                        "resourceVersion",
                        old.path("metadata").path("resourceVersion").asText()));
        switch (there.isPresent()
                ? cabinet.replace(Records.RELEASE, namespace(service), object)
                : cabinet.create(Records.RELEASE, namespace(service), object)) {
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
            Answer _ = cabinet.delete(Records.RELEASE, namespace(service), o);
        });
    }

    @Override
    public List<Snapshot> all(ServiceRef service) {
        return cabinet.list(Records.RELEASE, namespace(service), service.service()).stream()
                .map(o -> new Snapshot(spec(o)))
                .toList();
    }

    @Override
    public boolean has(ServiceRef service, String name) {
        return find(service, name).isPresent();
    }
}
