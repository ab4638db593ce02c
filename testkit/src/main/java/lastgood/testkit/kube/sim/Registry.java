package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import lastgood.testkit.kube.sim.ManagedFields.Author;
import lastgood.testkit.kube.sim.Resource.Generation;
import org.jspecify.annotations.Nullable;

/// Creates, changes and deletes objects by the rules of the real server. Clients and our own controllers come through
/// here alike; the store below knows no rules.
final class Registry {

    /// What somebody wants to do with one object, or with the objects of one place.
    ///
    /// @param subresource empty, or `status`
    record Intent(
            Resource resource,
            String version,
            String namespace,
            String name,
            String subresource,
            String manager,
            boolean dryRun) {

        static Intent of(Resource resource, String namespace, String name, String manager) {
            return new Intent(resource, resource.versions().getFirst(), namespace, name, "", manager, false);
        }

        Intent on(String sub) {
            return new Intent(resource, version, namespace, name, sub, manager, dryRun);
        }

        Intent named(String other) {
            return new Intent(resource, version, namespace, other, subresource, manager, dryRun);
        }

        Store.Key key() {
            return resource.key(namespace, name);
        }

        String apiVersion() {
            return resource.apiVersion(version);
        }
    }

    /// What came of it.
    record Outcome(int code, ObjectNode object) {}

    static final String ORPHAN = "orphan";
    static final String FOREGROUND = "foregroundDeletion";

    /// The server's own alphabet: no vowels, so that no words come about.
    private static final String NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

    /// Written once, at creation or by the server; a client's values for them are ignored.
    private static final List<String> SERVERS_OWN = List.of(
            "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink");

    /// Their status may come with their creation.
    private static final Set<String> STATUS_AT_BIRTH = Set.of("Node", "CustomResourceDefinition", "Namespace");

    /// An update of these has to say which version it is based on.
    private static final Set<String> CONDITIONAL = Set.of("Lease");

    private final Store store;
    private final Catalog catalog;
    private final InstantSource clock;
    private final Random random;
    private final Defaults defaults = new Defaults();

    Registry(Store store, Catalog catalog, InstantSource clock, long seed) {
        this.store = store;
        this.catalog = catalog;
        this.clock = clock;
        this.random = new Random(seed);
    }

    Store store() {
        return store;
    }

    Catalog catalog() {
        return catalog;
    }

    Instant now() {
        return clock.instant();
    }

    /// Kubernetes keeps whole seconds.
    String time() {
        return time(now());
    }

    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    String randomName(int letters) {
        var name = new StringBuilder();
        for (var i = 0; i < letters; i++) {
            name.append(NAME_LETTERS.charAt(random.nextInt(NAME_LETTERS.length())));
        }
        return name.toString();
    }

    private String uid() {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    ObjectNode get(Intent intent) {
        var found = store.get(intent.key());
        if (found == null) {
            throw ApiFailure.notFound(intent.resource(), intent.name());
        }
        return found;
    }

    // ---- create

    Outcome create(Intent intent, JsonNode body) {
        return create(intent, body, false);
    }

    private Outcome create(Intent intent, JsonNode body, boolean apply) {
        var object = accepted(intent, body);
        var metadata = Json.child(object, "metadata");
        var resource = intent.resource();
        if (Json.text(metadata, "name").isEmpty() && metadata.has("generateName")) {
            metadata.put("name", Json.text(metadata, "generateName") + randomName(5));
        }
        var name = Json.text(metadata, "name");
        requireNamespace(intent, name);
        metadata.remove(SERVERS_OWN);
        metadata.remove("resourceVersion");
        var managed = metadata.remove("managedFields");
        metadata.put("uid", uid()).put("creationTimestamp", time());
        if (resource.generation() != Generation.NONE) {
            metadata.put("generation", 1);
        }
        freshStatus(resource, object);
        complete(intent, object, null);
        if (store.get(resource.key(intent.namespace(), name)) != null) {
            throw ApiFailure.alreadyExists(resource, name);
        }
        if (resource.qualified().equals("pods")) {
            new Quota(store).requireRoomFor(resource, object);
        }
        if (managed != null && apply) {
            metadata.set("managedFields", managed);
        } else {
            ManagedFields.updated(Json.object(), object, author(intent), MergeKeys.of(resource));
        }
        return new Outcome(201, kept(intent.named(name), object));
    }

    /// Checks that the body is what the address says.
    private static ObjectNode accepted(Intent intent, JsonNode body) {
        if (!(body instanceof ObjectNode given)) {
            throw ApiFailure.badRequest("the object provided is unrecognized");
        }
        var object = given.deepCopy();
        var apiVersion = Json.text(object, "apiVersion");
        if (!apiVersion.isEmpty() && !apiVersion.equals(intent.apiVersion())) {
            throw ApiFailure.badRequest("the API version in the data (%s) does not match the expected API version (%s)"
                    .formatted(apiVersion, intent.apiVersion()));
        }
        var kind = Json.text(object, "kind");
        if (!kind.isEmpty() && !kind.equals(intent.resource().kind())) {
            throw ApiFailure.badRequest("%s in version \"%s\" cannot be handled as a %s"
                    .formatted(kind, intent.version(), intent.resource().kind()));
        }
        object.put("apiVersion", intent.apiVersion())
                .put("kind", intent.resource().kind());
        place(intent, Json.child(object, "metadata"));
        return object;
    }

    private static void place(Intent intent, ObjectNode metadata) {
        if (intent.resource().namespaced()) {
            var namespace = Json.text(metadata, "namespace");
            if (!namespace.isEmpty() && !namespace.equals(intent.namespace())) {
                throw ApiFailure.badRequest(
                        "the namespace of the provided object does not match the namespace sent on" + " the request");
            }
            metadata.put("namespace", intent.namespace());
        }
        var name = Json.text(metadata, "name");
        if (!intent.name().isEmpty() && !name.isEmpty() && !name.equals(intent.name())) {
            throw ApiFailure.badRequest("the name of the object (%s) does not match the name on the URL (%s)"
                    .formatted(name, intent.name()));
        }
    }

    private void requireNamespace(Intent intent, String name) {
        if (!intent.resource().namespaced()) {
            return;
        }
        var namespaces = catalog.named("namespaces");
        var namespace = store.get(namespaces.key("", intent.namespace()));
        if (namespace == null) {
            throw ApiFailure.notFound(namespaces, intent.namespace());
        }
        if (Json.text(namespace, "status", "phase").equals("Terminating")) {
            throw ApiFailure.terminating(intent.resource(), name, intent.namespace());
        }
    }

    private static void freshStatus(Resource resource, ObjectNode object) {
        if (resource.has("status") && !STATUS_AT_BIRTH.contains(resource.kind())) {
            object.remove("status");
        }
        switch (resource.kind()) {
            case "Pod" -> Json.child(object, "status").put("phase", "Pending").put("qosClass", "BestEffort");
            case "Namespace" -> Json.child(object, "status").put("phase", "Active");
            case "Service" -> Json.child(object, "status").putObject("loadBalancer");
            case "Deployment", "Job", "Ingress" -> object.putObject("status");
            case "ReplicaSet", "StatefulSet" -> object.putObject("status").put("replicas", 0);
            case "DaemonSet" ->
                object.putObject("status")
                        .put("currentNumberScheduled", 0)
                        .put("numberMisscheduled", 0)
                        .put("desiredNumberScheduled", 0)
                        .put("numberReady", 0);
            default -> {
                // has none, or nothing in it yet
            }
        }
    }

    /// Defaults in, unknown fields out, then the checks.
    private void complete(Intent intent, ObjectNode object, @Nullable ObjectNode before) {
        var resource = intent.resource();
        defaults.fill(resource.kind(), object);
        var schema = Catalog.schema(resource, intent.version());
        Schema.pruneAndFill(object, schema);
        var wrong = Validation.wrong(resource.kind(), object, before);
        wrong.addAll(Schema.wrong(object, schema));
        if (!wrong.isEmpty()) {
            throw ApiFailure.invalid(resource, Json.text(object, "metadata", "name"), wrong);
        }
    }

    private ObjectNode kept(Intent intent, ObjectNode object) {
        var kept = Conversion.to(intent.resource(), intent.resource().versions().getFirst(), object);
        return intent.dryRun() ? kept : store.put(intent.key(), kept);
    }

    private Author author(Intent intent) {
        return new Author(intent.manager(), false, intent.apiVersion(), time());
    }

    // ---- update

    Outcome update(Intent intent, JsonNode body) {
        return new Outcome(200, replace(intent, get(intent), accepted(intent, body), false));
    }

    /// @param applied whether the new object carries its managed fields already
    private ObjectNode replace(Intent intent, ObjectNode live, ObjectNode next, boolean applied) {
        requireSame(intent, live, next);
        var after = separated(intent, live, next);
        var metadata = Json.child(after, "metadata");
        var old = live.get("metadata");
        SERVERS_OWN.forEach(field -> Json.setOrRemove(metadata, field, Json.at(old, field)));
        metadata.set("resourceVersion", old.get("resourceVersion"));
        metadata.set("name", old.get("name"));
        complete(intent, after, live);
        countGeneration(intent, live, after);
        if (!applied) {
            ManagedFields.updated(live, after, author(intent), MergeKeys.of(intent.resource()));
        }
        if (same(live, after)) {
            return live;
        }
        if (isOver(after)) {
            if (!intent.dryRun()) {
                store.remove(intent.key());
            }
            return after;
        }
        return kept(intent, after);
    }

    /// The last finalizer is gone from something that is to be deleted. A namespace has a second list of them.
    private static boolean isOver(ObjectNode object) {
        var metadata = object.get("metadata");
        return metadata.has("deletionTimestamp")
                && metadata.path("finalizers").isEmpty()
                && !metadata.has("deletionGracePeriodSeconds")
                && !(Json.text(object, "kind").equals("Namespace")
                        && !Json.at(object, "spec", "finalizers").isEmpty());
    }

    /// A new owner is a change; that an owner said the same again is none.
    private static boolean same(ObjectNode one, ObjectNode other) {
        return Json.same(timeless(one), timeless(other)) && ManagedFields.sameOwners(one, other);
    }

    private static ObjectNode timeless(ObjectNode object) {
        var copy = object.deepCopy();
        ((ObjectNode) copy.get("metadata")).remove(List.of("managedFields", "resourceVersion"));
        copy.remove("apiVersion");
        return copy;
    }

    private static void requireSame(Intent intent, ObjectNode live, ObjectNode next) {
        var version = Json.text(next, "metadata", "resourceVersion");
        if (version.isEmpty()
                && (intent.resource().isCustom()
                        || CONDITIONAL.contains(intent.resource().kind()))) {
            throw ApiFailure.invalid(
                    intent.resource(),
                    intent.name(),
                    List.of(new ApiFailure.Cause(
                            "FieldValueInvalid",
                            "Invalid value: 0x0: must be specified for an update",
                            "metadata.resourceVersion")));
        }
        var uid = Json.text(next, "metadata", "uid");
        var liveUid = Json.text(live, "metadata", "uid");
        if (!uid.isEmpty() && !uid.equals(liveUid)) {
            throw ApiFailure.conflict(intent.resource(), intent.name(), otherUid(uid, liveUid));
        }
        if (!version.isEmpty() && !version.equals(Json.text(live, "metadata", "resourceVersion"))) {
            throw ApiFailure.modified(intent.resource(), intent.name());
        }
    }

    private static String otherUid(String wanted, String live) {
        return "Precondition failed: UID in precondition: %s, UID in object meta: %s".formatted(wanted, live);
    }

    /// Through the status door only status comes in, through the main one all but status.
    private static ObjectNode separated(Intent intent, ObjectNode live, ObjectNode next) {
        if (!intent.resource().has("status")) {
            return next;
        }
        if (!intent.subresource().equals("status")) {
            var after = next.deepCopy();
            Json.setOrRemove(after, "status", Json.at(live, "status"));
            return after;
        }
        var after = live.deepCopy();
        Json.setOrRemove(after, "status", Json.at(next, "status"));
        if (!intent.resource().isCustom()) {
            // the deployment controller writes its revision through here
            for (var field : List.of("annotations", "finalizers", "ownerReferences")) {
                Json.setOrRemove(Json.child(after, "metadata"), field, Json.at(next, "metadata", field));
            }
        }
        return after;
    }

    private static void countGeneration(Intent intent, ObjectNode live, ObjectNode after) {
        var counts = !intent.subresource().equals("status")
                && switch (intent.resource().generation()) {
                    case NONE -> false;
                    case SPEC -> differs(live, after, "spec");
                    case SPEC_AND_ANNOTATIONS ->
                        differs(live, after, "spec") || differs(live, after, "metadata", "annotations");
                    case ALL_BUT_STATUS ->
                        !Json.same(content(intent.resource(), live), content(intent.resource(), after));
                };
        if (counts) {
            bumpGeneration(after);
        }
    }

    private static void bumpGeneration(ObjectNode object) {
        var metadata = Json.child(object, "metadata");
        metadata.put("generation", metadata.path("generation").asLong(0) + 1);
    }

    private static boolean differs(ObjectNode one, ObjectNode other, String... path) {
        return !Json.same(Json.at(one, path), Json.at(other, path));
    }

    private static ObjectNode content(Resource resource, ObjectNode object) {
        var content = object.deepCopy();
        content.remove(List.of("metadata", "apiVersion"));
        if (resource.has("status")) {
            content.remove("status");
        }
        return content;
    }

    // ---- patch

    Outcome patch(Intent intent, String mediaType, byte[] body, boolean force) {
        var type = mediaType.split(";", 2)[0].strip();
        if (type.equals("application/apply-patch+yaml")) {
            return apply(intent, Json.parse(body), force);
        }
        var live = get(intent);
        var served = Conversion.to(intent.resource(), intent.version(), live).deepCopy();
        var patch = Json.parse(body);
        var next = switch (type) {
            case "application/json-patch+json" -> Patches.json(served, patch);
            case "application/merge-patch+json" -> Patches.merge(served, patch);
            case "application/strategic-merge-patch+json" -> strategic(intent, served, patch);
            default -> throw unsupported(intent);
        };
        return new Outcome(200, replace(intent, live, accepted(intent, next), false));
    }

    private static ObjectNode strategic(Intent intent, ObjectNode served, JsonNode patch) {
        if (intent.resource().isCustom()) {
            throw unsupported(intent);
        }
        if (!(patch instanceof ObjectNode object)) {
            throw ApiFailure.badRequest("the patch is no object");
        }
        return new StrategicPatch(MergeKeys.of(intent.resource())).merge(served, object);
    }

    private static ApiFailure unsupported(Intent intent) {
        var accepted =
                new java.util.ArrayList<>(List.of("application/json-patch+json", "application/merge-patch+json"));
        if (!intent.resource().isCustom()) {
            accepted.add("application/strategic-merge-patch+json");
        }
        accepted.add("application/apply-patch+yaml");
        return ApiFailure.unsupportedPatch(accepted);
    }

    private Outcome apply(Intent intent, JsonNode body, boolean force) {
        var wanted = accepted(intent, body);
        var metadata = Json.child(wanted, "metadata");
        if (metadata.has("managedFields")) {
            throw ApiFailure.badRequest("metadata.managedFields must be nil");
        }
        metadata.put("name", intent.name());
        var author = new Author(intent.manager(), true, intent.apiVersion(), time());
        var keys = MergeKeys.of(intent.resource());
        var live = store.get(intent.key());
        if (live == null) {
            var fresh = ManagedFields.applied(Json.object(), wanted, author, force, keys);
            return create(intent, fresh, true);
        }
        requireSame(intent, live, metadata.has("resourceVersion") ? wanted : live);
        var served = Conversion.to(intent.resource(), intent.version(), live).deepCopy();
        return new Outcome(
                200, replace(intent, live, ManagedFields.applied(served, wanted, author, force, keys), true));
    }

    // ---- delete

    /// 200 either way; what comes back is a Status if the object is gone, and the object if it still has to die.
    Outcome delete(Intent intent, JsonNode options) {
        var live = get(intent);
        requirePreconditions(intent, live, Json.at(options, "preconditions"));
        var dying = live.deepCopy();
        var metadata = Json.child(dying, "metadata");
        addFinalizer(intent, metadata, options);
        var grace = grace(intent, dying, options);
        var finalizers = !metadata.path("finalizers").isEmpty();
        var namespace = intent.resource().qualified().equals("namespaces");
        if (grace == 0 && !finalizers && !namespace) {
            if (!intent.dryRun()) {
                store.remove(intent.key());
            }
            return new Outcome(200, intent.resource().kind().equals("Pod") ? live : success(intent, live));
        }
        if (!metadata.has("deletionTimestamp")) {
            metadata.put("deletionTimestamp", time(now().plusSeconds(grace)));
            if (metadata.has("generation")) {
                bumpGeneration(dying);
            }
        }
        if (intent.resource().kind().equals("Pod")) {
            metadata.put("deletionGracePeriodSeconds", grace);
            if (grace == 0) {
                metadata.remove("deletionGracePeriodSeconds");
            }
        }
        if (namespace) {
            Json.child(dying, "status").put("phase", "Terminating");
        }
        if (intent.dryRun() || Json.same(live, dying)) {
            return new Outcome(200, dying);
        }
        return new Outcome(200, store.put(intent.key(), dying));
    }

    private static void requirePreconditions(Intent intent, ObjectNode live, JsonNode wanted) {
        var uid = Json.text(wanted, "uid");
        var liveUid = Json.text(live, "metadata", "uid");
        if (!uid.isEmpty() && !uid.equals(liveUid)) {
            throw ApiFailure.conflict(
                    intent.resource(),
                    intent.name(),
                    "Precondition failed: UID in precondition: %s, UID in object meta: %s".formatted(uid, liveUid));
        }
        var version = Json.text(wanted, "resourceVersion");
        var liveVersion = Json.text(live, "metadata", "resourceVersion");
        if (!version.isEmpty() && !version.equals(liveVersion)) {
            throw ApiFailure.conflict(
                    intent.resource(),
                    intent.name(),
                    "Precondition failed: ResourceVersion in precondition: %s, ResourceVersion in object meta: %s"
                            .formatted(version, liveVersion));
        }
    }

    private static void addFinalizer(Intent intent, ObjectNode metadata, JsonNode options) {
        var policy = Json.text(options, "propagationPolicy");
        if (policy.isEmpty()) {
            var orphan = Json.at(options, "orphanDependents");
            // jobs alone leave their pods behind when nobody says otherwise
            var orphans = orphan.isMissingNode() ? intent.resource().plural().equals("jobs") : orphan.asBoolean();
            policy = orphans ? "Orphan" : "Background";
        }
        var finalizer = switch (policy) {
            case "Orphan" -> ORPHAN;
            case "Foreground" -> FOREGROUND;
            default -> "";
        };
        if (!finalizer.isEmpty()) {
            var list = metadata.get("finalizers") instanceof ArrayNode there ? there : metadata.putArray("finalizers");
            if (!Json.listHas(list, finalizer)) {
                list.add(finalizer);
            }
        }
    }

    /// Only pods that have a node die slowly.
    private static long grace(Intent intent, ObjectNode object, JsonNode options) {
        if (!intent.resource().kind().equals("Pod")
                || Json.text(object, "spec", "nodeName").isEmpty()
                || Set.of("Succeeded", "Failed").contains(Json.text(object, "status", "phase"))) {
            return 0;
        }
        var byPod = Json.number(object, 30, "spec", "terminationGracePeriodSeconds");
        return Json.number(options, byPod, "gracePeriodSeconds");
    }

    private static ObjectNode success(Intent intent, ObjectNode gone) {
        var details = Json.object("name", intent.name());
        if (!intent.resource().group().isEmpty()) {
            details.put("group", intent.resource().group());
        }
        details.put("kind", intent.resource().plural()).put("uid", Json.text(gone, "metadata", "uid"));
        return Json.object(
                "kind",
                "Status",
                "apiVersion",
                "v1",
                "metadata",
                Json.object(),
                "status",
                "Success",
                "details",
                details);
    }

    /// For controllers: 32 bits of FNV-1a over the text, spelt so that it fits a name.
    static String hash(String text) {
        var hash = 0x811c9dc5;
        for (var b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x01000193;
        }
        var spelt = new StringBuilder();
        for (var c : Integer.toUnsignedString(hash).toCharArray()) {
            spelt.append(NAME_LETTERS.charAt(c % NAME_LETTERS.length()));
        }
        return spelt.toString();
    }
}
