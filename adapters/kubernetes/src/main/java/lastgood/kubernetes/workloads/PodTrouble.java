package lastgood.kubernetes.workloads;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import lastgood.kubernetes.objects.Trees;

/// Why pods do not become ready, in Kubernetes' own words. A crash loop looks like progress to a Deployment until its
/// deadline, ten minutes later; the containers say it at once.
public final class PodTrouble {

    /// Reasons of waiting that belong to every start.
    private static final Set<String> ORDINARY = Set.of("ContainerCreating", "PodInitializing");

    private PodTrouble() {}

    /// One line for each kind of trouble, with how many pods have it.
    public static List<String> of(Collection<JsonNode> pods) {
        var counted = new TreeMap<String, Integer>();
        pods.stream()
                .filter(p -> !Trees.terminating(p))
                .flatMap(p -> of(p).stream())
                .forEach(t -> counted.merge(t, 1, Integer::sum));
        return counted.entrySet().stream()
                .map(e -> e.getValue() == 1 ? e.getKey() : "%s (%d pods)".formatted(e.getKey(), e.getValue()))
                .toList();
    }

    /// The first thing that is wrong with a pod; nothing if it is well or on its way.
    public static Optional<String> of(JsonNode pod) {
        return containers(pod)
                .flatMap(c -> waiting(c).stream())
                .findFirst()
                .or(() -> unschedulable(pod))
                .or(() -> failed(pod));
    }

    private static Stream<JsonNode> containers(JsonNode pod) {
        return Stream.concat(
                Trees.items(pod.path("status").path("initContainerStatuses")),
                Trees.items(pod.path("status").path("containerStatuses")));
    }

    private static Optional<String> waiting(JsonNode container) {
        var waiting = container.path("state").path("waiting");
        var reason = waiting.path("reason").asText("");
        if (reason.isEmpty() || ORDINARY.contains(reason)) {
            return Optional.empty();
        }
        var exit = container.path("lastState").path("terminated").path("exitCode");
        return Optional.of("%s: %s of image %s%s"
                .formatted(
                        reason,
                        container.path("name").asText(),
                        container.path("image").asText(),
                        exit.isNumber() ? ", exit code " + exit.asInt() : ""));
    }

    private static Optional<String> unschedulable(JsonNode pod) {
        var scheduled = Trees.condition(pod, "PodScheduled");
        return scheduled.path("status").asText().equals("False")
                ? Optional.of("no node takes it: " + scheduled.path("message").asText())
                : Optional.empty();
    }

    private static Optional<String> failed(JsonNode pod) {
        return pod.path("status").path("phase").asText().equals("Failed")
                ? Optional.of("%s: %s"
                        .formatted(
                                pod.path("status").path("reason").asText("Failed"),
                                pod.path("status").path("message").asText()))
                : Optional.empty();
    }
}
