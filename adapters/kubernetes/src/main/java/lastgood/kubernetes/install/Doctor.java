package lastgood.kubernetes.install;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.Answer;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.workloads.WorkloadKind;

/// What would keep a rollback from working, found out on a quiet afternoon. It changes nothing, and what it may not
/// look
/// at is a finding and not a failure.
public final class Doctor {

    private static final List<String> OWNERS = List.of(
            "argocd.argoproj.io/tracking-id",
            "kustomize.toolkit.fluxcd.io/name",
            "helm.toolkit.fluxcd.io/name",
            "meta.helm.sh/release-name");

    private final Api api;
    private final Access access;
    private final List<KubeService> services;

    public Doctor(Api api, Access access, Collection<KubeService> services) {
        this.api = api;
        this.access = access;
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
        access.rules().forEach((namespace, rules) -> rules.forEach(r -> found.add(right(namespace, r))));
        services.forEach(s -> Stream.concat(s.strategyWorkloads().stream(), s.companions().stream())
                .distinct()
                .forEach(w -> guarded(w, found, () -> workload(s, w))));
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
        var what = "%s in %s".formatted(rule.resource(), namespace);
        try {
            var not = rule.verbs().stream()
                    .filter(verb -> !may(namespace, rule, verb))
                    .toList();
            return not.isEmpty()
                    ? Finding.ok(what, String.join(", ", rule.verbs()))
                    : Finding.missing(
                            what,
                            "may not %s: cannot %s".formatted(String.join(", ", not), rule.why()),
                            "add to the Role: " + rule.line(not));
        } catch (Forbidden e) {
            return unknown(what, e);
        }
    }

    private boolean may(String namespace, Rule rule, String verb) {
        var slash = rule.resource().indexOf('/');
        var review = Api.JSON.createObjectNode();
        review.put("apiVersion", "authorization.k8s.io/v1").put("kind", Kind.ACCESS_REVIEW.kind());
        var wanted = review.putObject("spec").putObject("resourceAttributes");
        wanted.put("namespace", namespace)
                .put("verb", verb)
                .put("group", rule.group())
                .put("resource", slash < 0 ? rule.resource() : rule.resource().substring(0, slash));
        if (slash >= 0) {
            wanted.put("subresource", rule.resource().substring(slash + 1));
        }
        return switch (api.create(Kind.ACCESS_REVIEW, "", review)) {
            case Answer.Ok(var answer) -> answer.path("status").path("allowed").asBoolean();
            case Answer.Refused refused -> throw refused.failure();
        };
    }

    private static Finding unknown(String what, RuntimeException e) {
        return Finding.warn(what, "could not look: " + e.getMessage(), "");
    }

    private static void guarded(String what, List<Finding> found, Supplier<List<Finding>> look) {
        try {
            found.addAll(look.get());
        } catch (Forbidden | Unreachable e) {
            found.add(unknown(what, e));
        }
    }

    // ---- workloads

    private List<Finding> workload(KubeService service, String name) {
        var kind = service.kind(name);
        var what = "%s %s/%s".formatted(kind.kind().kind(), service.namespace(), name);
        var object = api.find(kind.kind(), service.namespace(), name);
        if (object.isEmpty()) {
            return List.of(
                    name.equals(service.strategy().main())
                            ? Finding.missing(what, "does not exist", "is the configuration's name and kind right?")
                            : Finding.ok(what, "does not exist now"));
        }
        var found = new ArrayList<Finding>();
        history(kind, what, object.get(), found);
        owner(what, object.get(), found);
        if (found.isEmpty()) {
            found.add(Finding.ok(what, "there"));
        }
        return found;
    }

    private static void history(WorkloadKind kind, String what, JsonNode object, List<Finding> found) {
        var spec = object.path("spec");
        if (kind != WorkloadKind.CRON_JOB && spec.path("revisionHistoryLimit").asInt(10) == 0) {
            found.add(Finding.missing(
                    what, "revisionHistoryLimit is 0: only our own snapshots can restore it", "set it to 10"));
        }
        if (spec.path("paused").asBoolean()) {
            found.add(Finding.warn(what, "is paused; a rollback ends that", "kubectl rollout resume"));
        }
    }

    private static void owner(String what, JsonNode object, List<Finding> found) {
        OWNERS.stream()
                .filter(key -> !Trees.annotation(object, key).isEmpty()
                        || !Trees.label(object, key).isEmpty())
                .findFirst()
                .ifPresent(key -> found.add(Finding.warn(
                        what,
                        "belongs to a deployer (%s), which may put the bad release back".formatted(key),
                        "hold it first")));
    }
}
