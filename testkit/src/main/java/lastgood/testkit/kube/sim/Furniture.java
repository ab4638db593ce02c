package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// What a cluster has before anybody deploys anything.
final class Furniture {

    private Furniture() {}

    static void putInto(Desk desk) {
        for (var name : List.of("default", "kube-system", "kube-public", "kube-node-lease")) {
            desk.create(Json.object("apiVersion", "v1", "kind", "Namespace", "metadata", Json.object("name", name)));
        }
        nodes(desk, 1);
    }

    static void nodes(Desk desk, int count) {
        var there = desk.all("nodes");
        for (var i = there.size(); i < count; i++) {
            desk.create(node("sim-" + (i + 1), desk.time()));
        }
        there.stream().skip(count).forEach(desk::remove);
    }

    private static ObjectNode node(String name, String now) {
        var ready = Json.object(
                "type", "Ready",
                "status", "True",
                "reason", "KubeletReady",
                "lastHeartbeatTime", now,
                "lastTransitionTime", now);
        var room = Json.object("cpu", "64", "memory", "256Gi", "pods", "1000");
        var labels = Json.object("kubernetes.io/hostname", name, "kubernetes.io/os", "linux");
        return Json.object(
                "apiVersion",
                "v1",
                "kind",
                "Node",
                "metadata",
                Json.object("name", name, "labels", labels),
                "status",
                Json.object("capacity", room, "allocatable", room, "conditions", Json.array(List.of(ready))));
    }

    static void terminate(Registry registry, String namespace) {
        var namespaces = registry.catalog().named("namespaces");
        var key = namespaces.key("", namespace);
        var live = registry.store().get(key);
        if (live == null) {
            throw new IllegalStateException("no namespace " + namespace);
        }
        var stuck = live.deepCopy();
        Json.child(stuck, "metadata").put("deletionTimestamp", registry.time());
        Json.child(stuck, "spec").putArray("finalizers").add("kubernetes").add("test.lastgood.dev/stuck");
        Json.child(stuck, "status").put("phase", "Terminating");
        registry.store().put(key, stuck);
    }
}
