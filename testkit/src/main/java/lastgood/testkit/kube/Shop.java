package lastgood.testkit.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.StreamSupport;

/// A namespace of a test's own with what a shop runs, changed the way its owners would: with manifests and patches,
/// by a way to the API that shares no code with the adapter.
public class Shop implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Longer than anything a test waits for takes on a machine that does three other things.
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    public final Cluster cluster;
    public final String namespace;
    public final KubeApi kube;
    public final Path kubeconfig;

    public Shop(Cluster cluster, Path folder) {
        this.cluster = cluster;
        this.namespace = "shop-" + COUNT.incrementAndGet() + "-" + Long.toString(System.nanoTime() % 1_000_000, 36);
        this.kube = new KubeApi(cluster);
        this.kubeconfig = cluster.kubeconfig(folder.resolve(namespace + ".kubeconfig"), namespace);
        kube.create("/api/v1/namespaces", Map.of("metadata", Map.of("name", namespace)));
        eventually(
                "its ServiceAccount",
                () -> kube.find("/api/v1/namespaces/%s/serviceaccounts/default".formatted(namespace))
                        .isPresent());
    }

    @Override
    public void close() {
        kube.delete("/api/v1/namespaces/" + namespace);
        kube.close();
    }

    public static void eventually(String what, BooleanSupplier done) {
        var until = System.nanoTime() + PATIENCE.toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new AssertionError("waited %s for %s".formatted(PATIENCE, what));
            }
            moment();
        }
    }

    /// A real cluster takes its own time; this is how long a look waits for it.
    public static void moment() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    // ---- what its owners do

    public String apps(String plural) {
        return "/apis/apps/v1/namespaces/%s/%s".formatted(namespace, plural);
    }

    /// A Deployment `name` of `shop/<name>:<version>` with labels `app=<name>` and others.
    public JsonNode deploy(String name, String version, int replicas, Map<String, String> labels) {
        return kube.create(
                apps("deployments"),
                workload("Deployment", name, version, replicas, labels).toString());
    }

    public JsonNode deploy(String name, String version, int replicas) {
        return deploy(name, version, replicas, Map.of("app", name));
    }

    public static ObjectNode workload(
            String kind, String name, String version, int replicas, Map<String, String> labels) {
        var object = JSON.createObjectNode();
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

    public JsonNode statefulSet(String name, String version, int replicas) {
        return kube.create(
                apps("statefulsets"),
                workload("StatefulSet", name, version, replicas, Map.of("app", name))
                        .toString());
    }

    public JsonNode daemonSet(String name, String version) {
        return kube.create(
                apps("daemonsets"),
                workload("DaemonSet", name, version, 0, Map.of("app", name)).toString());
    }

    public JsonNode get(String plural, String name) {
        return kube.get(apps(plural) + "/" + name);
    }

    public JsonNode deployment(String name) {
        return get("deployments", name);
    }

    /// As `kubectl set image` does it.
    public void setImage(String plural, String name, String version) {
        var container = get(plural, name).at("/spec/template/spec/containers/0");
        merge(
                plural,
                name,
                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"%s\",\"image\":\"%s\"}]}}}}"
                        .formatted(
                                container.path("name").asText(),
                                container.path("image").asText().replaceAll(":[^:]*$", ":" + version)));
    }

    public void setImage(String name, String version) {
        setImage("deployments", name, version);
    }

    public void merge(String plural, String name, String patch) {
        kube.patch(apps(plural) + "/" + name, KubeApi.STRATEGIC_MERGE_PATCH, patch);
    }

    public void complete(String name) {
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
    public void releases(String name, int replicas, String... versions) {
        deploy(name, versions[0], replicas);
        complete(name);
        for (var i = 1; i < versions.length; i++) {
            setImage(name, versions[i]);
            if (!versions[i].startsWith("crash") && !versions[i].startsWith("unready")) {
                complete(name);
            }
        }
    }

    public List<JsonNode> pods(String app) {
        var all = kube.get("/api/v1/namespaces/%s/pods?labelSelector=app%%3D%s".formatted(namespace, app));
        return StreamSupport.stream(all.path("items").spliterator(), false).toList();
    }

    public List<JsonNode> replicaSets(String app) {
        var all = kube.get(apps("replicasets") + "?labelSelector=app%3D" + app);
        return StreamSupport.stream(all.path("items").spliterator(), false).toList();
    }

    public void serviceObject(String name, Map<String, String> selector) {
        var object = JSON.createObjectNode();
        object.putObject("metadata").put("name", name);
        var spec = object.putObject("spec");
        selector.forEach(spec.putObject("selector")::put);
        spec.putArray("ports").addObject().put("port", 80);
        kube.create("/api/v1/namespaces/%s/services".formatted(namespace), object.toString());
    }

    public void configMap(String name, Map<String, String> data) {
        var path = "/api/v1/namespaces/%s/configmaps".formatted(namespace);
        var object = JSON.createObjectNode();
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

    public Optional<Map<String, String>> configMapData(String name) {
        return kube.find("/api/v1/namespaces/%s/configmaps/%s".formatted(namespace, name))
                .map(c -> texts(c.path("data")));
    }

    public void removeConfigMap(String name) {
        kube.delete("/api/v1/namespaces/%s/configmaps/%s".formatted(namespace, name));
    }

    /// An HTTPRoute between the Services `blue` and `green`.
    public void route(String name, int blue, int green) {
        kube.create("/apis/gateway.networking.k8s.io/v1/namespaces/%s/httproutes".formatted(namespace), """
                {"apiVersion":"gateway.networking.k8s.io/v1","kind":"HTTPRoute","metadata":{"name":"%s"},
                 "spec":{"rules":[{"backendRefs":[{"name":"blue","port":80,"weight":%d},
                                                  {"name":"green","port":80,"weight":%d}]}]}}
                """.formatted(
                        name, blue, green));
    }

    private static Map<String, String> texts(JsonNode map) {
        var texts = new TreeMap<String, String>();
        map.properties().forEach(e -> texts.put(e.getKey(), e.getValue().asText()));
        return texts;
    }

    /// As `kubectl set env deployment/NAME KEY=VALUE` does it.
    public void setEnv(String name, String key, String value) {
        var container =
                deployment(name).at("/spec/template/spec/containers/0/name").asText();
        merge(
                "deployments",
                name,
                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"%s\",\"env\":[{\"name\":\"%s\",\"value\":\"%s\"}]}]}}}}"
                        .formatted(container, key, value));
    }

    /// As `kubectl rollout undo --to-revision` does it: the template of the ReplicaSet with that number, put back.
    public void undo(String name, int revision) {
        var deployment = deployment(name);
        var set = replicaSets(name).stream()
                .filter(rs -> rs.at("/metadata/annotations/deployment.kubernetes.io~1revision")
                        .asText()
                        .equals(Integer.toString(revision)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no revision %d of %s".formatted(revision, name)));
        var template = (ObjectNode) set.at("/spec/template").deepCopy();
        ((ObjectNode) template.at("/metadata/labels")).remove("pod-template-hash");
        kube.patch(
                apps("deployments") + "/" + name,
                KubeApi.JSON_PATCH,
                "[{\"op\":\"test\",\"path\":\"/metadata/uid\",\"value\":%s},{\"op\":\"replace\",\"path\":\"/spec/template\",\"value\":%s}]"
                        .formatted(deployment.at("/metadata/uid"), template));
    }

    public void scale(String name, int replicas) {
        merge("deployments", name, "{\"spec\":{\"replicas\":%d}}".formatted(replicas));
    }

    public void pause(String name, boolean paused) {
        merge("deployments", name, "{\"spec\":{\"paused\":%s}}".formatted(paused));
    }

    /// The image of the first container that the workload asks for.
    public String image(String plural, String name) {
        return get(plural, name).at("/spec/template/spec/containers/0/image").asText();
    }

    public String image(String name) {
        return image("deployments", name);
    }

    /// Images of all containers of all pods that have not gone yet.
    public List<String> images(String app) {
        return pods(app).stream()
                .flatMap(p -> StreamSupport.stream(p.at("/spec/containers").spliterator(), false))
                .map(c -> c.path("image").asText())
                .distinct()
                .sorted()
                .toList();
    }

    /// The number that `kubectl rollout history` shows for what is asked for now.
    public String revision(String name) {
        return annotation(deployment(name), "deployment.kubernetes.io/revision");
    }

    public static String annotation(JsonNode object, String key) {
        return object.path("metadata").path("annotations").path(key).asText("");
    }

    public static String version(JsonNode object) {
        return object.at("/metadata/resourceVersion").asText();
    }

    /// When a container of it has crashed and another attempt has been made.
    public void restarted(String app) {
        eventually(
                "a second attempt of " + app,
                () -> pods(app).stream()
                        .anyMatch(p ->
                                p.at("/status/containerStatuses/0/restartCount").asInt() > 0));
    }

    /// When the workload has a pod that waits for that reason, such as `CrashLoopBackOff`.
    public void waitsFor(String app, String reason) {
        eventually(
                "a pod of %s in %s".formatted(app, reason),
                () -> pods(app).stream()
                        .anyMatch(p -> p.at("/status/containerStatuses/0/state/waiting/reason")
                                .asText()
                                .equals(reason)));
    }

    // ---- more of what a shop may have

    /// Two Deployments `web-blue` and `web-green`, two pods each, and the Service `web`, which is with green.
    public void colours(String blue, String green) {
        serviceObject("web", Map.of("app", "web", "color", "blue"));
        deploy("web-blue", blue, 2, Map.of("app", "web", "color", "blue"));
        complete("web-blue");
        deploy("web-green", green, 2, Map.of("app", "web", "color", "green"));
        complete("web-green");
        activate("web", "green");
    }

    public void activate(String name, String color) {
        kube.patch(
                services() + "/" + name,
                KubeApi.MERGE_PATCH,
                "{\"spec\":{\"selector\":{\"color\":\"%s\"}}}".formatted(color));
    }

    /// The colour in a Service's selector.
    public String active(String name) {
        return kube.get(services() + "/" + name).at("/spec/selector/color").asText();
    }

    private String services() {
        return "/api/v1/namespaces/%s/services".formatted(namespace);
    }

    private String autoscalers() {
        return "/apis/autoscaling/v1/namespaces/%s/horizontalpodautoscalers".formatted(namespace);
    }

    public void autoscaler(String deployment, int min, int max) {
        kube.create(autoscalers(), """
                {"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler","metadata":{"name":"%1$s"},
                 "spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"%1$s"},
                  "minReplicas":%2$d,"maxReplicas":%3$d,"targetCPUUtilizationPercentage":80}}
                """.formatted(deployment, min, max));
    }

    public JsonNode autoscaler(String name) {
        return kube.get(autoscalers() + "/" + name);
    }

    /// With an init container and a sidecar of the same version.
    public void withSidecars(String name, String version) {
        var object = workload("Deployment", name, version, 2, Map.of("app", name));
        var spec = (ObjectNode) object.at("/spec/template/spec");
        spec.withArray("/containers").addObject().put("name", "sidecar").put("image", "shop/sidecar:" + version);
        spec.withArray("/initContainers").addObject().put("name", "init").put("image", "shop/init:" + version);
        kube.create(apps("deployments"), object.toString());
    }

    public void setAllImages(String name, String version) {
        merge("deployments", name, """
                {"spec":{"template":{"spec":{"initContainers":[{"name":"init","image":"shop/init:%1$s"}],
                  "containers":[{"name":"%2$s","image":"shop/%2$s:%1$s"},{"name":"sidecar","image":"shop/sidecar:%1$s"}]}}}}
                """.formatted(version, name));
    }

    /// The version of CronJobs that this server has.
    private String cronJobs() {
        var version = kube.find("/apis/batch/v1")
                .filter(group -> group.toString().contains("\"cronjobs\""))
                .map(_ -> "v1")
                .orElse("v1beta1");
        return "/apis/batch/%s/namespaces/%s/cronjobs".formatted(version, namespace);
    }

    public void cronJob(String name, String version) {
        kube.create(cronJobs(), """
                {"metadata":{"name":"%1$s"},"spec":{"schedule":"0 3 * * *","jobTemplate":{"spec":{"template":{"spec":
                 {"restartPolicy":"Never","containers":[{"name":"%1$s","image":"shop/%1$s:%2$s"}]}}}}}}
                """.formatted(name, version));
    }

    public void cronJobImage(String name, String version) {
        kube.patch(cronJobs() + "/" + name, KubeApi.STRATEGIC_MERGE_PATCH, """
                {"spec":{"jobTemplate":{"spec":{"template":{"spec":
                 {"containers":[{"name":"%1$s","image":"shop/%1$s:%2$s"}]}}}}}}
                """.formatted(name, version));
    }

    public JsonNode cronJobObject(String name) {
        return kube.get(cronJobs() + "/" + name);
    }

    public void suspend(String name, boolean suspended) {
        kube.patch(cronJobs() + "/" + name, KubeApi.MERGE_PATCH, "{\"spec\":{\"suspend\":%s}}".formatted(suspended));
    }

    /// A Job as its controller makes it when the CronJob is due.
    public void due(String name, String job) {
        var owner = cronJobObject(name);
        var object = JSON.createObjectNode();
        var meta = object.putObject("metadata").put("name", job);
        meta.putArray("ownerReferences")
                .addObject()
                .put("apiVersion", owner.path("apiVersion").asText("batch/v1"))
                .put("kind", "CronJob")
                .put("name", name)
                .put("uid", owner.at("/metadata/uid").asText())
                .put("controller", true);
        object.set("spec", owner.at("/spec/jobTemplate/spec"));
        kube.create("/apis/batch/v1/namespaces/%s/jobs".formatted(namespace), object.toString());
    }

    public String cronJobImage(String name) {
        return kube.get(cronJobs() + "/" + name)
                .at("/spec/jobTemplate/spec/template/spec/containers/0/image")
                .asText();
    }

    /// Whose pods read that ConfigMap.
    public void deployReading(String name, String version, String configMap) {
        var object = workload("Deployment", name, version, 2, Map.of("app", name));
        ((ObjectNode) object.at("/spec/template/spec/containers/0"))
                .putArray("envFrom")
                .addObject()
                .putObject("configMapRef")
                .put("name", configMap);
        kube.create(apps("deployments"), object.toString());
    }

    public void annotate(String name, String key, String value) {
        merge("deployments", name, "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}".formatted(key, value));
    }

    /// When so many pods are ready, and there are no others.
    public void allReady(String app, int count) {
        eventually("%d pods of %s to be ready".formatted(count, app), () -> {
            var pods = pods(app);
            return pods.size() == count
                    && pods.stream()
                            .allMatch(p -> StreamSupport.stream(
                                            p.at("/status/conditions").spliterator(), false)
                                    .anyMatch(c -> c.path("type").asText().equals("Ready")
                                            && c.path("status").asText().equals("True")));
        });
    }
}
