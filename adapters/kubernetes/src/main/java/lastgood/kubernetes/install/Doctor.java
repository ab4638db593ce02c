package lastgood.kubernetes.install;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import lastgood.core.Autoscaler;
import lastgood.core.Ledger;
import lastgood.core.Release;
import lastgood.core.Standing;
import lastgood.core.Workload;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.plan.Plan;
import lastgood.core.plan.PlannedStep;
import lastgood.core.plan.Step;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Preflight.Problem;
import lastgood.engine.port.Unreachable;
import lastgood.kubernetes.KubeParts;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.preflight.Right;
import lastgood.kubernetes.workloads.WorkloadKind;

/// What would keep a rollback from working, found out on a quiet afternoon. It changes nothing, and what it may not
/// look
/// at is a finding and not a failure.
public final class Doctor {

    /// On a quiet afternoon nobody minds.
    private static final Duration TIME = Duration.ofSeconds(20);

    /// The Date of an answer counts whole seconds; beyond this, times in journals and ledgers mislead.
    private static final Duration SKEW_MAX = Duration.ofSeconds(5);

    /// Longer than anybody waits for a release.
    private static final Duration DEADLINE_MAX = Duration.ofMinutes(30);

    private final KubeParts kube;
    private final Api api;
    private final Access access;
    private final InstantSource clock;
    private final List<KubeService> services;

    /// @param services to look at; what `access` is for may be more
    public Doctor(KubeParts kube, Access access, InstantSource clock, Collection<KubeService> services) {
        this.kube = kube;
        this.api = kube.api();
        this.access = access;
        this.clock = clock;
        this.services = List.copyOf(services);
    }

    /// Everything that was looked at, also what is fine.
    public List<Finding> findings() {
        var found = new ArrayList<Finding>();
        try {
            server(found);
        } catch (Unreachable e) {
            found.add(Finding.missing(
                    "API server", String.valueOf(e.getMessage()), "is this the right context? try `kubectl version`"));
            return found;
        }
        guarded("who asks", found, () -> List.of(whoAsks()));
        guarded("clock", found, () -> List.of(clock()));
        guarded("kinds", found, this::kinds);
        guarded("admission webhooks", found, this::webhooks);
        access.rules().forEach((namespace, rules) -> rules.forEach(r -> found.add(right(namespace, r))));
        services.forEach(s -> guarded(s.service().toString(), found, () -> service(s)));
        return found;
    }

    private void server(List<Finding> found) {
        var server = Server.of(api);
        found.add(Finding.ok("API server", "%s at %s".formatted(server.version(), api.url())));
        if (server.diesOfCustomResources()) {
            found.add(Finding.warn(
                    "API server",
                    "built with %s, it dies of the first custom resource that is written; records go into ConfigMaps"
                            .formatted(server.go()),
                    "do not install our kinds there"));
            return;
        }
        Definition.ALL.forEach(d -> guarded(d.name(), found, () -> List.of(definition(d))));
    }

    /// Those who may not read definitions still see whether one is served.
    private Finding definition(Definition definition) {
        var what = "CustomResourceDefinition " + definition.name();
        if (api.served(definition.kind()).isEmpty()) {
            return Finding.warn(
                    what,
                    "not installed; records are kept in ConfigMaps",
                    "lastgood cluster install, as an administrator");
        }
        var there =
                api.find(Kind.CRD, "", definition.name()).map(Install::schema).orElse(Definition.SCHEMA);
        if (there < Definition.SCHEMA) {
            return Finding.warn(
                    what,
                    "schema %d, this lastgood knows %d".formatted(there, Definition.SCHEMA),
                    "lastgood cluster install");
        }
        return there > Definition.SCHEMA
                ? Finding.warn(what, "schema %d of a newer lastgood".formatted(there), "use the newer lastgood")
                : Finding.ok(what, "installed");
    }

    // ---- rights

    private Finding right(String namespace, Rule rule) {
        var right = new Right(namespace, rule.group(), rule.resource(), rule.verbs(), rule.names(), rule.why());
        try {
            var not = right.lacking(api);
            return not.isEmpty()
                    ? Finding.ok(right.title(), String.join(", ", right.verbs()))
                    : Finding.missing(
                            right.title(),
                            "may not %s: cannot %s".formatted(String.join(", ", not), right.why()),
                            "add to the Role: " + right.line(not));
        } catch (Forbidden e) {
            return unknown(right.title(), e);
        }
    }

    private static Finding unknown(String what, RuntimeException e) {
        return Finding.warn(
                what,
                "could not look: %s"
                        .formatted(String.valueOf(e.getMessage())
                                .lines()
                                .findFirst()
                                .orElse("")),
                "");
    }

    private static void guarded(String what, List<Finding> found, Supplier<List<Finding>> look) {
        try {
            found.addAll(look.get());
        } catch (Forbidden | Unreachable e) {
            found.add(unknown(what, e));
        }
    }

    // ---- the cluster

    private Finding whoAsks() {
        var what = "who asks";
        var as = api.as().isEmpty() ? "" : ", impersonated";
        if (api.served(Kind.SELF_REVIEW).isEmpty()) {
            return Finding.ok(what, api.as().isEmpty() ? "this API server does not say" : api.as() + as);
        }
        var review = Api.JSON.createObjectNode();
        review.put("apiVersion", api.apiVersion(Kind.SELF_REVIEW)).put("kind", Kind.SELF_REVIEW.kind());
        var user = api.create(Kind.SELF_REVIEW, "", review).orThrow().at("/status/userInfo/username");
        return Finding.ok(what, user.asText("nobody") + as);
    }

    private Finding clock() {
        var there = api.date();
        if (there.isEmpty()) {
            return Finding.ok("clock", "the API server does not say what time it is");
        }
        var ahead = Duration.between(clock.instant(), there.get());
        return ahead.abs().compareTo(SKEW_MAX) > 0
                ? Finding.warn(
                        "clock",
                        "the API server's is %d s %s ours: times in records and logs will not match"
                                .formatted(ahead.abs().toSeconds(), ahead.isNegative() ? "behind" : "ahead of"),
                        "set this machine's clock by NTP")
                : Finding.ok("clock", "the API server's and ours agree");
    }

    private List<Finding> kinds() {
        var found = new ArrayList<Finding>();
        for (var kind : List.of(Kind.ENDPOINT_SLICE, Kind.AUTOSCALER)) {
            found.add(api.served(kind)
                    .map(version -> Finding.ok(kind.kind(), kind.apiVersion(version)))
                    .orElseGet(() -> Finding.warn(
                            kind.kind(),
                            "this API server has none that we know (%s)".formatted(String.join(", ", kind.versions())),
                            kind.equals(Kind.ENDPOINT_SLICE)
                                    ? "traffic cannot be followed to the pods"
                                    : "capacity is not held while traffic moves")));
        }
        return found;
    }

    /// One that is down and must be asked stops every write that it is asked about, a rollback too.
    private List<Finding> webhooks() {
        var found = new ArrayList<Finding>();
        for (var kind : List.of(Kind.VALIDATING_WEBHOOK, Kind.MUTATING_WEBHOOK)) {
            for (var configuration : api.list(kind, "", "")) {
                for (var hook : configuration.path("webhooks")) {
                    if (hook.path("failurePolicy").asText("Fail").equals("Fail")) {
                        found.add(Finding.warn(
                                "%s %s".formatted(kind.kind(), Trees.name(configuration)),
                                "%s has failurePolicy Fail: while it is down, it stops rollbacks of what it is asked about"
                                        .formatted(hook.path("name").asText()),
                                "does what answers it survive the incident?"));
                    }
                }
            }
        }
        return found.isEmpty() ? List.of(Finding.ok("admission webhooks", "none that must be asked")) : found;
    }

    // ---- services

    /// As if it were put back on its last good release now: what would be said before step 1 is said here, by the same
    /// looks.
    private List<Finding> service(KubeService service) {
        var found = new ArrayList<Finding>();
        var steps = new ArrayList<PlannedStep>();
        var good = lastGood(service, found);
        var all = new LinkedHashSet<>(service.strategyWorkloads());
        all.addAll(service.companions());
        for (var name : all) {
            var workload = new Workload(service.service(), name);
            var what = title(service, name);
            var state = kube.workloads().find(workload);
            if (state.isEmpty()) {
                found.add(
                        name.equals(service.strategy().main())
                                ? Finding.missing(what, "does not exist", "is the configuration's name and kind right?")
                                : Finding.ok(what, "does not exist now"));
                continue;
            }
            found.add(Finding.ok(what, "there, on %s".formatted(state.get().requested())));
            found.add(autoscaler(what, state.get().autoscaler()));
            deadline(service, name).ifPresent(found::add);
            var to = good.flatMap(g -> name.equals(service.strategy().main())
                            ? Optional.of(g.revision())
                            : Optional.ofNullable(g.others().get(name)))
                    .orElse(state.get().requested());
            steps.add(new PlannedStep(
                    name,
                    new Step.PutRevision(workload, state.get().requested(), to),
                    TIME,
                    PlannedStep.OnFailure.STOP,
                    PlannedStep.Phase.MAIN));
        }
        var problems = steps.isEmpty() ? List.<Problem>of() : kube.preflight().examine(plan(service, steps), TIME);
        problems.forEach(p -> found.add(
                p.blocks()
                        ? Finding.missing(service.service().toString(), p.what(), p.hint())
                        : Finding.warn(service.service().toString(), p.what(), p.hint())));
        if (!steps.isEmpty() && problems.isEmpty()) {
            found.add(Finding.ok(service.service().toString(), "nothing is known that would stop a rollback"));
        }
        return found;
    }

    private static String title(KubeService service, String workload) {
        return "%s %s/%s".formatted(service.kind(workload).kind().kind(), service.namespace(), workload);
    }

    /// What decides the traffic is looked at with the ledger; where it is gone, no plan can be made.
    private Optional<Release> lastGood(KubeService service, List<Finding> found) {
        try {
            return lastGood(service, kube.ledgers().read(service.service()), found);
        } catch (Forbidden e) {
            found.add(Finding.missing(
                    service.service().toString(),
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    "nothing can be planned until that is there and can be read"));
            return Optional.empty();
        }
    }

    private static Optional<Release> lastGood(KubeService service, Ledger ledger, List<Finding> found) {
        var good = ledger.releases().reversed().stream()
                .filter(r -> ledger.standing(r.number()) instanceof Standing.Good)
                .findFirst();
        found.add(good.map(r -> Finding.ok(service.service().toString(), "last good is %s".formatted(r)))
                .orElseGet(() -> Finding.warn(
                        service.service().toString(),
                        "no release is known to be good; one that served long enough is presumed to be",
                        "lastgood release mark, when you know one")));
        return good;
    }

    private static Finding autoscaler(String what, Autoscaler autoscaler) {
        return switch (autoscaler) {
            case Autoscaler.None() -> Finding.ok(what, "nothing scales it by itself");
            case Autoscaler.Bounds b ->
                Finding.ok(
                        what,
                        "%s %s keeps it between %d and %d"
                                .formatted(
                                        b.kind(),
                                        b.name(),
                                        b.capacity().min(),
                                        b.capacity().max()));
        };
    }

    /// Until then a rollout that will never end looks like one that is underway.
    private Optional<Finding> deadline(KubeService service, String name) {
        if (service.kind(name) != WorkloadKind.DEPLOYMENT) {
            return Optional.empty();
        }
        var what = title(service, name);
        return api.find(Kind.DEPLOYMENT, service.namespace(), name)
                .map(o -> o.path("spec").path("progressDeadlineSeconds").asInt(600))
                .map(seconds -> seconds > DEADLINE_MAX.toSeconds()
                        ? Finding.warn(
                                what,
                                "progressDeadlineSeconds is %d: a release that never gets ready is not noticed before"
                                        .formatted(seconds),
                                "600 is usual")
                        : Finding.ok(what, "gives a release %d s to get ready".formatted(seconds)));
    }

    private static Plan plan(KubeService service, List<PlannedStep> steps) {
        return new Plan(
                Plan.Kind.ROLLBACK,
                service.service(),
                "any",
                "what runs",
                "last good",
                Plan.Type.TYPE_1,
                "not decided",
                steps,
                new ApprovalRule.None(),
                List.of());
    }
}
