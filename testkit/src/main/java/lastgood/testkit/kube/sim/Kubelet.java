package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Scheduler and kubelet of every node. What becomes of a pod is a function of its images' tags and its age.
final class Kubelet implements Controller {

    private static final Pattern SLOW = Pattern.compile("slow(\\d+).*");
    private static final Pattern FAIL = Pattern.compile("fail(\\d{0,3}).*");

    /// A crashing container ends at once and is tried again after 1 s, then 2, then 4: the real first ten seconds would
    /// only make tests wait.
    private static final Duration BACK_OFF = Duration.ofSeconds(1);

    private final Desk desk;
    private final Map<String, Instant> started = new HashMap<>();
    private final Map<String, Instant> stopping = new HashMap<>();
    private volatile Duration linger = Duration.ZERO;
    private int lastIp;
    private int turn;

    Kubelet(Desk desk) {
        this.desk = desk;
    }

    void linger(Duration time) {
        linger = time;
    }

    @Override
    public void tick() {
        var nodes = desk.all("nodes").stream().map(Desk::name).toList();
        desk.each("pods", pod -> {
            if (Desk.isDying(pod)) {
                stop(pod);
            } else if (!Json.text(pod, "spec", "nodeName").isEmpty()) {
                report(pod);
            } else if (!nodes.isEmpty()) {
                bind(pod, nodes.get(turn++ % nodes.size()));
            } else {
                sayUnschedulable(pod);
            }
        });
    }

    private void bind(ObjectNode pod, String node) {
        var bound = pod.deepCopy();
        Json.child(bound, "spec").put("nodeName", node);
        desk.update(bound);
    }

    private void sayUnschedulable(ObjectNode pod) {
        var next = pod.deepCopy();
        var condition = Json.object("type", "PodScheduled", "status", "False", "lastTransitionTime", desk.time());
        condition.put("reason", "Unschedulable").put("message", "0/0 nodes are available.");
        Conditions.set(Json.child(next, "status"), condition);
        if (!Json.same(pod, next)) {
            desk.updateStatus(next, "kube-scheduler");
        }
    }

    private void stop(ObjectNode pod) {
        var since = stopping.computeIfAbsent(Desk.uid(pod), _ -> desk.now());
        if (!since.plus(linger).isAfter(desk.now())) {
            stopping.remove(Desk.uid(pod));
            started.remove(Desk.uid(pod));
            desk.deleteNow(pod);
        }
    }

    private void report(ObjectNode pod) {
        var since = started.computeIfAbsent(Desk.uid(pod), _ -> desk.now());
        var next = pod.deepCopy();
        var status = Json.child(next, "status");
        if (!status.has("podIP")) {
            place(status, since);
        }
        var ends = !Json.text(pod, "spec", "restartPolicy").equals("Always");
        var containers = Json.array(List.of());
        var lives = Json.at(pod, "spec", "containers");
        for (var container : lives) {
            containers.add(new Life(container, since, desk.now(), ends).status());
        }
        status.set("containerStatuses", containers);
        conclude(status, containers);
        if (!Json.same(pod, next)) {
            desk.updateStatus(next, "kubelet");
            complain(pod, next);
        }
    }

    private void place(ObjectNode status, Instant since) {
        lastIp++;
        var ip = "10.1.%d.%d".formatted(lastIp / 250, lastIp % 250 + 1);
        status.put("hostIP", "127.0.0.1").put("podIP", ip).put("startTime", Registry.time(since));
        status.putArray("podIPs").addObject().put("ip", ip);
    }

    private void conclude(ObjectNode status, JsonNode containers) {
        var ready = true;
        var waits = false;
        var ended = true;
        var failed = false;
        for (var container : containers) {
            var state = container.path("state");
            var reason = Json.text(state, "waiting", "reason");
            ready &= container.path("ready").asBoolean();
            waits |= reason.equals("ContainerCreating") || reason.equals("ImagePullBackOff");
            ended &= state.has("terminated");
            failed |= Json.number(state, 0, "terminated", "exitCode") != 0;
        }
        status.put("phase", ended ? (failed ? "Failed" : "Succeeded") : waits ? "Pending" : "Running");
        condition(status, "Initialized", true, "");
        condition(status, "ContainersReady", ready, ended ? "PodCompleted" : "ContainersNotReady");
        condition(status, "Ready", ready, ended ? "PodCompleted" : "ContainersNotReady");
        condition(status, "PodScheduled", true, "");
    }

    private void condition(ObjectNode status, String type, boolean yes, String whyNot) {
        var condition = Json.object("type", type, "status", yes ? "True" : "False", "lastTransitionTime", desk.time());
        if (!yes) {
            condition.put("reason", whyNot);
        }
        Conditions.set(status, condition);
    }

    /// An event for each new reason to wait; people look there first.
    private void complain(ObjectNode before, ObjectNode after) {
        var was = reasons(before);
        reasons(after).forEach((container, waiting) -> {
            var reason = Json.text(waiting, "reason");
            if (reason.endsWith("BackOff")
                    && !reason.equals(Json.text(was.getOrDefault(container, Json.object()), "reason"))) {
                desk.event(after, "Warning", "BackOff", Json.text(waiting, "message"));
            }
        });
    }

    private static Map<String, JsonNode> reasons(ObjectNode pod) {
        var found = new HashMap<String, JsonNode>();
        for (var container : Json.at(pod, "status", "containerStatuses")) {
            var waiting = Json.at(container, "state", "waiting");
            if (!waiting.isMissingNode()) {
                found.put(Json.text(container, "name"), waiting);
            }
        }
        return found;
    }

    /// One container at one moment.
    private record Life(JsonNode container, Instant since, Instant now, boolean ends) {

        private String image() {
            return Json.text(container, "image");
        }

        private String name() {
            return Json.text(container, "name");
        }

        ObjectNode status() {
            var tag = ImageTag.of(image());
            if (tag.startsWith("nopull")) {
                return waiting("ImagePullBackOff", "Back-off pulling image \"%s\"".formatted(image()), 0);
            }
            if (tag.startsWith("crash")) {
                return ends ? terminated(1) : crashing();
            }
            if (ends) {
                return now.isBefore(since.plus(readyAfter(tag))) ? running(true) : terminated(exitCode(tag));
            }
            return running(!tag.startsWith("unready") && !now.isBefore(since.plus(readyAfter(tag))));
        }

        /// `fail` ends with 1, `fail42` with 42.
        private static int exitCode(String tag) {
            var fail = FAIL.matcher(tag);
            if (!fail.matches()) {
                return 0;
            }
            return fail.group(1).isEmpty() ? 1 : Integer.parseInt(fail.group(1));
        }

        private static Duration readyAfter(String tag) {
            var slow = SLOW.matcher(tag);
            return slow.matches() ? Duration.ofSeconds(Long.parseLong(slow.group(1))) : Duration.ZERO;
        }

        private ObjectNode base(boolean ready, int restarts, ObjectNode state) {
            var begun = !state.path("waiting").path("reason").asText().equals("ImagePullBackOff");
            return Json.object(
                    "name",
                    name(),
                    "image",
                    image(),
                    "imageID",
                    begun ? repository() + "@" + digest(image()) : "",
                    "containerID",
                    begun ? "sim://" + digest(name() + since + restarts).substring(7) : "",
                    "ready",
                    ready,
                    "started",
                    state.has("running"),
                    "restartCount",
                    restarts,
                    "state",
                    state,
                    "lastState",
                    Json.object());
        }

        private ObjectNode running(boolean ready) {
            return base(ready, 0, Json.object("running", Json.object("startedAt", Registry.time(since))));
        }

        private ObjectNode waiting(String reason, String message, int restarts) {
            return base(false, restarts, Json.object("waiting", Json.object("reason", reason, "message", message)));
        }

        private ObjectNode terminated(int exitCode) {
            return base(false, 0, Json.object("terminated", end(exitCode, since)));
        }

        private static ObjectNode end(int exitCode, Instant at) {
            return Json.object(
                    "exitCode",
                    exitCode,
                    "reason",
                    exitCode == 0 ? "Completed" : "Error",
                    "startedAt",
                    Registry.time(at),
                    "finishedAt",
                    Registry.time(at));
        }

        /// Attempt n begins at (2^n - 1) times the back-off.
        private ObjectNode crashing() {
            var age = Duration.between(since, now);
            var restarts = 63 - Long.numberOfLeadingZeros(age.dividedBy(BACK_OFF) + 1);
            var message = "back-off restarting failed container=%s".formatted(name());
            var status = waiting("CrashLoopBackOff", message, restarts);
            var lastEnd = since.plus(BACK_OFF.multipliedBy((1L << restarts) - 1));
            status.set("lastState", Json.object("terminated", end(1, lastEnd)));
            return status;
        }

        private String repository() {
            var name = image().contains("@") ? image().substring(0, image().indexOf('@')) : image();
            var colon = name.lastIndexOf(':');
            return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
        }

        /// The digest the image was asked for by, or one that is its own for ever.
        private static String digest(String image) {
            if (image.contains("@")) {
                return image.substring(image.indexOf('@') + 1);
            }
            try {
                var digest = MessageDigest.getInstance("SHA-256").digest(image.getBytes(StandardCharsets.UTF_8));
                return "sha256:" + HexFormat.of().formatHex(digest);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
