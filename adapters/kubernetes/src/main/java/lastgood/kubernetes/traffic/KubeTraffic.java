package lastgood.kubernetes.traffic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import lastgood.core.ServiceRef;
import lastgood.core.Strategy;
import lastgood.core.TrafficState;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Traffic;
import lastgood.engine.port.WorldMoved;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.JsonPatch;
import lastgood.kubernetes.api.Refusal;
import lastgood.kubernetes.objects.Template;
import lastgood.kubernetes.objects.Trees;

/// Where users' requests go in a cluster.
///
/// Weights are those that are asked for; `unsettled` says what of them has not come true. Maintenance is an environment
/// variable of the service's workloads ([KubeService#maintenanceEnv]); it is no part of a revision, so no rollback
/// drops it and switching it makes no release.
public final class KubeTraffic implements Traffic {

    private static final Set<String> ON = Set.of("true", "1", "yes", "on");

    private static final int TRIES = 8;

    private final Api api;
    private final Map<ServiceRef, KubeService> services;

    public KubeTraffic(Api api, Map<ServiceRef, KubeService> services) {
        this.api = api;
        this.services = services;
    }

    private KubeService service(ServiceRef ref) {
        return Optional.ofNullable(services.get(ref))
                .orElseThrow(() -> new Forbidden("the configuration does not know %s".formatted(ref)));
    }

    private Optional<Switch> found(KubeService service) {
        return switch (service.traffic()) {
            case TrafficBy.Fixed _ -> Optional.empty();
            case TrafficBy.Replicas _ -> Optional.empty();
            case TrafficBy.Selector by -> Optional.of(new SelectorSwitch(api, by));
            case TrafficBy.HttpRoute(var name, var stable, var canary) ->
                Optional.of(new RouteSwitch(RouteSwitch.Dialect.GATEWAY, name, stable, canary));
            case TrafficBy.VirtualService(var name, var stable, var canary) ->
                Optional.of(new RouteSwitch(RouteSwitch.Dialect.ISTIO, name, stable, canary));
        };
    }

    // ---- looking

    @Override
    public TrafficState get(ServiceRef ref) {
        var service = service(ref);
        var workloads = workloads(service);
        var ready = new TreeMap<String, Integer>();
        workloads.forEach((name, object) ->
                ready.put(name, object.path("status").path("readyReplicas").asInt(0)));
        var maintenance = maintenance(service, workloads);
        var by = found(service);
        if (by.isEmpty()) {
            return new TrafficState(
                    ref,
                    stamp(wishes(service, workloads), workloads),
                    mark(workloads),
                    byReplicas(service, workloads),
                    ready,
                    maintenance,
                    service.maintenanceEnv().isEmpty() ? "" : settling(workloads));
        }
        var object = object(service, by.get());
        return new TrafficState(
                ref,
                stamp(by.get(), object, service, workloads),
                Trees.annotation(object, Trees.MARK).isEmpty() ? mark(workloads) : Trees.annotation(object, Trees.MARK),
                by.get().weights(service, object),
                ready,
                maintenance,
                by.get().unsettled(service, object));
    }

    private JsonNode object(KubeService service, Switch by) {
        return api.find(by.kind(), service.namespace(), by.object())
                .orElseThrow(() -> new Forbidden(
                        "there is no %s %s in %s, which decides where requests of %s go\nnothing was changed"
                                .formatted(by.kind(), by.object(), service.namespace(), service.service())));
    }

    private SortedMap<String, JsonNode> workloads(KubeService service) {
        var found = new TreeMap<String, JsonNode>();
        for (var name : service.strategyWorkloads()) {
            api.find(service.kind(name).kind(), service.namespace(), name).ifPresent(o -> found.put(name, o));
        }
        return found;
    }

    private static String stamp(
            Switch by, JsonNode object, KubeService service, SortedMap<String, JsonNode> workloads) {
        var all = Api.JSON.createObjectNode();
        all.set("wishes", by.wishes(object));
        all.set("workloads", maintenanceWishes(service, workloads));
        all.put("mark", Trees.annotation(object, Trees.MARK));
        return stamp(all, workloads);
    }

    /// What was switched there and back looks as it did before. Whoever was stopped before he switched it there and
    /// wakes up after it was switched back would do it once more, if it were not for the marks.
    private static String stamp(ObjectNode wishes, SortedMap<String, JsonNode> workloads) {
        var all = wishes.deepCopy();
        workloads.forEach((name, w) -> all.withObject("/marks").put(name, Trees.annotation(w, Trees.MARK)));
        return Trees.digest(all).brief();
    }

    private static ObjectNode wishes(KubeService service, SortedMap<String, JsonNode> workloads) {
        var all = Api.JSON.createObjectNode();
        all.set("workloads", maintenanceWishes(service, workloads));
        if (service.traffic() instanceof TrafficBy.Replicas) {
            workloads.forEach(
                    (name, w) -> all.put(name, w.path("spec").path("replicas").asInt(1)));
        }
        return all;
    }

    private static ObjectNode maintenanceWishes(KubeService service, SortedMap<String, JsonNode> workloads) {
        var all = Api.JSON.createObjectNode();
        service.maintenanceEnv()
                .ifPresent(env -> workloads.forEach((name, w) -> all.put(
                        name,
                        Template.environment(w.path("spec").path("template"), env)
                                .orElse(""))));
        return all;
    }

    /// Ours, if all of them bear it.
    private static String mark(SortedMap<String, JsonNode> workloads) {
        var marks = workloads.values().stream()
                .map(w -> Trees.annotation(w, Trees.MARK))
                .distinct()
                .toList();
        return marks.size() == 1 ? marks.getFirst() : "";
    }

    private SortedMap<String, Integer> byReplicas(KubeService service, SortedMap<String, JsonNode> workloads) {
        if (!(service.traffic() instanceof TrafficBy.Replicas)
                || !(service.strategy() instanceof Strategy.Canary(var main, var canary, var _))) {
            return new TreeMap<>(Map.of(service.strategy().main(), 100));
        }
        var stable = replicas(workloads.get(main));
        var few = replicas(workloads.get(canary));
        var share = few == 0 ? 0 : Math.max(1, Math.round(100f * few / (stable + few)));
        return new TreeMap<>(Map.of(main, 100 - share, canary, share));
    }

    private static int replicas(@org.jspecify.annotations.Nullable JsonNode workload) {
        return workload == null ? 0 : workload.path("spec").path("replicas").asInt(1);
    }

    private static boolean maintenance(KubeService service, SortedMap<String, JsonNode> workloads) {
        return service.maintenanceEnv()
                .map(env -> !workloads.isEmpty()
                        && workloads.values().stream()
                                .allMatch(
                                        w -> Template.environment(w.path("spec").path("template"), env)
                                                .filter(v -> ON.contains(v.toLowerCase(java.util.Locale.ROOT)))
                                                .isPresent()))
                .orElse(false);
    }

    /// The variable reaches users when the pods have been replaced.
    private static String settling(SortedMap<String, JsonNode> workloads) {
        return workloads.values().stream()
                .filter(w -> w.path("status").path("updatedReplicas").asInt(0)
                        < w.path("spec").path("replicas").asInt(1))
                .map(w -> "%s is being replaced".formatted(Trees.name(w)))
                .collect(Collectors.joining(", "));
    }

    // ---- changing

    @Override
    public void shift(TrafficState seen, SortedMap<String, Integer> weights, Fence fence) {
        var service = service(seen.service());
        if (service.traffic() instanceof TrafficBy.Replicas
                && service.strategy() instanceof Strategy.Canary(var main, var canary, var _)) {
            byReplicas(service, seen, weights, main, canary, fence);
            return;
        }
        var by = found(service)
                .orElseThrow(() -> new Forbidden(
                        "all requests of %s go to %s; there is nothing that could split them\nnothing was changed\nhint: strategy.blueGreen or strategy.canary.route in the configuration"
                                .formatted(service.service(), service.strategy().main())));
        change(seen, service, by, fence, (object, patch) -> by.set(service, object, weights, patch));
    }

    /// With one Service for both, the canary gets its share by being there; no requests means no pods.
    private void byReplicas(
            KubeService service,
            TrafficState seen,
            SortedMap<String, Integer> weights,
            String main,
            String canary,
            Fence fence) {
        requireUnchanged(seen);
        var share = weights.getOrDefault(canary, 0);
        var stable = replicas(workloads(service).get(main));
        var few = share == 0 ? 0 : Math.max(1, Math.round(stable * share / (100f - share)));
        edit(service, canary, fence, (_, patch) -> patch.set("/spec/replicas", few));
        // So that whoever looks next finds one mark on both.
        edit(service, main, fence, (_, _) -> {});
    }

    /// What the API server has against moving it so, without moving it; empty = nothing, or what is to move is not
    /// there
    /// yet.
    public Optional<Refusal> tryShift(ServiceRef ref, SortedMap<String, Integer> weights, Fence fence) {
        var service = service(ref);
        var by = found(service);
        if (by.isEmpty()) {
            return Optional.empty();
        }
        for (var i = 0; i < TRIES; i++) {
            var object = object(service, by.get());
            var patch = JsonPatch.of(object).annotate(object, Trees.MARK, fence.key());
            by.get().set(service, object, weights, patch);
            if (!(api.patch(by.get().kind(), service.namespace(), by.get().object(), patch, Api.Dry.RUN)
                    instanceof Answer.Refused(var refusal, var _))) {
                return Optional.empty();
            }
            if ((!refusal.conflict() && !refusal.invalid()) || isSame(object, object(service, by.get()))) {
                return Optional.of(refusal);
            }
        }
        return Optional.empty();
    }

    private static boolean isSame(JsonNode before, JsonNode now) {
        return now.path("metadata")
                .path("resourceVersion")
                .equals(before.path("metadata").path("resourceVersion"));
    }

    private interface Edit {
        void of(JsonNode object, JsonPatch patch);
    }

    private void change(TrafficState seen, KubeService service, Switch by, Fence fence, Edit edit) {
        for (var i = 0; i < TRIES; i++) {
            requireUnchanged(seen);
            var object = object(service, by);
            var patch = JsonPatch.of(object).annotate(object, Trees.MARK, fence.key());
            edit.of(object, patch);
            switch (api.patch(by.kind(), service.namespace(), by.object(), patch)) {
                case Answer.Ok _ -> {
                    return;
                }
                case Answer.Refused refused -> {
                    if (!refused.refusal().conflict() && !refused.refusal().invalid()) {
                        throw refused.failure();
                    }
                    if (object(service, by)
                            .path("metadata")
                            .path("resourceVersion")
                            .equals(object.path("metadata").path("resourceVersion"))) {
                        throw refused.failure();
                    }
                }
            }
        }
        throw new WorldMoved("%s is written to all the time".formatted(by.object()));
    }

    private void requireUnchanged(TrafficState seen) {
        if (!get(seen.service()).stamp().equals(seen.stamp())) {
            throw new WorldMoved("the traffic of %s is no longer as it was seen".formatted(seen.service()));
        }
    }

    @Override
    public void maintenance(TrafficState seen, boolean on, Fence fence) {
        var service = service(seen.service());
        var env = service.maintenanceEnv()
                .orElseThrow(() -> new Forbidden(
                        "nothing is configured that would show users of %s a maintenance page\nnothing was changed\nhint: services.%s.maintenance: { env: MAINTENANCE_MODE }"
                                .formatted(service.service(), service.service().service())));
        requireUnchanged(seen);
        for (var workload : workloads(service).keySet()) {
            edit(service, workload, fence, (object, patch) -> switchOn(object, env, on, patch));
        }
    }

    private static void switchOn(JsonNode object, String env, boolean on, JsonPatch patch) {
        for (var list : List.of("containers", "initContainers")) {
            var there = object.path("spec").path("template").path("spec").path(list);
            for (var c = 0; c < there.size(); c++) {
                var container = (ObjectNode) there.get(c).deepCopy();
                Template.with(container, env, Boolean.toString(on));
                patch.set("/spec/template/spec/%s/%d/env".formatted(list, c), container.path("env"));
            }
        }
    }

    /// Controllers write statuses all the time; a change of the wishes, though, is somebody else's.
    private void edit(KubeService service, String workload, Fence fence, Edit edit) {
        var kind = service.kind(workload).kind();
        var seen = find(service, workload);
        for (var i = 0; i < TRIES; i++) {
            var object = find(service, workload);
            if (!object.path("spec").equals(seen.path("spec"))) {
                throw new WorldMoved("%s is no longer as it was seen".formatted(workload));
            }
            var patch = JsonPatch.of(object).annotate(object, Trees.MARK, fence.key());
            edit.of(object, patch);
            switch (api.patch(kind, service.namespace(), workload, patch)) {
                case Answer.Ok _ -> {
                    return;
                }
                case Answer.Refused refused -> {
                    if ((!refused.refusal().conflict() && !refused.refusal().invalid())
                            || find(service, workload)
                                    .path("metadata")
                                    .path("resourceVersion")
                                    .equals(object.path("metadata").path("resourceVersion"))) {
                        throw refused.failure();
                    }
                }
            }
        }
        throw new WorldMoved("%s is written to all the time".formatted(workload));
    }

    private JsonNode find(KubeService service, String workload) {
        return api.find(service.kind(workload).kind(), service.namespace(), workload)
                .orElseThrow(() -> new WorldMoved("%s is gone".formatted(workload)));
    }
}
