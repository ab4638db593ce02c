package lastgood.kubernetes.objects;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import lastgood.core.Digest;

/// Questions that can be asked of any object.
public final class Trees {

    /// The key that lastgood leaves on what it changed: `run/step`.
    public static final String MARK = "lastgood.dev/mark";

    /// Shown by `kubectl rollout history`.
    public static final String CHANGE_CAUSE = "kubernetes.io/change-cause";

    private static final ObjectMapper CANONICAL =
            new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

    private Trees() {}

    public static String name(JsonNode object) {
        return object.path("metadata").path("name").asText("");
    }

    public static String uid(JsonNode object) {
        return object.path("metadata").path("uid").asText("");
    }

    public static String annotation(JsonNode object, String key) {
        return object.path("metadata").path("annotations").path(key).asText("");
    }

    public static String label(JsonNode object, String key) {
        return object.path("metadata").path("labels").path(key).asText("");
    }

    public static boolean terminating(JsonNode object) {
        return object.path("metadata").hasNonNull("deletionTimestamp");
    }

    /// Whether the controller that owns it is that very object; a label proves nothing, a canary may share them all.
    public static boolean ownedBy(JsonNode object, String uid) {
        return items(object.path("metadata").path("ownerReferences"))
                .anyMatch(r -> r.path("controller").asBoolean()
                        && r.path("uid").asText().equals(uid));
    }

    public static java.util.stream.Stream<JsonNode> items(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    /// The condition of that type, or a missing node.
    public static JsonNode condition(JsonNode object, String type) {
        return items(object.path("status").path("conditions"))
                .filter(c -> c.path("type").asText().equals(type))
                .findFirst()
                .orElseGet(() -> com.fasterxml.jackson.databind.node.MissingNode.getInstance());
    }

    public static boolean is(JsonNode object, String conditionType) {
        return condition(object, conditionType).path("status").asText().equals("True");
    }

    public static SortedMap<String, String> texts(JsonNode map) {
        var texts = new TreeMap<String, String>();
        map.properties().forEach(e -> texts.put(e.getKey(), e.getValue().asText()));
        return texts;
    }

    /// `app=web,tier=front`: the match labels of a selector as the API wants them.
    public static String selector(JsonNode selector) {
        var parts = new java.util.ArrayList<String>();
        texts(selector.path("matchLabels")).forEach((k, v) -> parts.add(k + "=" + v));
        for (var expression : selector.path("matchExpressions")) {
            parts.add(expression(expression));
        }
        return String.join(",", parts);
    }

    private static String expression(JsonNode expression) {
        var key = expression.path("key").asText();
        var values = String.join(
                ",", items(expression.path("values")).map(JsonNode::asText).toList());
        return switch (expression.path("operator").asText()) {
            case "In" -> "%s in (%s)".formatted(key, values);
            case "NotIn" -> "%s notin (%s)".formatted(key, values);
            case "Exists" -> key;
            default -> "!" + key;
        };
    }

    /// The same content has the same digest, in whatever order its keys came.
    public static Digest digest(JsonNode tree) {
        return Digest.of(canonical(tree));
    }

    static String canonical(JsonNode tree) {
        try {
            // Through plain maps: Jackson orders the keys of maps, not those of trees.
            return CANONICAL.writeValueAsString(CANONICAL.treeToValue(tree, Object.class));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }

    /// Without the maps of that object that have nothing in them: absent and empty mean the same.
    static void dropIfEmpty(ObjectNode object, List<String> keys) {
        for (var key : keys) {
            var value = object.path(key);
            if (value.isNull() || (value.isContainerNode() && value.isEmpty())) {
                object.remove(key);
            }
        }
    }
}
