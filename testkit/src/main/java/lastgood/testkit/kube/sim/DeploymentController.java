package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The Deployment controller, step by step as `pkg/controller/deployment` of Kubernetes 1.20 does it: what a rollback
/// meets in history, revisions, annotations and conditions are this code's side effects, and clients rely on most of
/// them without knowing.
final class DeploymentController implements Controller {

    static final String REVISION = "deployment.kubernetes.io/revision";
    static final String HISTORY = "deployment.kubernetes.io/revision-history";
    static final String DESIRED = "deployment.kubernetes.io/desired-replicas";
    static final String MAX = "deployment.kubernetes.io/max-replicas";

    private static final String REPLICA_SETS = "replicasets.apps";

    private static final Set<String> NOT_COPIED = Set.of(
            "kubectl.kubernetes.io/last-applied-configuration",
            REVISION,
            HISTORY,
            DESIRED,
            MAX,
            "deprecated.deployment.rollback.revision");

    private static final Comparator<ObjectNode> OLDEST_FIRST =
            Comparator.<ObjectNode, java.time.Instant>comparing(Desk::born).thenComparing(Desk::name);

    private final Desk desk;
    private final Release release;

    DeploymentController(Desk desk, Release release) {
        this.desk = desk;
        this.release = release;
    }

    @Override
    public void tick() {
        desk.each("deployments.apps", deployment -> {
            if (!Desk.isDying(deployment)) {
                sync(deployment);
            }
        });
    }

    /// One Deployment and the ReplicaSets it owns, at one moment.
    private record Seen(
            ObjectNode deployment,
            List<ObjectNode> sets,
            @Nullable ObjectNode fresh,
            List<ObjectNode> old) {

        static Seen of(ObjectNode deployment, List<ObjectNode> sets) {
            var fresh = sets.stream()
                    .sorted(OLDEST_FIRST)
                    .filter(s -> Templates.same(Templates.of(s), Templates.of(deployment)))
                    .findFirst()
                    .orElse(null);
            return new Seen(
                    deployment,
                    sets,
                    fresh,
                    sets.stream()
                            .filter(s -> fresh == null || !Desk.uid(s).equals(Desk.uid(fresh)))
                            .toList());
        }

        int wanted() {
            return Desk.replicas(deployment);
        }

        int requested() {
            return sets.stream().mapToInt(Desk::replicas).sum();
        }

        int available() {
            return sets.stream()
                    .mapToInt(s -> Desk.status(s, "availableReplicas"))
                    .sum();
        }

        List<ObjectNode> active() {
            return sets.stream()
                    .filter(s -> Desk.replicas(s) > 0)
                    .sorted(OLDEST_FIRST)
                    .toList();
        }

        RolloutLimits limits() {
            return RolloutLimits.of(deployment);
        }
    }

    private Seen look(ObjectNode deployment) {
        return Seen.of(deployment, desk.claimed(deployment, REPLICA_SETS));
    }

    private void sync(ObjectNode deployment) {
        var conditions = new DeploymentStatus(desk);
        if (conditions.notePause(deployment)) {
            return;
        }
        var seen = look(deployment);
        if (deployment.path("spec").path("paused").asBoolean()) {
            if (!describe(seen, false) && !scale(seen)) {
                cleanUp(seen);
                conditions.syncPlain(deployment, seen.sets(), seen.fresh());
            }
            return;
        }
        if (isScaling(seen)) {
            if (!describe(seen, false) && !scale(seen)) {
                conditions.syncPlain(deployment, seen.sets(), seen.fresh());
            }
            return;
        }
        if (Json.text(deployment, "spec", "strategy", "type").equals("Recreate")) {
            recreate(seen, conditions);
        } else {
            roll(seen, conditions);
        }
    }

    private static boolean isScaling(Seen seen) {
        return seen.active().stream()
                .map(s -> Desk.annotation(s, DESIRED))
                .anyMatch(desired -> !desired.isEmpty() && !desired.equals(Integer.toString(seen.wanted())));
    }

    // ---- strategies; each returns after the first thing it did, and goes on at the next tick

    private void roll(Seen seen, DeploymentStatus conditions) {
        if (describe(seen, true)) {
            return;
        }
        if (!growNew(seen)
                && !shrinkOld(seen)
                && DeploymentStatus.isComplete(seen.deployment(), seen.sets(), seen.fresh())) {
            cleanUp(seen);
        }
        syncRollout(conditions, look(seen.deployment()));
    }

    private void recreate(Seen seen, DeploymentStatus conditions) {
        if (describe(seen, false)) {
            return;
        }
        var shrunk = false;
        for (var set : seen.old()) {
            if (Desk.replicas(set) > 0) {
                resize(seen, set, 0);
                shrunk = true;
            }
        }
        if (shrunk || oldPodsRun(seen)) {
            syncRollout(conditions, look(seen.deployment()));
            return;
        }
        if (describe(seen, true)) {
            return;
        }
        if (!growNew(seen) && DeploymentStatus.isComplete(seen.deployment(), seen.sets(), seen.fresh())) {
            cleanUp(seen);
        }
        syncRollout(conditions, look(seen.deployment()));
    }

    private boolean oldPodsRun(Seen seen) {
        var old = seen.old().stream().map(Desk::uid).toList();
        return desk.in("pods", Desk.namespace(seen.deployment())).stream()
                .filter(p -> old.contains(Desk.controller(p)))
                .anyMatch(p -> !Set.of("Failed", "Succeeded").contains(Json.text(p, "status", "phase")));
    }

    private static void syncRollout(DeploymentStatus conditions, Seen seen) {
        conditions.syncRollout(seen.deployment(), seen.sets(), seen.fresh());
    }

    private boolean growNew(Seen seen) {
        var fresh = seen.fresh();
        if (fresh == null || Desk.replicas(fresh) == seen.wanted()) {
            return false;
        }
        return resize(
                seen,
                fresh,
                Desk.replicas(fresh) > seen.wanted() ? seen.wanted() : newReplicas(seen, Desk.replicas(fresh)));
    }

    private static int newReplicas(Seen seen, int now) {
        if (Json.text(seen.deployment(), "spec", "strategy", "type").equals("Recreate")) {
            return seen.wanted();
        }
        var room = seen.wanted() + seen.limits().surge() - seen.requested();
        return room <= 0 ? now : now + Math.min(room, seen.wanted() - now);
    }

    private boolean shrinkOld(Seen seen) {
        var oldPods = seen.old().stream().mapToInt(Desk::replicas).sum();
        if (oldPods == 0) {
            return false;
        }
        var fresh = seen.fresh();
        var freshUnavailable = fresh == null ? 0 : Desk.replicas(fresh) - Desk.status(fresh, "availableReplicas");
        var minAvailable = seen.wanted() - seen.limits().unavailable();
        var max = seen.requested() - minAvailable - freshUnavailable;
        if (max <= 0) {
            return false;
        }
        var sizes = new HashMap<ObjectNode, Integer>();
        var old = seen.old().stream().sorted(OLDEST_FIRST).toList();
        old.forEach(set -> sizes.put(set, Desk.replicas(set)));
        dropUnhealthy(old, sizes, max);
        dropHealthy(seen, old, sizes, minAvailable);
        var changed = false;
        for (var set : old) {
            changed |= resize(seen, set, sizes.getOrDefault(set, 0));
        }
        return changed;
    }

    /// Old pods that do not serve go first: they cost nothing.
    private static void dropUnhealthy(List<ObjectNode> old, Map<ObjectNode, Integer> sizes, int max) {
        var left = max;
        for (var set : old) {
            var size = sizes.getOrDefault(set, 0);
            var drop = Math.min(left, size - Desk.status(set, "availableReplicas"));
            if (drop > 0) {
                sizes.put(set, size - drop);
                left -= drop;
            }
        }
    }

    private static void dropHealthy(Seen seen, List<ObjectNode> old, Map<ObjectNode, Integer> sizes, int minAvailable) {
        var left = seen.available() - minAvailable;
        for (var set : old) {
            var size = sizes.getOrDefault(set, 0);
            var drop = Math.min(left, size);
            if (drop > 0) {
                sizes.put(set, size - drop);
                left -= drop;
            }
        }
    }

    // ---- scaling

    /// While paused, or when only the wish for replicas changed: no new ReplicaSet comes about.
    private boolean scale(Seen seen) {
        var active = seen.active();
        if (active.size() <= 1) {
            var only = active.isEmpty() ? latest(seen) : active.getFirst();
            return only != null && resize(seen, only, seen.wanted());
        }
        var fresh = seen.fresh();
        if (fresh != null && isSaturated(seen, fresh)) {
            var changed = false;
            for (var set : seen.old()) {
                changed |= Desk.replicas(set) > 0 && resize(seen, set, 0);
            }
            return changed;
        }
        return Json.text(seen.deployment(), "spec", "strategy", "type").equals("RollingUpdate")
                && scaleInProportion(seen, new ArrayList<>(active));
    }

    private static @Nullable ObjectNode latest(Seen seen) {
        return seen.fresh() != null
                ? seen.fresh()
                : seen.old().stream().max(OLDEST_FIRST).orElse(null);
    }

    private static boolean isSaturated(Seen seen, ObjectNode fresh) {
        return Desk.replicas(fresh) == seen.wanted()
                && Desk.annotation(fresh, DESIRED).equals(Integer.toString(seen.wanted()))
                && Desk.status(fresh, "availableReplicas") == seen.wanted();
    }

    private boolean scaleInProportion(Seen seen, List<ObjectNode> active) {
        var allowed = seen.wanted() > 0 ? seen.wanted() + seen.limits().surge() : 0;
        var add = allowed - active.stream().mapToInt(Desk::replicas).sum();
        var bigFirst = Comparator.<ObjectNode>comparingInt(Desk::replicas).reversed();
        active.sort(bigFirst.thenComparing(add > 0 ? OLDEST_FIRST.reversed() : OLDEST_FIRST));
        var sizes = new ArrayList<Integer>();
        var added = 0;
        for (var set : active) {
            var share = add == 0 ? 0 : share(seen, set, add, added);
            sizes.add(Desk.replicas(set) + share);
            added += share;
        }
        sizes.set(0, Math.max(0, sizes.getFirst() + add - added));
        var changed = false;
        for (var i = 0; i < active.size(); i++) {
            changed |= resize(seen, active.get(i), sizes.get(i));
        }
        return changed;
    }

    private static int share(Seen seen, ObjectNode set, int add, int added) {
        var size = Desk.replicas(set);
        if (size == 0) {
            return 0;
        }
        var allowed = add - added;
        if (seen.wanted() == 0) {
            return Math.max(-size, allowed);
        }
        var before = Desk.annotation(set, MAX);
        var max = before.isEmpty() ? Desk.status(seen.deployment(), "replicas") : Integer.parseInt(before);
        var fraction =
                (int) Math.round((double) size * (seen.wanted() + seen.limits().surge()) / max) - size;
        return add > 0 ? Math.min(fraction, allowed) : Math.max(fraction, allowed);
    }

    private boolean resize(Seen seen, ObjectNode set, int size) {
        var next = set.deepCopy();
        Json.child(next, "spec").put("replicas", size);
        var annotations = Json.child(next, "metadata", "annotations");
        var resized = Desk.replicas(set) != size;
        annotations.put(DESIRED, Integer.toString(seen.wanted()));
        annotations.put(MAX, Integer.toString(seen.wanted() + seen.limits().surge()));
        if (Json.same(set, next)) {
            return false;
        }
        desk.update(next);
        if (resized) {
            noteScaling(seen.deployment(), set, Desk.replicas(set), size);
        }
        return true;
    }

    private void noteScaling(ObjectNode deployment, ObjectNode set, int from, int to) {
        desk.event(
                deployment,
                "Normal",
                "ScalingReplicaSet",
                "Scaled %s replica set %s to %d".formatted(to > from ? "up" : "down", Desk.name(set), to));
    }

    // ---- revisions

    /// Brings the new ReplicaSet's revision and annotations up to date, or makes it. True if something was done.
    private boolean describe(Seen seen, boolean mayCreate) {
        var revision = 1
                + seen.old().stream()
                        .mapToLong(DeploymentController::revision)
                        .max()
                        .orElse(0);
        var fresh = seen.fresh();
        if (fresh == null) {
            return mayCreate && create(seen, revision);
        }
        var next = fresh.deepCopy();
        annotate(seen.deployment(), next, revision);
        Json.setOrRemove(
                Json.child(next, "spec"), "minReadySeconds", Json.at(seen.deployment(), "spec", "minReadySeconds"));
        if (!Json.same(fresh, next)) {
            desk.update(next);
            return true;
        }
        return new DeploymentStatus(desk).adopt(seen.deployment(), fresh, Desk.annotation(fresh, REVISION));
    }

    static long revision(JsonNode object) {
        var revision = Desk.annotation(object, REVISION);
        return revision.isEmpty() ? 0 : Long.parseLong(revision);
    }

    /// Copies the Deployment's annotations, `change-cause` included, and never takes one away. A ReplicaSet that comes
    /// back gets the next number and remembers the ones it had.
    private static void annotate(ObjectNode deployment, ObjectNode set, long revision) {
        var annotations = Json.child(set, "metadata", "annotations");
        Json.strings(Json.at(deployment, "metadata", "annotations")).forEach((name, value) -> {
            if (!NOT_COPIED.contains(name)) {
                annotations.put(name, value);
            }
        });
        var before = revision(set);
        if (before >= revision) {
            return;
        }
        annotations.put(REVISION, Long.toString(revision));
        if (before > 0) {
            var history = Desk.annotation(set, HISTORY);
            annotations.put(HISTORY, history.isEmpty() ? Long.toString(before) : history + "," + before);
        }
    }

    private boolean create(Seen seen, long revision) {
        var deployment = seen.deployment();
        var collisions = Json.number(deployment, 0, "status", "collisionCount");
        var set = fresh(deployment, Templates.hash(Templates.of(deployment), collisions));
        annotate(deployment, set, revision);
        var replicas = newReplicas(seen, 0);
        Json.child(set, "spec").put("replicas", replicas);
        var annotations = Json.child(set, "metadata", "annotations");
        annotations.put(DESIRED, Integer.toString(seen.wanted()));
        annotations.put(MAX, Integer.toString(seen.wanted() + seen.limits().surge()));
        try {
            var made = desk.create(set);
            if (replicas > 0) {
                noteScaling(deployment, made, 0, replicas);
            }
            new DeploymentStatus(desk).created(deployment, made, revision);
        } catch (ApiFailure failure) {
            if (failure.code() != 409) {
                throw failure;
            }
            new DeploymentStatus(desk).collided(deployment, collisions + 1);
        }
        return true;
    }

    private static ObjectNode fresh(ObjectNode deployment, String hash) {
        var template = (ObjectNode) Templates.of(deployment).deepCopy();
        Json.child(template, "metadata", "labels").put(Templates.HASH, hash);
        var selector = (ObjectNode) Json.at(deployment, "spec", "selector").deepCopy();
        Json.child(selector, "matchLabels").put(Templates.HASH, hash);
        var metadata = Json.object(
                "name",
                Desk.name(deployment) + "-" + hash,
                "namespace",
                Desk.namespace(deployment),
                "labels",
                Json.at(template, "metadata", "labels"),
                "ownerReferences",
                Json.array(List.of(Desk.ownedBy(deployment))));
        var spec = Json.object("selector", selector, "template", template);
        Json.setOrRemove(spec, "minReadySeconds", Json.at(deployment, "spec", "minReadySeconds"));
        return Json.object("apiVersion", "apps/v1", "kind", "ReplicaSet", "metadata", metadata, "spec", spec);
    }

    /// Up to 1.20 the oldest by birth go, whatever their revision: the good one that is rolled back to often is the
    /// first.
    private void cleanUp(Seen seen) {
        var limit = Json.number(seen.deployment(), 10, "spec", "revisionHistoryLimit");
        var order = release == Release.V1_20
                ? OLDEST_FIRST
                : Comparator.<ObjectNode>comparingLong(DeploymentController::revision)
                        .thenComparing(OLDEST_FIRST);
        var cleanable =
                seen.old().stream().filter(s -> !Desk.isDying(s)).sorted(order).toList();
        for (var i = 0; i < cleanable.size() - limit; i++) {
            var set = cleanable.get(i);
            var idle = Desk.replicas(set) == 0
                    && Desk.status(set, "replicas") == 0
                    && Json.number(set, 0, "metadata", "generation") <= Desk.status(set, "observedGeneration");
            if (idle) {
                desk.delete(set, "Background");
            }
        }
    }
}
