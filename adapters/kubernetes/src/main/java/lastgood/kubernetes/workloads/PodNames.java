package lastgood.kubernetes.workloads;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.objects.Template;
import lastgood.kubernetes.objects.Trees;

/// How the pods of a service are called, those that are gone included: that is how metrics know them.
public final class PodNames {

    private final Api api;
    private final Map<ServiceRef, KubeService> services;

    public PodNames(Api api, Map<ServiceRef, KubeService> services) {
        this.api = api;
        this.services = Map.copyOf(services);
    }

    /// Regular expressions, for the workloads that take the service's requests.
    ///
    /// @param revision only pods that run it. Pods of a Deployment bear their ReplicaSet's name; those of the other
    ///     kinds keep theirs from one revision to the next, so there it makes no difference
    public List<String> patterns(ServiceRef ref, Optional<Digest> revision) {
        var service = services.get(ref);
        if (service == null) {
            return List.of();
        }
        var patterns = new ArrayList<String>();
        for (var workload : service.strategyWorkloads()) {
            switch (service.kind(workload)) {
                case DEPLOYMENT ->
                    revision.ifPresentOrElse(
                            digest -> patterns.addAll(replicaSets(service, workload, digest)),
                            () -> patterns.add(workload + "-[a-z0-9]{1,10}-[a-z0-9]{5}"));
                case STATEFUL_SET -> patterns.add(workload + "-[0-9]+");
                case DAEMON_SET -> patterns.add(workload + "-[a-z0-9]{5}");
                case CRON_JOB -> {
                    // its pods answer nobody
                }
            }
        }
        return patterns;
    }

    /// The revisions of Deployments, each with the patterns of its pods; those of the other kinds keep their names.
    public Map<Digest, List<String>> byRevision(ServiceRef ref) {
        var service = services.get(ref);
        var found = new TreeMap<Digest, List<String>>();
        if (service != null) {
            service.strategyWorkloads().stream()
                    .filter(w -> service.kind(w) == WorkloadKind.DEPLOYMENT)
                    .forEach(w -> replicaSets(service, w)
                            .forEach((name, digest) -> found.computeIfAbsent(digest, _ -> new ArrayList<>())
                                    .add(pods(name))));
        }
        return found;
    }

    private List<String> replicaSets(KubeService service, String workload, Digest revision) {
        return replicaSets(service, workload).entrySet().stream()
                .filter(rs -> rs.getValue().equals(revision))
                .map(rs -> pods(rs.getKey()))
                .toList();
    }

    private static String pods(String replicaSet) {
        return replicaSet + "-[a-z0-9]{5}";
    }

    /// By name, with what each of them runs.
    private Map<String, Digest> replicaSets(KubeService service, String workload) {
        var found = new TreeMap<String, Digest>();
        api.find(service.kind(workload).kind(), service.namespace(), workload).ifPresent(deployment -> {
            var place = Template.Place.of(deployment, service.maintenanceEnv());
            new Pods(api)
                    .replicaSets(service.namespace(), deployment)
                    .forEach(rs -> found.put(
                            Trees.name(rs),
                            Template.of(rs.path("spec").path("template"), place).digest()));
        });
        return found;
    }
}
