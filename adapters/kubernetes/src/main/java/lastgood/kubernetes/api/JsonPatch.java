package lastgood.kubernetes.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.TextNode;

/// A JSON patch (RFC 6902) that only applies to the very object that was seen: it begins by testing its
/// `resourceVersion`, and the server refuses all of it if that has changed.
public final class JsonPatch {

    private final ArrayNode operations = Api.JSON.createArrayNode();

    private JsonPatch() {}

    /// Changes this object and no later state of it.
    public static JsonPatch of(JsonNode seen) {
        return new JsonPatch()
                .test("/metadata/uid", seen.path("metadata").path("uid"))
                .test("/metadata/resourceVersion", seen.path("metadata").path("resourceVersion"));
    }

    private JsonPatch test(String pointer, JsonNode value) {
        return add("test", pointer, value);
    }

    /// Sets what is there or not there yet; what it lies in must be there.
    public JsonPatch set(String pointer, JsonNode value) {
        return add("add", pointer, value);
    }

    public JsonPatch set(String pointer, String value) {
        return set(pointer, TextNode.valueOf(value));
    }

    public JsonPatch set(String pointer, boolean value) {
        return set(pointer, Api.JSON.getNodeFactory().booleanNode(value));
    }

    public JsonPatch set(String pointer, int value) {
        return set(pointer, Api.JSON.getNodeFactory().numberNode(value));
    }

    public JsonPatch remove(String pointer) {
        operations.addObject().put("op", "remove").put("path", pointer);
        return this;
    }

    /// Sets one annotation and leaves all others as they are: other tools keep their records there.
    public JsonPatch annotate(JsonNode seen, String key, String value) {
        if (!seen.path("metadata").path("annotations").isObject() && !text().contains("\"/metadata/annotations\"")) {
            set("/metadata/annotations", Api.JSON.createObjectNode());
        }
        return set("/metadata/annotations/" + escape(key), value);
    }

    private JsonPatch add(String op, String pointer, JsonNode value) {
        operations.addObject().put("op", op).put("path", pointer).set("value", value);
        return this;
    }

    /// One step of a pointer.
    public static String escape(String step) {
        return step.replace("~", "~0").replace("/", "~1");
    }

    String text() {
        return operations.toString();
    }
}
