package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Runs a Job's pods to their end.
record JobController(Desk desk) implements Controller {

    private static final Why HOPELESS = new Why("BackoffLimitExceeded", "Job has reached the specified backoff limit");
    private static final Why TOO_LATE = new Why("DeadlineExceeded", "Job was active longer than specified deadline");

    private record Why(String reason, String message) {}

    @Override
    public void tick() {
        desk.each("jobs.batch", job -> {
            if (!Desk.isDying(job) && !isOver(job)) {
                sync(job);
            }
        });
    }

    private static boolean isOver(ObjectNode job) {
        return !Desk.condition(job, "Complete").isMissingNode()
                || !Desk.condition(job, "Failed").isMissingNode();
    }

    private void sync(ObjectNode job) {
        var pods = desk.claimed(job, "pods");
        if (isTooLate(job)) {
            end(pods);
            count(job, 0, ended(pods, "Succeeded"), ended(pods, "Failed"), Optional.of(TOO_LATE));
            return;
        }
        var succeeded = ended(pods, "Succeeded");
        var failed = ended(pods, "Failed");
        var active = pods.stream().filter(Desk::isActive).count();
        var missing = Math.min(
                Json.number(job, 1, "spec", "parallelism") - active,
                Json.number(job, 1, "spec", "completions") - succeeded - active);
        var hopeless = failed > Json.number(job, 6, "spec", "backoffLimit");
        if (missing < 0) {
            end(pods);
            active = 0;
        }
        for (var i = 0; i < missing && !hopeless; i++) {
            var pod = Templates.pod(job, Templates.of(job));
            Json.child(pod, "metadata").put("generateName", Desk.name(job) + "-");
            desk.create(pod);
            active++;
        }
        count(job, active, succeeded, failed, hopeless ? Optional.of(HOPELESS) : Optional.empty());
    }

    private boolean isTooLate(ObjectNode job) {
        var limit = Json.number(job, -1, "spec", "activeDeadlineSeconds");
        var begun = Json.text(job, "status", "startTime");
        return limit >= 0
                && !begun.isEmpty()
                && !Instant.parse(begun).plusSeconds(limit).isAfter(desk.now());
    }

    private void end(List<ObjectNode> pods) {
        pods.stream().filter(Desk::isActive).forEach(pod -> desk.delete(pod, "Background"));
    }

    private static long ended(List<ObjectNode> pods, String phase) {
        return pods.stream()
                .filter(p -> Json.text(p, "status", "phase").equals(phase))
                .count();
    }

    private void count(ObjectNode job, long active, long succeeded, long failed, Optional<Why> why) {
        var next = job.deepCopy();
        var status = Json.child(next, "status");
        Json.whenMissing(status, "startTime", desk.time());
        Json.setOrRemove(status, "active", active);
        Json.setOrRemove(status, "succeeded", succeeded);
        Json.setOrRemove(status, "failed", failed);
        if (succeeded >= Json.number(job, 1, "spec", "completions")) {
            status.put("completionTime", desk.time());
            Conditions.set(status, condition("Complete", "", ""));
        } else if (why.isPresent()) {
            Conditions.set(
                    status, condition("Failed", why.get().reason(), why.get().message()));
        }
        if (!Json.same(job, next)) {
            desk.updateStatus(next);
        }
    }

    private ObjectNode condition(String type, String reason, String message) {
        var condition = Json.object(
                "type", type, "status", "True", "lastProbeTime", desk.time(), "lastTransitionTime", desk.time());
        if (!reason.isEmpty()) {
            condition.put("reason", reason).put("message", message);
        }
        return condition;
    }
}
