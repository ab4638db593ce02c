package lastgood.testkit.kube.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lastgood.testkit.kube.sim.Resource.Generation;
import org.jspecify.annotations.Nullable;

/// Everything that is served: what is built in, and what definitions add while the server runs.
final class Catalog {

    private final Map<String, Resource> resources = new LinkedHashMap<>();
    private final Release release;

    Catalog(Release release) {
        this.release = release;
        core();
        apps();
        others();
    }

    private void core() {
        add("", "v1", "namespaces", "Namespace", false, "ns", Generation.NONE, "status", "finalize");
        add("", "v1", "pods", "Pod", true, "po", Generation.NONE, "status", "log", "binding", "eviction", "proxy");
        add("", "v1", "services", "Service", true, "svc", Generation.NONE, "status");
        add("", "v1", "endpoints", "Endpoints", true, "ep", Generation.NONE);
        add("", "v1", "configmaps", "ConfigMap", true, "cm", Generation.NONE);
        add("", "v1", "secrets", "Secret", true, "", Generation.NONE);
        add("", "v1", "events", "Event", true, "ev", Generation.NONE);
        add("", "v1", "nodes", "Node", false, "no", Generation.NONE, "status");
        add("", "v1", "serviceaccounts", "ServiceAccount", true, "sa", Generation.NONE);
        add("", "v1", "resourcequotas", "ResourceQuota", true, "quota", Generation.NONE, "status");
    }

    private void apps() {
        var group = "apps";
        var deployment = Generation.SPEC_AND_ANNOTATIONS;
        add(group, "v1", "deployments", "Deployment", true, "deploy", deployment, "status", "scale");
        add(group, "v1", "replicasets", "ReplicaSet", true, "rs", Generation.SPEC, "status", "scale");
        add(group, "v1", "statefulsets", "StatefulSet", true, "sts", Generation.SPEC, "status", "scale");
        add(group, "v1", "daemonsets", "DaemonSet", true, "ds", Generation.SPEC, "status");
        add(group, "v1", "controllerrevisions", "ControllerRevision", true, "", Generation.NONE);
    }

    private void others() {
        var old = release == Release.V1_20;
        var none = Generation.NONE;
        var hpa = old ? List.of("v1") : List.of("v2", "v1");
        add("autoscaling", hpa, "horizontalpodautoscalers", "HorizontalPodAutoscaler", true, "hpa", none, "status");
        add("batch", "v1", "jobs", "Job", true, "", none, "status");
        add("batch", List.of(old ? "v1beta1" : "v1"), "cronjobs", "CronJob", true, "cj", none, "status");
        var pdb = List.of(old ? "v1beta1" : "v1");
        add("policy", pdb, "poddisruptionbudgets", "PodDisruptionBudget", true, "pdb", Generation.SPEC, "status");
        add("coordination.k8s.io", "v1", "leases", "Lease", true, "", none);
        var slices = List.of(old ? "v1beta1" : "v1");
        add("discovery.k8s.io", slices, "endpointslices", "EndpointSlice", true, "", Generation.SPEC);
        add("networking.k8s.io", "v1", "ingresses", "Ingress", true, "ing", Generation.SPEC, "status");
        var rbac = "rbac.authorization.k8s.io";
        add(rbac, "v1", "roles", "Role", true, "", none);
        add(rbac, "v1", "rolebindings", "RoleBinding", true, "", none);
        add(rbac, "v1", "clusterroles", "ClusterRole", false, "", none);
        add(rbac, "v1", "clusterrolebindings", "ClusterRoleBinding", false, "", none);
        var crd = "customresourcedefinitions";
        add("apiextensions.k8s.io", "v1", crd, "CustomResourceDefinition", false, "crd", Generation.SPEC, "status");
    }

    private void add(
            String group,
            String version,
            String plural,
            String kind,
            boolean namespaced,
            String shortName,
            Generation generation,
            String... subresources) {
        add(group, List.of(version), plural, kind, namespaced, shortName, generation, subresources);
    }

    private void add(
            String group,
            List<String> versions,
            String plural,
            String kind,
            boolean namespaced,
            String shortName,
            Generation generation,
            String... subresources) {
        var shorts = shortName.isEmpty() ? List.<String>of() : List.of(shortName);
        add(new Resource(group, versions, plural, kind, namespaced, shorts, Set.of(subresources), generation, null));
    }

    private void add(Resource resource) {
        resources.put(resource.qualified(), resource);
    }

    Collection<Resource> all() {
        return List.copyOf(resources.values());
    }

    /// What is built in and therefore there.
    Resource named(String qualified) {
        var found = resources.get(qualified);
        if (found == null) {
            throw new IllegalStateException("no resource " + qualified);
        }
        return found;
    }

    @Nullable
    Resource find(String qualified) {
        return resources.get(qualified);
    }

    @Nullable
    Resource find(String group, String version, String plural) {
        var found = resources.get(group.isEmpty() ? plural : plural + "." + group);
        return found != null && found.versions().contains(version) ? found : null;
    }

    @Nullable
    Resource ofKind(String apiVersion, String kind) {
        var slash = apiVersion.indexOf('/');
        var group = slash < 0 ? "" : apiVersion.substring(0, slash);
        return resources.values().stream()
                .filter(r -> r.kind().equals(kind) && r.group().equals(group))
                .findFirst()
                .orElse(null);
    }

    /// From now on, or until [#forget], what the definition describes is served.
    void define(ObjectNode definition) {
        var spec = (ObjectNode) definition.get("spec");
        var versions = new ArrayList<String>();
        var subresources = new HashSet<String>();
        for (var version : spec.path("versions")) {
            if (version.path("served").asBoolean()) {
                versions.add(version.path("name").asText());
                version.path("subresources").fieldNames().forEachRemaining(subresources::add);
            }
        }
        add(new Resource(
                Json.text(spec, "group"),
                List.copyOf(versions),
                Json.text(spec, "names", "plural"),
                Json.text(spec, "names", "kind"),
                Json.text(spec, "scope").equals("Namespaced"),
                Json.texts(Json.at(spec, "names", "shortNames")),
                Set.copyOf(subresources),
                Generation.ALL_BUT_STATUS,
                spec));
    }

    void forget(String qualified) {
        resources.remove(qualified);
    }

    /// The schema of one version of a custom resource; missing for what is built in.
    static JsonNode schema(Resource resource, String version) {
        var custom = resource.custom();
        if (custom != null) {
            for (var served : custom.path("versions")) {
                if (served.path("name").asText().equals(version)) {
                    return Json.at(served, "schema", "openAPIV3Schema");
                }
            }
        }
        return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    }
}
