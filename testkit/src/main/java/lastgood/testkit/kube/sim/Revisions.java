package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// The history of StatefulSets and DaemonSets. A template that comes back gets the revision it had, with a new number.
record Revisions(Desk desk) {

    static final String HASH = "controller-revision-hash";
    private static final String RESOURCE = "controllerrevisions.apps";

    /// Oldest first.
    List<ObjectNode> of(ObjectNode owner) {
        return desk.claimed(owner, RESOURCE).stream()
                .sorted(Comparator.comparingLong(r -> r.path("revision").asLong()))
                .toList();
    }

    /// The one of the template that is wanted now.
    ObjectNode current(ObjectNode owner) {
        var all = of(owner);
        var data = data(owner);
        var next = all.isEmpty() ? 1 : all.getLast().path("revision").asLong() + 1;
        for (var i = all.size() - 1; i >= 0; i--) {
            var revision = all.get(i);
            if (Json.same(revision.path("data"), data)) {
                return i == all.size() - 1 ? revision : renumbered(revision, next);
            }
        }
        return create(owner, data, next);
    }

    private ObjectNode renumbered(ObjectNode revision, long number) {
        return desk.update(revision.deepCopy().put("revision", number));
    }

    private ObjectNode create(ObjectNode owner, ObjectNode data, long number) {
        var template = (ObjectNode) Templates.of(owner);
        var hash = Templates.hash(template, Json.number(owner, 0, "status", "collisionCount"));
        var labels = Json.at(template, "metadata", "labels").isObject()
                ? (ObjectNode) Json.at(template, "metadata", "labels").deepCopy()
                : Json.object();
        labels.put(HASH, hash);
        var metadata = Json.object(
                "name",
                Desk.name(owner) + "-" + hash,
                "namespace",
                Desk.namespace(owner),
                "labels",
                labels,
                "ownerReferences",
                Json.array(List.of(Desk.ownedBy(owner))));
        Json.setOrRemove(
                metadata,
                "annotations",
                Json.at(owner, "metadata", "annotations").deepCopy());
        return desk.create(Json.object(
                "apiVersion",
                "apps/v1",
                "kind",
                "ControllerRevision",
                "metadata",
                metadata,
                "data",
                data,
                "revision",
                number));
    }

    private static ObjectNode data(ObjectNode owner) {
        var template = (ObjectNode) Templates.of(owner).deepCopy();
        template.put("$patch", "replace");
        return Json.object("spec", Json.object("template", template));
    }

    static JsonNode template(ObjectNode revision) {
        var template =
                (ObjectNode) Json.at(revision, "data", "spec", "template").deepCopy();
        template.remove("$patch");
        return template;
    }

    /// Which revision a pod is of. A StatefulSet's pod bears the whole name, a DaemonSet's only the hash.
    static String hash(JsonNode object) {
        return Desk.label(object, HASH);
    }

    void cleanUp(ObjectNode owner, Set<String> live) {
        var limit = (int) Json.number(owner, 10, "spec", "revisionHistoryLimit");
        var idle = of(owner).stream()
                .filter(r -> !live.contains(Desk.name(r)) && !live.contains(hash(r)))
                .toList();
        idle.stream().limit(Math.max(0, idle.size() - limit)).forEach(r -> desk.delete(r, "Background"));
    }
}
