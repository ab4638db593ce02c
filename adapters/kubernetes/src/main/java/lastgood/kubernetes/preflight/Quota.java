package lastgood.kubernetes.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lastgood.engine.port.Preflight.Problem;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;

/// How many more pods of a template a namespace has room for, by its ResourceQuotas. A rollout that needs a pod more
/// than there may be waits for ever, and says so nowhere but in the ReplicaSet's events.
///
/// @param pods how many more fit
/// @param quota which of them stops at that
record Quota(long pods, String quota) {

    private static final long ENOUGH = 1_000_000;

    static Quota room(Api api, String namespace, JsonNode template) {
        return room(api.list(Kind.RESOURCE_QUOTA, namespace, ""), template);
    }

    static Quota room(Collection<JsonNode> quotas, JsonNode template) {
        var least = new Quota(ENOUGH, "");
        var one = demand(template);
        for (var quota : quotas) {
            // One with scopes counts some pods only; which, is for the API server to say.
            if (!quota.path("spec").path("scopes").isEmpty()
                    || !quota.path("spec").path("scopeSelector").isEmpty()) {
                continue;
            }
            for (var entry : one.entrySet()) {
                var hard = quota.path("status").path("hard").path(entry.getKey());
                if (hard.isMissingNode() || entry.getValue().signum() == 0) {
                    continue;
                }
                var used = quota.path("status").path("used").path(entry.getKey());
                var fit = amount(hard.asText())
                        .subtract(amount(used.asText("0")))
                        .max(BigDecimal.ZERO)
                        .divide(entry.getValue(), 0, RoundingMode.FLOOR)
                        .longValue();
                if (fit < least.pods()) {
                    least = new Quota(
                            fit,
                            "ResourceQuota %s: %s %s of %s"
                                    .formatted(Trees.name(quota), entry.getKey(), used.asText("0"), hard.asText()));
                }
            }
        }
        return least;
    }

    private static Map<String, BigDecimal> demand(JsonNode template) {
        var demand = new TreeMap<String, BigDecimal>(Map.of("pods", BigDecimal.ONE, "count/pods", BigDecimal.ONE));
        for (var resource : List.of("cpu", "memory")) {
            var requests = sum(template, "requests", resource);
            demand.put("requests." + resource, requests);
            demand.put(resource, requests);
            demand.put("limits." + resource, sum(template, "limits", resource));
        }
        return demand;
    }

    private static BigDecimal sum(JsonNode template, String which, String resource) {
        var sum = BigDecimal.ZERO;
        for (var container : template.path("spec").path("containers")) {
            var resources = container.path("resources");
            // What only has a limit requests as much.
            var amount = resources.path(which).path(resource);
            sum = sum.add(amount(
                    amount.isMissingNode()
                            ? resources.path("limits").path(resource).asText("0")
                            : amount.asText()));
        }
        return sum;
    }

    private static BigDecimal amount(String quantity) {
        return Quantity.getAmountInBytes(Quantity.parse(quantity));
    }

    // ---- what it means

    /// For a template that is replaced in place.
    List<Problem> forReplacing(JsonNode workload) {
        var surge = Surge.of(workload);
        if (surge.pods() == 0 || pods >= surge.pods()) {
            return List.of();
        }
        var name = Trees.name(workload);
        if (pods == 0 && surge.unavailable() == 0 && surge.surplus() <= 0) {
            return List.of(Problem.block(
                    "%s needs a pod more while its pods are replaced, and there is no room for one (%s): it would wait for ever"
                            .formatted(name, quota),
                    "raise the quota, or allow maxUnavailable"));
        }
        return List.of(Problem.remark(
                "%s may have %d pods more while its pods are replaced, and there is room for %d (%s): it will take longer"
                        .formatted(name, surge.pods(), pods, quota),
                ""));
    }

    /// For pods that are wanted in addition.
    List<Problem> forMore(String workload, int more) {
        return pods >= more
                ? List.of()
                : List.of(Problem.block(
                        "%s needs %d pods more, and there is room for %d (%s): it would wait for ever"
                                .formatted(workload, more, pods, quota),
                        "raise the quota"));
    }

    /// @param pods more than wanted that a rollout makes
    /// @param unavailable fewer than wanted that it may get by with
    /// @param surplus pods there are beyond those that have to be: what a rollout can take away first
    record Surge(int pods, int unavailable, int surplus) {

        static Surge of(JsonNode workload) {
            var spec = workload.path("spec");
            if (!workload.path("kind").asText().equals("Deployment")
                    || spec.path("strategy").path("type").asText().equals("Recreate")) {
                return new Surge(0, 1, 0);
            }
            var replicas = spec.path("replicas").asInt(1);
            var rolling = spec.path("strategy").path("rollingUpdate");
            var surge = part(rolling.path("maxSurge"), replicas, RoundingMode.CEILING);
            var unavailable = part(rolling.path("maxUnavailable"), replicas, RoundingMode.FLOOR);
            if (surge == 0 && unavailable == 0) {
                unavailable = 1; // as the controller resolves it
            }
            var there = workload.path("status").path("replicas").asInt(replicas);
            return new Surge(replicas == 0 ? 0 : surge, unavailable, there - (replicas - unavailable));
        }

        private static int part(JsonNode value, int replicas, RoundingMode rounding) {
            var text = value.isMissingNode() ? "25%" : value.asText();
            return text.endsWith("%")
                    ? new BigDecimal(text.substring(0, text.length() - 1))
                            .multiply(BigDecimal.valueOf(replicas))
                            .divide(BigDecimal.valueOf(100), 0, rounding)
                            .intValue()
                    : value.asInt();
        }
    }
}
