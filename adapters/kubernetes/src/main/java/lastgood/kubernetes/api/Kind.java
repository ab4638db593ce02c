package lastgood.kubernetes.api;

import java.util.List;

/// A kind of object: where it lives in the API. Versions are those we can read, best first; which one a server has is
/// found out by asking it ([Api#served]).
///
/// @param group empty = the core group
public record Kind(String group, List<String> versions, String kind, String plural, boolean namespaced) {

    public static final Kind NAMESPACE = cluster("", "Namespace", "namespaces", "v1");
    public static final Kind NODE = cluster("", "Node", "nodes", "v1");
    public static final Kind POD = of("", "Pod", "pods", "v1");
    public static final Kind SERVICE = of("", "Service", "services", "v1");
    public static final Kind CONFIG_MAP = of("", "ConfigMap", "configmaps", "v1");
    public static final Kind SECRET = of("", "Secret", "secrets", "v1");
    public static final Kind EVENT = of("", "Event", "events", "v1");
    public static final Kind SERVICE_ACCOUNT = of("", "ServiceAccount", "serviceaccounts", "v1");
    public static final Kind RESOURCE_QUOTA = of("", "ResourceQuota", "resourcequotas", "v1");
    public static final Kind DEPLOYMENT = of("apps", "Deployment", "deployments", "v1");
    public static final Kind REPLICA_SET = of("apps", "ReplicaSet", "replicasets", "v1");
    public static final Kind STATEFUL_SET = of("apps", "StatefulSet", "statefulsets", "v1");
    public static final Kind DAEMON_SET = of("apps", "DaemonSet", "daemonsets", "v1");
    public static final Kind CONTROLLER_REVISION = of("apps", "ControllerRevision", "controllerrevisions", "v1");
    public static final Kind CRON_JOB = of("batch", "CronJob", "cronjobs", "v1", "v1beta1");
    public static final Kind JOB = of("batch", "Job", "jobs", "v1");
    public static final Kind AUTOSCALER =
            of("autoscaling", "HorizontalPodAutoscaler", "horizontalpodautoscalers", "v2", "v1");
    public static final Kind LEASE = of("coordination.k8s.io", "Lease", "leases", "v1");
    public static final Kind ENDPOINT_SLICE =
            of("discovery.k8s.io", "EndpointSlice", "endpointslices", "v1", "v1beta1");
    public static final Kind HTTP_ROUTE = of("gateway.networking.k8s.io", "HTTPRoute", "httproutes", "v1", "v1beta1");
    public static final Kind VIRTUAL_SERVICE =
            of("networking.istio.io", "VirtualService", "virtualservices", "v1", "v1beta1", "v1alpha3");
    public static final Kind CRD =
            cluster("apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions", "v1");
    public static final Kind ROLE = of("rbac.authorization.k8s.io", "Role", "roles", "v1");
    public static final Kind ROLE_BINDING = of("rbac.authorization.k8s.io", "RoleBinding", "rolebindings", "v1");
    public static final Kind SELF_REVIEW =
            cluster("authentication.k8s.io", "SelfSubjectReview", "selfsubjectreviews", "v1", "v1beta1", "v1alpha1");
    public static final Kind VALIDATING_WEBHOOK = cluster(
            "admissionregistration.k8s.io", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", "v1");
    public static final Kind MUTATING_WEBHOOK = cluster(
            "admissionregistration.k8s.io", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", "v1");
    public static final Kind ACCESS_REVIEW =
            cluster("authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews", "v1");

    public Kind {
        versions = List.copyOf(versions);
    }

    public static Kind of(String group, String kind, String plural, String... versions) {
        return new Kind(group, List.of(versions), kind, plural, true);
    }

    static Kind cluster(String group, String kind, String plural, String... versions) {
        return new Kind(group, List.of(versions), kind, plural, false);
    }

    /// `deployments.apps`, as Kubernetes itself names it in messages.
    public String resource() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    public String apiVersion(String version) {
        return group.isEmpty() ? version : group + "/" + version;
    }

    String groupPath(String version) {
        return (group.isEmpty() ? "/api/" : "/apis/" + group + "/") + version;
    }

    @Override
    public String toString() {
        return resource();
    }
}
