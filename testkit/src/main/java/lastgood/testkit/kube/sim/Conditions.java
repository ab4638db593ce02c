package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// The list of conditions in a status.
final class Conditions {

    private Conditions() {}

    /// As the real helpers do it: the same status and reason change nothing, the same status keeps its time of
    /// transition.
    static void set(ObjectNode status, ObjectNode condition) {
        var type = Json.text(condition, "type");
        var there = find(status, type);
        var sameStatus = Json.text(there, "status").equals(Json.text(condition, "status"));
        if (sameStatus && Json.text(there, "reason").equals(Json.text(condition, "reason"))) {
            return;
        }
        if (sameStatus) {
            condition.set("lastTransitionTime", there.get("lastTransitionTime"));
        }
        remove(status, type);
        list(status).add(condition);
    }

    static void remove(ObjectNode status, String type) {
        if (status.get("conditions") instanceof ArrayNode list) {
            list.removeIf(c -> Json.text(c, "type").equals(type));
            if (list.isEmpty()) {
                status.remove("conditions");
            }
        }
    }

    static JsonNode find(JsonNode status, String type) {
        return Desk.condition(Json.object("status", status), type);
    }

    private static ArrayNode list(ObjectNode status) {
        if (!(status.get("conditions") instanceof ArrayNode)) {
            status.set("conditions", Json.array(List.of()));
        }
        return (ArrayNode) status.get("conditions");
    }
}
