package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// Keeps a workload between an autoscaler's bounds; without metrics it wants nothing else. At 0 replicas it is off.
record AutoscalerController(Desk desk) implements Controller {

    @Override
    public void tick() {
        desk.each("horizontalpodautoscalers.autoscaling", this::sync);
    }

    private void sync(ObjectNode scaler) {
        var reference = Json.at(scaler, "spec", "scaleTargetRef");
        var resource = desk.catalog().ofKind(Json.text(reference, "apiVersion"), Json.text(reference, "kind"));
        if (resource == null || Desk.isDying(scaler)) {
            return;
        }
        var target = desk.find(resource.qualified(), Desk.namespace(scaler), Json.text(reference, "name"));
        if (target != null) {
            scale(scaler, target);
        }
    }

    private void scale(ObjectNode scaler, ObjectNode target) {
        var now = Desk.replicas(target);
        var min = (int) Json.number(scaler, 1, "spec", "minReplicas");
        var max = (int) Json.number(scaler, min, "spec", "maxReplicas");
        var wanted = now == 0 ? 0 : Math.clamp(now, min, Math.max(min, max));
        if (wanted != now) {
            var next = target.deepCopy();
            Json.child(next, "spec").put("replicas", wanted);
            desk.update(next);
        }
        var next = scaler.deepCopy();
        var status = Json.child(next, "status");
        status.put("currentReplicas", Desk.status(target, "replicas"));
        status.put("desiredReplicas", wanted);
        if (!Json.same(scaler, next)) {
            desk.updateStatus(next);
        }
    }
}
