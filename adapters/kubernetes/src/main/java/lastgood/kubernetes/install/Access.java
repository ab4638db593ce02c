package lastgood.kubernetes.install;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Strategy;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.kubernetes.records.Records;
import lastgood.kubernetes.workloads.WorkloadKind;

/// What lastgood may do in each namespace: a Role that names every verb, and nothing that its services do not need.
///
/// There is no wildcard, no `list` or `watch` of Secrets (either shows their content), no `exec`, nothing outside the
/// namespace. Nobody needs more for a rollback; who can steal the token gets no more than that.
///
/// @param rules by namespace
public record Access(SortedMap<String, List<Rule>> rules) {

    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

    /// Role, RoleBinding and ServiceAccount are called that.
    public static final String NAME = "lastgood";

    /// Whether Secrets may be read, which shows that one has changed since a release, at the price of seeing them.
    public enum Secrets {
        UNSEEN,
        READ_BY_NAME
    }

    /// Where records are kept, see [lastgood.kubernetes.records.Cabinet].
    public enum Keep {
        /// A Role can tell them from everything else.
        OUR_KINDS,
        /// Kubernetes cannot: this may also change and delete ConfigMaps that are not ours.
        CONFIG_MAPS
    }

    public Access {
        rules = Collections.unmodifiableSortedMap(new TreeMap<>(rules));
    }

    /// What these services need where they live.
    ///
    /// @param records the namespace that journals and the word of who drives are kept in
    public static Access of(Collection<KubeService> services, String records, Keep keep, Secrets secrets) {
        return of(services, records, keep, secrets, List.of());
    }

    /// @param data what their databases need beside that
    public static Access of(
            Collection<KubeService> services, String records, Keep keep, Secrets secrets, Collection<DataAccess> data) {
        var rules = new TreeMap<String, List<Rule>>();
        services.stream()
                .map(KubeService::namespace)
                .distinct()
                .forEach(namespace -> rules.put(
                        namespace,
                        rules(
                                services.stream()
                                        .filter(s -> s.namespace().equals(namespace))
                                        .toList(),
                                namespace.equals(records),
                                keep,
                                secrets)));
        rules.computeIfAbsent(records, _ -> {
            var only = new ArrayList<>(journals(keep));
            if (keep == Keep.CONFIG_MAPS) {
                only.add(configMaps(keep));
            }
            return only;
        });
        data.forEach(d -> rules.merge(d.namespace(), d.rules(), Rule::together));
        return new Access(rules);
    }

    /// The same, and pods are asked for what they count, through the API server. Whoever may `get` `pods/proxy` can
    /// send
    /// any pod there a GET.
    public Access readingPods(Collection<KubeService> services) {
        var more = new TreeMap<>(rules);
        var read = List.of(Rule.of("", "pods/proxy", "read what pods count (metrics.pods)", "get"));
        services.forEach(s ->
                more.put(s.namespace(), Rule.together(more.getOrDefault(s.namespace(), List.of()), read)));
        return new Access(more);
    }

    private static List<Rule> rules(List<KubeService> services, boolean journals, Keep keep, Secrets secrets) {
        var rules = new ArrayList<Rule>();
        workloads(services, rules);
        pods(rules);
        rules.add(configMaps(keep));
        secrets(secrets, rules);
        traffic(services, rules);
        records(keep, rules);
        if (journals) {
            rules.addAll(journals(keep));
        }
        looks(rules);
        return rules;
    }

    private static void workloads(List<KubeService> services, List<Rule> rules) {
        for (var kind : WorkloadKind.values()) {
            if (services.stream().anyMatch(s -> kinds(s).contains(kind))) {
                var verbs = new ArrayList<>(List.of("get", "list", "patch"));
                if (services.stream().anyMatch(s -> makes(s).contains(kind))) {
                    verbs.addAll(List.of("create", "delete"));
                }
                rules.add(new Rule(
                        kind.kind().group(), kind.kind().plural(), verbs, "look at workloads and put them back"));
            }
        }
        if (services.stream().anyMatch(s -> kinds(s).contains(WorkloadKind.CRON_JOB))) {
            rules.add(Rule.of("batch", "jobs", "see that the Jobs of a CronJob have ended", "list"));
        }
        rules.add(Rule.of("apps", "replicasets", "find what ran before", "list"));
        rules.add(Rule.of("apps", "controllerrevisions", "find what ran before", "list"));
        rules.add(Rule.of(
                "autoscaling",
                "horizontalpodautoscalers",
                "hold capacity while traffic moves",
                "get",
                "list",
                "patch"));
        rules.add(Rule.of("keda.sh", "scaledobjects", "hold capacity where KEDA owns the autoscaler", "get", "patch"));
    }

    private static List<WorkloadKind> kinds(KubeService service) {
        var kinds = new ArrayList<WorkloadKind>();
        service.strategyWorkloads().forEach(w -> kinds.add(service.kind(w)));
        service.companions().forEach(w -> kinds.add(service.kind(w)));
        return kinds;
    }

    /// Workloads that a plan may make or remove: the other colour, the canary.
    private static List<WorkloadKind> makes(KubeService service) {
        return switch (service.strategy()) {
            case Strategy.Rolling _ -> List.of();
            case Strategy.BlueGreen _, Strategy.Canary _ ->
                service.strategyWorkloads().stream().map(service::kind).toList();
        };
    }

    private static void pods(List<Rule> rules) {
        rules.add(Rule.of("", "pods", "count who is ready, free a StatefulSet that is stuck", "get", "list", "delete"));
        rules.add(Rule.of("", "pods/log", "keep logs before they are gone", "get"));
        rules.add(Rule.of("", "events", "keep events, and leave one of our own", "list", "create"));
    }

    private static Rule configMaps(Keep keep) {
        return switch (keep) {
            case OUR_KINDS ->
                Rule.of("", "configmaps", "put configuration back with the pods", "get", "create", "patch");
            case CONFIG_MAPS ->
                Rule.of(
                        "",
                        "configmaps",
                        "put configuration back with the pods, and keep records",
                        "get",
                        "list",
                        "create",
                        "update",
                        "patch",
                        "delete");
        };
    }

    private static void secrets(Secrets secrets, List<Rule> rules) {
        switch (secrets) {
            case UNSEEN -> {}
            case READ_BY_NAME -> rules.add(Rule.of("", "secrets", "see that one has changed since a release", "get"));
        }
    }

    private static void traffic(List<KubeService> services, List<Rule> rules) {
        rules.add(Rule.of("discovery.k8s.io", "endpointslices", "see whom requests reach", "list"));
        if (services.stream().anyMatch(s -> s.traffic() instanceof TrafficBy.Selector)) {
            rules.add(Rule.of("", "services", "move traffic between colours", "get", "patch"));
        }
        if (services.stream().anyMatch(s -> s.traffic() instanceof TrafficBy.HttpRoute)) {
            rules.add(route(Kind.HTTP_ROUTE));
        }
        if (services.stream().anyMatch(s -> s.traffic() instanceof TrafficBy.VirtualService)) {
            rules.add(route(Kind.VIRTUAL_SERVICE));
        }
    }

    private static Rule route(Kind kind) {
        return Rule.of(kind.group(), kind.plural(), "move traffic by weights", "get", "patch");
    }

    private static void records(Keep keep, List<Rule> rules) {
        if (keep == Keep.CONFIG_MAPS) {
            return;
        }
        rules.add(ours(Records.LEDGER, "keep the history of releases", "get", "create", "update"));
        rules.add(ours(Records.RELEASE, "keep what releases are made of", "get", "list", "create", "update", "delete"));
        rules.add(ours(Records.SERVICE_LOCK, "let one run at a time change a service", "get", "create", "delete"));
    }

    /// Where the journals are. They are never deleted by a run, so nothing here may delete them.
    private static List<Rule> journals(Keep keep) {
        var leases =
                Rule.of("coordination.k8s.io", "leases", "say who drives a run", "get", "create", "patch", "delete");
        return switch (keep) {
            case CONFIG_MAPS -> List.of(leases);
            case OUR_KINDS ->
                List.of(
                        ours(Records.ROLLBACK, "keep the journal of each run", "get", "list", "create"),
                        Rule.of(Records.GROUP, "rollbacks/status", "write the journal of each run", "update"),
                        leases);
        };
    }

    private static Rule ours(Kind kind, String why, String... verbs) {
        return Rule.of(kind.group(), kind.plural(), why, verbs);
    }

    /// Only for `doctor` and the look before step 1; without them both say that they could not look.
    private static void looks(List<Rule> rules) {
        rules.add(Rule.of("", "resourcequotas", "say before step 1 that pods will not fit", "list"));
        rules.add(Rule.of("", "serviceaccounts", "say before step 1 that pods cannot be made", "get"));
        rules.add(Rule.of("", "namespaces", "say before step 1 that the namespace is being deleted", "get"));
    }

    /// ServiceAccount, Role and RoleBinding for each namespace.
    List<ObjectNode> objects() {
        var objects = new ArrayList<ObjectNode>();
        rules.forEach((namespace, list) -> {
            objects.add(object("v1", "ServiceAccount", namespace));
            objects.add(role(namespace, list));
            objects.add(binding(namespace));
        });
        return objects;
    }

    private static ObjectNode role(String namespace, List<Rule> rules) {
        var role = object("rbac.authorization.k8s.io/v1", "Role", namespace);
        var list = role.putArray("rules");
        rules.forEach(r -> list.add(r.object()));
        return role;
    }

    private static ObjectNode binding(String namespace) {
        var binding = object("rbac.authorization.k8s.io/v1", "RoleBinding", namespace);
        binding.putArray("subjects")
                .addObject()
                .put("kind", "ServiceAccount")
                .put("name", NAME)
                .put("namespace", namespace);
        binding.putObject("roleRef")
                .put("apiGroup", "rbac.authorization.k8s.io")
                .put("kind", "Role")
                .put("name", NAME);
        return binding;
    }

    private static ObjectNode object(String apiVersion, String kind, String namespace) {
        var object = Api.JSON.createObjectNode();
        object.put("apiVersion", apiVersion).put("kind", kind);
        object.putObject("metadata")
                .put("name", NAME)
                .put("namespace", namespace)
                .putObject("labels")
                .put(MANAGED_BY, Api.MANAGER);
        return object;
    }
}
