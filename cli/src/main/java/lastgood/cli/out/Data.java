package lastgood.cli.out;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Output for scripts: JSON, or the same as YAML. Fields are only ever added.
public final class Data {

    public static final String API_VERSION = "lastgood.dev/v1";

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Data() {}

    /// A document of that kind, to be filled.
    public static ObjectNode document(String kind) {
        return object().put("apiVersion", API_VERSION).put("kind", kind);
    }

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static ArrayNode array(List<? extends JsonNode> items) {
        return JsonNodeFactory.instance.arrayNode().addAll(List.copyOf(items));
    }

    public static ArrayNode texts(List<String> items) {
        var array = JsonNodeFactory.instance.arrayNode();
        items.forEach(array::add);
        return array;
    }

    public static String text(JsonNode node, Format format) {
        return format == Format.YAML ? String.join("\n", yaml(node, "")) : json(node);
    }

    public static String json(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }

    public static JsonNode parse(String text) throws JsonProcessingException {
        return JSON.readTree(text);
    }

    /// Block style; scalars as JSON writes them, which is YAML too.
    private static List<String> yaml(JsonNode node, String indent) {
        var lines = new ArrayList<String>();
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                member(lines, indent + key(field.getKey()) + ":", field.getValue(), indent + "  ");
            }
        } else if (node.isArray()) {
            node.forEach(item -> {
                var below = yaml(item, indent + "  ");
                if (item.isValueNode() || item.isEmpty()) {
                    lines.add(indent + "- " + scalar(item));
                } else {
                    lines.add(indent + "- " + below.getFirst().stripLeading());
                    lines.addAll(below.subList(1, below.size()));
                }
            });
        } else {
            lines.add(indent + scalar(node));
        }
        return lines;
    }

    private static void member(List<String> lines, String head, JsonNode value, String indent) {
        if (value.isValueNode() || value.isEmpty()) {
            lines.add(head + " " + scalar(value));
        } else {
            lines.add(head);
            lines.addAll(yaml(value, indent));
        }
    }

    private static String key(String name) {
        return name.matches("[A-Za-z][A-Za-z0-9_-]*")
                ? name
                : JsonNodeFactory.instance.textNode(name).toString();
    }

    private static String scalar(JsonNode node) {
        return node.toString();
    }
}
