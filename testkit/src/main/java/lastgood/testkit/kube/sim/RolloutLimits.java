package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;

/// How far a rollout may go over and under the wanted number of pods.
record RolloutLimits(int surge, int unavailable) {

    static RolloutLimits of(JsonNode deployment) {
        var strategy = Json.at(deployment, "spec", "strategy");
        if (!Json.text(strategy, "type").equals("RollingUpdate")) {
            return new RolloutLimits(0, 0);
        }
        var wanted = Desk.replicas(deployment);
        var surge = count(Json.at(strategy, "rollingUpdate", "maxSurge"), wanted, true);
        var unavailable = count(Json.at(strategy, "rollingUpdate", "maxUnavailable"), wanted, false);
        // with neither nothing would ever move
        return surge == 0 && unavailable == 0
                ? new RolloutLimits(0, 1)
                : new RolloutLimits(surge, Math.min(unavailable, wanted));
    }

    /// A number, or a percentage of the whole.
    static int count(JsonNode value, int whole, boolean up) {
        if (!value.isTextual()) {
            return value.asInt(0);
        }
        var share = whole * Double.parseDouble(value.asText().replace("%", "")) / 100;
        return (int) (up ? Math.ceil(share) : Math.floor(share));
    }
}
