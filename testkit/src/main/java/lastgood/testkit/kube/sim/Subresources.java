package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import lastgood.testkit.kube.sim.Registry.Intent;

/// Doors of an object that show or change something else than the object: scale, log, binding, eviction.
final class Subresources {

    private final Registry registry;
    private volatile PodServer server = (_, _, _, _) -> Optional.empty();
    private final Map<String, List<String>> printed = new ConcurrentHashMap<>();
    private final Map<String, List<String>> printedBefore = new ConcurrentHashMap<>();

    Subresources(Registry registry) {
        this.registry = registry;
    }

    // ---- scale

    Response scale(Intent intent, Request request) {
        var object = intent.on("");
        var live = registry.get(object);
        if (request.method().equals("GET")) {
            return Response.json(200, shown(live));
        }
        var wanted = wantedScale(live, request);
        var next = live.deepCopy();
        var version = Json.text(wanted, "metadata", "resourceVersion");
        if (!version.isEmpty()) {
            Json.child(next, "metadata").put("resourceVersion", version);
        }
        Json.child(next, "spec").set("replicas", Json.at(wanted, "spec", "replicas"));
        return Response.json(200, shown(registry.update(object, next).object()));
    }

    private static JsonNode wantedScale(ObjectNode live, Request request) {
        var body = Json.parse(request.body());
        if (request.method().equals("PUT")) {
            return body;
        }
        var type = request.header("Content-Type").split(";", 2)[0];
        return type.equals("application/json-patch+json")
                ? Patches.json(shown(live), body)
                : Patches.merge(shown(live), body);
    }

    private static ObjectNode shown(ObjectNode object) {
        var metadata = Json.object();
        for (var field : new String[] {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
            metadata.set(field, object.get("metadata").get(field));
        }
        var selector = Json.strings(Json.at(object, "spec", "selector", "matchLabels")).entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(","));
        var status = Json.object("replicas", Json.number(object, 0, "status", "replicas"), "selector", selector);
        var spec = Json.object();
        if (Json.number(object, 0, "spec", "replicas") != 0) {
            spec.set("replicas", object.get("spec").get("replicas"));
        }
        return Json.object(
                "kind", "Scale", "apiVersion", "autoscaling/v1", "metadata", metadata, "spec", spec, "status", status);
    }

    // ---- pods

    Response binding(Intent intent, Request request) {
        var pod = registry.get(intent.on("")).deepCopy();
        if (Json.at(pod, "spec").has("nodeName")) {
            throw ApiFailure.conflict(
                    intent.resource(),
                    intent.name(),
                    "pod %s is already assigned to node \"%s\""
                            .formatted(intent.name(), Json.text(pod, "spec", "nodeName")));
        }
        var node = Json.text(Json.parse(request.body()), "target", "name");
        Json.child(pod, "spec").put("nodeName", node);
        registry.update(intent.on(""), pod);
        return Response.json(201, Json.object("kind", "Status", "apiVersion", "v1", "status", "Success", "code", 201));
    }

    Response eviction(Intent intent, Request request) {
        var pod = registry.get(intent.on(""));
        for (var budget : registry.store().list("poddisruptionbudgets.policy", intent.namespace())) {
            var guards =
                    Selectors.ofWorkload(Json.at(budget, "spec", "selector")).test(pod);
            if (guards && Json.number(budget, 0, "status", "disruptionsAllowed") <= 0) {
                throw ApiFailure.cannotEvict();
            }
        }
        registry.delete(intent.on(""), Json.at(Json.parse(request.body()), "deleteOptions"));
        return Response.json(201, Json.object("kind", "Status", "apiVersion", "v1", "status", "Success", "code", 201));
    }

    Response log(Intent intent, Request request) {
        var pod = registry.get(intent.on(""));
        var asked = request.parameter("container");
        var name =
                asked.isEmpty() ? Json.text(Json.at(pod, "spec", "containers").path(0), "name") : asked;
        for (var status : Json.at(pod, "status", "containerStatuses")) {
            if (Json.text(status, "name").equals(name)) {
                return limited(log(pod, status, request.isOn("previous")), request);
            }
        }
        throw ApiFailure.badRequest("container %s is not valid for pod %s".formatted(name, intent.name()));
    }

    private String log(JsonNode pod, JsonNode container, boolean previous) {
        var name = Json.text(container, "name");
        var podName = Json.text(pod, "metadata", "name");
        var restarts = Json.number(container, 0, "restartCount");
        var waiting = Json.text(container, "state", "waiting", "reason");
        var ended = container.path("lastState").has("terminated");
        if (previous && !ended) {
            throw ApiFailure.badRequest(
                    "previous terminated container \"%s\" in pod \"%s\" not found".formatted(name, podName));
        }
        if (!waiting.isEmpty() && !ended) {
            throw ApiFailure.badRequest("container \"%s\" in pod \"%s\" is waiting to start: %s"
                    .formatted(
                            name,
                            podName,
                            waiting.equals("ImagePullBackOff") ? "trying and failing to pull image" : waiting));
        }
        var image = Json.text(container, "image");
        var attempt = previous ? Math.max(0, restarts - 1) : restarts;
        return scripted(previous ? printedBefore : printed, ImageTag.of(image))
                .map(lines -> lines.stream().map(l -> l + "\n").collect(Collectors.joining()))
                .orElse(
                        ended
                                ? "attempt %d of %s\npanic: the simulated program fails\n".formatted(attempt, image)
                                : "attempt %d of %s\nready to serve\n".formatted(attempt, image));
    }

    /// `pods/[https:]NAME[:PORT]/proxy/PATH`, as the real one: it says itself that nobody answers, and hands on
    /// anything
    /// else as it is.
    Response proxy(Intent intent, Request request) {
        var parts = intent.name().split(":", -1);
        var scheme = parts.length == 3 ? parts[0] : "http";
        var name = parts[parts.length == 3 ? 1 : 0];
        var port = parts.length == 1 ? 80 : Integer.parseInt(parts[parts.length - 1]);
        var pod = registry.get(new Intent(
                intent.resource(), intent.version(), intent.namespace(), name, "", intent.manager(), intent.dryRun()));
        var ip = Json.text(pod, "status", "podIP");
        var path = request.path().substring(request.path().indexOf("/proxy") + "/proxy".length())
                + (request.query().isEmpty() ? "" : "?" + request.query());
        return server.get(name, scheme.isEmpty() ? "http" : scheme, port, path)
                .map(page -> Response.bytes(page.status(), page.type(), page.body()))
                .orElseThrow(() -> ApiFailure.unreachable(
                        "error trying to reach service: dial tcp %s:%d: connect: connection refused"
                                .formatted(ip, port)));
    }

    void serves(PodServer answering) {
        server = answering;
    }

    /// As a kubelet does it: the last lines first, and of those the first bytes.
    private static Response limited(String text, Request request) {
        var lines = text.lines().toList();
        var tail = request.parameter("tailLines");
        var shown = tail.isEmpty() || Integer.parseInt(tail) >= lines.size()
                ? text
                : lines.subList(lines.size() - Integer.parseInt(tail), lines.size()).stream()
                        .map(l -> l + "\n")
                        .collect(Collectors.joining());
        var limit = request.parameter("limitBytes");
        return Response.text(
                200,
                limit.isEmpty() || Integer.parseInt(limit) >= shown.length()
                        ? shown
                        : shown.substring(0, Integer.parseInt(limit)));
    }

    /// What containers print whose image's tag begins like that; the longest such prefix wins.
    void prints(String tagPrefix, boolean beforeTheLastCrash, List<String> lines) {
        (beforeTheLastCrash ? printedBefore : printed).put(tagPrefix, lines);
    }

    private static Optional<List<String>> scripted(Map<String, List<String>> scripts, String tag) {
        return scripts.entrySet().stream()
                .filter(script -> tag.startsWith(script.getKey()))
                .max(Comparator.comparingInt(script -> script.getKey().length()))
                .map(Map.Entry::getValue);
    }
}
