package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;

/// Keeps as many pods as a ReplicaSet wants.
record ReplicaSetController(Desk desk) implements Controller {

    /// Those that serve least go first, and among equals the youngest.
    private static final Comparator<ObjectNode> FIRST_TO_GO = Comparator.<ObjectNode, Boolean>comparing(
                    p -> !Json.text(p, "spec", "nodeName").isEmpty())
            .thenComparing(p -> Json.text(p, "status", "phase").equals("Running"))
            .thenComparing(Desk::isReady)
            .thenComparing(Desk::born, Comparator.reverseOrder())
            .thenComparing(Desk::name);

    @Override
    public void tick() {
        desk.each("replicasets.apps", this::sync);
    }

    private void sync(ObjectNode set) {
        var pods = desk.claimed(set, "pods").stream().filter(Desk::isActive).toList();
        var failure = Desk.isDying(set) ? "" : manage(set, pods);
        count(set, pods, failure);
    }

    /// What went wrong, or nothing.
    private String manage(ObjectNode set, List<ObjectNode> pods) {
        var missing = Desk.replicas(set) - pods.size();
        try {
            for (var i = 0; i < missing; i++) {
                create(set);
            }
        } catch (ApiFailure failure) {
            return failure.said();
        }
        pods.stream().sorted(FIRST_TO_GO).limit(Math.max(0, -missing)).forEach(p -> desk.delete(p, "Background"));
        return "";
    }

    private void create(ObjectNode set) {
        var pod = Templates.pod(set, Templates.of(set));
        Json.child(pod, "metadata").put("generateName", Desk.name(set) + "-");
        desk.create(pod);
    }

    private void count(ObjectNode set, List<ObjectNode> pods, String failure) {
        var minReady = Json.number(set, 0, "spec", "minReadySeconds");
        var next = set.deepCopy();
        var status = Json.child(next, "status");
        status.put("replicas", pods.size());
        Json.setOrRemove(status, "fullyLabeledReplicas", pods.size());
        Json.setOrRemove(
                status, "readyReplicas", pods.stream().filter(Desk::isReady).count());
        Json.setOrRemove(
                status,
                "availableReplicas",
                pods.stream().filter(p -> desk.isAvailable(p, minReady)).count());
        status.put("observedGeneration", Json.number(set, 0, "metadata", "generation"));
        if (failure.isEmpty()) {
            Conditions.remove(status, "ReplicaFailure");
        } else {
            fail(set, status, failure);
        }
        if (!Json.same(set, next)) {
            desk.updateStatus(next);
        }
    }

    private void fail(ObjectNode set, ObjectNode status, String failure) {
        if (Conditions.find(status, "ReplicaFailure").isMissingNode()) {
            desk.event(set, "Warning", "FailedCreate", "Error creating: " + failure);
        }
        Conditions.set(
                status,
                Json.object(
                        "type", "ReplicaFailure",
                        "status", "True",
                        "lastTransitionTime", desk.time(),
                        "reason", "FailedCreate",
                        "message", failure));
    }
}
