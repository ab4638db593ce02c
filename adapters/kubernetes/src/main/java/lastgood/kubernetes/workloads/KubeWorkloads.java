package lastgood.kubernetes.workloads;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.core.Autoscaler;
import lastgood.core.Capacity;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Workloads;
import lastgood.engine.port.WorldMoved;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Api.Dry;
import lastgood.kubernetes.api.JsonPatch;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.api.Refusal;
import lastgood.kubernetes.objects.Template;
import lastgood.kubernetes.objects.Trees;

/// Workloads of a cluster.
///
/// Every change is one JSON patch that begins by testing the `resourceVersion` of an object which was just found to
/// bear the wishes that the caller saw. Controllers write to the same object all the time (its status), so the
/// version alone would refuse far too often: `stamp` is of the wishes only, and a refusal because of a status is
/// met by reading once more.
public final class KubeWorkloads implements Workloads {

    /// A controller writes a status a few times while pods are replaced; this often in the same millisecond is not
    /// that.
    private static final int TRIES = 8;

    private final Api api;
    private final Map<ServiceRef, KubeService> services;
    private final Templates templates;
    private final Rollouts rollouts;
    private final Autoscalers autoscalers;

    public KubeWorkloads(Api api, Map<ServiceRef, KubeService> services, Templates templates, InstantSource clock) {
        this.api = api;
        this.services = services;
        this.templates = templates;
        this.rollouts = new Rollouts(api, new Pods(api));
        this.autoscalers = new Autoscalers(api, clock);
    }

    private KubeService service(Workload workload) {
        return service(workload.service());
    }

    private KubeService service(ServiceRef ref) {
        var service = services.get(ref);
        if (service == null) {
            throw new Forbidden("the configuration does not know %s".formatted(ref));
        }
        return service;
    }

    // ---- looking

    @Override
    public Optional<WorkloadState> find(Workload workload) {
        return object(workload).map(object -> state(workload, object));
    }

    private Optional<JsonNode> object(Workload workload) {
        var service = service(workload);
        return api.find(service.kind(workload.name()).kind(), service.namespace(), workload.name())
                .filter(o -> !Trees.terminating(o));
    }

    private WorkloadState state(Workload workload, JsonNode object) {
        var service = service(workload);
        var kind = service.kind(workload.name());
        var counts = rollouts.count(kind, service.namespace(), object);
        return new WorkloadState(
                workload,
                Trees.uid(object),
                stamp(object),
                Naming.revision(service, workload.name(), template(service, kind, object)),
                Trees.annotation(object, Trees.MARK),
                counts.wanted(),
                counts.updated(),
                counts.ready(),
                counts.old(),
                paused(kind, object),
                counts.observed(),
                kind.scales() ? autoscalers.of(service.namespace(), object) : new Autoscaler.None(),
                counts.trouble(),
                counts.stuck());
    }

    @Override
    public List<WorkloadState> companions(ServiceRef ref) {
        return service(ref).companions().stream()
                .flatMap(name -> find(new Workload(ref, name)).stream())
                .toList();
    }

    /// Who has an image of the pod template as its own in `managedFields`, and is not us: `argocd-controller`.
    /// Times there are in whole seconds and would often be the same; but nobody owns what another has written over.
    @Override
    public String lastWriter(Workload workload) {
        var path =
                "/fieldsV1" + service(workload).kind(workload.name()).template().replace("/", "/f:");
        return object(workload).stream()
                .flatMap(o -> Trees.items(o.path("metadata").path("managedFields")))
                .filter(f -> !f.path("manager").asText().equals(Api.MANAGER))
                .filter(f -> f.at(path).findValue("f:image") != null)
                .max(Comparator.comparing(f -> f.path("time").asText()))
                .map(f -> f.path("manager").asText())
                .orElse("");
    }

    private static Template template(KubeService service, WorkloadKind kind, JsonNode object) {
        return Template.of(object.at(kind.template()), place(service, object));
    }

    private static Template.Place place(KubeService service, JsonNode object) {
        return Template.Place.of(object, service.maintenanceEnv());
    }

    private static boolean paused(WorkloadKind kind, JsonNode object) {
        return switch (kind) {
            case DEPLOYMENT -> object.path("spec").path("paused").asBoolean(false);
            // Held by a partition above all ordinals, or by hand: neither has a pause. A CronJob that is suspended is
            // at zero: that is its owner's choice or a fence against its writes, and no rollout on hold.
            case STATEFUL_SET, DAEMON_SET, CRON_JOB -> false;
        };
    }

    /// Of the wishes, not of the status. The generation tells a wish from the same wish expressed again later; where a
    /// kind has none (a CronJob of an old server), our own mark does.
    static String stamp(JsonNode object) {
        return "%d-%s-%s"
                .formatted(
                        object.path("metadata").path("generation").asLong(0),
                        Trees.digest(object.path("spec")).brief(),
                        Trees.annotation(object, Trees.MARK));
    }

    // ---- changing

    @Override
    public void put(WorkloadState seen, Revision to, Fence fence) {
        change(seen, fence, putting(seen.workload(), to, fence));
    }

    private Edit putting(Workload workload, Revision to, Fence fence) {
        var service = service(workload);
        var kind = service.kind(workload.name());
        var found = templates
                .find(workload.service(), to.digest())
                .orElseThrow(() -> new Forbidden(
                        "the pod template of %s is nowhere to be found: its ReplicaSet is gone and no snapshot was kept\nnothing was changed"
                                .formatted(to)));
        return (object, patch) -> {
            var current = object.at(kind.template());
            var wanted = found.template().in(object, current, found.place(), place(service, object));
            patch.set(kind.template(), wanted);
            if (paused(kind, object)) {
                // One that stays paused would be asked for another revision and do nothing, for ever.
                patch.set("/spec/paused", false);
            }
            if (kind == WorkloadKind.STATEFUL_SET) {
                wholePartition(object, patch);
            }
            patch.annotate(object, Trees.CHANGE_CAUSE, "lastgood %s: %s".formatted(fence.run(), to.version()));
        };
    }

    /// A rollout that was held half-way by a partition would leave the pods below it on the bad revision.
    private static void wholePartition(JsonNode object, JsonPatch patch) {
        if (object.path("spec")
                        .path("updateStrategy")
                        .path("rollingUpdate")
                        .path("partition")
                        .asInt(0)
                > 0) {
            patch.set("/spec/updateStrategy/rollingUpdate/partition", 0);
        }
    }

    @Override
    public void scale(WorkloadState seen, int instances, Fence fence) {
        change(seen, fence, scaling(seen.workload(), instances));
    }

    private Edit scaling(Workload workload, int instances) {
        var kind = service(workload).kind(workload.name());
        if (!kind.parks()) {
            throw new Forbidden("%s is a %s, which has no number of replicas to set\nnothing was changed"
                    .formatted(workload.name(), kind.kind().kind()));
        }
        return kind == WorkloadKind.CRON_JOB
                ? (_, patch) -> patch.set("/spec/suspend", instances == 0)
                : (_, patch) -> patch.set("/spec/replicas", instances);
    }

    /// As `kubectl rollout restart` does it: an annotation of the pod template, which is no part of a revision.
    @Override
    public void restart(WorkloadState seen, Fence fence) {
        change(seen, fence, restarting(seen.workload(), fence));
    }

    private Edit restarting(Workload workload, Fence fence) {
        var kind = service(workload).kind(workload.name());
        return (object, patch) -> {
            if (kind != WorkloadKind.CRON_JOB) {
                var template = (ObjectNode) object.at(kind.template()).deepCopy();
                template.withObject("/metadata/annotations").put(Template.RESTARTED_BY, fence.key());
                patch.set(kind.template(), template);
            }
        };
    }

    @Override
    public void bound(WorkloadState seen, Capacity to, Fence fence) {
        autoscalers.bound(service(seen.workload()).namespace(), seen, to, fence);
    }

    /// A pod that was made since under the same name has another uid and stays.
    @Override
    public void evict(WorkloadState seen, Fence fence) {
        var namespace = service(seen.workload()).namespace();
        for (var stuck : seen.stuck()) {
            var pod = api.find(Kind.POD, namespace, stuck.name())
                    .filter(p -> Trees.uid(p).equals(stuck.uid()));
            if (pod.isPresent()
                    && api.delete(Kind.POD, namespace, stuck.name(), pod.get()) instanceof Answer.Refused refused
                    && !refused.refusal().notFound()
                    && !refused.refusal().conflict()) {
                throw refused.failure();
            }
        }
    }

    @Override
    public void pause(WorkloadState seen, boolean paused, Fence fence) {
        change(seen, fence, pausing(seen.workload(), paused));
    }

    private Edit pausing(Workload workload, boolean paused) {
        var kind = service(workload).kind(workload.name());
        return switch (kind) {
            case DEPLOYMENT -> (_, patch) -> patch.set("/spec/paused", paused);
            case STATEFUL_SET, DAEMON_SET, CRON_JOB ->
                throw new Forbidden("%s is a %s, whose rollout cannot be paused\nnothing was changed"
                        .formatted(workload.name(), kind.kind().kind()));
        };
    }

    /// What a change does to the object as it is found.
    private interface Edit {
        void of(JsonNode object, JsonPatch patch);
    }

    private void change(WorkloadState seen, Fence fence, Edit edit) {
        var service = service(seen.workload());
        var kind = service.kind(seen.workload().name()).kind();
        for (var i = 0; i < TRIES; i++) {
            var object = unchanged(seen);
            var patch = JsonPatch.of(object).annotate(object, Trees.MARK, fence.key());
            edit.of(object, patch);
            switch (api.patch(kind, service.namespace(), seen.workload().name(), patch)) {
                case Answer.Ok _ -> {
                    return;
                }
                case Answer.Refused refused -> {
                    if (!refused.refusal().conflict() && !refused.refusal().invalid()) {
                        throw refused.failure();
                    }
                    if (sameVersion(seen.workload(), object)) {
                        // Not because somebody was faster: it would not be valid.
                        throw refused.failure();
                    }
                }
            }
        }
        throw new WorldMoved("%s is written to all the time".formatted(seen.workload()));
    }

    // ---- trying

    /// What the API server, its admission webhooks among it, has against that very change, which it is asked to check
    /// and not to keep; empty = nothing, or the workload is not there yet.
    ///
    /// @throws Forbidden if the change cannot even be put into words
    public Optional<Refusal> tryPut(Workload workload, Revision to, Fence fence) {
        return attempt(workload, fence, putting(workload, to, fence));
    }

    public Optional<Refusal> tryScale(Workload workload, int instances, Fence fence) {
        return attempt(workload, fence, scaling(workload, instances));
    }

    public Optional<Refusal> tryRestart(Workload workload, Fence fence) {
        return attempt(workload, fence, restarting(workload, fence));
    }

    public Optional<Refusal> tryPause(Workload workload, boolean paused, Fence fence) {
        return attempt(workload, fence, pausing(workload, paused));
    }

    public Optional<Refusal> tryCreate(Workload workload, Revision revision, int instances, Fence fence) {
        return create(workload, revision, instances, fence, Dry.RUN) instanceof Answer.Refused(var refusal, var _)
                        && !refusal.conflict()
                ? Optional.of(refusal)
                : Optional.empty();
    }

    public Optional<Refusal> tryBound(WorkloadState seen, Capacity to, Fence fence) {
        return autoscalers.tryBound(service(seen.workload()).namespace(), seen, to, fence);
    }

    private Optional<Refusal> attempt(Workload workload, Fence fence, Edit edit) {
        var service = service(workload);
        var kind = service.kind(workload.name()).kind();
        for (var i = 0; i < TRIES; i++) {
            var object = object(workload);
            if (object.isEmpty()) {
                return Optional.empty();
            }
            var patch = JsonPatch.of(object.get()).annotate(object.get(), Trees.MARK, fence.key());
            edit.of(object.get(), patch);
            if (!(api.patch(kind, service.namespace(), workload.name(), patch, Dry.RUN)
                    instanceof Answer.Refused(var refusal, var _))) {
                return Optional.empty();
            }
            if ((!refusal.conflict() && !refusal.invalid()) || sameVersion(workload, object.get())) {
                return Optional.of(refusal);
            }
        }
        return Optional.empty();
    }

    private boolean sameVersion(Workload workload, JsonNode before) {
        return object(workload)
                .filter(now -> now.path("metadata")
                        .path("resourceVersion")
                        .equals(before.path("metadata").path("resourceVersion")))
                .isPresent();
    }

    /// The object, if it still bears the wishes that were seen.
    private JsonNode unchanged(WorkloadState seen) {
        var object = object(seen.workload()).orElseThrow(() -> new WorldMoved("%s is gone".formatted(seen.workload())));
        if (!Trees.uid(object).equals(seen.uid()) || !stamp(object).equals(seen.stamp())) {
            throw new WorldMoved("%s is no longer as it was seen".formatted(seen.workload()));
        }
        return object;
    }

    // ---- making and removing

    @Override
    public void create(Workload workload, Revision revision, int instances, Fence fence) {
        var _ = create(workload, revision, instances, fence, Dry.NO).orThrow();
    }

    private Answer create(Workload workload, Revision revision, int instances, Fence fence, Dry dry) {
        var service = service(workload);
        var kind = service.kind(workload.name());
        var pattern = pattern(service, workload);
        var found = templates
                .find(workload.service(), revision.digest())
                .orElseThrow(() -> new Forbidden(
                        "the pod template of %s is nowhere to be found\nnothing was changed".formatted(revision)));
        var object = api.object(kind.kind(), service.namespace(), workload.name());
        var spec = (ObjectNode) pattern.path("spec").deepCopy();
        object.set("spec", spec);
        spec.put("replicas", instances).remove("paused");
        var labels = ((ObjectNode) object.path("metadata")).putObject("labels");
        Trees.texts(pattern.path("metadata").path("labels")).forEach(labels::put);
        var selector = ((ObjectNode) spec.path("selector")).withObject("/matchLabels");
        var own = ownLabel(service, workload);
        labels.put(own.getKey(), own.getValue());
        selector.put(own.getKey(), own.getValue());
        var template = found.template().in(object, pattern.at(kind.template()), found.place(), place(service, pattern));
        spec.set("template", template);
        ((ObjectNode) object.path("metadata")).putObject("annotations").put(Trees.MARK, fence.key());
        return api.create(kind.kind(), service.namespace(), object, dry);
    }

    /// A new workload is made in the likeness of one that is there: ports, probes, limits and accounts are its.
    private JsonNode pattern(KubeService service, Workload workload) {
        return service.strategyWorkloads().stream()
                .filter(name -> !name.equals(workload.name()))
                .flatMap(name -> object(new Workload(service.service(), name)).stream())
                .findFirst()
                .orElseThrow(() -> new Forbidden(
                        "there is no other workload of %s in whose likeness %s could be made\nnothing was changed\nhint: create it with your own manifest first"
                                .formatted(service.service(), workload.name())));
    }

    /// What tells its pods from those of the others.
    private static Map.Entry<String, String> ownLabel(KubeService service, Workload workload) {
        return service.traffic() instanceof TrafficBy.Selector(var _, var key)
                        && service.strategy() instanceof lastgood.core.Strategy.BlueGreen colours
                        && colours.workloads().contains(workload.name())
                ? Map.entry(key, colours.colourOf(workload.name()))
                : Map.entry("lastgood.dev/workload", workload.name());
    }

    @Override
    public void remove(WorkloadState seen, Fence fence) {
        var service = service(seen.workload());
        var kind = service.kind(seen.workload().name()).kind();
        for (var i = 0; i < TRIES; i++) {
            switch (api.delete(kind, service.namespace(), seen.workload().name(), unchanged(seen))) {
                case Answer.Ok _ -> {
                    return;
                }
                // Its controller may have written its status in between: look whether the wishes are still the same.
                case Answer.Refused(var refusal, var _) when refusal.notFound() || refusal.conflict() -> {}
                case Answer.Refused refused -> throw refused.failure();
            }
        }
        throw new WorldMoved("%s is written to all the time".formatted(seen.workload()));
    }
}
