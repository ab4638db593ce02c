package lastgood.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import lastgood.core.ServiceRef;
import lastgood.core.Strategy;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.KubeService.VersionFrom;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Connection;
import lastgood.kubernetes.records.Cabinet;
import lastgood.kubernetes.workloads.WorkloadKind;
import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.KubeApi;

/// A namespace of a test's own with what a shop runs, changed the way its owners would: with manifests and patches, by
/// a way to the API that shares no code with ours.
final class Shop implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    final Cluster cluster;
    final String namespace;
    final KubeApi kube;
    final Api api;
    final Path kubeconfig;
    final Cabinet cabinet;

    Shop(Cluster cluster, Path folder) {
        this.cluster = cluster;
        this.namespace = "shop-" + COUNT.incrementAndGet() + "-" + Long.toString(System.nanoTime() % 1_000_000, 36);
        this.kube = new KubeApi(cluster);
        this.kubeconfig = cluster.kubeconfig(folder.resolve(namespace + ".kubeconfig"), namespace);
        this.api = new Api(
                new Connection(Optional.of(kubeconfig), Optional.empty(), false, Optional.empty(), "lastgood/test"));
        this.cabinet = Cabinet.of(api);
        kube.create("/api/v1/namespaces", Map.of("metadata", Map.of("name", namespace)));
        eventually(
                "its ServiceAccount",
                () -> kube.find("/api/v1/namespaces/%s/serviceaccounts/default".formatted(namespace))
                        .isPresent());
    }

    @Override
    public void close() {
        api.close();
        kube.delete("/api/v1/namespaces/" + namespace);
        kube.close();
    }

    static void eventually(String what, BooleanSupplier done) {
        var until = System.nanoTime() + 30_000_000_000L;
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new AssertionError("waited 30 s for " + what);
            }
            moment();
        }
    }

    /// A real cluster takes its own time; this is how long a look waits for it.
    static void moment() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    // ---- services as configured

    ServiceRef ref(String service) {
        return new ServiceRef("production", service);
    }

    KubeService service(String name, Strategy strategy, TrafficBy traffic, Map<String, WorkloadKind> workloads) {
        return new KubeService(
                ref(name),
                namespace,
                strategy,
                new TreeMap<>(workloads),
                Optional.empty(),
                new VersionFrom.ImageTag(),
                traffic,
                List.of(),
                Optional.of("MAINTENANCE_MODE"));
    }

    KubeService rolling(String name) {
        return service(name, new Strategy.Rolling(name), new TrafficBy.Fixed(), Map.of());
    }

    KubeParts parts(KubeService... services) {
        return parts(InstantSource.system(), services);
    }

    KubeParts parts(InstantSource clock, KubeService... services) {
        var all = new HashMap<ServiceRef, KubeService>();
        for (var service : services) {
            all.put(service.service(), service);
        }
        return KubeParts.of(api, cabinet, namespace, all, clock);
    }

    // ---- what its owners do

    private String apps(String plural) {
        return "/apis/apps/v1/namespaces/%s/%s".formatted(namespace, plural);
    }

    /// A Deployment `name` of `shop/<name>:<version>` with labels `app=<name>` and others.
    JsonNode deploy(String name, String version, int replicas, Map<String, String> labels) {
        return kube.create(
                apps("deployments"),
                workload("Deployment", name, version, replicas, labels).toString());
    }

    JsonNode deploy(String name, String version, int replicas) {
        return deploy(name, version, replicas, Map.of("app", name));
    }

    static ObjectNode workload(String kind, String name, String version, int replicas, Map<String, String> labels) {
        var object = Api.JSON.createObjectNode();
        object.put("apiVersion", "apps/v1").put("kind", kind);
        var meta = object.putObject("metadata").put("name", name);
        labels.forEach(meta.putObject("labels")::put);
        var spec = object.putObject("spec");
        if (!kind.equals("DaemonSet")) {
            spec.put("replicas", replicas);
        }
        if (kind.equals("StatefulSet")) {
            spec.put("serviceName", name);
        }
        labels.forEach(spec.putObject("selector").putObject("matchLabels")::put);
        var template = spec.putObject("template");
        labels.forEach(template.putObject("metadata").putObject("labels")::put);
        template.putObject("spec")
                .put("terminationGracePeriodSeconds", 1)
                .putArray("containers")
                .addObject()
                .put("name", labels.getOrDefault("app", name))
                .put("image", "shop/%s:%s".formatted(labels.getOrDefault("app", name), version));
        return object;
    }

    JsonNode statefulSet(String name, String version, int replicas) {
        return kube.create(
                apps("statefulsets"),
                workload("StatefulSet", name, version, replicas, Map.of("app", name))
                        .toString());
    }

    JsonNode daemonSet(String name, String version) {
        return kube.create(
                apps("daemonsets"),
                workload("DaemonSet", name, version, 0, Map.of("app", name)).toString());
    }

    JsonNode get(String plural, String name) {
        return kube.get(apps(plural) + "/" + name);
    }

    JsonNode deployment(String name) {
        return get("deployments", name);
    }

    /// As `kubectl set image` does it.
    void setImage(String plural, String name, String version) {
        var container = get(plural, name).at("/spec/template/spec/containers/0");
        merge(
                plural,
                name,
                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"%s\",\"image\":\"%s\"}]}}}}"
                        .formatted(
                                container.path("name").asText(),
                                container.path("image").asText().replaceAll(":[^:]*$", ":" + version)));
    }

    void setImage(String name, String version) {
        setImage("deployments", name, version);
    }

    void merge(String plural, String name, String patch) {
        kube.patch(apps(plural) + "/" + name, KubeApi.STRATEGIC_MERGE_PATCH, patch);
    }

    void complete(String name) {
        eventually(name + " to be complete", () -> {
            var d = deployment(name);
            var wanted = d.at("/spec/replicas").asInt();
            var s = d.path("status");
            return s.path("observedGeneration").asLong()
                            >= d.at("/metadata/generation").asLong()
                    && s.path("updatedReplicas").asInt() == wanted
                    && s.path("replicas").asInt() == wanted
                    && s.path("availableReplicas").asInt() == wanted;
        });
    }

    /// A release, and the next one when it is all there.
    void releases(String name, int replicas, String... versions) {
        deploy(name, versions[0], replicas);
        complete(name);
        for (var i = 1; i < versions.length; i++) {
            setImage(name, versions[i]);
            if (!versions[i].startsWith("crash") && !versions[i].startsWith("unready")) {
                complete(name);
            }
        }
    }

    List<JsonNode> pods(String app) {
        var all = kube.get("/api/v1/namespaces/%s/pods?labelSelector=app%%3D%s".formatted(namespace, app));
        return java.util.stream.StreamSupport.stream(all.path("items").spliterator(), false)
                .toList();
    }

    List<JsonNode> replicaSets(String app) {
        var all = kube.get(apps("replicasets") + "?labelSelector=app%3D" + app);
        return java.util.stream.StreamSupport.stream(all.path("items").spliterator(), false)
                .toList();
    }

    void serviceObject(String name, Map<String, String> selector) {
        var object = Api.JSON.createObjectNode();
        object.putObject("metadata").put("name", name);
        var spec = object.putObject("spec");
        selector.forEach(spec.putObject("selector")::put);
        spec.putArray("ports").addObject().put("port", 80);
        kube.create("/api/v1/namespaces/%s/services".formatted(namespace), object.toString());
    }

    void configMap(String name, Map<String, String> data) {
        var path = "/api/v1/namespaces/%s/configmaps".formatted(namespace);
        var object = Api.JSON.createObjectNode();
        object.putObject("metadata").put("name", name);
        data.forEach(object.putObject("data")::put);
        if (kube.find(path + "/" + name).isPresent()) {
            kube.patch(
                    path + "/" + name,
                    KubeApi.JSON_PATCH,
                    "[{\"op\":\"replace\",\"path\":\"/data\",\"value\":%s}]".formatted(object.path("data")));
        } else {
            kube.create(path, object.toString());
        }
    }

    Optional<Map<String, String>> configMapData(String name) {
        return kube.find("/api/v1/namespaces/%s/configmaps/%s".formatted(namespace, name))
                .map(c -> lastgood.kubernetes.objects.Trees.texts(c.path("data")));
    }

    void removeConfigMap(String name) {
        kube.delete("/api/v1/namespaces/%s/configmaps/%s".formatted(namespace, name));
    }

    /// An HTTPRoute between the Services `blue` and `green`.
    void route(String name, int blue, int green) {
        kube.create("/apis/gateway.networking.k8s.io/v1/namespaces/%s/httproutes".formatted(namespace), """
                {"apiVersion":"gateway.networking.k8s.io/v1","kind":"HTTPRoute","metadata":{"name":"%s"},
                 "spec":{"rules":[{"backendRefs":[{"name":"blue","port":80,"weight":%d},
                                                  {"name":"green","port":80,"weight":%d}]}]}}
                """.formatted(
                        name, blue, green));
    }
}
