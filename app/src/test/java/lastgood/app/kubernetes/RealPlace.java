package lastgood.app.kubernetes;

import java.util.List;
import java.util.Map;
import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.ControlPlane;

/// The one real control plane of this JVM.
final class RealPlace implements Place {

    /// What lastgood touches, by API group.
    private static final Map<String, List<String>> ALL = Map.of(
            "",
            List.of("pods", "pods/log", "configmaps", "secrets", "services", "endpoints", "events"),
            "apps",
            List.of("deployments", "replicasets", "statefulsets", "daemonsets", "controllerrevisions"),
            "autoscaling",
            List.of("horizontalpodautoscalers"),
            "batch",
            List.of("cronjobs", "jobs"),
            "discovery.k8s.io",
            List.of("endpointslices"),
            "coordination.k8s.io",
            List.of("leases"));

    private static final List<String> VERBS =
            List.of("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection");

    private final ControlPlane plane = ControlPlane.shared();
    private boolean silent;

    @Override
    public Cluster cluster() {
        return plane;
    }

    @Override
    public void silence() {
        silent = true;
        plane.killApiServer();
    }

    @Override
    public void heal() {
        if (silent) {
            silent = false;
            plane.startApiServer();
        }
    }

    @Override
    public void previousLogs(String tagPrefix, List<String> lines) {
        plane.kubelet().previousLogs(tagPrefix, lines.toArray(String[]::new));
    }

    @Override
    public Cluster without(String namespace, String user, List<String> verbs, String group, String resource) {
        var rules = new StringBuilder();
        ALL.forEach((g, resources) -> resources.forEach(r -> {
            var allowed = VERBS.stream()
                    .filter(v -> !(g.equals(group) && r.equals(resource) && verbs.contains(v)))
                    .toList();
            rules.append(rules.isEmpty() ? "" : ",")
                    .append("{\"apiGroups\":[\"%s\"],\"resources\":[\"%s\"],\"verbs\":[\"%s\"]}"
                            .formatted(g, r, String.join("\",\"", allowed)));
        }));
        var path = "/apis/rbac.authorization.k8s.io/v1/namespaces/%s/".formatted(namespace);
        plane.api().create(path + "roles", "{\"metadata\":{\"name\":\"%s\"},\"rules\":[%s]}".formatted(user, rules));
        plane.api().create(path + "rolebindings", """
                {"metadata":{"name":"%1$s"},
                 "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"%1$s"},
                 "subjects":[{"kind":"ServiceAccount","name":"%1$s","namespace":"%2$s"}]}
                """.formatted(user, namespace));
        return plane.as(plane.serviceAccount(namespace, user));
    }

    /// A token of a service account ends with it; one of the same name has the same rights.
    @Override
    public Cluster renew(String namespace, Cluster someone) {
        var user = someone.name().substring(someone.name().lastIndexOf(':') + 1);
        plane.api().delete("/api/v1/namespaces/%s/serviceaccounts/%s".formatted(namespace, user));
        return plane.as(plane.serviceAccount(namespace, user));
    }

    /// It keeps what it has accepted for a while.
    @Override
    public boolean refusesOldTokensAtOnce() {
        return false;
    }

    /// A finalizer that nobody answers for keeps it.
    @Override
    public void terminate(String namespace) {
        plane.api()
                .create(
                        "/api/v1/namespaces/%s/configmaps".formatted(namespace),
                        "{\"metadata\":{\"name\":\"kept\",\"finalizers\":[\"example.com/never\"]}}");
        plane.api().delete("/api/v1/namespaces/" + namespace);
    }
}
