package lastgood.kubernetes.workloads;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import lastgood.core.Autoscaler;
import lastgood.core.Capacity;
import lastgood.core.WorkloadState;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Api.Dry;
import lastgood.kubernetes.api.JsonPatch;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.api.Refusal;
import lastgood.kubernetes.objects.Trees;

/// HorizontalPodAutoscalers, and KEDA's ScaledObjects, which own one: whoever owns it is whom to ask, because KEDA
/// would
/// write its own bounds over ours.
final class Autoscalers {

    private static final Kind SCALED_OBJECT = Kind.of("keda.sh", "ScaledObject", "scaledobjects", "v1alpha1");

    /// Each look at a workload asks; a look is twice a second.
    private static final Duration FRESH = Duration.ofSeconds(2);

    private final Api api;
    private final InstantSource clock;
    private final Map<String, Listed> listed = new ConcurrentHashMap<>();

    private record Listed(List<JsonNode> objects, Instant at) {}

    Autoscalers(Api api, InstantSource clock) {
        this.api = api;
        this.clock = clock;
    }

    Autoscaler of(String namespace, JsonNode workload) {
        return all(namespace).stream()
                .filter(a -> targets(a, workload))
                .findFirst()
                .map(a -> bounds(namespace, a))
                .orElse(new Autoscaler.None());
    }

    private List<JsonNode> all(String namespace) {
        var known = listed.get(namespace);
        if (known != null && Duration.between(known.at(), clock.instant()).abs().compareTo(FRESH) < 0) {
            return known.objects();
        }
        var found =
                api.served(Kind.AUTOSCALER).isEmpty() ? List.<JsonNode>of() : api.list(Kind.AUTOSCALER, namespace, "");
        listed.put(namespace, new Listed(found, clock.instant()));
        return found;
    }

    private static boolean targets(JsonNode scaler, JsonNode workload) {
        var target = scaler.path("spec").path("scaleTargetRef");
        return target.path("name").asText().equals(Trees.name(workload))
                && target.path("kind").asText().equals(workload.path("kind").asText());
    }

    private Autoscaler bounds(String namespace, JsonNode scaler) {
        var owner = owner(namespace, scaler);
        return owner.map(o -> bounds(SCALED_OBJECT, o, "minReplicaCount", 0, "maxReplicaCount"))
                .orElseGet(() -> bounds(Kind.AUTOSCALER, scaler, "minReplicas", 1, "maxReplicas"));
    }

    private Optional<JsonNode> owner(String namespace, JsonNode scaler) {
        return Trees.items(scaler.path("metadata").path("ownerReferences"))
                .filter(r -> r.path("kind").asText().equals(SCALED_OBJECT.kind()))
                .findFirst()
                .flatMap(r -> api.find(SCALED_OBJECT, namespace, r.path("name").asText()));
    }

    private static Autoscaler bounds(Kind kind, JsonNode object, String min, int minDefault, String max) {
        var least = object.path("spec").path(min).asInt(minDefault);
        var most = Math.max(least, object.path("spec").path(max).asInt(100));
        return new Autoscaler.Bounds(
                kind.kind(),
                Trees.name(object),
                Trees.uid(object),
                stamp(object),
                new Capacity(least, most),
                Trees.annotation(object, Trees.MARK));
    }

    /// Bounds that were set and set back look as they did before, and an autoscaler counts no generations. Without
    /// the mark, whoever was stopped before pinning them and wakes up after they were unpinned would pin them for
    /// ever.
    private static String stamp(JsonNode object) {
        return "%s-%s".formatted(Trees.digest(object.path("spec")).brief(), Trees.annotation(object, Trees.MARK));
    }

    /// Sets the bounds of the very autoscaler that was seen.
    void bound(String namespace, WorkloadState seen, Capacity to, Fence fence) {
        var asked = bound(namespace, seen, to, fence, Dry.NO);
        switch (asked.answer()) {
            case Answer.Ok _ -> {}
            case Answer.Refused refused
            when refused.refusal().invalid() && written(asked.kind(), namespace, asked.object()) ->
                throw new WorldMoved(
                        "%s %s was written to meanwhile".formatted(asked.kind(), Trees.name(asked.object())));
            case Answer.Refused refused -> throw refused.failure();
        }
    }

    /// What is against it; empty = nothing.
    Optional<Refusal> tryBound(String namespace, WorkloadState seen, Capacity to, Fence fence) {
        var asked = bound(namespace, seen, to, fence, Dry.RUN);
        return asked.answer() instanceof Answer.Refused(var refusal, var _)
                        && !(refusal.invalid() && written(asked.kind(), namespace, asked.object()))
                ? Optional.of(refusal)
                : Optional.empty();
    }

    private record Asked(Kind kind, JsonNode object, Answer answer) {}

    private Asked bound(String namespace, WorkloadState seen, Capacity to, Fence fence, Dry dry) {
        if (!(seen.autoscaler() instanceof Autoscaler.Bounds bounds)) {
            throw new Forbidden("%s has no autoscaler\nnothing was changed"
                    .formatted(seen.workload().name()));
        }
        var keda = bounds.kind().equals(SCALED_OBJECT.kind());
        var kind = keda ? SCALED_OBJECT : Kind.AUTOSCALER;
        // Before anything can fail: the next look has to see what is there.
        listed.remove(namespace);
        var object = api.find(kind, namespace, bounds.name())
                .filter(o -> Trees.uid(o).equals(bounds.uid()) && stamp(o).equals(bounds.stamp()))
                .orElseThrow(() -> new WorldMoved("%s %s is no longer as it was seen".formatted(kind, bounds.name())));
        var patch = JsonPatch.of(object)
                .annotate(object, Trees.MARK, fence.key())
                .set(keda ? "/spec/minReplicaCount" : "/spec/minReplicas", to.min())
                .set(keda ? "/spec/maxReplicaCount" : "/spec/maxReplicas", to.max());
        return new Asked(kind, object, api.patch(kind, namespace, bounds.name(), patch, dry));
    }

    /// An autoscaler's own controller writes its status every few seconds.
    private boolean written(Kind kind, String namespace, JsonNode before) {
        return api.find(kind, namespace, Trees.name(before))
                .filter(now -> now.path("metadata")
                        .path("resourceVersion")
                        .equals(before.path("metadata").path("resourceVersion")))
                .isEmpty();
    }
}
