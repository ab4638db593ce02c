package lastgood.kubernetes.workloads;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;

/// The pods of workloads, found by who owns them.
public final class Pods {

    private final Api api;

    public Pods(Api api) {
        this.api = api;
    }

    /// Pods of a workload of any kind, those on their way out included, those that have ended not.
    public List<JsonNode> of(String namespace, JsonNode workload) {
        var selector = Trees.selector(workload.path("spec").path("selector"));
        if (selector.isEmpty()) {
            return List.of();
        }
        var owners = owners(namespace, workload, selector);
        return api.list(Kind.POD, namespace, selector).stream()
                .filter(pod -> owners.stream().anyMatch(uid -> Trees.ownedBy(pod, uid)))
                .filter(pod -> !pod.path("status").path("phase").asText().equals("Succeeded"))
                .toList();
    }

    private List<String> owners(String namespace, JsonNode workload, String selector) {
        return workload.path("kind").asText().equals("Deployment")
                ? replicaSets(namespace, workload, selector).stream()
                        .map(Trees::uid)
                        .toList()
                : List.of(Trees.uid(workload));
    }

    public List<JsonNode> replicaSets(String namespace, JsonNode deployment) {
        return replicaSets(
                namespace, deployment, Trees.selector(deployment.path("spec").path("selector")));
    }

    private List<JsonNode> replicaSets(String namespace, JsonNode deployment, String selector) {
        return api.list(Kind.REPLICA_SET, namespace, selector).stream()
                .filter(rs -> Trees.ownedBy(rs, Trees.uid(deployment)))
                .toList();
    }

    public static boolean ready(JsonNode pod) {
        return Trees.is(pod, "Ready");
    }

    /// Addresses that a Service still sends requests to, although their pods are on their way out.
    long stillServing(String namespace, List<JsonNode> leaving) {
        if (leaving.isEmpty() || api.served(Kind.ENDPOINT_SLICE).isEmpty()) {
            return 0;
        }
        var names = leaving.stream().map(Trees::name).toList();
        return api.list(Kind.ENDPOINT_SLICE, namespace, "").stream()
                .flatMap(slice -> Trees.items(slice.path("endpoints")))
                .filter(e -> e.path("conditions").path("ready").asBoolean(true))
                .map(e -> e.path("targetRef").path("name").asText())
                .filter(names::contains)
                .distinct()
                .count();
    }
}
