package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import lastgood.testkit.kube.sim.Registry.Intent;
import org.jspecify.annotations.Nullable;

/// From where controllers look at the world and change it. Like real ones they come in through the API's rules, under
/// names of their own.
final class Desk {

    static final String MANAGER = "kube-controller-manager";

    private final Registry registry;
    private volatile @Nullable ApiFailure lastRefusal;

    Desk(Registry registry) {
        this.registry = registry;
    }

    Instant now() {
        return registry.now();
    }

    String time() {
        return registry.time();
    }

    String randomName(int letters) {
        return registry.randomName(letters);
    }

    Catalog catalog() {
        return registry.catalog();
    }

    List<ObjectNode> all(String resource) {
        return registry.store().list(resource, "");
    }

    /// One after the other. What the API refuses for one of them, such as a namespace that ends, is tried again at the
    /// next tick and keeps nobody else waiting, as a real controller's queue does it.
    void each(String resource, Consumer<ObjectNode> what) {
        all(resource).forEach(object -> attempt(() -> what.accept(object)));
    }

    void attempt(Runnable what) {
        try {
            what.run();
        } catch (ApiFailure refused) {
            lastRefusal = refused;
        }
    }

    /// Why something does not move, for whoever debugs a test.
    @Nullable
    ApiFailure lastRefusal() {
        return lastRefusal;
    }

    List<ObjectNode> in(String resource, String namespace) {
        return registry.store().list(resource, namespace);
    }

    @Nullable
    ObjectNode find(String resource, String namespace, String name) {
        return registry.store().get(registry.catalog().named(resource).key(namespace, name));
    }

    private Intent intent(ObjectNode object, String manager) {
        var resource = registry.catalog().ofKind(Json.text(object, "apiVersion"), Json.text(object, "kind"));
        if (resource == null) {
            throw new IllegalStateException("nobody serves " + object);
        }
        return Intent.of(resource, namespace(object), name(object), manager);
    }

    ObjectNode create(ObjectNode object) {
        return registry.create(intent(object, MANAGER).named(""), object).object();
    }

    ObjectNode update(ObjectNode object) {
        return registry.update(intent(object, MANAGER), object).object();
    }

    ObjectNode updateStatus(ObjectNode object) {
        return updateStatus(object, MANAGER);
    }

    ObjectNode updateStatus(ObjectNode object, String manager) {
        return registry.update(intent(object, manager).on("status"), object).object();
    }

    void delete(ObjectNode object, String propagation) {
        var options = Json.object("propagationPolicy", propagation);
        registry.delete(intent(object, MANAGER), options);
    }

    /// As a kubelet does it once the pod has stopped.
    void deleteNow(ObjectNode object) {
        registry.delete(intent(object, "kubelet"), Json.object("gracePeriodSeconds", 0));
    }

    /// Whatever is in the way.
    void remove(ObjectNode object) {
        registry.store().remove(intent(object, MANAGER).key());
    }

    void event(ObjectNode about, String type, String reason, String message) {
        var namespace = namespace(about).isEmpty() ? "default" : namespace(about);
        var involved = Json.object(
                "apiVersion",
                about.get("apiVersion"),
                "kind",
                about.get("kind"),
                "name",
                name(about),
                "uid",
                uid(about));
        if (!namespace(about).isEmpty()) {
            involved.put("namespace", namespace);
        }
        var event = Json.object(
                "apiVersion",
                "v1",
                "kind",
                "Event",
                "metadata",
                Json.object("name", name(about) + "." + randomName(10), "namespace", namespace),
                "involvedObject",
                involved,
                "type",
                type,
                "reason",
                reason,
                "message",
                message,
                "count",
                1,
                "firstTimestamp",
                time(),
                "lastTimestamp",
                time());
        try {
            create(event);
        } catch (ApiFailure e) {
            // the namespace is going away; an event is never worth a failure
        }
    }

    // ---- reading

    static String name(JsonNode object) {
        return Json.text(object, "metadata", "name");
    }

    static String namespace(JsonNode object) {
        return Json.text(object, "metadata", "namespace");
    }

    static String uid(JsonNode object) {
        return Json.text(object, "metadata", "uid");
    }

    static boolean isDying(JsonNode object) {
        return Json.at(object, "metadata").has("deletionTimestamp");
    }

    static Instant born(JsonNode object) {
        return Instant.parse(Json.text(object, "metadata", "creationTimestamp"));
    }

    static String annotation(JsonNode object, String name) {
        return Json.text(object, "metadata", "annotations", name);
    }

    static String label(JsonNode object, String name) {
        return Json.text(object, "metadata", "labels", name);
    }

    /// Whatever is not said is zero; the server fills in what matters before.
    static int replicas(JsonNode object) {
        return (int) Json.number(object, 0, "spec", "replicas");
    }

    static int status(JsonNode object, String counter) {
        return (int) Json.number(object, 0, "status", counter);
    }

    /// The owner that manages it; empty for an orphan.
    static String controller(JsonNode object) {
        for (var owner : Json.at(object, "metadata", "ownerReferences")) {
            if (owner.path("controller").asBoolean()) {
                return Json.text(owner, "uid");
            }
        }
        return "";
    }

    static ObjectNode ownedBy(ObjectNode owner) {
        return Json.object(
                "apiVersion",
                owner.get("apiVersion"),
                "kind",
                owner.get("kind"),
                "name",
                name(owner),
                "uid",
                uid(owner),
                "controller",
                true,
                "blockOwnerDeletion",
                true);
    }

    /// What the owner manages. Orphans that its selector fits are taken in, and what does not fit any more is let go,
    /// both as the real controllers do.
    List<ObjectNode> claimed(ObjectNode owner, String resource) {
        Predicate<JsonNode> fits = Selectors.ofWorkload(Json.at(owner, "spec", "selector"));
        return in(resource, namespace(owner)).stream()
                .map(object -> claim(owner, object, fits.test(object)))
                .filter(object -> controller(object).equals(uid(owner)))
                .toList();
    }

    private ObjectNode claim(ObjectNode owner, ObjectNode object, boolean fits) {
        var mine = controller(object).equals(uid(owner));
        if (fits && controller(object).isEmpty() && !isDying(object) && !isDying(owner)) {
            var adopted = object.deepCopy();
            var metadata = Json.child(adopted, "metadata");
            var list = metadata.get("ownerReferences") instanceof com.fasterxml.jackson.databind.node.ArrayNode there
                    ? there
                    : metadata.putArray("ownerReferences");
            list.add(ownedBy(owner));
            return update(adopted);
        }
        if (mine && !fits && !isDying(object)) {
            var released = object.deepCopy();
            Json.child(released, "metadata").remove("ownerReferences");
            return update(released);
        }
        return object;
    }

    // ---- pods

    static boolean isReady(JsonNode pod) {
        return condition(pod, "Ready").path("status").asText().equals("True");
    }

    boolean isAvailable(JsonNode pod, long minReadySeconds) {
        if (!isReady(pod)) {
            return false;
        }
        var since = Json.text(condition(pod, "Ready"), "lastTransitionTime");
        return minReadySeconds == 0
                || !Instant.parse(since).plusSeconds(minReadySeconds).isAfter(now());
    }

    static boolean isActive(JsonNode pod) {
        var phase = Json.text(pod, "status", "phase");
        return !isDying(pod) && !phase.equals("Succeeded") && !phase.equals("Failed");
    }

    /// Missing if there is none.
    static JsonNode condition(JsonNode object, String type) {
        for (var condition : Json.at(object, "status", "conditions")) {
            if (Json.text(condition, "type").equals(type)) {
                return condition;
            }
        }
        return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    }
}
