package lastgood.kubernetes.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lastgood.core.Autoscaler;
import lastgood.core.Digest;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.Workload;
import lastgood.core.plan.Plan;
import lastgood.core.plan.PlannedStep;
import lastgood.core.plan.Step;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Preflight;
import lastgood.engine.port.WorldMoved;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.api.Refusal;
import lastgood.kubernetes.history.KubeConfigs;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.records.Records;
import lastgood.kubernetes.traffic.KubeTraffic;
import lastgood.kubernetes.workloads.KubeWorkloads;
import lastgood.kubernetes.workloads.Templates;
import lastgood.kubernetes.workloads.WorkloadKind;
import org.jspecify.annotations.Nullable;

/// What a cluster has against a plan: rights, admission, quota, and what the pods of the target name and is gone.
///
/// It asks the API server for the very changes that the steps will make, as a dry run, so that whatever would refuse
/// them later (webhooks, policies, validation) does so now. All questions are asked at once and under one deadline:
/// what was not answered by then is a remark, because in an emergency this must cost less than it saves.
public final class KubePreflight implements Preflight {

    /// A plan is checked when it is shown and again when it is carried out; both together stay below two seconds. A
    /// question takes some ten milliseconds where the API server is well.
    public static final Duration USUAL = Duration.ofMillis(900);

    /// For finding out what to ask; most of it is known from planning.
    private static final Duration SPARE = Duration.ofMillis(100);

    /// Within this time after a check, the answer to the same plan is the same: `--yes` leaves nobody time to think.
    private static final Duration FRESH = Duration.ofSeconds(2);

    /// Nothing bears it: a dry run is not kept.
    private static final RunId NOBODY = new RunId("rb-00000000");

    private final Api api;
    private final Map<ServiceRef, KubeService> services;
    private final Templates templates;
    private final KubeWorkloads workloads;
    private final KubeTraffic traffic;
    private final KubeConfigs configs;
    private final Duration within;
    private volatile @Nullable Checked last;

    private record Checked(Plan plan, List<Problem> problems, long nanos) {}

    public KubePreflight(
            Api api,
            Map<ServiceRef, KubeService> services,
            Templates templates,
            KubeWorkloads workloads,
            KubeTraffic traffic,
            KubeConfigs configs,
            Duration within) {
        this.api = api;
        this.services = services;
        this.templates = templates;
        this.workloads = workloads;
        this.traffic = traffic;
        this.configs = configs;
        this.within = within;
    }

    @Override
    public List<Problem> check(Plan plan) {
        var before = last;
        if (before != null && before.plan().equals(plan) && System.nanoTime() - before.nanos() < FRESH.toNanos()) {
            return before.problems();
        }
        var service = services.get(plan.service());
        if (service == null) {
            throw new Forbidden("the configuration does not know %s".formatted(plan.service()));
        }
        // Finding out what to ask asks a little, too, so that is under the deadline as well.
        var all = new Look("the cluster", () -> Look.all(new Looking(service, plan).looks(), within));
        var problems = Look.all(List.of(all), within.plus(SPARE));
        last = new Checked(plan, problems, System.nanoTime());
        return problems;
    }

    /// The same for the doctor, who looks at rights by himself, has more time and wants no answer of before.
    public List<Problem> examine(Plan plan, Duration time) {
        var service = services.get(plan.service());
        return service == null ? List.of() : Look.all(new Looking(service, plan).looksButRights(), time);
    }

    /// One look at one plan.
    private final class Looking {

        private final KubeService service;
        private final String namespace;
        private final Plan plan;
        private final List<Look> looks = new ArrayList<>();

        Looking(KubeService service, Plan plan) {
            this.service = service;
            this.namespace = service.namespace();
            this.plan = plan;
        }

        List<Look> looks() {
            rights();
            return looksButRights();
        }

        List<Look> looksButRights() {
            look("namespace " + namespace, () -> terminating(api, namespace));
            unparkable();
            plan.steps().forEach(this::refused);
            pods();
            changed().forEach((name, steps) -> look(name, () -> workload(name, steps)));
            others();
            return looks;
        }

        /// A DaemonSet has no number of replicas: a plan that has to stop everything would stop at it, half-way.
        private void unparkable() {
            var names = plan.steps().stream()
                    .map(PlannedStep::step)
                    .filter(Step.Scale.class::isInstance)
                    .map(s -> ((Step.Scale) s).workload().name())
                    .filter(name -> !service.kind(name).parks())
                    .distinct()
                    .sorted()
                    .toList();
            names.forEach(
                    name -> look(
                            name,
                            () -> List.of(
                                    Problem.block(
                                            "%s is a DaemonSet, which cannot be set to 0, and this plan has to stop what may write"
                                                    .formatted(name),
                                            "stop it yourself by a node selector that no node has, and leave it out of companions meanwhile"))));
        }

        private void look(String what, Callable<List<Problem>> at) {
            looks.add(new Look(what, at));
        }

        // ---- rights

        private void rights() {
            Needed.by(service, plan).forEach(this::right);
            Needed.records(namespace, api.served(Records.ROLLBACK).isPresent()).forEach(this::right);
            if (plan.steps().stream().anyMatch(s -> Needed.mayRunCommands(s.step()))) {
                Needed.commands(namespace).forEach(this::rightToRun);
            }
        }

        /// Whether a migration is undone by SQL or by a command is not the cluster's to know, so this stops nothing.
        private void rightToRun(Right right) {
            look("the right to use " + right.title(), () -> {
                var not = right.lacking(api);
                return not.isEmpty()
                        ? List.of()
                        : List.of(Problem.remark(
                                "may not %s %s: a migration that the team's own command undoes cannot be undone"
                                        .formatted(String.join(", ", not), right.title()),
                                "add to the Role: " + right.line(not)));
            });
        }

        private void right(Right right) {
            look("the right to use " + right.title(), () -> lacking(right));
        }

        private List<Problem> lacking(Right right) {
            var not = right.lacking(api);
            return not.isEmpty()
                    ? List.of()
                    : List.of(Problem.block(
                            "may not %s %s: cannot %s".formatted(String.join(", ", not), right.title(), right.why()),
                            "add to the Role: " + right.line(not)));
        }

        // ---- a dry run of each step

        private void refused(PlannedStep planned) {
            look("a dry run of step " + planned.id(), () -> {
                try {
                    return tried(planned.step(), new Fence(NOBODY, planned.id(), 1))
                            .flatMap(refusal -> problem(planned, refusal))
                            .map(List::of)
                            .orElse(List.of());
                } catch (WorldMoved e) {
                    return List.of(Problem.remark("step %s: %s".formatted(planned.id(), Look.firstLine(e)), ""));
                }
            });
        }

        private Optional<Refusal> tried(Step step, Fence fence) {
            return switch (step) {
                case Step.PutRevision(var workload, var _, var to) -> workloads.tryPut(workload, to, fence);
                case Step.CreateWorkload(var workload, var revision, var instances) ->
                    workloads.tryCreate(workload, revision, instances, fence);
                case Step.Scale(var workload, var _, var to) -> workloads.tryScale(workload, to, fence);
                case Step.Restart(var workload, var _) -> workloads.tryRestart(workload, fence);
                case Step.Pause(var workload, var paused) -> workloads.tryPause(workload, paused, fence);
                case Step.RestoreConfig(var _, var name, var _, var to) ->
                    configs.tryRestore(service.service(), name, to, fence);
                case Step.ShiftTraffic(var _, var _, var to) -> traffic.tryShift(service.service(), to, fence);
                case Step.PinCapacity(var workload, var from, var to) ->
                    workloads
                            .find(workload)
                            // A later pin starts from what an earlier one leaves, which nobody can try now.
                            .filter(s -> s.autoscaler() instanceof Autoscaler.Bounds b
                                    && b.capacity().equals(from))
                            .flatMap(s -> workloads.tryBound(s, to, fence));
                case Step.CaptureEvidence _,
                        Step.SetMaintenance _,
                        Step.RemoveWorkload _,
                        Step.WriteLedger _,
                        Step.WatchRecovery _,
                        Step.OfDatabase _ -> Optional.empty();
            };
        }

        private Optional<Problem> problem(PlannedStep planned, Refusal refusal) {
            if (refusal.missesRight()) {
                return Optional.empty(); // said once, with the line of the Role
            }
            if (refusal.message().contains("does not support dry run")) {
                return Optional.of(Problem.remark(
                        "step %s could not be tried: %s".formatted(planned.id(), firstLine(refusal)), ""));
            }
            return Optional.of(
                    Problem.block("step %s would be refused: %s".formatted(planned.id(), firstLine(refusal)), ""));
        }

        // ---- pods of the target

        private void pods() {
            var images = new LinkedHashSet<String>();
            var restored = plan.steps().stream()
                    .flatMap(s -> s.step() instanceof Step.RestoreConfig r ? Stream.of(r.name()) : Stream.empty())
                    .collect(Collectors.toCollection(TreeSet::new));
            for (var planned : plan.steps()) {
                switch (planned.step()) {
                    case Step.PutRevision(var workload, var _, var to) -> {
                        var kind = service.kind(workload.name());
                        target(to.digest(), images, restored).ifPresent(template -> {
                            if (Needed.makesPods(kind)) {
                                look("ResourceQuotas", () -> replacing(workload, template));
                            }
                        });
                    }
                    case Step.CreateWorkload(var workload, var revision, var instances) ->
                        target(revision.digest(), images, restored)
                                .ifPresent(template -> look(
                                        "ResourceQuotas",
                                        () -> Quota.room(api, namespace, template)
                                                .forMore(workload.name(), instances)));
                    case Step.Scale(var workload, var from, var to) -> {
                        if (to > from && Needed.makesPods(service.kind(workload.name()))) {
                            look("ResourceQuotas", () -> more(workload, to - from));
                        }
                    }
                    case Step.Restart(var workload, var _) -> look("ResourceQuotas", () -> restarting(workload));
                    case Step.CaptureEvidence _,
                            Step.PinCapacity _,
                            Step.RestoreConfig _,
                            Step.Pause _,
                            Step.ShiftTraffic _,
                            Step.SetMaintenance _,
                            Step.RemoveWorkload _,
                            Step.WriteLedger _,
                            Step.WatchRecovery _,
                            Step.OfDatabase _ -> {}
                }
            }
            if (!images.isEmpty()) {
                look("images on nodes", () -> Images.look(api, images));
            }
        }

        /// Planning has just looked it up, so this asks nobody.
        private Optional<JsonNode> target(Digest revision, Set<String> images, Set<String> restored) {
            var template = templates
                    .find(service.service(), revision)
                    .map(f -> f.template().raw());
            template.ifPresent(t -> {
                images.addAll(Images.of(t));
                looks.addAll(PodNeeds.of(t).looks(api, namespace, restored));
            });
            return template.map(JsonNode.class::cast);
        }

        private List<Problem> replacing(Workload workload, JsonNode template) {
            return object(workload.name())
                    .map(o -> Quota.room(api, namespace, template).forReplacing(o))
                    .orElse(List.of());
        }

        private List<Problem> restarting(Workload workload) {
            return object(workload.name())
                    .map(o -> Quota.room(
                                    api,
                                    namespace,
                                    o.at(service.kind(workload.name()).template()))
                            .forReplacing(o))
                    .orElse(List.of());
        }

        private List<Problem> more(Workload workload, int more) {
            return object(workload.name())
                    .map(o -> Quota.room(
                                    api,
                                    namespace,
                                    o.at(service.kind(workload.name()).template()))
                            .forMore(workload.name(), more))
                    .orElse(List.of());
        }

        private Optional<JsonNode> object(String workload) {
            return api.find(service.kind(workload).kind(), namespace, workload);
        }

        // ---- workloads that are there

        private Map<String, List<Step>> changed() {
            var changed = new LinkedHashMap<String, List<Step>>();
            for (var planned : plan.steps()) {
                var workload = switch (planned.step()) {
                    case Step.PutRevision(var w, var _, var _) -> w.name();
                    case Step.Scale(var w, var _, var _) -> w.name();
                    case Step.Restart(var w, var _) -> w.name();
                    case Step.Pause(var w, var _) -> w.name();
                    case Step.PinCapacity(var w, var _, var _) -> w.name();
                    case Step.RemoveWorkload(var w, var _) -> w.name();
                    case Step.CreateWorkload _,
                            Step.CaptureEvidence _,
                            Step.RestoreConfig _,
                            Step.ShiftTraffic _,
                            Step.SetMaintenance _,
                            Step.WriteLedger _,
                            Step.WatchRecovery _,
                            Step.OfDatabase _ -> "";
                };
                if (!workload.isEmpty()) {
                    changed.computeIfAbsent(workload, _ -> new ArrayList<>()).add(planned.step());
                }
            }
            return changed;
        }

        private List<Problem> workload(String name, List<Step> steps) {
            var kind = service.kind(name);
            var object = object(name);
            if (object.isEmpty()) {
                return List.of();
            }
            var problems = new ArrayList<Problem>();
            var put = steps.stream().anyMatch(Step.PutRevision.class::isInstance);
            if (put && Held.isPaused(object.get())) {
                problems.add(Problem.remark(
                        "%s %s is paused: the same patch ends that"
                                .formatted(kind.kind().kind(), name),
                        ""));
            }
            if (put) {
                Held.noHistory(kind, object.get()).ifPresent(problems::add);
            }
            Owner.of(kind.kind(), object.get()).ifPresent(problems::add);
            var pinned = steps.stream().anyMatch(Step.PinCapacity.class::isInstance);
            if (!pinned) {
                steps.forEach(s -> fight(name, s).ifPresent(problems::add));
            }
            return problems;
        }

        /// An autoscaler writes the number of replicas again within seconds. Nobody at zero is left alone by it.
        private Optional<Problem> fight(String name, Step step) {
            if (!(step instanceof Step.Scale(var workload, var _, var to)) || to == 0) {
                return Optional.empty();
            }
            return workloads
                    .find(workload)
                    .flatMap(s -> s.autoscaler() instanceof Autoscaler.Bounds b ? Optional.of(b) : Optional.empty())
                    .map(b -> Problem.remark(
                            "%s %s keeps %s between %d and %d and will not leave it at %d"
                                    .formatted(
                                            b.kind(),
                                            b.name(),
                                            name,
                                            b.capacity().min(),
                                            b.capacity().max(),
                                            to),
                            ""));
        }

        // ---- other objects that are written to

        private void others() {
            for (var planned : plan.steps()) {
                if (planned.step() instanceof Step.RestoreConfig(var _, var name, var _, var _)) {
                    owner(Kind.CONFIG_MAP, name);
                }
                if (planned.step() instanceof Step.ShiftTraffic) {
                    switch (service.traffic()) {
                        case TrafficBy.Fixed _, TrafficBy.Replicas _ -> {}
                        case TrafficBy.Selector(var name, var _) -> owner(Kind.SERVICE, name);
                        case TrafficBy.HttpRoute(var name, var _, var _) -> owner(Kind.HTTP_ROUTE, name);
                        case TrafficBy.VirtualService(var name, var _, var _) -> owner(Kind.VIRTUAL_SERVICE, name);
                    }
                }
            }
        }

        private void owner(Kind kind, String name) {
            look(
                    "%s %s".formatted(kind.kind(), name),
                    () -> api.find(kind, namespace, name)
                            .flatMap(o -> Owner.of(kind, o))
                            .map(List::of)
                            .orElse(List.of()));
        }
    }

    private static String firstLine(Refusal refusal) {
        return refusal.toString().lines().findFirst().orElse("");
    }

    static List<Problem> terminating(Api api, String namespace) {
        return api.find(Kind.NAMESPACE, "", namespace)
                .filter(n -> Trees.terminating(n)
                        || n.path("status").path("phase").asText().equals("Terminating"))
                .map(_ -> Problem.block(
                        "namespace %s is being deleted: no pod can be made in it any more".formatted(namespace),
                        "is this the right cluster and namespace?"))
                .map(List::of)
                .orElse(List.of());
    }

    /// What of a workload's own settings matters to a rollback.
    static final class Held {

        private Held() {}

        static boolean isPaused(JsonNode object) {
            return object.path("spec").path("paused").asBoolean(false);
        }

        static Optional<Problem> noHistory(WorkloadKind kind, JsonNode object) {
            return kind != WorkloadKind.CRON_JOB
                            && object.path("spec").path("revisionHistoryLimit").asInt(10) == 0
                    ? Optional.of(Problem.remark(
                            "%s %s has revisionHistoryLimit 0: Kubernetes keeps no release of it, so only our own snapshots can"
                                    .formatted(kind.kind().kind(), Trees.name(object)),
                            "set it to 10"))
                    : Optional.empty();
        }
    }
}
