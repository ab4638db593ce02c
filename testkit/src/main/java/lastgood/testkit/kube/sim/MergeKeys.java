package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which lists are really maps: by the keys of their items two patches can meet without treading on each other. Lists
/// of custom resources are plain values.
record MergeKeys(String kind, boolean custom) {

    static MergeKeys of(Resource resource) {
        return new MergeKeys(resource.kind(), resource.isCustom());
    }

    /// Empty for a list that is replaced as a whole.
    List<String> of(String field) {
        if (custom) {
            return List.of();
        }
        return switch (field) {
            case "containers",
                    "initContainers",
                    "ephemeralContainers",
                    "env",
                    "volumes",
                    "imagePullSecrets",
                    "secrets" -> List.of("name");
            case "volumeMounts" -> List.of("mountPath");
            case "volumeDevices" -> List.of("devicePath");
            case "conditions" -> List.of("type");
            case "ownerReferences" -> List.of("uid");
            case "hostAliases" -> List.of("ip");
            case "topologySpreadConstraints" -> List.of("topologyKey", "whenUnsatisfiable");
            case "ports" -> ports();
            default -> List.of();
        };
    }

    private List<String> ports() {
        return switch (kind) {
            case "Service" -> List.of("port", "protocol");
            case "Endpoints", "EndpointSlice" -> List.of();
            default -> List.of("containerPort", "protocol");
        };
    }

    /// Strategic merge knows one key for each list; only server-side apply tells a TCP from a UDP port.
    List<String> forStrategic(String field) {
        var keys = of(field);
        return keys.size() > 1 ? keys.subList(0, 1) : keys;
    }

    /// Lists whose items are values of a set.
    static boolean isSet(String field) {
        return field.equals("finalizers");
    }

    static @Nullable ObjectNode find(ArrayNode list, ObjectNode like, List<String> keys) {
        for (var item : list) {
            if (item instanceof ObjectNode object && same(object, like, keys)) {
                return object;
            }
        }
        return null;
    }

    private static boolean same(ObjectNode one, ObjectNode other, List<String> keys) {
        return keys.stream().allMatch(key -> value(one, key).equals(value(other, key)));
    }

    static JsonNode value(ObjectNode item, String key) {
        var value = Json.at(item, key);
        return value.isMissingNode() && key.equals("protocol")
                ? com.fasterxml.jackson.databind.node.TextNode.valueOf("TCP")
                : value;
    }
}
