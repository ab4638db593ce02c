package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// Pod templates: compared, hashed and made into pods.
final class Templates {

    static final String HASH = "pod-template-hash";

    private Templates() {}

    static JsonNode of(JsonNode workload) {
        return Json.at(workload, "spec", "template");
    }

    /// The label that tells ReplicaSets apart is no part of what they run.
    static boolean same(JsonNode one, JsonNode other) {
        return Json.same(plain(one), plain(other));
    }

    private static JsonNode plain(JsonNode template) {
        if (!(template.deepCopy() instanceof ObjectNode copy)) {
            return template;
        }
        var metadata = Json.child(copy, "metadata");
        metadata.remove("creationTimestamp");
        Json.child(metadata, "labels").remove(HASH);
        return copy;
    }

    static String hash(JsonNode template, long collisions) {
        var sorted = Json.MAPPER.convertValue(plain(template), java.util.TreeMap.class);
        try {
            var writer = Json.MAPPER
                    .writer()
                    .with(com.fasterxml.jackson.databind.SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
            return Registry.hash(writer.writeValueAsString(sorted) + collisions);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static ObjectNode pod(ObjectNode owner, JsonNode template) {
        var metadata = Json.object("namespace", Desk.namespace(owner));
        for (var field : new String[] {"labels", "annotations", "finalizers"}) {
            Json.setOrRemove(
                    metadata, field, Json.at(template, "metadata", field).deepCopy());
        }
        metadata.set("ownerReferences", Json.array(java.util.List.of(Desk.ownedBy(owner))));
        return Json.object("apiVersion", "v1", "kind", "Pod", "metadata", metadata, "spec", template.path("spec"));
    }
}
