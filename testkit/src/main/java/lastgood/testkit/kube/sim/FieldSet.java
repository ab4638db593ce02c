package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/// Sets of fields, written as `fieldsV1` is: `f:name` for a member, `k:{"name":"web"}` for the item of a keyed list,
/// `v:"x"` for the member of a set, an empty object for a leaf.
final class FieldSet {

    private static final String SELF = ".";
    /// These belong to the server.
    private static final Set<String> NOT_OWNED = Set.of(
            "name",
            "generateName",
            "namespace",
            "uid",
            "resourceVersion",
            "generation",
            "selfLink",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "managedFields");

    private FieldSet() {}

    /// Everything that the object says.
    static ObjectNode of(ObjectNode object, MergeKeys keys) {
        return members(ownable(object), keys);
    }

    /// What is in the second and was not, or not the same, in the first.
    static ObjectNode changed(ObjectNode before, ObjectNode after, MergeKeys keys) {
        return changedMembers(ownable(before), ownable(after), keys);
    }

    private static ObjectNode ownable(ObjectNode object) {
        var copy = object.deepCopy();
        copy.remove(List.of("apiVersion", "kind"));
        if (copy.get("metadata") instanceof ObjectNode metadata) {
            metadata.remove(NOT_OWNED);
        }
        copy.properties().removeIf(p -> p.getValue().isEmpty() && p.getValue().isObject());
        return copy;
    }

    private static ObjectNode members(ObjectNode object, MergeKeys keys) {
        var set = Json.object();
        object.properties().forEach(p -> {
            // a template's creationTimestamp is null for ever and nobody's
            if (!p.getValue().isNull()) {
                set.set("f:" + p.getKey(), value(p.getKey(), p.getValue(), keys));
            }
        });
        return set;
    }

    private static ObjectNode value(String name, JsonNode value, MergeKeys keys) {
        if (value instanceof ObjectNode object) {
            return members(object, keys);
        }
        var set = Json.object();
        if (value instanceof ArrayNode list) {
            eachItem(name, list, keys, (key, item) -> set.set(key, item(item, keys)));
        }
        return set;
    }

    private static ObjectNode item(JsonNode item, MergeKeys keys) {
        if (!(item instanceof ObjectNode object)) {
            return Json.object();
        }
        var set = Json.object(SELF, Json.object());
        set.setAll(members(object, keys));
        return set;
    }

    /// Nothing is called for a list that is a plain value.
    private static void eachItem(String name, ArrayNode list, MergeKeys keys, BiConsumer<String, JsonNode> what) {
        if (MergeKeys.isSet(name)) {
            list.forEach(item -> what.accept("v:" + item, item));
            return;
        }
        var by = keys.of(name);
        if (!by.isEmpty()) {
            Json.eachObject(list, item -> what.accept(key(item, by), item));
        }
    }

    private static String key(ObjectNode item, List<String> by) {
        var key = Json.object();
        by.forEach(name -> key.set(name, MergeKeys.value(item, name)));
        return "k:" + key;
    }

    private static ObjectNode changedMembers(ObjectNode before, ObjectNode after, MergeKeys keys) {
        var set = Json.object();
        after.properties().forEach(p -> {
            var name = p.getKey();
            var old = before.path(name);
            if (!p.getValue().isNull() && !Json.same(old, p.getValue())) {
                set.set("f:" + name, changedValue(name, old, p.getValue(), keys));
            }
        });
        return set;
    }

    private static ObjectNode changedValue(String name, JsonNode before, JsonNode after, MergeKeys keys) {
        if (before instanceof ObjectNode old && after instanceof ObjectNode now) {
            return changedMembers(old, now, keys);
        }
        if (before instanceof ArrayNode old && after instanceof ArrayNode now) {
            return changedItems(name, old, now, keys);
        }
        return value(name, after, keys);
    }

    private static ObjectNode changedItems(String name, ArrayNode before, ArrayNode after, MergeKeys keys) {
        var old = Json.object();
        eachItem(name, before, keys, old::set);
        var set = Json.object();
        eachItem(name, after, keys, (key, item) -> {
            if (old.get(key) instanceof ObjectNode was && item instanceof ObjectNode now) {
                if (!Json.same(was, now)) {
                    set.set(key, changedMembers(was, now, keys));
                }
            } else if (!old.has(key)) {
                set.set(key, item(item, keys));
            }
        });
        return set;
    }

    static boolean isEmpty(ObjectNode set) {
        return set.isEmpty();
    }

    static ObjectNode union(ObjectNode one, ObjectNode other) {
        var all = one.deepCopy();
        other.properties().forEach(p -> {
            var there = all.get(p.getKey());
            var more = (ObjectNode) p.getValue();
            all.set(p.getKey(), there instanceof ObjectNode set ? union(set, more) : more.deepCopy());
        });
        return all;
    }

    /// What is left of the first without the leaves of the second.
    static ObjectNode minus(ObjectNode one, ObjectNode other) {
        var left = Json.object();
        one.properties().forEach(p -> {
            var set = (ObjectNode) p.getValue();
            if (!(other.get(p.getKey()) instanceof ObjectNode gone)) {
                left.set(p.getKey(), set.deepCopy());
            } else if (!set.isEmpty() && !gone.isEmpty()) {
                var rest = minus(set, gone);
                if (!rest.isEmpty()) {
                    left.set(p.getKey(), rest);
                }
            }
        });
        return left;
    }

    static ObjectNode both(ObjectNode one, ObjectNode other) {
        var common = Json.object();
        one.properties().forEach(p -> {
            var set = (ObjectNode) p.getValue();
            if (other.get(p.getKey()) instanceof ObjectNode there) {
                if (set.isEmpty() && there.isEmpty()) {
                    common.set(p.getKey(), Json.object());
                    return;
                }
                var deeper = both(set, there);
                if (!deeper.isEmpty()) {
                    common.set(p.getKey(), deeper);
                }
            }
        });
        return common;
    }

    /// The leaves as people read them: `.spec.template.spec.containers[name="web"].image`. That an item is there at all
    /// is nobody's conflict.
    static List<String> paths(ObjectNode set) {
        var found = new ArrayList<String>();
        paths(set, "", found);
        return found;
    }

    private static void paths(ObjectNode set, String path, List<String> found) {
        set.properties().forEach(p -> {
            var name = p.getKey();
            if (name.equals(SELF)) {
                return;
            }
            var here = path + readable(name);
            if (p.getValue().isEmpty()) {
                found.add(here);
            } else {
                paths((ObjectNode) p.getValue(), here, found);
            }
        });
    }

    private static String readable(String element) {
        if (element.startsWith("f:")) {
            return "." + element.substring(2);
        }
        if (element.startsWith("v:")) {
            return "[=%s]".formatted(element.substring(2));
        }
        var key = (ObjectNode) Json.parse(element.substring(2).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        var parts = key.properties().stream()
                .map(p -> p.getKey() + "=" + p.getValue())
                .toList();
        return "[" + String.join(",", parts) + "]";
    }

    /// Takes these fields out of the object.
    static void remove(ObjectNode object, ObjectNode set, MergeKeys keys) {
        set.properties().forEach(p -> {
            var name = p.getKey();
            if (!name.startsWith("f:")) {
                return;
            }
            var member = name.substring(2);
            var deeper = (ObjectNode) p.getValue();
            if (deeper.isEmpty()) {
                object.remove(member);
            } else if (object.get(member) instanceof ObjectNode there) {
                remove(there, deeper, keys);
            } else if (object.get(member) instanceof ArrayNode list) {
                removeItems(member, list, deeper, keys);
            }
        });
    }

    private static void removeItems(String name, ArrayNode list, ObjectNode set, MergeKeys keys) {
        eachItem(name, list.deepCopy(), keys, (key, item) -> {
            if (!(set.get(key) instanceof ObjectNode deeper)) {
                return;
            }
            if (!(item instanceof ObjectNode object) || deeper.has(SELF)) {
                list.removeIf(other -> other.equals(item));
                return;
            }
            var there = MergeKeys.find(list, object, keys.of(name));
            if (there != null) {
                remove(there, deeper, keys);
            }
        });
    }

    /// The applied laid over the live one.
    static ObjectNode merged(ObjectNode live, ObjectNode applied, MergeKeys keys) {
        var merged = live.deepCopy();
        applied.properties().forEach(p -> {
            var name = p.getKey();
            var value = p.getValue();
            if (value.isNull()) {
                return;
            }
            if (value instanceof ObjectNode object) {
                merged.set(
                        name,
                        merged(merged.get(name) instanceof ObjectNode there ? there : Json.object(), object, keys));
            } else if (value instanceof ArrayNode list && merged.get(name) instanceof ArrayNode there) {
                merged.set(name, mergedItems(name, there, list, keys));
            } else {
                merged.set(name, value.deepCopy());
            }
        });
        return merged;
    }

    private static ArrayNode mergedItems(String name, ArrayNode live, ArrayNode applied, MergeKeys keys) {
        var by = keys.of(name);
        if (by.isEmpty() && !MergeKeys.isSet(name)) {
            return applied.deepCopy();
        }
        var merged = live.deepCopy();
        for (var item : applied) {
            var there = item instanceof ObjectNode like ? MergeKeys.find(merged, like, by) : null;
            if (there != null && item instanceof ObjectNode object) {
                there.setAll(merged(there, object, keys));
            } else if (item.isObject() || !Json.listHas(merged, item.asText())) {
                merged.add(item.deepCopy());
            }
        }
        return merged;
    }
}
