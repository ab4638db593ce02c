package lastgood.kubernetes.traffic;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;

/// The pods that a Service sends requests to, as its EndpointSlices say.
public final class Endpoints {

    private final Api api;

    public Endpoints(Api api) {
        this.api = api;
    }

    /// Names of pods.
    public Set<String> ready(String namespace, String service) {
        return slices(namespace, service)
                .flatMap(slice -> Trees.items(slice.path("endpoints")))
                .filter(e -> e.path("conditions").path("ready").asBoolean(true))
                .map(e -> e.path("targetRef").path("name").asText())
                .collect(Collectors.toSet());
    }

    private Stream<JsonNode> slices(String namespace, String service) {
        return api.served(Kind.ENDPOINT_SLICE).isEmpty()
                ? Stream.of()
                : api.list(Kind.ENDPOINT_SLICE, namespace, "kubernetes.io/service-name=" + service).stream();
    }
}
