package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// Kubernetes' own kind of merge: lists with a merge key are merged item by item. It is what `kubectl patch`,
/// `kubectl apply` and most of the clients send by default.
record StrategicPatch(MergeKeys keys) {

    private static final String DIRECTIVE = "$patch";

    ObjectNode merge(ObjectNode target, ObjectNode patch) {
        if (Json.text(patch, DIRECTIVE).equals("replace")) {
            return cleaned(patch);
        }
        var merged = target.deepCopy();
        patch.properties().forEach(p -> member(merged, p.getKey(), p.getValue()));
        if (patch.has("$retainKeys")) {
            merged.retain(Json.texts(patch.get("$retainKeys")));
        }
        return merged;
    }

    private void member(ObjectNode into, String name, JsonNode value) {
        if (name.startsWith("$deleteFromPrimitiveList/")) {
            deletePrimitives(into, name.substring(name.indexOf('/') + 1), value);
        } else if (name.startsWith("$")) {
            return; // directives of the parent, and $setElementOrder, which only says in what order to show a list
        } else if (value.isNull()) {
            into.remove(name);
        } else if (value instanceof ObjectNode object
                && Json.text(object, DIRECTIVE).equals("delete")) {
            into.remove(name);
        } else if (value instanceof ObjectNode object) {
            into.set(name, merge(into.get(name) instanceof ObjectNode there ? there : Json.object(), object));
        } else if (value instanceof ArrayNode list) {
            into.set(
                    name, lists(into.get(name) instanceof ArrayNode there ? there : Json.array(List.of()), list, name));
        } else {
            into.set(name, value.deepCopy());
        }
    }

    private static void deletePrimitives(ObjectNode from, String name, JsonNode values) {
        if (from.get(name) instanceof ArrayNode list) {
            var gone = Json.texts(values);
            list.removeIf(item -> gone.contains(item.asText()));
            if (list.isEmpty()) {
                from.remove(name);
            }
        }
    }

    private ArrayNode lists(ArrayNode target, ArrayNode patch, String name) {
        if (MergeKeys.isSet(name)) {
            return union(target, patch);
        }
        var by = keys.forStrategic(name);
        return by.isEmpty() ? patch.deepCopy() : merge(target, patch, by);
    }

    private static ArrayNode union(ArrayNode target, ArrayNode patch) {
        var all = target.deepCopy();
        patch.forEach(item -> {
            if (!Json.listHas(all, item.asText())) {
                all.add(item);
            }
        });
        return all;
    }

    private ArrayNode merge(ArrayNode target, ArrayNode patch, List<String> by) {
        var replace = false;
        for (var item : patch) {
            replace |= Json.text(item, DIRECTIVE).equals("replace");
        }
        var merged = replace ? Json.array(List.of()) : target.deepCopy();
        Json.eachObject(patch, item -> item(merged, item, by));
        return merged;
    }

    private void item(ArrayNode into, ObjectNode item, List<String> by) {
        var there = MergeKeys.find(into, item, by);
        var directive = Json.text(item, DIRECTIVE);
        if (directive.equals("delete")) {
            into.removeIf(other -> other.equals(there));
        } else if (there != null) {
            var merged = merge(there, item);
            there.removeAll();
            there.setAll(merged);
        } else if (by.stream().allMatch(item::has)) {
            into.add(cleaned(item));
        } else if (!directive.equals("replace")) {
            throw ApiFailure.badRequest(
                    "map: %s does not contain declared merge key: %s".formatted(item, by.getFirst()));
        }
    }

    /// Added as it is, but without what was meant for us.
    private ObjectNode cleaned(ObjectNode patch) {
        var clean = patch.deepCopy();
        clean.remove(DIRECTIVE);
        return merge(Json.object(), clean);
    }
}
