package lastgood.kubernetes.evidence;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import lastgood.core.Redaction;
import lastgood.kubernetes.api.Api;

/// Takes secrets out of objects. In a tree it is known what is a name and what is a value, so a value can go because
/// of its name; and what is left is still JSON.
final class CleanTrees {

    /// Names of secrets that say where one is, not what it is.
    private static final Set<String> REFERENCES = Set.of(
            "secretname",
            "secretref",
            "secretkeyref",
            "imagepullsecrets",
            "automountserviceaccounttoken",
            "serviceaccounttoken",
            "secret");

    private final Redaction redaction;

    CleanTrees(Redaction redaction) {
        this.redaction = redaction;
    }

    /// A copy without secrets and without `managedFields`, which only say who wrote what.
    JsonNode clean(JsonNode object) {
        var copy = object.deepCopy();
        if (copy.path("metadata") instanceof ObjectNode meta) {
            meta.remove("managedFields");
        }
        return value(copy);
    }

    private JsonNode value(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> object(object);
            case ArrayNode array -> {
                for (var i = 0; i < array.size(); i++) {
                    array.set(i, value(array.get(i)));
                }
                yield array;
            }
            case TextNode text -> TextNode.valueOf(text(text.asText()));
            default -> node;
        };
    }

    private JsonNode object(ObjectNode object) {
        var secretByName = object.path("name").isTextual()
                && Redaction.namesASecret(object.path("name").asText());
        for (var name : List.copyOf(keys(object))) {
            var child = object.get(name);
            var hidden = Redaction.namesASecret(name) && !REFERENCES.contains(name.toLowerCase(Locale.ROOT));
            if ((hidden || (secretByName && name.equals("value"))) && child.isValueNode() && !child.isBoolean()) {
                object.put(name, Redaction.STARS);
            } else {
                object.set(name, value(child));
            }
            // A secret may be somebody's key.
            var cleanName = redaction.clean(name);
            if (!cleanName.equals(name)) {
                object.set(cleanName, object.remove(name));
            }
        }
        return object;
    }

    private static List<String> keys(ObjectNode object) {
        return object.properties().stream().map(java.util.Map.Entry::getKey).toList();
    }

    /// An object in an annotation (`last-applied-configuration`) is an object.
    private String text(String text) {
        if (text.startsWith("{") || text.startsWith("[")) {
            try {
                return value(Api.JSON.readTree(text)).toString();
            } catch (JsonProcessingException _) {
                // it only begins like one
            }
        }
        return redaction.clean(text);
    }
}
