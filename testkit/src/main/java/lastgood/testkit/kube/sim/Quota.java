package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/// ResourceQuotas on the number of pods: the usual reason for a rollout that gets stuck with nothing wrong in it.
record Quota(Store store) {

    private static final List<String> COUNTED = List.of("pods", "count/pods");

    void requireRoomFor(Resource pods, ObjectNode pod) {
        var namespace = Json.text(pod, "metadata", "namespace");
        for (var quota : store.list("resourcequotas", namespace)) {
            for (var counted : COUNTED) {
                var hard = Json.at(quota, "spec", "hard", counted);
                var used = used(namespace);
                if (!hard.isMissingNode() && used + 1 > hard.asLong()) {
                    throw ApiFailure.forbidden(
                            pods,
                            Json.text(pod, "metadata", "name"),
                            "exceeded quota: %s, requested: %s=1, used: %s=%d, limited: %s=%d"
                                    .formatted(
                                            Json.text(quota, "metadata", "name"),
                                            counted,
                                            counted,
                                            used,
                                            counted,
                                            hard.asLong()));
                }
            }
        }
    }

    long used(String namespace) {
        return store.list("pods", namespace).stream().filter(Quota::counts).count();
    }

    private static boolean counts(JsonNode pod) {
        return !Set.of("Succeeded", "Failed").contains(Json.text(pod, "status", "phase"));
    }
}
