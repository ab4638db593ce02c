package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import lastgood.testkit.kube.sim.ApiFailure.Cause;

/// Structural schemas of custom resources, as far as definitions in the wild go: fields that are not in them vanish,
/// defaults appear, and the rest is checked.
final class Schema {

    private static final Set<String> ALWAYS = Set.of("apiVersion", "kind", "metadata");

    private Schema() {}

    static void pruneAndFill(ObjectNode object, JsonNode schema) {
        prune(object, schema, true);
        fill(object, schema);
    }

    private static void prune(JsonNode value, JsonNode schema, boolean root) {
        if (value.isArray()) {
            value.forEach(item -> prune(item, schema.path("items"), false));
        }
        if (!(value instanceof ObjectNode object)) {
            return;
        }
        var properties = schema.path("properties");
        var more = schema.path("additionalProperties");
        var keep = schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()
                || more.asBoolean()
                || more.isObject()
                || schema.isMissingNode();
        object.properties()
                .removeIf(p -> !keep
                        && !properties.has(p.getKey())
                        && !(root && ALWAYS.contains(p.getKey()))
                        && !schema.path("x-kubernetes-embedded-resource").asBoolean());
        object.properties().forEach(p -> {
            if (!(root && ALWAYS.contains(p.getKey()))) {
                prune(p.getValue(), properties.has(p.getKey()) ? properties.get(p.getKey()) : more, false);
            }
        });
    }

    private static void fill(JsonNode value, JsonNode schema) {
        if (value.isArray()) {
            value.forEach(item -> fill(item, schema.path("items")));
        }
        if (value instanceof ObjectNode object) {
            schema.path("properties").properties().forEach(p -> {
                if (!object.has(p.getKey()) && p.getValue().has("default")) {
                    object.set(p.getKey(), p.getValue().get("default").deepCopy());
                }
                if (object.has(p.getKey())) {
                    fill(object.get(p.getKey()), p.getValue());
                }
            });
        }
    }

    static List<Cause> wrong(ObjectNode object, JsonNode schema) {
        var found = new ArrayList<Cause>();
        members(object, schema, "", found);
        return found;
    }

    private static void check(JsonNode value, JsonNode schema, String path, List<Cause> found) {
        var type = Json.text(schema, "type");
        if (value.isNull() && schema.path("nullable").asBoolean()) {
            return;
        }
        if (!schema.path("x-kubernetes-int-or-string").asBoolean() && !isOf(type, value)) {
            found.add(invalid(path, value, "must be of type %s: \"%s\"".formatted(type, typeOf(value))));
            return;
        }
        scalar(value, schema, path, found);
        if (value instanceof ObjectNode object) {
            members(object, schema, path, found);
        }
        if (value.isArray()) {
            items(value, schema, path, found);
        }
    }

    private static void members(ObjectNode object, JsonNode schema, String path, List<Cause> found) {
        for (var name : Json.texts(schema.path("required"))) {
            if (!object.has(name)) {
                found.add(new Cause("FieldValueRequired", "Required value", joined(path, name)));
            }
        }
        object.properties().forEach(p -> {
            var property = schema.path("properties").path(p.getKey());
            var more = schema.path("additionalProperties");
            if (!property.isMissingNode()) {
                check(p.getValue(), property, joined(path, p.getKey()), found);
            } else if (more.isObject()) {
                check(p.getValue(), more, joined(path, p.getKey()), found);
            }
        });
    }

    private static void items(JsonNode list, JsonNode schema, String path, List<Cause> found) {
        if (schema.has("maxItems") && list.size() > schema.get("maxItems").asInt()) {
            found.add(invalid(path, list, "should have at most %s items".formatted(schema.get("maxItems"))));
        }
        if (schema.has("minItems") && list.size() < schema.get("minItems").asInt()) {
            found.add(invalid(path, list, "should have at least %s items".formatted(schema.get("minItems"))));
        }
        for (var i = 0; i < list.size(); i++) {
            check(list.get(i), schema.path("items"), "%s[%d]".formatted(path, i), found);
        }
    }

    private static void scalar(JsonNode value, JsonNode schema, String path, List<Cause> found) {
        if (schema.has("enum") && Json.texts(schema.get("enum")).stream().noneMatch(value.asText()::equals)) {
            var supported = Json.texts(schema.get("enum")).stream()
                    .map(v -> '"' + v + '"')
                    .toList();
            var message = "Unsupported value: %s: supported values: %s".formatted(value, String.join(", ", supported));
            found.add(new Cause("FieldValueNotSupported", message, path));
        }
        if (schema.has("pattern")
                && value.isTextual()
                && !Pattern.compile(schema.get("pattern").asText())
                        .matcher(value.asText())
                        .find()) {
            found.add(invalid(
                    path,
                    value,
                    "should match '%s'".formatted(schema.get("pattern").asText())));
        }
        range(value, schema, path, found);
    }

    private static void range(JsonNode value, JsonNode schema, String path, List<Cause> found) {
        if (value.isNumber()) {
            if (schema.has("minimum")
                    && value.asDouble() < schema.get("minimum").asDouble()) {
                found.add(invalid(path, value, "should be greater than or equal to " + schema.get("minimum")));
            }
            if (schema.has("maximum")
                    && value.asDouble() > schema.get("maximum").asDouble()) {
                found.add(invalid(path, value, "should be less than or equal to " + schema.get("maximum")));
            }
        }
        if (value.isTextual()) {
            if (value.asText().length() < schema.path("minLength").asInt(0)) {
                found.add(invalid(path, value, "should be at least %s chars long".formatted(schema.get("minLength"))));
            }
            if (value.asText().length() > schema.path("maxLength").asInt(Integer.MAX_VALUE)) {
                found.add(invalid(path, value, "should be at most %s chars long".formatted(schema.get("maxLength"))));
            }
        }
    }

    private static Cause invalid(String path, JsonNode value, String what) {
        return new Cause(
                "FieldValueInvalid",
                "Invalid value: %s: %s in body %s".formatted(shown(value, what), path, what),
                path);
    }

    /// For a wrong type the real server shows the type instead of the value.
    private static String shown(JsonNode value, String what) {
        return what.startsWith("must be of type") ? '"' + typeOf(value) + '"' : value.toString();
    }

    private static String joined(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static boolean isOf(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> true;
        };
    }

    private static String typeOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case STRING -> "string";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            case BOOLEAN -> "boolean";
            default -> "null";
        };
    }
}
