package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One pod on each node.
final class DaemonSetController implements Controller {

    private final Desk desk;
    private final Revisions revisions;

    DaemonSetController(Desk desk) {
        this.desk = desk;
        this.revisions = new Revisions(desk);
    }

    @Override
    public void tick() {
        desk.each("daemonsets.apps", set -> {
            if (!Desk.isDying(set)) {
                sync(set);
            }
        });
    }

    private void sync(ObjectNode set) {
        var hash = Revisions.hash(revisions.current(set));
        var pods = byNode(set);
        var nodes = desk.all("nodes").stream().map(Desk::name).toList();
        for (var node : nodes) {
            if (!pods.containsKey(node)) {
                create(set, node, hash);
            }
        }
        pods.forEach((node, pod) -> {
            if (!nodes.contains(node) && !Desk.isDying(pod)) {
                desk.deleteNow(pod);
            }
        });
        if (Json.text(set, "spec", "updateStrategy", "type").equals("RollingUpdate")) {
            replaceOld(set, pods, hash, nodes);
        }
        count(set, byNode(set), hash, nodes.size());
        var live = new HashSet<>(Set.of(hash));
        pods.values().forEach(p -> live.add(Revisions.hash(p)));
        revisions.cleanUp(set, live);
    }

    private Map<String, ObjectNode> byNode(ObjectNode set) {
        var pods = new HashMap<String, ObjectNode>();
        desk.claimed(set, "pods").forEach(p -> pods.put(Json.text(p, "spec", "nodeName"), p));
        return pods;
    }

    private void create(ObjectNode set, String node, String hash) {
        var pod = Templates.pod(set, Templates.of(set));
        Json.child(pod, "metadata").put("generateName", Desk.name(set) + "-");
        Json.child(pod, "metadata", "labels")
                .put(Revisions.HASH, hash)
                .put("pod-template-generation", Long.toString(Json.number(set, 1, "metadata", "generation")));
        Json.child(pod, "spec").put("nodeName", node);
        desk.create(pod);
    }

    /// Old pods that do not serve go at once, the others as far as may be missing.
    private void replaceOld(ObjectNode set, Map<String, ObjectNode> pods, String hash, List<String> nodes) {
        var max = Math.max(
                1,
                RolloutLimits.count(
                        Json.at(set, "spec", "updateStrategy", "rollingUpdate", "maxUnavailable"), nodes.size(), true));
        var old = nodes.stream()
                .map(pods::get)
                .filter(p -> p != null && !Desk.isDying(p) && !Revisions.hash(p).equals(hash))
                .toList();
        var unavailable = nodes.size()
                - pods.values().stream()
                        .filter(p -> !Desk.isDying(p) && Desk.isReady(p))
                        .count();
        old.stream().filter(p -> !Desk.isReady(p)).forEach(p -> desk.delete(p, "Background"));
        old.stream()
                .filter(Desk::isReady)
                .limit(Math.max(0, max - unavailable))
                .forEach(p -> desk.delete(p, "Background"));
    }

    private void count(ObjectNode set, Map<String, ObjectNode> pods, String hash, int wanted) {
        var minReady = Json.number(set, 0, "spec", "minReadySeconds");
        var here = pods.values().stream().filter(p -> !Desk.isDying(p)).toList();
        var available = here.stream().filter(p -> desk.isAvailable(p, minReady)).count();
        var next = set.deepCopy();
        var status = Json.child(next, "status");
        status.put("currentNumberScheduled", here.size());
        status.put("desiredNumberScheduled", wanted);
        status.put("numberMisscheduled", 0);
        status.put("numberReady", here.stream().filter(Desk::isReady).count());
        status.put("observedGeneration", Json.number(set, 0, "metadata", "generation"));
        Json.setOrRemove(
                status,
                "updatedNumberScheduled",
                here.stream().filter(p -> Revisions.hash(p).equals(hash)).count());
        Json.setOrRemove(status, "numberAvailable", available);
        Json.setOrRemove(status, "numberUnavailable", wanted - available);
        if (!Json.same(set, next)) {
            desk.updateStatus(next);
        }
    }
}
