package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// The same object in another API version. Only autoscalers differ in more than the name of the version.
final class Conversion {

    private Conversion() {}

    static ObjectNode to(Resource resource, String version, ObjectNode object) {
        var wanted = resource.apiVersion(version);
        if (Json.text(object, "apiVersion").equals(wanted)) {
            return object;
        }
        var converted = object.deepCopy().put("apiVersion", wanted);
        if (resource.kind().equals("HorizontalPodAutoscaler")) {
            autoscaler(version, Json.child(converted, "spec"));
        }
        return converted;
    }

    private static void autoscaler(String version, ObjectNode spec) {
        if (version.equals("v1") && spec.has("metrics")) {
            var percent = percent(spec.path("metrics"));
            spec.remove("metrics");
            Json.setOrRemove(spec, "targetCPUUtilizationPercentage", percent);
        }
        if (version.equals("v2") && spec.has("targetCPUUtilizationPercentage")) {
            var target = Json.object("type", "Utilization");
            target.set("averageUtilization", spec.remove("targetCPUUtilizationPercentage"));
            var resource = Json.object("name", "cpu", "target", target);
            spec.set("metrics", Json.array(List.of(Json.object("type", "Resource", "resource", resource))));
        }
    }

    private static JsonNode percent(JsonNode metrics) {
        for (var metric : metrics) {
            if (Json.text(metric, "resource", "name").equals("cpu")) {
                return Json.at(metric, "resource", "target", "averageUtilization");
            }
        }
        return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    }
}
