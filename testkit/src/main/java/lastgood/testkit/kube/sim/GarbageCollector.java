package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Deletes what has lost all its owners, and carries out the two slow ways of deleting an owner.
record GarbageCollector(Desk desk) implements Controller {

    @Override
    public void tick() {
        var all = everything();
        var owners = new HashMap<String, ObjectNode>();
        all.forEach(object -> owners.put(Desk.uid(object), object));
        all.forEach(object -> desk.attempt(() -> {
            if (Desk.isDying(object)) {
                finish(object, all);
            } else {
                collect(object, owners);
            }
        }));
    }

    private List<ObjectNode> everything() {
        var all = new ArrayList<ObjectNode>();
        desk.catalog().all().stream()
                .filter(r -> !r.qualified().equals("events"))
                .forEach(r -> all.addAll(desk.all(r.qualified())));
        return all;
    }

    private void collect(ObjectNode object, Map<String, ObjectNode> owners) {
        var references = Json.at(object, "metadata", "ownerReferences");
        var alive = 0;
        var foreground = false;
        for (var reference : references) {
            var owner = owners.get(Json.text(reference, "uid"));
            if (owner != null && !waits(owner, Registry.FOREGROUND)) {
                alive++;
            }
            foreground |= owner != null && waits(owner, Registry.FOREGROUND);
        }
        if (!references.isEmpty() && alive == 0) {
            desk.delete(object, foreground && hasDependents(object) ? "Foreground" : "Background");
        }
    }

    private boolean hasDependents(ObjectNode object) {
        return everything().stream().anyMatch(dependent -> owns(object, dependent));
    }

    private static boolean waits(JsonNode object, String finalizer) {
        return Json.listHas(Json.at(object, "metadata", "finalizers"), finalizer);
    }

    private static boolean owns(ObjectNode owner, ObjectNode dependent) {
        for (var reference : Json.at(dependent, "metadata", "ownerReferences")) {
            if (Json.text(reference, "uid").equals(Desk.uid(owner))) {
                return true;
            }
        }
        return false;
    }

    private void finish(ObjectNode dying, List<ObjectNode> all) {
        var dependents = all.stream().filter(o -> owns(dying, o)).toList();
        if (waits(dying, Registry.ORPHAN)) {
            dependents.forEach(o -> letGo(dying, o));
            withoutFinalizer(dying, Registry.ORPHAN);
        } else if (waits(dying, Registry.FOREGROUND) && dependents.isEmpty()) {
            withoutFinalizer(dying, Registry.FOREGROUND);
        }
    }

    private void letGo(ObjectNode owner, ObjectNode object) {
        var orphan = object.deepCopy();
        if (Json.at(orphan, "metadata", "ownerReferences") instanceof ArrayNode list) {
            list.removeIf(r -> Json.text(r, "uid").equals(Desk.uid(owner)));
            if (list.isEmpty()) {
                Json.child(orphan, "metadata").remove("ownerReferences");
            }
            desk.update(orphan);
        }
    }

    private void withoutFinalizer(ObjectNode object, String finalizer) {
        var next = object.deepCopy();
        if (Json.at(next, "metadata", "finalizers") instanceof ArrayNode list) {
            list.removeIf(f -> f.asText().equals(finalizer));
            if (list.isEmpty()) {
                Json.child(next, "metadata").remove("finalizers");
            }
        }
        desk.update(next);
    }
}
