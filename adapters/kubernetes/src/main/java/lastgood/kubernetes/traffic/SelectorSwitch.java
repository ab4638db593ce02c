package lastgood.kubernetes.traffic;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Strategy;
import lastgood.engine.port.Forbidden;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.JsonPatch;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;

/// Blue-green by the label in a Service's selector that names the colour.
///
/// The selector changes at once; requests follow when the endpoints have. Until none of the other colour's pods is an
/// endpoint any more, the switch is underway.
final class SelectorSwitch implements Switch {

    private final Api api;
    private final TrafficBy.Selector by;

    SelectorSwitch(Api api, TrafficBy.Selector by) {
        this.api = api;
        this.by = by;
    }

    @Override
    public Kind kind() {
        return Kind.SERVICE;
    }

    @Override
    public String object() {
        return by.serviceName();
    }

    @Override
    public SortedMap<String, Integer> weights(KubeService service, JsonNode object) {
        var weights = new TreeMap<String, Integer>();
        var colour = object.path("spec").path("selector").path(by.key()).asText("");
        colours(service).workloads().forEach(w -> weights.put(w, 0));
        if (colours(service).colours().contains(colour)) {
            weights.put(colours(service).workloadOf(colour), 100);
        }
        return weights;
    }

    private static Strategy.BlueGreen colours(KubeService service) {
        return service.strategy() instanceof Strategy.BlueGreen colours
                ? colours
                : new Strategy.BlueGreen(
                        java.util.List.of("blue", "green"),
                        java.util.List.of(
                                service.strategy().main(), service.strategy().main() + "-other"));
    }

    @Override
    public void set(KubeService service, JsonNode object, SortedMap<String, Integer> weights, JsonPatch patch) {
        var target = weights.entrySet().stream()
                .filter(e -> e.getValue() == 100)
                .findFirst()
                .orElseThrow(() -> new Forbidden(
                        "a Service's selector sends everything to one colour; it cannot split %s\nnothing was changed\nhint: a route (strategy.canary.route) can"
                                .formatted(weights)));
        patch.set(
                "/spec/selector/" + JsonPatch.escape(by.key()), colours(service).colourOf(target.getKey()));
    }

    @Override
    public JsonNode wishes(JsonNode object) {
        return object.path("spec").path("selector");
    }

    @Override
    public String unsettled(KubeService service, JsonNode object) {
        var colour = object.path("spec").path("selector").path(by.key()).asText("");
        var wanted = Trees.texts(object.path("spec").path("selector"));
        var pods = new TreeMap<String, Boolean>();
        var selector = new java.util.ArrayList<String>();
        wanted.forEach((k, v) -> selector.add(k + "=" + v));
        api.list(Kind.POD, service.namespace(), String.join(",", selector))
                .forEach(p -> pods.put(Trees.name(p), !Trees.terminating(p) && Trees.is(p, "Ready")));
        var endpoints = new Endpoints(api).ready(service.namespace(), by.serviceName());
        var foreign = endpoints.stream().filter(e -> !pods.containsKey(e)).count();
        var missing = pods.entrySet().stream()
                .filter(e -> e.getValue() && !endpoints.contains(e.getKey()))
                .count();
        return foreign > 0
                ? "%d of the other colour's pods still get requests".formatted(foreign)
                : missing > 0 ? "%d ready pods of %s get no requests yet".formatted(missing, colour) : "";
    }
}
