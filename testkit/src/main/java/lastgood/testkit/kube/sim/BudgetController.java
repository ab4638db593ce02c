package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/// Counts what pod disruption budgets and quotas count.
record BudgetController(Desk desk) implements Controller {

    @Override
    public void tick() {
        desk.each("poddisruptionbudgets.policy", this::budget);
        desk.each("resourcequotas", this::quota);
    }

    private void budget(ObjectNode budget) {
        var guards = Selectors.ofWorkload(Json.at(budget, "spec", "selector"));
        var pods =
                desk.in("pods", Desk.namespace(budget)).stream().filter(guards).toList();
        var healthy = (int)
                pods.stream().filter(p -> !Desk.isDying(p) && Desk.isReady(p)).count();
        var min = Json.at(budget, "spec", "minAvailable");
        var max = Json.at(budget, "spec", "maxUnavailable");
        var wanted = min.isMissingNode()
                ? Math.max(0, pods.size() - RolloutLimits.count(max, pods.size(), true))
                : RolloutLimits.count(min, pods.size(), true);
        var next = budget.deepCopy();
        var status = Json.child(next, "status");
        Map.of(
                        "expectedPods",
                        pods.size(),
                        "currentHealthy",
                        healthy,
                        "desiredHealthy",
                        wanted,
                        "disruptionsAllowed",
                        Math.max(0, healthy - wanted))
                .forEach(status::put);
        status.put("observedGeneration", Json.number(budget, 0, "metadata", "generation"));
        if (!Json.same(budget, next)) {
            desk.updateStatus(next);
        }
    }

    private void quota(ObjectNode quota) {
        var next = quota.deepCopy();
        var status = Json.child(next, "status");
        status.set("hard", Json.at(quota, "spec", "hard"));
        var used = Json.object();
        for (var counted : new String[] {"pods", "count/pods"}) {
            if (Json.at(quota, "spec", "hard").has(counted)) {
                var pods = desk.in("pods", Desk.namespace(quota)).stream()
                        .filter(p -> !java.util.Set.of("Succeeded", "Failed").contains(Json.text(p, "status", "phase")))
                        .count();
                used.put(counted, Long.toString(pods));
            }
        }
        status.set("used", used);
        if (!Json.same(quota, next)) {
            desk.updateStatus(next);
        }
    }
}
