package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The few things that are done to JSON trees everywhere here. Objects are trees and not classes because a server has
/// to keep fields it does not know.
final class Json {

    static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /// Names and values in turn.
    static ObjectNode object(Object... namesAndValues) {
        var made = object();
        for (var i = 0; i < namesAndValues.length; i += 2) {
            made.set((String) namesAndValues[i], MAPPER.valueToTree(namesAndValues[i + 1]));
        }
        return made;
    }

    static ArrayNode array(List<? extends JsonNode> items) {
        return JsonNodeFactory.instance.arrayNode().addAll(items);
    }

    static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonNode parse(byte[] text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw ApiFailure.badRequest("the object provided is unrecognized: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What is there, or a missing node; never null.
    static JsonNode at(JsonNode node, String... path) {
        var here = node;
        for (var step : path) {
            here = here.path(step);
        }
        return here.isNull() ? MissingNode.getInstance() : here;
    }

    /// Empty if there is nothing.
    static String text(JsonNode node, String... path) {
        return at(node, path).asText("");
    }

    static long number(JsonNode node, long otherwise, String... path) {
        return at(node, path).asLong(otherwise);
    }

    /// The object there, made if it is missing.
    static ObjectNode child(ObjectNode node, String... path) {
        var here = node;
        for (var step : path) {
            here = here.get(step) instanceof ObjectNode there ? there : here.putObject(step);
        }
        return here;
    }

    static void whenMissing(ObjectNode node, String name, Object value) {
        if (!node.hasNonNull(name)) {
            node.set(name, MAPPER.valueToTree(value));
        }
    }

    static void eachObject(JsonNode list, Consumer<ObjectNode> what) {
        for (var item : list) {
            if (item instanceof ObjectNode object) {
                what.accept(object);
            }
        }
    }

    static Map<String, String> strings(JsonNode node) {
        var found = new TreeMap<String, String>();
        node.properties().forEach(p -> found.put(p.getKey(), p.getValue().asText()));
        return found;
    }

    static List<String> texts(JsonNode list) {
        var found = new ArrayList<String>();
        list.forEach(item -> found.add(item.asText()));
        return found;
    }

    static boolean listHas(JsonNode list, String text) {
        return texts(list).contains(text);
    }

    static void setOrRemove(ObjectNode node, String name, JsonNode value) {
        if (value.isMissingNode()) {
            node.remove(name);
        } else {
            node.set(name, value);
        }
    }

    /// Go leaves zeros out of most counters.
    static void setOrRemove(ObjectNode node, String name, long value) {
        if (value == 0) {
            node.remove(name);
        } else {
            node.put(name, value);
        }
    }

    /// Equal whatever the order of names and whether a number is an int or a long.
    static boolean same(JsonNode one, JsonNode other) {
        if (one.isNumber() && other.isNumber()) {
            return one.asDouble() == other.asDouble();
        }
        if (one.isObject() && other.isObject()) {
            return one.size() == other.size()
                    && one.properties().stream()
                            .allMatch(p -> other.has(p.getKey()) && same(p.getValue(), other.get(p.getKey())));
        }
        if (one.isArray() && other.isArray()) {
            return one.size() == other.size() && sameItems(one, other);
        }
        return one.equals(other) || (one.isMissingNode() && other.isMissingNode());
    }

    private static boolean sameItems(JsonNode one, JsonNode other) {
        for (var i = 0; i < one.size(); i++) {
            if (!same(one.get(i), other.get(i))) {
                return false;
            }
        }
        return true;
    }
}
