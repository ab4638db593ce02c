package lastgood.testkit.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// The status a kubelet would report for a pod of a certain age. Pure: the pod and the time go in, JSON comes out.
///
/// @param started when this node took the pod on
/// @param digests says what an image's name stands for on this node
record PodStatus(JsonNode pod, Instant started, Instant now, String ip, UnaryOperator<String> digests) {

    private record Container(JsonNode spec, Script.Life life, Instant born) {

        String name() {
            return spec.path("name").asText();
        }

        String image() {
            return spec.path("image").asText();
        }
    }

    /// The digest that an image has everywhere unless a test says otherwise.
    static String digest(String image) {
        var at = image.indexOf('@');
        return at >= 0 ? image.substring(at + 1) : "sha256:" + sha256(image);
    }

    Map<String, Object> json() {
        var policy = pod.at("/spec/restartPolicy").asText("Always");
        var born = started;
        var inits = new ArrayList<Container>();
        var initialized = true;
        for (var spec : pod.at("/spec/initContainers")) {
            var container = container(spec, born, initialized, true, policy);
            inits.add(container);
            initialized = initialized && container.life().phase() == Script.Phase.SUCCEEDED;
            born = born.plus(container.life().since());
        }
        var mains = new ArrayList<Container>();
        for (var spec : pod.at("/spec/containers")) {
            mains.add(container(spec, born, initialized, false, policy));
        }
        return status(inits, mains, initialized);
    }

    /// Whether the container has an earlier attempt that a log could be of.
    static boolean crashedBefore(JsonNode pod, String container) {
        return statuses(pod)
                .filter(status -> status.path("name").asText().equals(container))
                .anyMatch(status -> status.at("/lastState/terminated").isObject());
    }

    /// Why the container has not started, or an empty text.
    static String waitsFor(JsonNode pod, String container) {
        return statuses(pod)
                .filter(status -> status.path("name").asText().equals(container))
                .map(status -> status.at("/lastState/terminated").isObject()
                        ? "" // in back-off: the attempt before is what there is to read
                        : status.at("/state/waiting/reason").asText())
                .findFirst()
                .orElse("ContainerCreating");
    }

    private static Stream<JsonNode> statuses(JsonNode pod) {
        return Stream.of("/status/initContainerStatuses", "/status/containerStatuses")
                .flatMap(path -> StreamSupport.stream(pod.at(path).spliterator(), false));
    }

    private Container container(JsonNode spec, Instant born, boolean itsTurn, boolean init, String policy) {
        var age = itsTurn ? Duration.between(born, now) : Duration.ofMillis(-1);
        var ends = init || !policy.equals("Always");
        var life = Script.of(spec.path("image").asText(), init).at(age, ends, !policy.equals("Never"));
        return new Container(spec, life, born);
    }

    private Map<String, Object> status(List<Container> inits, List<Container> mains, boolean initialized) {
        var phase = phase(inits, mains);
        var ready = initialized && mains.stream().allMatch(main -> main.life().ready());
        var over = phase.equals("Succeeded") || phase.equals("Failed");
        var why = phase.equals("Succeeded") ? "PodCompleted" : "ContainersNotReady";

        var status = new LinkedHashMap<String, Object>();
        status.put("phase", phase);
        status.put("hostIP", "127.0.0.1");
        status.put("podIP", ip);
        status.put("podIPs", List.of(Map.of("ip", ip)));
        status.put("startTime", time(started));
        status.put(
                "conditions",
                List.of(
                        condition(
                                "Initialized",
                                initialized,
                                phase.equals("Succeeded") ? "PodCompleted" : "ContainersNotInitialized"),
                        condition("ContainersReady", ready && !over, why),
                        condition("Ready", ready && !over && gatesOpen(), ready ? "ReadinessGatesNotReady" : why),
                        condition("PodScheduled", true, "")));
        if (!inits.isEmpty()) {
            status.put(
                    "initContainerStatuses",
                    inits.stream().map(init -> containerStatus(init, true)).toList());
        }
        status.put(
                "containerStatuses",
                mains.stream().map(main -> containerStatus(main, false)).toList());
        return status;
    }

    private static String phase(List<Container> inits, List<Container> mains) {
        if (inits.stream().anyMatch(init -> init.life().phase() == Script.Phase.FAILED)) {
            return "Failed";
        }
        if (mains.stream().allMatch(main -> main.life().ended())) {
            var failed = mains.stream().anyMatch(main -> main.life().phase() == Script.Phase.FAILED);
            return failed ? "Failed" : "Succeeded";
        }
        var waits = mains.stream()
                .map(main -> main.life().phase())
                .anyMatch(phase -> phase == Script.Phase.CREATING || phase == Script.Phase.PULL_FAILED);
        return waits ? "Pending" : "Running";
    }

    /// A readiness gate is opened by somebody else's condition.
    private boolean gatesOpen() {
        for (var gate : pod.at("/spec/readinessGates")) {
            if (!conditionNow(gate.path("conditionType").asText())
                    .path("status")
                    .asText()
                    .equals("True")) {
                return false;
            }
        }
        return true;
    }

    private JsonNode conditionNow(String type) {
        for (var condition : pod.at("/status/conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition;
            }
        }
        return MissingNode.getInstance();
    }

    /// The time of the last change stays while nothing changes, or `minReadySeconds` would never be over. An empty
    /// reason is null: a strategic merge would otherwise keep the old one.
    private Map<String, Object> condition(String type, boolean yes, String whyNot) {
        var wanted = yes ? "True" : "False";
        var seen = conditionNow(type);
        var since = seen.path("status").asText().equals(wanted)
                ? seen.path("lastTransitionTime").asText()
                : "";
        var condition = new LinkedHashMap<String, Object>();
        condition.put("type", type);
        condition.put("status", wanted);
        condition.put("reason", yes || whyNot.isEmpty() ? null : whyNot);
        condition.put("lastTransitionTime", since.isEmpty() || since.equals("null") ? time(now) : since);
        return condition;
    }

    private Map<String, Object> containerStatus(Container container, boolean init) {
        var life = container.life();
        var ready = init ? life.phase() == Script.Phase.SUCCEEDED : life.ready();
        var begun = life.phase() != Script.Phase.CREATING && life.phase() != Script.Phase.PULL_FAILED;
        var status = new LinkedHashMap<String, Object>();
        status.put("name", container.name());
        status.put("image", container.image());
        status.put("imageID", begun ? repository(container.image()) + "@" + digests.apply(container.image()) : "");
        status.put("containerID", begun ? containerId(container) : "");
        status.put("ready", ready);
        status.put("started", life.phase() == Script.Phase.RUNNING);
        status.put("restartCount", life.restarts());
        status.put("state", state(container, init));
        status.put(
                "lastState",
                life.crashedBefore()
                        ? terminated(1, container.born().plus(life.lastEnd()), containerId(container))
                        : Map.of());
        return status;
    }

    private Map<String, Object> state(Container container, boolean init) {
        var life = container.life();
        var at = container.born().plus(life.since());
        return switch (life.phase()) {
            case CREATING ->
                waiting(
                        init || !pod.at("/spec/initContainers").isEmpty() ? "PodInitializing" : "ContainerCreating",
                        "");
            case PULL_FAILED ->
                waiting("ImagePullBackOff", "Back-off pulling image \"%s\"".formatted(container.image()));
            case BACK_OFF ->
                waiting(
                        "CrashLoopBackOff",
                        "back-off restarting failed container=%s pod=%s"
                                .formatted(
                                        container.name(),
                                        pod.at("/metadata/name").asText()));
            case RUNNING -> Map.of("running", Map.of("startedAt", time(at)));
            case SUCCEEDED -> terminated(0, at, containerId(container));
            case FAILED -> terminated(life.exitCode(), at, containerId(container));
        };
    }

    private static Map<String, Object> waiting(String reason, String message) {
        var waiting = message.isEmpty() ? Map.of("reason", reason) : Map.of("reason", reason, "message", message);
        return Map.of("waiting", waiting);
    }

    private static Map<String, Object> terminated(int exitCode, Instant at, String containerId) {
        return Map.of(
                "terminated",
                Map.of(
                        "exitCode",
                        exitCode,
                        "reason",
                        exitCode == 0 ? "Completed" : "Error",
                        "startedAt",
                        time(at),
                        "finishedAt",
                        time(at),
                        "containerID",
                        containerId));
    }

    private String containerId(Container container) {
        return "fake://"
                + sha256(pod.at("/metadata/uid").asText()
                        + container.name()
                        + container.life().restarts());
    }

    private static String repository(String image) {
        var name = image.contains("@") ? image.substring(0, image.indexOf('@')) : image;
        var colon = name.lastIndexOf(':');
        return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
    }

    /// Kubernetes keeps whole seconds.
    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String sha256(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
