package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A Deployment's counters and conditions.
record DeploymentStatus(Desk desk) {

    private static final String PROGRESSING = "Progressing";
    private static final String AVAILABLE = "Available";
    private static final String FAILURE = "ReplicaFailure";
    private static final String DONE = "NewReplicaSetAvailable";
    private static final String TIMED_OUT = "ProgressDeadlineExceeded";

    private ObjectNode condition(String type, boolean yes, String reason, String message) {
        return Json.object(
                "type",
                type,
                "status",
                yes ? "True" : "False",
                "lastUpdateTime",
                desk.time(),
                "lastTransitionTime",
                desk.time(),
                "reason",
                reason,
                "message",
                message);
    }

    private static boolean hasDeadline(ObjectNode deployment) {
        var seconds = Json.at(deployment, "spec", "progressDeadlineSeconds");
        return seconds.isNumber() && seconds.asLong() != Integer.MAX_VALUE;
    }

    private static ObjectNode statusOf(ObjectNode object) {
        return Json.child(object, "status");
    }

    private boolean saved(ObjectNode before, ObjectNode after) {
        if (Json.same(before, after)) {
            return false;
        }
        desk.updateStatus(after);
        return true;
    }

    /// The condition says when somebody paused or resumed; a deadline does not run meanwhile.
    boolean notePause(ObjectNode deployment) {
        if (!hasDeadline(deployment)) {
            return false;
        }
        var reason = Json.text(Conditions.find(deployment.path("status"), PROGRESSING), "reason");
        if (reason.equals(TIMED_OUT)) {
            return false;
        }
        var paused = deployment.path("spec").path("paused").asBoolean();
        var noted = reason.equals("DeploymentPaused");
        if (paused == noted) {
            return false;
        }
        var next = deployment.deepCopy();
        var now = paused
                ? condition(PROGRESSING, false, "DeploymentPaused", "Deployment is paused")
                : condition(PROGRESSING, false, "DeploymentResumed", "Deployment is resumed");
        now.put("status", "Unknown");
        Conditions.set(statusOf(next), now);
        return saved(deployment, next);
    }

    /// An existing ReplicaSet is the new one: its revision is the Deployment's.
    boolean adopt(ObjectNode deployment, ObjectNode set, String revision) {
        var next = deployment.deepCopy();
        Json.child(next, "metadata", "annotations").put(DeploymentController.REVISION, revision);
        if (hasDeadline(deployment)
                && Conditions.find(next.path("status"), PROGRESSING).isMissingNode()) {
            var message = "Found new replica set \"%s\"".formatted(Desk.name(set));
            Conditions.set(statusOf(next), condition(PROGRESSING, true, "FoundNewReplicaSet", message));
        }
        return saved(deployment, next);
    }

    void created(ObjectNode deployment, ObjectNode set, long revision) {
        var next = deployment.deepCopy();
        Json.child(next, "metadata", "annotations").put(DeploymentController.REVISION, Long.toString(revision));
        if (hasDeadline(deployment)) {
            var message = "Created new replica set \"%s\"".formatted(Desk.name(set));
            Conditions.set(statusOf(next), condition(PROGRESSING, true, "NewReplicaSetCreated", message));
        }
        saved(deployment, next);
    }

    void collided(ObjectNode deployment, long collisions) {
        var next = deployment.deepCopy();
        statusOf(next).put("collisionCount", collisions);
        saved(deployment, next);
    }

    /// While paused or scaling: counters and availability, no verdict about progress.
    void syncPlain(ObjectNode deployment, List<ObjectNode> sets, @Nullable ObjectNode fresh) {
        var next = deployment.deepCopy();
        next.set("status", counted(deployment, sets, fresh));
        saved(deployment, next);
    }

    void syncRollout(ObjectNode deployment, List<ObjectNode> sets, @Nullable ObjectNode fresh) {
        var next = deployment.deepCopy();
        var status = counted(deployment, sets, fresh);
        next.set("status", status);
        if (hasDeadline(deployment)) {
            judge(deployment, status, fresh);
        } else {
            Conditions.remove(status, PROGRESSING);
        }
        noteFailure(status, sets, fresh);
        saved(deployment, next);
    }

    private void judge(ObjectNode deployment, ObjectNode status, @Nullable ObjectNode fresh) {
        var now = Conditions.find(status, PROGRESSING);
        var reason = Json.text(now, "reason");
        var settled = Desk.status(Json.object("status", status), "replicas")
                        == Desk.status(Json.object("status", status), "updatedReplicas")
                && reason.equals(DONE);
        if (settled) {
            return;
        }
        var name = fresh == null ? "" : Desk.name(fresh);
        if (isComplete(deployment, status)) {
            Conditions.set(
                    status,
                    condition(
                            PROGRESSING, true, DONE, "ReplicaSet \"%s\" has successfully progressed.".formatted(name)));
        } else if (isProgressing(deployment, status)) {
            var next = condition(
                    PROGRESSING, true, "ReplicaSetUpdated", "ReplicaSet \"%s\" is progressing.".formatted(name));
            if (Json.text(now, "status").equals("True")) {
                next.set("lastTransitionTime", now.get("lastTransitionTime"));
            }
            Conditions.remove(status, PROGRESSING);
            Conditions.set(status, next);
        } else if (isTimedOut(deployment, status)) {
            Conditions.set(
                    status,
                    condition(
                            PROGRESSING,
                            false,
                            TIMED_OUT,
                            "ReplicaSet \"%s\" has timed out progressing.".formatted(name)));
        }
    }

    private static void noteFailure(ObjectNode status, List<ObjectNode> sets, @Nullable ObjectNode fresh) {
        Conditions.remove(status, FAILURE);
        var all = new java.util.ArrayList<ObjectNode>();
        if (fresh != null) {
            all.add(fresh);
        }
        all.addAll(sets);
        for (var set : all) {
            var failure = Desk.condition(set, FAILURE);
            if (failure instanceof ObjectNode there) {
                var copy = there.deepCopy();
                copy.set("lastUpdateTime", there.get("lastTransitionTime"));
                Conditions.set(status, copy);
                return;
            }
        }
    }

    private ObjectNode counted(ObjectNode deployment, List<ObjectNode> sets, @Nullable ObjectNode fresh) {
        var status = deployment.path("status").isObject()
                ? (ObjectNode) deployment.path("status").deepCopy()
                : Json.object();
        var available = sum(sets, "availableReplicas");
        var total = sets.stream().mapToInt(Desk::replicas).sum();
        status.put("observedGeneration", Json.number(deployment, 0, "metadata", "generation"));
        Json.setOrRemove(status, "replicas", sum(sets, "replicas"));
        Json.setOrRemove(status, "updatedReplicas", fresh == null ? 0 : Desk.status(fresh, "replicas"));
        Json.setOrRemove(status, "readyReplicas", sum(sets, "readyReplicas"));
        Json.setOrRemove(status, "availableReplicas", available);
        Json.setOrRemove(status, "unavailableReplicas", Math.max(0, total - available));
        var enough = available
                >= Desk.replicas(deployment) - RolloutLimits.of(deployment).unavailable();
        Conditions.set(
                status,
                enough
                        ? condition(AVAILABLE, true, "MinimumReplicasAvailable", "Deployment has minimum availability.")
                        : condition(
                                AVAILABLE,
                                false,
                                "MinimumReplicasUnavailable",
                                "Deployment does not have minimum availability."));
        return status;
    }

    private static int sum(List<ObjectNode> sets, String counter) {
        return sets.stream().mapToInt(s -> Desk.status(s, counter)).sum();
    }

    static boolean isComplete(ObjectNode deployment, List<ObjectNode> sets, @Nullable ObjectNode fresh) {
        return fresh != null && isComplete(deployment, statusOf(deployment.deepCopy()));
    }

    private static boolean isComplete(ObjectNode deployment, ObjectNode status) {
        var wanted = Desk.replicas(deployment);
        return status.path("updatedReplicas").asInt(0) == wanted
                && status.path("replicas").asInt(0) == wanted
                && status.path("availableReplicas").asInt(0) == wanted
                && status.path("observedGeneration").asLong(0) >= Json.number(deployment, 0, "metadata", "generation");
    }

    private static boolean isProgressing(ObjectNode deployment, ObjectNode status) {
        var before = deployment.path("status");
        return more(status, before, "updatedReplicas")
                || old(status) < old(before)
                || more(status, before, "readyReplicas")
                || more(status, before, "availableReplicas");
    }

    private static boolean more(ObjectNode now, com.fasterxml.jackson.databind.JsonNode before, String counter) {
        return now.path(counter).asInt(0) > before.path(counter).asInt(0);
    }

    private static int old(com.fasterxml.jackson.databind.JsonNode status) {
        return status.path("replicas").asInt(0) - status.path("updatedReplicas").asInt(0);
    }

    private boolean isTimedOut(ObjectNode deployment, ObjectNode status) {
        var now = Conditions.find(status, PROGRESSING);
        if (now.isMissingNode() || Json.text(now, "reason").equals(DONE)) {
            return false;
        }
        if (Json.text(now, "reason").equals(TIMED_OUT)) {
            return true;
        }
        var since = Instant.parse(Json.text(now, "lastUpdateTime"));
        var seconds = Json.number(deployment, 600, "spec", "progressDeadlineSeconds");
        return since.plusSeconds(seconds).isBefore(desk.now());
    }
}
