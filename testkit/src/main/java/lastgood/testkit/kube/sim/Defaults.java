package lastgood.testkit.kube.sim;

import static lastgood.testkit.kube.sim.Json.child;
import static lastgood.testkit.kube.sim.Json.eachObject;
import static lastgood.testkit.kube.sim.Json.text;
import static lastgood.testkit.kube.sim.Json.whenMissing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.List;

/// What the server fills in. A client that compares what it sent with what it reads back meets these, and a template
/// that lacks them is not equal to one that has them.
final class Defaults {

    private int lastClusterIp;

    void fill(String kind, ObjectNode object) {
        switch (kind) {
            case "Deployment" -> deployment(child(object, "spec"));
            case "ReplicaSet" -> replicaSet(child(object, "spec"));
            case "StatefulSet" -> statefulSet(child(object, "spec"));
            case "DaemonSet" -> daemonSet(child(object, "spec"));
            case "Job" -> job(object);
            case "CronJob" -> cronJob(child(object, "spec"));
            case "Pod" -> pod(child(object, "spec"));
            case "Service" -> service(child(object, "spec"));
            case "Secret" -> secret(object);
            case "HorizontalPodAutoscaler" -> whenMissing(child(object, "spec"), "minReplicas", 1);
            case "Namespace" -> namespace(object);
            case "CustomResourceDefinition" -> definition(child(object, "spec"));
            case "Endpoints" -> eachObject(object.path("subsets"), s -> ports(s.path("ports")));
            case "EndpointSlice" -> ports(object.path("ports"));
            case "RoleBinding", "ClusterRoleBinding" -> subjects(object.path("subjects"));
            default -> {
                // nothing that matters here
            }
        }
    }

    private static void deployment(ObjectNode spec) {
        whenMissing(spec, "replicas", 1);
        whenMissing(spec, "revisionHistoryLimit", 10);
        whenMissing(spec, "progressDeadlineSeconds", 600);
        var strategy = child(spec, "strategy");
        whenMissing(strategy, "type", "RollingUpdate");
        if (text(strategy, "type").equals("RollingUpdate")) {
            whenMissing(child(strategy, "rollingUpdate"), "maxSurge", "25%");
            whenMissing(child(strategy, "rollingUpdate"), "maxUnavailable", "25%");
        }
        template(spec);
    }

    private static void replicaSet(ObjectNode spec) {
        whenMissing(spec, "replicas", 1);
        template(spec);
    }

    private static void statefulSet(ObjectNode spec) {
        whenMissing(spec, "replicas", 1);
        whenMissing(spec, "revisionHistoryLimit", 10);
        whenMissing(spec, "podManagementPolicy", "OrderedReady");
        var strategy = child(spec, "updateStrategy");
        whenMissing(strategy, "type", "RollingUpdate");
        if (text(strategy, "type").equals("RollingUpdate")) {
            whenMissing(child(strategy, "rollingUpdate"), "partition", 0);
        }
        template(spec);
    }

    private static void daemonSet(ObjectNode spec) {
        whenMissing(spec, "revisionHistoryLimit", 10);
        var strategy = child(spec, "updateStrategy");
        whenMissing(strategy, "type", "RollingUpdate");
        if (text(strategy, "type").equals("RollingUpdate")) {
            whenMissing(child(strategy, "rollingUpdate"), "maxUnavailable", 1);
        }
        template(spec);
    }

    private static void job(ObjectNode object) {
        var spec = child(object, "spec");
        whenMissing(spec, "completions", 1);
        whenMissing(spec, "parallelism", 1);
        whenMissing(spec, "backoffLimit", 6);
        template(spec);
        var uid = text(object, "metadata", "uid");
        if (!spec.has("selector") && !uid.isEmpty()) {
            child(spec, "selector", "matchLabels").put("controller-uid", uid);
            var labels = child(spec, "template", "metadata", "labels");
            labels.put("controller-uid", uid).put("job-name", text(object, "metadata", "name"));
        }
    }

    private static void cronJob(ObjectNode spec) {
        whenMissing(spec, "concurrencyPolicy", "Allow");
        whenMissing(spec, "suspend", false);
        whenMissing(spec, "successfulJobsHistoryLimit", 3);
        whenMissing(spec, "failedJobsHistoryLimit", 1);
        if (spec.get("jobTemplate") instanceof ObjectNode job) {
            template(child(job, "spec"));
        }
    }

    /// Go writes an unset creationTimestamp as null, and templates come back with it.
    private static void template(ObjectNode spec) {
        if (spec.get("template") instanceof ObjectNode template) {
            child(template, "metadata").set("creationTimestamp", NullNode.getInstance());
            pod(child(template, "spec"));
        }
    }

    private static void pod(ObjectNode spec) {
        whenMissing(spec, "restartPolicy", "Always");
        whenMissing(spec, "dnsPolicy", "ClusterFirst");
        whenMissing(spec, "schedulerName", "default-scheduler");
        whenMissing(spec, "terminationGracePeriodSeconds", 30);
        whenMissing(spec, "securityContext", Json.object());
        if (spec.has("serviceAccountName")) {
            spec.set("serviceAccount", spec.get("serviceAccountName"));
        }
        eachObject(spec.path("containers"), Defaults::container);
        eachObject(spec.path("initContainers"), Defaults::container);
        eachObject(spec.path("volumes"), Defaults::volume);
    }

    private static void container(ObjectNode container) {
        whenMissing(container, "imagePullPolicy", pullPolicy(text(container, "image")));
        whenMissing(container, "resources", Json.object());
        whenMissing(container, "terminationMessagePath", "/dev/termination-log");
        whenMissing(container, "terminationMessagePolicy", "File");
        ports(container.path("ports"));
        for (var probe : List.of("readinessProbe", "livenessProbe", "startupProbe")) {
            if (container.get(probe) instanceof ObjectNode there) {
                probe(there);
            }
        }
        eachObject(container.path("env"), Defaults::variable);
    }

    private static String pullPolicy(String image) {
        return ImageTag.of(image).equals("latest") && !image.contains("@") ? "Always" : "IfNotPresent";
    }

    private static void ports(JsonNode ports) {
        eachObject(ports, port -> whenMissing(port, "protocol", "TCP"));
    }

    private static void probe(ObjectNode probe) {
        whenMissing(probe, "timeoutSeconds", 1);
        whenMissing(probe, "periodSeconds", 10);
        whenMissing(probe, "successThreshold", 1);
        whenMissing(probe, "failureThreshold", 3);
        if (probe.get("httpGet") instanceof ObjectNode get) {
            whenMissing(get, "path", "/");
            whenMissing(get, "scheme", "HTTP");
        }
    }

    private static void variable(ObjectNode variable) {
        if (Json.at(variable, "valueFrom", "fieldRef") instanceof ObjectNode field) {
            whenMissing(field, "apiVersion", "v1");
        }
        if (text(variable, "value").isEmpty()) {
            variable.remove("value"); // Go leaves an empty string out
        }
    }

    private static void volume(ObjectNode volume) {
        for (var kind : List.of("configMap", "secret", "projected", "downwardAPI")) {
            if (volume.get(kind) instanceof ObjectNode source) {
                whenMissing(source, "defaultMode", 420);
            }
        }
        if (volume.get("hostPath") instanceof ObjectNode host) {
            whenMissing(host, "type", "");
        }
    }

    private void service(ObjectNode spec) {
        whenMissing(spec, "type", "ClusterIP");
        whenMissing(spec, "sessionAffinity", "None");
        if (!spec.has("clusterIP") && !text(spec, "type").equals("ExternalName")) {
            lastClusterIp++;
            spec.put("clusterIP", "10.96.%d.%d".formatted(lastClusterIp / 250, lastClusterIp % 250 + 1));
        }
        if (spec.has("clusterIP")) {
            whenMissing(spec, "clusterIPs", List.of(text(spec, "clusterIP")));
        }
        eachObject(spec.path("ports"), port -> {
            whenMissing(port, "protocol", "TCP");
            whenMissing(port, "targetPort", port.path("port"));
        });
    }

    private static void secret(ObjectNode secret) {
        whenMissing(secret, "type", "Opaque");
        if (secret.remove("stringData") instanceof ObjectNode plain) {
            var data = child(secret, "data");
            Json.strings(plain)
                    .forEach((key, value) -> data.put(
                            key,
                            Base64.getEncoder()
                                    .encodeToString(value.getBytes(java.nio.charset.StandardCharsets.UTF_8))));
        }
    }

    private static void namespace(ObjectNode namespace) {
        if (!namespace.has("spec")) {
            child(namespace, "spec").putArray("finalizers").add("kubernetes");
        }
    }

    private static void definition(ObjectNode spec) {
        var names = child(spec, "names");
        whenMissing(names, "singular", text(names, "kind").toLowerCase(java.util.Locale.ROOT));
        whenMissing(names, "listKind", text(names, "kind") + "List");
        whenMissing(spec, "conversion", Json.object("strategy", "None"));
    }

    private static void subjects(JsonNode subjects) {
        eachObject(subjects, s -> {
            if (!text(s, "kind").equals("ServiceAccount")) {
                whenMissing(s, "apiGroup", "rbac.authorization.k8s.io");
            }
        });
    }
}
