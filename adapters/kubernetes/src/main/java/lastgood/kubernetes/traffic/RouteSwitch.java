package lastgood.kubernetes.traffic;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Strategy;
import lastgood.engine.port.Forbidden;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.JsonPatch;
import lastgood.kubernetes.api.Kind;

/// Weights of a route between two Services: a Gateway API HTTPRoute, or an Istio VirtualService.
final class RouteSwitch implements Switch {

    /// How a kind of route spells rules, targets and their names.
    enum Dialect {
        GATEWAY(Kind.HTTP_ROUTE, "rules", "backendRefs"),
        ISTIO(Kind.VIRTUAL_SERVICE, "http", "route");

        // A record of texts and a copied list: nothing of it changes.
        @SuppressWarnings("ImmutableEnumChecker")
        private final Kind kind;

        private final String rules;
        private final String targets;

        Dialect(Kind kind, String rules, String targets) {
            this.kind = kind;
            this.rules = rules;
            this.targets = targets;
        }

        boolean names(JsonNode target, String wanted) {
            return switch (this) {
                case GATEWAY -> target.path("name").asText().equals(wanted);
                case ISTIO ->
                    target.path("destination").path("subset").asText().equals(wanted)
                            || target.path("destination").path("host").asText().equals(wanted)
                            || target.path("destination").path("host").asText().startsWith(wanted + ".");
            };
        }

        /// A route's weights need not add up to a hundred.
        int weight(JsonNode target, boolean alone) {
            return target.path("weight").asInt(this == GATEWAY ? 1 : alone ? 100 : 0);
        }
    }

    private final Dialect dialect;
    private final String name;
    private final String stable;
    private final String canary;

    RouteSwitch(Dialect dialect, String name, String stable, String canary) {
        this.dialect = dialect;
        this.name = name;
        this.stable = stable;
        this.canary = canary;
    }

    @Override
    public Kind kind() {
        return dialect.kind;
    }

    @Override
    public String object() {
        return name;
    }

    /// One rule's target.
    private record Target(int rule, int index, boolean isCanary, int weight) {}

    private List<Target> targets(JsonNode object) {
        var targets = new ArrayList<Target>();
        var rules = wishes(object);
        for (var r = 0; r < rules.size(); r++) {
            var there = rules.get(r).path(dialect.targets);
            for (var t = 0; t < there.size(); t++) {
                var isCanary = dialect.names(there.get(t), canary);
                if (isCanary || dialect.names(there.get(t), stable)) {
                    targets.add(new Target(r, t, isCanary, dialect.weight(there.get(t), there.size() == 1)));
                }
            }
        }
        return targets;
    }

    private List<String> workloads(KubeService service) {
        return switch (service.strategy()) {
            case Strategy.Canary(var main, var other, var _) -> List.of(main, other);
            case Strategy.BlueGreen(var _, var both) -> both;
            case Strategy.Rolling(var main) -> List.of(main, main + "-canary");
        };
    }

    /// Of all rules together: the heaviest share that the canary has in any of them is what users may get.
    @Override
    public SortedMap<String, Integer> weights(KubeService service, JsonNode object) {
        var share = 0;
        var any = false;
        var targets = targets(object);
        for (var rule : targets.stream().map(Target::rule).distinct().toList()) {
            var ofRule = targets.stream().filter(t -> t.rule() == rule).toList();
            var all = ofRule.stream().mapToInt(Target::weight).sum();
            var canaries = ofRule.stream()
                    .filter(Target::isCanary)
                    .mapToInt(Target::weight)
                    .sum();
            any |= all > 0;
            share = Math.max(share, all == 0 ? 0 : Math.round(100f * canaries / all));
        }
        var names = workloads(service);
        return new TreeMap<>(java.util.Map.of(names.get(0), any ? 100 - share : 0, names.get(1), share));
    }

    @Override
    public void set(KubeService service, JsonNode object, SortedMap<String, Integer> weights, JsonPatch patch) {
        var targets = targets(object);
        var names = workloads(service);
        var share = weights.getOrDefault(names.get(1), 0);
        if (targets.stream().noneMatch(Target::isCanary) && share > 0) {
            throw new Forbidden("%s %s has no backend `%s`\nnothing was changed\nhint: add it with weight 0"
                    .formatted(dialect.kind, name, canary));
        }
        if (targets.stream().allMatch(Target::isCanary)) {
            throw new Forbidden("%s %s has no backend `%s`\nnothing was changed".formatted(dialect.kind, name, stable));
        }
        for (var target : targets) {
            patch.set(
                    "/spec/%s/%d/%s/%d/weight".formatted(dialect.rules, target.rule(), dialect.targets, target.index()),
                    target.isCanary() ? share : 100 - share);
        }
    }

    @Override
    public JsonNode wishes(JsonNode object) {
        return object.path("spec").path(dialect.rules);
    }

    /// A gateway says on the route itself what it made of it; Istio says nothing there.
    @Override
    public String unsettled(KubeService service, JsonNode object) {
        if (dialect == Dialect.ISTIO) {
            return "";
        }
        var parents = object.path("status").path("parents");
        if (parents.isEmpty()) {
            return "no gateway has taken notice of %s yet".formatted(name);
        }
        var generation = object.path("metadata").path("generation").asLong(0);
        for (var parent : parents) {
            for (var condition : parent.path("conditions")) {
                if (condition.path("observedGeneration").asLong(0) < generation) {
                    return "the gateway has not taken notice of %s yet".formatted(name);
                }
                if (!condition.path("status").asText().equals("True")) {
                    return "the gateway does not take %s: %s"
                            .formatted(name, condition.path("message").asText());
                }
            }
        }
        return "";
    }
}
