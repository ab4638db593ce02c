package lastgood.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.StreamSupport;
import lastgood.core.RunId;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.TeamCommands;
import lastgood.engine.port.TeamCommands.Ended;
import lastgood.engine.port.Unreachable;
import lastgood.kubernetes.jobs.KubeCommands;
import lastgood.kubernetes.jobs.Programs;
import lastgood.testkit.kube.Cluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A team's command as a Job, on the simulated API and on a real one.
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class CommandsContract {

    static final List<String> UNDO = List.of("npx", "tsx", "rollback-migration", "--name", "$(HOME) $5");
    static final Duration MINUTE = Duration.ofMinutes(1);

    abstract Cluster cluster();

    abstract void logs(String tagPrefix, String... lines);

    /// Whether nodes take pods on.
    abstract void room(boolean there);

    @TempDir
    Path folder;

    Shop shop;

    @BeforeEach
    void openTheShop() {
        shop = new Shop(cluster(), folder);
    }

    @AfterEach
    void closeTheShop() {
        room(true);
        shop.close();
    }

    static Fence fence(String step) {
        return new Fence(new RunId("rb-0k3f9a2c"), step, 3);
    }

    TeamCommands commands() {
        var parts = shop.parts(shop.rolling("web"));
        return new KubeCommands(
                shop.api,
                parts.services(),
                new Programs(shop.api, parts.ledgers(), parts.templates()),
                new WallTime(),
                new KubeCommands.Patience(
                        Duration.ofMillis(50), Duration.ofSeconds(1), Duration.ofSeconds(20), Duration.ofSeconds(3)));
    }

    Ended undo(String release, Duration limit) {
        return commands().run(shop.ref("web"), release, UNDO, Map.of("MIGRATION", "0042"), limit, fence("60-undo"));
    }

    List<JsonNode> jobs() {
        var all = shop.kube.get("/apis/batch/v1/namespaces/%s/jobs".formatted(shop.namespace));
        return StreamSupport.stream(all.path("items").spliterator(), false).toList();
    }

    List<JsonNode> jobPods() {
        var all = shop.kube.get(
                "/api/v1/namespaces/%s/pods?labelSelector=lastgood.dev%%2Fcommand".formatted(shop.namespace));
        return StreamSupport.stream(all.path("items").spliterator(), false).toList();
    }

    void delete(JsonNode object, String path) {
        shop.kube.send(
                "DELETE",
                "%s/namespaces/%s/%s"
                        .formatted(
                                path,
                                shop.namespace,
                                (path.startsWith("/apis") ? "jobs/" : "pods/")
                                        + object.at("/metadata/name").asText()),
                "application/json",
                "{\"propagationPolicy\":\"Background\",\"gracePeriodSeconds\":0}");
    }

    void jobRuns() {
        Shop.eventually(
                "the command to run",
                () -> jobPods().stream()
                                .anyMatch(p -> p.at("/status/phase").asText().equals("Running"))
                        && jobs().getFirst().at("/metadata/annotations").has("lastgood.dev/pod"));
    }

    static Ended of(CompletableFuture<Ended> later) throws Exception {
        try {
            return later.get(120, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException why) {
                throw why;
            }
            throw e;
        } catch (TimeoutException e) {
            throw new AssertionError("it waits for ever", e);
        }
    }

    @Test
    void a_command_runs_on_the_newer_releases_image_although_its_pods_crash() {
        logs("crash-2", "undoing 0042", "postgres://app:hunter2222@db/shop", "done");
        shop.releases("web", 1, "v1", "crash-2");
        shop.restarted("web");

        var ended = undo("crash-2", MINUTE);

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.lastLines()).containsExactly("undoing 0042", "postgres://app:********@db/shop", "done");
        assertThat(jobs().getFirst()
                        .at("/spec/template/spec/containers/0/image")
                        .asText())
                .startsWith("shop/web:crash-2@sha256:");
    }

    @Test
    void its_pod_is_made_of_the_releases_template_without_what_makes_it_one_of_the_service() {
        var object = Shop.workload("Deployment", "web", "v2", 1, Map.of("app", "web"));
        var spec = (ObjectNode) object.at("/spec/template/spec");
        var container = (ObjectNode) spec.at("/containers/0");
        container.putArray("ports").addObject().put("containerPort", 80);
        container.putObject("readinessProbe").putObject("tcpSocket").put("port", 80);
        container
                .putObject("lifecycle")
                .putObject("preStop")
                .putObject("exec")
                .putArray("command")
                .add("sleep");
        container.putArray("args").add("server");
        container.putArray("env").addObject().put("name", "DB_HOST").put("value", "db");
        container.putArray("volumeMounts").addObject().put("name", "tmp").put("mountPath", "/tmp");
        spec.putArray("volumes").addObject().put("name", "tmp").putObject("emptyDir");
        spec.put("serviceAccountName", "default");
        spec.withArray("/containers").addObject().put("name", "proxy").put("image", "shop/proxy:v2");
        spec.withArray("/initContainers").addObject().put("name", "migrate").put("image", "shop/web:v2");
        shop.kube.create(shop.apps("deployments"), object.toString());
        shop.complete("web");

        assertThat(undo("v2", MINUTE).code()).isZero();

        var job = jobs().getFirst();
        var pod = job.at("/spec/template/spec");
        var only = pod.at("/containers/0");
        assertThat(pod.path("containers")).hasSize(1);
        assertThat(pod.has("initContainers")).isFalse();
        assertThat(pod.path("restartPolicy").asText()).isEqualTo("Never");
        assertThat(pod.path("serviceAccountName").asText()).isEqualTo("default");
        assertThat(pod.at("/volumes/0/name").asText()).isEqualTo("tmp");
        assertThat(only.has("readinessProbe") || only.has("ports") || only.has("lifecycle") || only.has("args"))
                .isFalse();
        assertThat(only.path("command").toString())
                .isEqualTo("[\"npx\",\"tsx\",\"rollback-migration\",\"--name\",\"$$(HOME) $$5\"]");
        assertThat(only.path("env").toString())
                .contains("\"DB_HOST\"")
                .contains("{\"name\":\"MIGRATION\",\"value\":\"0042\"}")
                .contains("{\"name\":\"LASTGOOD_KEY\",\"value\":\"rb-0k3f9a2c/60-undo\"}");
        assertThat(job.at("/spec/template/metadata/labels").has("app")).isFalse();
        assertThat(job.at("/spec/backoffLimit").asInt(-1)).isZero();
        assertThat(job.at("/spec/activeDeadlineSeconds").asInt()).isEqualTo(60);
        assertThat(job.at("/metadata/annotations/lastgood.dev~1step").asText()).isEqualTo("60-undo");
        assertThat(job.at("/metadata/annotations/lastgood.dev~1epoch").asText()).isEqualTo("3");
    }

    @Test
    void the_containers_own_exit_code_is_told() {
        shop.releases("web", 1, "fail42");

        assertThat(undo("fail42", MINUTE).code()).isEqualTo(42);
    }

    @Test
    void the_same_key_is_run_once_and_its_end_told_again() {
        logs("v2", "undone");
        shop.releases("web", 1, "v1", "v2");
        var first = undo("v2", MINUTE);

        assertThat(undo("v2", MINUTE)).isEqualTo(first).isEqualTo(new Ended(0, List.of("undone")));

        assertThat(jobs()).hasSize(1);
        assertThat(jobPods()).hasSize(1);
    }

    @Test
    void another_command_under_the_same_key_is_refused() {
        shop.releases("web", 1, "v1");
        undo("v1", MINUTE);

        assertThatThrownBy(() -> commands()
                        .run(shop.ref("web"), "v1", List.of("drop", "all"), Map.of(), MINUTE, fence("60-undo")))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("runs another command than the command `drop all`");
        assertThat(jobs()).hasSize(1);
    }

    @Test
    void one_that_takes_longer_than_its_limit_is_ended_and_counts_as_failed() {
        shop.releases("web", 1, "v1");
        shop.setImage("web", "slow30-2");

        var ended = undo(digestOf("slow30-2"), Duration.ofSeconds(2));

        assertThat(ended.code()).isEqualTo(KubeCommands.TIMED_OUT);
        assertThat(ended.lastLines().getLast()).isEqualTo("(ended by its limit of 2s)");
        assertThat(jobPods()).isEmpty();
    }

    private String digestOf(String version) {
        return shop.parts(shop.rolling("web"))
                .workloads()
                .find(new lastgood.core.Workload(shop.ref("web"), "web"))
                .filter(w -> w.requested().version().text().equals(version))
                .orElseThrow()
                .requested()
                .digest()
                .text();
    }

    @Test
    void an_image_that_cannot_be_pulled_is_said_early_and_the_command_can_be_tried_again() {
        shop.releases("web", 1, "v1");
        shop.setImage("web", "nopull-2");

        assertThatThrownBy(() -> undo(digestOf("nopull-2"), MINUTE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("did not begin: ImagePullBackOff: web of image shop/web:nopull-2")
                .hasMessageContaining("nothing was run");
        assertThat(jobPods()).isEmpty();
        assertThat(jobs()).hasSize(1);

        assertThatThrownBy(() -> undo(digestOf("nopull-2"), MINUTE)).isInstanceOf(Forbidden.class);

        assertThat(jobs()).hasSize(2).allMatch(j -> j.at("/spec/parallelism").asInt() == 0);
    }

    @Test
    void a_pod_that_no_node_takes_is_said_early() {
        shop.releases("web", 1, "v1");
        room(false);

        assertThatThrownBy(() -> undo("v1", MINUTE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("did not begin: no node takes it: 0/");
    }

    @Test
    void a_job_that_is_deleted_meanwhile_is_not_done() {
        shop.releases("web", 1, "slow2-1");
        var later = CompletableFuture.supplyAsync(() -> undo("slow2-1", MINUTE));
        jobRuns();

        delete(jobs().getFirst(), "/apis/batch/v1");

        assertThatThrownBy(() -> of(later))
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining("nobody can tell whether the command `npx tsx rollback-migration")
                .hasMessageContaining("its Job was deleted meanwhile");
    }

    @Test
    void a_pod_that_is_lost_is_not_done_and_none_runs_the_command_a_second_time() {
        shop.releases("web", 1, "slow2-1");
        var later = CompletableFuture.supplyAsync(() -> undo("slow2-1", MINUTE));
        jobRuns();

        delete(jobPods().getFirst(), "/api/v1");

        assertThatThrownBy(() -> of(later))
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining("the pod that it ran in is gone");
        // One that is on its way out takes its grace, which on a busy machine is longer than anyone waits here.
        Shop.eventually(
                "no pod that stays",
                () -> jobPods().stream().allMatch(p -> p.path("metadata").has("deletionTimestamp")));
        assertThatThrownBy(() -> undo("slow2-1", MINUTE)).isInstanceOf(Unreachable.class);
    }

    @Test
    void a_secret_does_not_go_into_a_job() {
        shop.releases("web", 1, "v1");

        assertThatThrownBy(() -> commands()
                        .run(
                                shop.ref("web"),
                                "v1",
                                UNDO,
                                Map.of("URL", "postgres://app:hunter2222@db/shop"),
                                MINUTE,
                                fence("60-undo")))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("the variable URL looks like a secret")
                .hasMessageNotContaining("hunter2222");
        assertThat(jobs()).isEmpty();
    }

    @Test
    void a_release_that_nobody_knows_is_refused() {
        shop.releases("web", 1, "v1");

        assertThatThrownBy(() -> undo("v9", MINUTE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("no release of production/web is called v9");
    }
}
