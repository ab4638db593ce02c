package lastgood.testkit.kube.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.KubeApi;
import lastgood.testkit.kube.KubeApi.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// Words for the contract: a namespace for each test, a Deployment in one line, and waiting with an end.
abstract class ContractCase {

    /// A real control plane on a machine that is busy with three other builds.
    private static final Duration SOON = Duration.ofMinutes(2);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(30);

    static final ObjectMapper MAPPER = new ObjectMapper();

    final KubeApi api = new KubeApi(cluster());
    String namespace = "";

    /// One cluster for all tests; each has a namespace of its own.
    protected abstract Cluster cluster();

    @BeforeEach
    void a_namespace_of_its_own() {
        var made = api.create("/api/v1/namespaces", """
                {"metadata":{"generateName":"contract-"}}""");
        namespace = made.at("/metadata/name").asText();
        until(
                "default service account",
                () -> api.find(core("serviceaccounts/default")).isPresent());
    }

    @AfterEach
    void leave() {
        api.delete("/api/v1/namespaces/" + namespace);
        api.close();
    }

    // ---- addresses

    final String core(String rest) {
        return "/api/v1/namespaces/%s/%s".formatted(namespace, rest);
    }

    final String apps(String rest) {
        return group("apps/v1", rest);
    }

    final String group(String groupVersion, String rest) {
        return "/apis/%s/namespaces/%s/%s".formatted(groupVersion, namespace, rest);
    }

    // ---- requests

    final Answer post(String path, String json) {
        return api.send("POST", path, KubeApi.JSON, json);
    }

    final Answer put(String path, JsonNode object) {
        return api.send("PUT", path, KubeApi.JSON, object.toString());
    }

    final Answer merge(String path, String patch) {
        return api.send("PATCH", path, KubeApi.MERGE_PATCH, patch);
    }

    final Answer strategic(String path, String patch) {
        return api.send("PATCH", path, KubeApi.STRATEGIC_MERGE_PATCH, patch);
    }

    final Answer jsonPatch(String path, String operations) {
        return api.send("PATCH", path, KubeApi.JSON_PATCH, operations);
    }

    final Answer apply(String path, String manager, String object) {
        var mark = path.contains("?") ? "&" : "?";
        return api.send("PATCH", path + mark + "fieldManager=" + manager, "application/apply-patch+yaml", object);
    }

    final Answer delete(String path, String options) {
        return api.send("DELETE", path, KubeApi.JSON, options);
    }

    final void isFailure(Answer answer, int code, String reason) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(code);
        assertThat(text(answer.body(), "/kind")).isEqualTo("Status");
        assertThat(text(answer.body(), "/status")).isEqualTo("Failure");
        assertThat(text(answer.body(), "/reason")).isEqualTo(reason);
        assertThat(answer.body().at("/code").asInt()).isEqualTo(code);
    }

    /// All events until the server ends the watch.
    final List<JsonNode> watch(String path) {
        var seen = new ArrayList<JsonNode>();
        try {
            api.watch(path, seen::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return seen;
    }

    // ---- reading

    static String text(JsonNode node, String pointer) {
        return node.at(pointer).asText("");
    }

    static String version(JsonNode object) {
        return text(object, "/metadata/resourceVersion");
    }

    static String name(JsonNode object) {
        return text(object, "/metadata/name");
    }

    static String uid(JsonNode object) {
        return text(object, "/metadata/uid");
    }

    static int generation(JsonNode object) {
        return object.at("/metadata/generation").asInt();
    }

    static String annotation(JsonNode object, String name) {
        return object.path("metadata").path("annotations").path(name).asText("");
    }

    final List<JsonNode> items(String path) {
        return StreamSupport.stream(api.get(path).path("items").spliterator(), false)
                .toList();
    }

    static JsonNode condition(JsonNode object, String type) {
        for (var condition : object.at("/status/conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition;
            }
        }
        return MissingNode.getInstance();
    }

    static ObjectNode tree(String json) {
        try {
            return (ObjectNode) MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- waiting

    final void until(String what, Supplier<Boolean> seen) {
        var giveUpAt = System.nanoTime() + SOON.toNanos();
        while (!seen.get()) {
            assertThat(System.nanoTime()).as("still waiting for " + what).isLessThan(giveUpAt);
            pause(LOOK_AGAIN);
        }
    }

    final JsonNode until(String path, Predicate<JsonNode> wanted) {
        var giveUpAt = System.nanoTime() + SOON.toNanos();
        while (true) {
            var seen = api.find(path);
            if (seen.filter(wanted).isPresent()) {
                return seen.get();
            }
            if (System.nanoTime() > giveUpAt) {
                assertThat(seen)
                        .as("what " + path + " came to")
                        .matches(s -> s.filter(wanted).isPresent());
            }
            pause(LOOK_AGAIN);
        }
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Long enough for a controller that would do something to have done it.
    static void giveItAChance() {
        pause(Duration.ofMillis(700));
    }

    // ---- workloads

    static String template(String app, String image) {
        return """
                {"metadata":{"labels":{"app":"%s"}},"spec":{"containers":[{"name":"main","image":"%s"}]}}""".formatted(app, image);
    }

    static ObjectNode workload(String kind, String name, String image, int replicas) {
        var made = tree("""
                {"apiVersion":"apps/v1","kind":"%s","metadata":{"name":"%s"},
                 "spec":{"replicas":%d,"selector":{"matchLabels":{"app":"%s"}},"template":%s}}""".formatted(kind, name, replicas, name, template(name, image)));
        if (kind.equals("StatefulSet")) {
            made.withObject("/spec").put("serviceName", name);
        }
        if (kind.equals("DaemonSet")) {
            made.withObject("/spec").remove("replicas");
        }
        return made;
    }

    final JsonNode deploy(String name, String image, int replicas) {
        api.create(
                apps("deployments"),
                workload("Deployment", name, image, replicas).toString());
        return complete(name);
    }

    final JsonNode complete(String name) {
        return until(apps("deployments/" + name), ContractCase::isComplete);
    }

    static boolean isComplete(JsonNode deployment) {
        var wanted = deployment.at("/spec/replicas").asInt();
        var status = deployment.path("status");
        return status.path("observedGeneration").asInt() >= generation(deployment)
                && status.path("replicas").asInt() == wanted
                && status.path("updatedReplicas").asInt() == wanted
                && status.path("availableReplicas").asInt() == wanted;
    }

    static String image(String image) {
        return """
                {"spec":{"template":{"spec":{"containers":[{"name":"main","image":"%s"}]}}}}""".formatted(image);
    }

    final JsonNode setImage(String resource, String image) {
        return strategic(apps(resource), image(image)).expected();
    }

    final JsonNode roll(String name, String image) {
        setImage("deployments/" + name, image);
        return complete(name);
    }

    /// Those that the Deployment owns.
    final List<JsonNode> replicaSets(String deployment) {
        var owner = uid(api.get(apps("deployments/" + deployment)));
        return items(apps("replicasets")).stream()
                .filter(s -> text(s, "/metadata/ownerReferences/0/uid").equals(owner))
                .toList();
    }

    final JsonNode replicaSet(String deployment, String image) {
        return replicaSets(deployment).stream()
                .filter(s -> imageOf(s).equals(image))
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    static String imageOf(JsonNode workload) {
        return text(workload, "/spec/template/spec/containers/0/image");
    }

    static String revision(JsonNode object) {
        return annotation(object, "deployment.kubernetes.io/revision");
    }

    final List<JsonNode> pods(String app) {
        return items(core("pods?labelSelector=app%3D" + app));
    }
}
