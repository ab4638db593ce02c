package lastgood.testkit.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the tests on a real control plane may rely on: real controllers, made-up containers.
@RealCluster
@DisplayNameGeneration(ReplaceUnderscores.class)
class ControlPlaneTest {

    private static final Duration SOON = Duration.ofMinutes(2);

    private final ControlPlane cluster = ControlPlane.shared();
    private final KubeApi api = cluster.api();
    private String namespace = "";

    @BeforeEach
    void a_namespace_of_its_own() {
        namespace = cluster.newNamespace("harness");
    }

    @AfterEach
    void tidy() {
        cluster.kubelet().stoppingTakes(Duration.ZERO);
        cluster.kubelet().roomFor(Integer.MAX_VALUE);
        api.delete("/api/v1/namespaces/" + namespace);
    }

    @Test
    void a_deployment_of_three_becomes_ready() {
        deploy("shop:v1", 3);

        until(() -> deployment().at("/status/availableReplicas").asInt() == 3);

        assertThat(pods()).hasSize(3).allSatisfy(pod -> {
            assertThat(pod.at("/status/phase").asText()).isEqualTo("Running");
            assertThat(pod.at("/status/containerStatuses/0/imageID").asText())
                    .isEqualTo("shop@" + FakeKubelet.digest("shop:v1"));
        });
        assertThat(pods().stream().map(pod -> pod.at("/status/podIP").asText())).doesNotHaveDuplicates();
    }

    @Test
    void endpoints_follow_the_pods() {
        deploy("shop:v1", 2);
        api.create(core("services"), """
                {"apiVersion":"v1","kind":"Service","metadata":{"name":"shop"},
                 "spec":{"selector":{"app":"shop"},"ports":[{"port":80}]}}
                """);

        until(() -> api.find(core("endpoints/shop"))
                .map(endpoints -> endpoints.at("/subsets/0/addresses").size())
                .filter(size -> size == 2)
                .isPresent());
    }

    @Test
    void a_crash_image_shows_its_waiting_reason_and_more_and_more_restarts() {
        deploy("shop:crash-on-start", 1);

        until(() -> waitingReason().equals("CrashLoopBackOff") && restarts() >= 1);

        assertThat(pods().getFirst().at("/status/containerStatuses/0/lastState/terminated/exitCode"))
                .hasToString("1");
        var log = core("pods/" + podName() + "/log");
        assertThat(api.text(log + "?previous=true")).contains("fatal");
    }

    @Test
    void an_image_that_cannot_be_pulled_stays_pending_and_has_no_log() {
        deploy("shop:nopull-v2", 1);

        until(() -> waitingReason().equals("ImagePullBackOff"));

        assertThat(pods().getFirst().at("/status/phase").asText()).isEqualTo("Pending");
        var log = api.send("GET", core("pods/" + podName() + "/log"), KubeApi.JSON, "");
        assertThat(log.status()).isEqualTo(400);
        assertThat(log.text()).contains("waiting to start");
    }

    @Test
    void an_init_container_that_crashes_keeps_the_pod_from_starting() {
        api.create(core("pods"), """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{
                 "initContainers":[{"name":"ok","image":"setup:v1"},{"name":"bad","image":"setup:init-crash"}],
                 "containers":[{"name":"main","image":"shop:v1"}]}}
                """);

        until(() -> api.get(core("pods/p"))
                .at("/status/initContainerStatuses/1/state/waiting/reason")
                .asText()
                .equals("CrashLoopBackOff"));

        var status = api.get(core("pods/p")).path("status");
        assertThat(status.at("/initContainerStatuses/0/state/terminated/reason").asText())
                .isEqualTo("Completed");
        assertThat(status.at("/containerStatuses/0/state/waiting/reason").asText())
                .isEqualTo("PodInitializing");
    }

    @Test
    void a_slow_image_is_seen_running_before_it_is_ready_and_an_unready_one_never_is() {
        deploy("shop:slow2-v1", 1);

        until(() -> !pods().isEmpty() && podPhase().equals("Running"));
        assertThat(deployment().at("/status/readyReplicas").asInt()).isZero();
        until(() -> deployment().at("/status/readyReplicas").asInt() == 1);

        setImage("shop:unready-v2");
        until(() -> pods().stream()
                .anyMatch(
                        pod -> !isReady(pod) && pod.at("/status/phase").asText().equals("Running")));
        assertThat(deployment().at("/status/readyReplicas").asInt()).isEqualTo(1);
    }

    @Test
    void an_undo_by_patch_uses_the_old_replica_set_again() {
        deploy("shop:v1", 1);
        until(() -> isRolledOut(1));
        var first = replicaSets().getFirst().at("/metadata/uid").asText();

        setImage("shop:v2");
        until(() -> isRolledOut(2));
        setImage("shop:v1");
        until(() -> isRolledOut(3));

        assertThat(replicaSets()).hasSize(2);
        assertThat(replicaSets())
                .filteredOn(set -> set.at("/status/replicas").asInt() == 1)
                .singleElement()
                .satisfies(set -> assertThat(set.at("/metadata/uid").asText()).isEqualTo(first));
    }

    @Test
    void logs_come_through_the_api_server() {
        cluster.kubelet().logs("chatty", "one", "two", "three");
        deploy("shop:chatty-v1", 1);
        until(() -> isRolledOut(1));
        var log = core("pods/" + podName() + "/log");

        assertThat(api.text(log)).isEqualTo("one\ntwo\nthree\n");
        assertThat(api.text(log + "?tailLines=1&timestamps=true")).matches("\\d{4}-.*Z three\n");
        assertThat(api.send("GET", log + "?previous=true", KubeApi.JSON, "").text())
                .contains("previous terminated container");
    }

    @Test
    void a_pod_that_takes_its_time_to_stop_is_seen_terminating() {
        deploy("shop:v1", 1);
        until(() -> isRolledOut(1));
        cluster.kubelet().stoppingTakes(Duration.ofSeconds(1));

        setImage("shop:v2");

        until(() -> pods().stream()
                .anyMatch(pod -> pod.at("/metadata/deletionTimestamp").isTextual()));
        until(() -> pods().size() == 1);
    }

    @Test
    void pods_without_room_stay_pending() {
        cluster.kubelet().roomFor(0);
        deploy("shop:v1", 1);

        until(() -> !pods().isEmpty()
                && pods().getFirst().at("/status/conditions/0/reason").asText().equals("Unschedulable"));
        cluster.kubelet().roomFor(10);

        until(() -> isRolledOut(1));
    }

    @Test
    void stateful_and_daemon_sets_run() {
        for (var kind : List.of("StatefulSet", "DaemonSet")) {
            api.create(apps(kind.toLowerCase(Locale.ROOT) + "s"), """
                    {"apiVersion":"apps/v1","kind":"%s","metadata":{"name":"db"},"spec":{
                     "selector":{"matchLabels":{"set":"%s"}}%s,
                     "template":{"metadata":{"labels":{"set":"%s"}},
                      "spec":{"containers":[{"name":"main","image":"db:v1"}]}}}}
                    """.formatted(
                    kind, kind, kind.equals("StatefulSet") ? ",\"serviceName\":\"db\",\"replicas\":2" : "", kind));
        }

        until(() -> api.get(apps("statefulsets/db")).at("/status/readyReplicas").asInt() == 2);
        until(() -> api.get(apps("daemonsets/db")).at("/status/numberReady").asInt() == 1);
    }

    @Test
    void jobs_end_well_or_badly() {
        for (var tag : List.of("v1", "fail")) {
            api.create("/apis/batch/v1/namespaces/" + namespace + "/jobs", """
                    {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"%s"},"spec":{"backoffLimit":0,
                     "template":{"spec":{"restartPolicy":"Never","containers":[{"name":"main","image":"job:%s"}]}}}}
                    """.formatted(tag, tag));
        }

        until(() -> job("v1").at("/status/succeeded").asInt() == 1);
        until(() -> job("fail").at("/status/failed").asInt() == 1);
    }

    @Test
    void a_service_account_without_a_role_is_refused() {
        var user = cluster.serviceAccount(namespace, "reader");

        try (var reader = new KubeApi(cluster.as(user))) {
            assertThat(reader.send("GET", core("pods"), KubeApi.JSON, "").status())
                    .isEqualTo(403);
        }
    }

    @Test
    void everything_goes_on_after_the_api_server_was_away() {
        deploy("shop:v1", 2);
        until(() -> isRolledOut(1));

        cluster.killApiServer();
        assertThatThrownBy(this::deployment).isInstanceOf(UncheckedIOException.class);
        cluster.startApiServer();
        setImage("shop:v2");

        until(() -> isRolledOut(2));
        assertThat(api.text(core("pods/" + podName() + "/log"))).contains("shop:v2");
    }

    @Test
    void without_controllers_a_change_is_accepted_and_not_acted_upon() {
        deploy("shop:v1", 1);
        until(() -> isRolledOut(1));

        cluster.killControllers();
        setImage("shop:v2");
        assertThat(deployment().at("/status/observedGeneration").asInt())
                .isLessThan(deployment().at("/metadata/generation").asInt());
        cluster.startControllers();

        until(() -> isRolledOut(2));
    }

    @Test
    void a_folder_without_binaries_is_refused_by_name(@TempDir Path empty) {
        assertThatThrownBy(() -> ControlPlane.start(empty)).hasMessageContaining("kube-controller-manager");
    }

    @Test
    void nothing_is_left_when_the_jvm_is_killed() throws Exception {
        var jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var lines = jvm.inputReader()) {
            var folder = Path.of(lines.readLine());
            var children = Arrays.stream(lines.readLine().split(" "))
                    .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
                    .toList();
            assertThat(children).hasSizeGreaterThanOrEqualTo(6).allMatch(ProcessHandle::isAlive);

            jvm.destroyForcibly().waitFor();

            until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
            until(() -> !Files.exists(folder));
        } finally {
            jvm.destroyForcibly();
        }
    }

    /// Holds a control plane until somebody kills it.
    static final class Holder {
        public static void main(String[] arguments) throws Exception {
            var plane = ControlPlane.start(ControlPlane.assets().orElseThrow());
            System.out.println(plane.folder());
            System.out.println(String.join(
                    " ",
                    plane.processes().stream().map(child -> "" + child.pid()).toList()));
            Thread.sleep(Duration.ofMinutes(5));
        }
    }

    private void deploy(String image, int replicas) {
        api.create(apps("deployments"), """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"shop"},"spec":{"replicas":%d,
                 "selector":{"matchLabels":{"app":"shop"}},
                 "template":{"metadata":{"labels":{"app":"shop"}},
                  "spec":{"containers":[{"name":"main","image":"%s"}]}}}}
                """.formatted(replicas, image));
    }

    private void setImage(String image) {
        api.patch(
                apps("deployments/shop"),
                KubeApi.JSON_PATCH,
                "[{\"op\":\"replace\",\"path\":\"/spec/template/spec/containers/0/image\",\"value\":\"%s\"}]"
                        .formatted(image));
    }

    private boolean isRolledOut(int revision) {
        var seen = deployment();
        var wanted = seen.at("/spec/replicas").asInt();
        return seen.at("/metadata/annotations")
                                .path("deployment.kubernetes.io/revision")
                                .asInt()
                        == revision
                && seen.at("/status/observedGeneration").asInt()
                        == seen.at("/metadata/generation").asInt()
                && seen.at("/status/updatedReplicas").asInt() == wanted
                && seen.at("/status/replicas").asInt() == wanted
                && seen.at("/status/availableReplicas").asInt() == wanted
                && pods().size() == wanted;
    }

    private JsonNode deployment() {
        return api.get(apps("deployments/shop"));
    }

    private List<JsonNode> replicaSets() {
        return items(apps("replicasets"));
    }

    private List<JsonNode> pods() {
        return items(core("pods"));
    }

    private JsonNode job(String name) {
        return api.get("/apis/batch/v1/namespaces/" + namespace + "/jobs/" + name);
    }

    private String podName() {
        return pods().getFirst().at("/metadata/name").asText();
    }

    private String podPhase() {
        return pods().getFirst().at("/status/phase").asText();
    }

    private String waitingReason() {
        return pods().stream()
                .map(pod -> pod.at("/status/containerStatuses/0/state/waiting/reason")
                        .asText())
                .findFirst()
                .orElse("");
    }

    private int restarts() {
        return pods().getFirst().at("/status/containerStatuses/0/restartCount").asInt();
    }

    private static boolean isReady(JsonNode pod) {
        return StreamSupport.stream(pod.at("/status/conditions").spliterator(), false)
                .anyMatch(condition -> condition.path("type").asText().equals("Ready")
                        && condition.path("status").asText().equals("True"));
    }

    private List<JsonNode> items(String path) {
        return StreamSupport.stream(api.get(path).path("items").spliterator(), false)
                .toList();
    }

    private String apps(String what) {
        return "/apis/apps/v1/namespaces/%s/%s".formatted(namespace, what);
    }

    private String core(String what) {
        return "/api/v1/namespaces/%s/%s".formatted(namespace, what);
    }

    private static void until(BooleanSupplier reached) {
        var end = System.nanoTime() + SOON.toNanos();
        while (!reached.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            FakeKubelet.pause(Duration.ofMillis(30));
        }
    }
}
