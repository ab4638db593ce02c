package lastgood.kubernetes.checks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.traffic.Endpoints;
import lastgood.kubernetes.workloads.Pods;

/// Whether the Services that users come in by know all ready pods of the release. No request is made: this says that
/// users' requests would get there, not what they would be answered. A probe says more and stands in for it.
final class EndpointCheck {

    private static final String THRESHOLD = "all ready pods";
    private static final String SOURCE = "EndpointSlices; no probe is configured, so no request was made";

    private final Api api;
    private final Endpoints endpoints;

    EndpointCheck(Api api) {
        this.api = api;
        this.endpoints = new Endpoints(api);
    }

    CheckResult ask(KubeService service, Running.Seen seen) {
        if (seen.main().isEmpty()) {
            return CheckResult.fail(Check.ENDPOINTS, "nothing that users get runs the release", THRESHOLD, SOURCE);
        }
        var doors = doors(service, seen);
        if (doors.isEmpty()) {
            return CheckResult.unknown(Check.ENDPOINTS, "no Service selects its pods, and no probe is configured");
        }
        var said = new ArrayList<String>();
        for (var door : doors) {
            var pods = ready(seen, door);
            var known = endpoints.ready(service.namespace(), Trees.name(door));
            var reached = pods.stream().filter(known::contains).count();
            var line = "%d of %d ready pods are endpoints of %s".formatted(reached, pods.size(), Trees.name(door));
            if (pods.isEmpty() || reached < pods.size()) {
                return CheckResult.fail(Check.ENDPOINTS, line, THRESHOLD, SOURCE);
            }
            said.add(line);
        }
        return CheckResult.pass(Check.ENDPOINTS, String.join("; ", said), THRESHOLD, SOURCE);
    }

    /// The ready pods that this Service is for: of two Services of a route each has its own workload.
    private static List<String> ready(Running.Seen seen, JsonNode door) {
        return seen.main().stream()
                .filter(o -> selects(door, o.template()) || seen.main().size() == 1)
                .flatMap(o -> o.staying().stream())
                .filter(Pods::ready)
                .map(Trees::name)
                .toList();
    }

    private List<JsonNode> doors(KubeService service, Running.Seen seen) {
        return switch (service.traffic()) {
            case TrafficBy.Selector(var name, var _) -> named(service, name).toList();
            case TrafficBy.HttpRoute(var _, var stable, var canary) -> ofARoute(service, seen, stable, canary);
            case TrafficBy.VirtualService(var _, var stable, var canary) -> ofARoute(service, seen, stable, canary);
            case TrafficBy.Fixed(), TrafficBy.Replicas() ->
                api.list(Kind.SERVICE, service.namespace(), "").stream()
                        .filter(s -> isOf(s, seen))
                        .toList();
        };
    }

    private List<JsonNode> ofARoute(KubeService service, Running.Seen seen, String stable, String canary) {
        return Stream.of(stable, canary)
                .distinct()
                .flatMap(name -> named(service, name))
                .filter(s -> isOf(s, seen))
                .toList();
    }

    private Stream<JsonNode> named(KubeService service, String name) {
        return api.find(Kind.SERVICE, service.namespace(), name).stream();
    }

    private static boolean isOf(JsonNode door, Running.Seen seen) {
        return seen.main().stream().anyMatch(o -> selects(door, o.template()));
    }

    private static boolean selects(JsonNode door, JsonNode template) {
        var selector = Trees.texts(door.path("spec").path("selector"));
        return !selector.isEmpty()
                && Trees.texts(template.path("metadata").path("labels"))
                        .entrySet()
                        .containsAll(selector.entrySet());
    }
}
