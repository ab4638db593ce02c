package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// Endpoints and EndpointSlices: who gets a Service's traffic. Both follow the pods at the next tick, so there is a
/// moment in which a Service selects something else than its endpoints say, as in a real cluster.
record EndpointsController(Desk desk) implements Controller {

    @Override
    public void tick() {
        desk.each("services", this::sync);
        desk.each("endpoints", this::sweep);
    }

    private void sync(ObjectNode service) {
        var selector = Json.at(service, "spec", "selector");
        if (!Desk.isDying(service) && selector.isObject() && !selector.isEmpty()) {
            var fits = Selectors.ofService(selector);
            var pods = desk.in("pods", Desk.namespace(service)).stream()
                    .filter(fits)
                    .filter(p ->
                            Desk.isActive(p) && !Json.text(p, "status", "podIP").isEmpty())
                    .toList();
            endpoints(service, pods);
            slice(service, pods);
        }
    }

    private void sweep(ObjectNode endpoints) {
        if (desk.find("services", Desk.namespace(endpoints), Desk.name(endpoints)) == null && isOurs(endpoints)) {
            desk.delete(endpoints, "Background");
        }
    }

    /// Somebody may keep Endpoints by hand.
    private static boolean isOurs(JsonNode endpoints) {
        for (var entry : Json.at(endpoints, "metadata", "managedFields")) {
            if (!Json.text(entry, "manager").equals(Desk.MANAGER)) {
                return false;
            }
        }
        return true;
    }

    private void endpoints(ObjectNode service, List<ObjectNode> pods) {
        var there = desk.find("endpoints", Desk.namespace(service), Desk.name(service));
        var wanted = there == null
                ? Json.object(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Endpoints",
                        "metadata",
                        Json.object("name", Desk.name(service), "namespace", Desk.namespace(service)))
                : there.deepCopy();
        Json.setOrRemove(
                Json.child(wanted, "metadata"),
                "labels",
                Json.at(service, "metadata", "labels").deepCopy());
        var subsets = wanted.putArray("subsets");
        if (!pods.isEmpty()) {
            subset(subsets.addObject(), service, pods);
        } else {
            wanted.remove("subsets");
        }
        save(there, wanted);
    }

    private static void subset(ObjectNode subset, ObjectNode service, List<ObjectNode> pods) {
        var all = service.path("spec").path("publishNotReadyAddresses").asBoolean();
        for (var pod : pods) {
            var list = all || Desk.isReady(pod) ? "addresses" : "notReadyAddresses";
            var addresses = subset.get(list) instanceof ArrayNode there ? there : subset.putArray(list);
            var address = addresses.addObject().put("ip", Json.text(pod, "status", "podIP"));
            address.put("nodeName", Json.text(pod, "spec", "nodeName"));
            address.set("targetRef", target(pod));
        }
        subset.set("ports", ports(service, pods.getFirst()));
    }

    private static ObjectNode target(ObjectNode pod) {
        return Json.object(
                "kind", "Pod", "namespace", Desk.namespace(pod), "name", Desk.name(pod), "uid", Desk.uid(pod));
    }

    private static ArrayNode ports(ObjectNode service, ObjectNode pod) {
        var ports = Json.array(List.of());
        for (var port : Json.at(service, "spec", "ports")) {
            var shown = ports.addObject();
            Json.setOrRemove(shown, "name", Json.at(port, "name"));
            shown.put("port", number(port, pod)).put("protocol", Json.text(port, "protocol"));
        }
        return ports;
    }

    /// A target may be named as the container's port is.
    private static int number(JsonNode port, ObjectNode pod) {
        var target = port.path("targetPort");
        if (!target.isTextual()) {
            return target.asInt(port.path("port").asInt());
        }
        for (var container : Json.at(pod, "spec", "containers")) {
            for (var open : container.path("ports")) {
                if (Json.text(open, "name").equals(target.asText())) {
                    return open.path("containerPort").asInt();
                }
            }
        }
        return 0;
    }

    private void slice(ObjectNode service, List<ObjectNode> pods) {
        var resource = "endpointslices.discovery.k8s.io";
        var there = desk.in(resource, Desk.namespace(service)).stream()
                .filter(s -> Desk.controller(s).equals(Desk.uid(service)))
                .findFirst()
                .orElse(null);
        var kind = desk.catalog().named(resource);
        var version = kind.apiVersion(kind.versions().getFirst());
        var wanted = there == null ? emptySlice(service, version) : there.deepCopy();
        var endpoints = wanted.putArray("endpoints");
        for (var pod : pods) {
            endpoints.add(endpoint(pod, version.endsWith("v1beta1")));
        }
        wanted.set("ports", pods.isEmpty() ? Json.array(List.of()) : ports(service, pods.getFirst()));
        save(there, wanted);
    }

    private ObjectNode emptySlice(ObjectNode service, String version) {
        var labels = Json.object(
                "kubernetes.io/service-name",
                Desk.name(service),
                "endpointslice.kubernetes.io/managed-by",
                "endpointslice-controller.k8s.io");
        var metadata = Json.object(
                "generateName",
                Desk.name(service) + "-",
                "namespace",
                Desk.namespace(service),
                "labels",
                labels,
                "ownerReferences",
                Json.array(List.of(Desk.ownedBy(service))));
        return Json.object("apiVersion", version, "kind", "EndpointSlice", "metadata", metadata, "addressType", "IPv4");
    }

    private static ObjectNode endpoint(ObjectNode pod, boolean old) {
        var endpoint = Json.object(
                "addresses",
                List.of(Json.text(pod, "status", "podIP")),
                "conditions",
                Json.object("ready", Desk.isReady(pod)),
                "targetRef",
                target(pod));
        var node = Json.text(pod, "spec", "nodeName");
        if (old) {
            endpoint.set("topology", Json.object("kubernetes.io/hostname", node));
        } else {
            endpoint.put("nodeName", node);
        }
        return endpoint;
    }

    private void save(@org.jspecify.annotations.Nullable ObjectNode there, ObjectNode wanted) {
        if (there == null) {
            desk.create(wanted);
        } else if (!Json.same(there, wanted)) {
            desk.update(wanted);
        }
    }
}
