package lastgood.testkit.kube.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lastgood.testkit.kube.KubeApi;
import lastgood.testkit.sim.Crash;
import lastgood.testkit.sim.SimClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What only the simulated cluster can do: fail on demand, stand still, and happen twice in the same way.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SimClusterTest {

    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments";
    private static final String WEB = DEPLOYMENTS + "/web";
    private static final String SCALED = "{\"spec\":{\"replicas\":3}}";

    private final SimClock clock = new SimClock();
    private final SimCluster cluster =
            SimCluster.quiet(SimCluster.Options.standard().at(clock::now));

    @BeforeEach
    void something_runs() {
        deploy(cluster);
    }

    private static void deploy(SimCluster cluster) {
        send(cluster, "POST", "/api/v1/namespaces", "{\"metadata\":{\"name\":\"shop\"}}");
        send(cluster, "POST", DEPLOYMENTS, """
                {"metadata":{"name":"web"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},"template":
                 {"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"main","image":"shop:v1"}]}}}}""");
        cluster.settle();
    }

    private static Response send(SimCluster cluster, String method, String target, String body) {
        var type = method.equals("PATCH") ? KubeApi.STRATEGIC_MERGE_PATCH : KubeApi.JSON;
        return cluster.handle(method, target, Map.of("Content-Type", type), body.getBytes(StandardCharsets.UTF_8));
    }

    private Response send(String method, String target, String body) {
        return send(cluster, method, target, body);
    }

    private JsonNode get(String target) {
        return Json.parse(send("GET", target, "").body());
    }

    private int replicas() {
        return get(WEB).at("/spec/replicas").asInt();
    }

    private void image(String image) {
        send("PATCH", WEB, """
                {"spec":{"template":{"spec":{"containers":[{"name":"main","image":"%s"}]}}}}""".formatted(image));
    }

    @Test
    void nothing_moves_until_it_is_told_to() {
        image("shop:v2");
        assertThat(get("/apis/apps/v1/namespaces/shop/replicasets").path("items"))
                .hasSize(1);

        cluster.settle();

        assertThat(get(WEB).at("/status/updatedReplicas").asInt()).isEqualTo(2);
        assertThat(get("/apis/apps/v1/namespaces/shop/replicasets").path("items"))
                .hasSize(2);
    }

    @Test
    void the_same_story_happens_twice_in_the_same_way() {
        var other = SimCluster.quiet(SimCluster.Options.standard().at(clock::now));

        deploy(other);

        assertThat(send(other, "GET", "/api/v1/pods", "").text())
                .isEqualTo(send(cluster, "GET", "/api/v1/pods", "").text());
    }

    @Test
    void time_passes_when_the_test_says_so() {
        image("shop:slow30");
        cluster.settle();
        assertThat(get(WEB).at("/status/unavailableReplicas").asInt()).isEqualTo(1);

        clock.jump(Duration.ofSeconds(30));
        cluster.settle();
        clock.jump(Duration.ofSeconds(30));
        cluster.settle();

        assertThat(get(WEB).at("/status/unavailableReplicas").asInt(0)).isZero();
    }

    @Test
    void a_deadline_passes_with_the_clock() {
        image("shop:crash");
        cluster.settle();

        clock.jump(Duration.ofSeconds(601));
        cluster.settle();

        assertThat(get(WEB).at("/status/conditions").findValuesAsText("reason")).contains("ProgressDeadlineExceeded");
        assertThat(get("/api/v1/namespaces/shop/pods").findValuesAsText("restartCount"))
                .contains("9");
    }

    @Test
    void a_refusal_changes_nothing_and_says_when_to_come_back() {
        cluster.faults().on("PATCH", "/deployments/web$").nth(2).times(2).answer(429, Duration.ofSeconds(7));

        var codes = new ArrayList<Integer>();
        Response refused = null;
        for (var i = 1; i <= 4; i++) {
            var answer = send("PATCH", WEB, "{\"spec\":{\"replicas\":%d}}".formatted(i));
            codes.add(answer.status());
            refused = answer.status() == 429 ? answer : refused;
        }

        assertThat(codes).containsExactly(200, 429, 429, 200);
        assertThat(refused.headers()).containsEntry("Retry-After", "7");
        assertThat(replicas()).isEqualTo(4);
        assertThat(cluster.faults().fired()).hasSize(2);
    }

    @Test
    void an_answer_can_be_lost_after_the_write_and_the_connection_before_it() {
        cluster.faults().on("PATCH", "/deployments/web$").dropConnection();
        assertThatThrownBy(() -> send("PATCH", WEB, SCALED)).isInstanceOf(ConnectionLost.class);
        assertThat(replicas()).isEqualTo(2);

        cluster.faults().on("PATCH", "/deployments/web$").loseAnswer();
        assertThatThrownBy(() -> send("PATCH", WEB, SCALED)).isInstanceOf(ConnectionLost.class);
        assertThat(replicas()).isEqualTo(3);
    }

    @Test
    void half_an_answer_is_half_an_answer_over_http_too() {
        try (var open = SimCluster.start();
                var api = new KubeApi(open)) {
            open.faults().on("GET", "/version").truncateAnswer();
            open.faults().on("POST", "/namespaces").loseAnswer();

            assertThatThrownBy(() -> api.get("/version")).hasMessageContaining("/version");
            assertThatThrownBy(() -> api.create("/api/v1/namespaces", "{\"metadata\":{\"name\":\"x\"}}"))
                    .hasMessageContaining("/namespaces");
            assertThat(api.find("/api/v1/namespaces/x")).isPresent();
        }
    }

    @Test
    void a_crash_before_a_write_leaves_no_trace_and_one_after_it_does() {
        cluster.onWrite(
                _ -> {
                    throw new Crash("before");
                },
                _ -> {});
        assertThatThrownBy(() -> send("PATCH", WEB, SCALED)).isInstanceOf(Crash.class);
        assertThat(replicas()).isEqualTo(2);

        cluster.onWrite(_ -> {}, _ -> {
            throw new Crash("after");
        });
        assertThatThrownBy(() -> send("PATCH", WEB, SCALED)).isInstanceOf(Crash.class);
        assertThat(replicas()).isEqualTo(3);
    }

    @Test
    void only_what_changes_something_counts_as_a_write() {
        var writes = new ArrayList<String>();
        cluster.onWrite(_ -> {}, request -> writes.add(request.toString()));

        send("GET", WEB, "");
        send("PATCH", WEB, "{\"spec\":{\"replicas\":2}}");
        send("PATCH", WEB + "?dryRun=All", SCALED);
        send("PATCH", WEB, "{nonsense");
        send("PATCH", WEB, SCALED);

        assertThat(writes).containsExactly("PATCH " + WEB);
    }

    @Test
    void an_observer_counts_requests_and_bytes() {
        var seen = new ArrayList<Exchange>();
        cluster.observe(seen::add);

        var answer = send("PATCH", WEB, SCALED);

        assertThat(seen).hasSize(1);
        assertThat(seen.getFirst().status()).isEqualTo(200);
        assertThat(seen.getFirst().bytesIn()).isEqualTo(SCALED.length());
        assertThat(seen.getFirst().bytesOut()).isEqualTo(answer.body().length);
    }

    @Test
    void a_read_can_be_stale() {
        cluster.faults().on("GET", "/deployments").times(2).answerFromThePast();
        send("PATCH", WEB, SCALED);

        assertThat(replicas()).isEqualTo(2);
        assertThat(get(DEPLOYMENTS).at("/items/0/spec/replicas").asInt()).isEqualTo(2);
        assertThat(replicas()).isEqualTo(3);

        cluster.staleCache(true);
        send("PATCH", WEB, "{\"spec\":{\"replicas\":4}}");
        assertThat(get(DEPLOYMENTS + "?resourceVersion=0")
                        .at("/items/0/spec/replicas")
                        .asInt())
                .isEqualTo(3);
        assertThat(replicas()).isEqualTo(4);
    }

    @Test
    void what_is_compacted_is_gone_for_watches_and_pages() throws InterruptedException {
        var page = get("/api/v1/namespaces/shop/pods?limit=1");
        image("shop:v2");
        cluster.compact();

        var watch =
                send("GET", "/api/v1/pods?watch=true&resourceVersion=105", "").watch();
        var next = send(
                "GET",
                "/api/v1/namespaces/shop/pods?limit=1&continue="
                        + page.at("/metadata/continue").asText(),
                "");
        cluster.goneIsAnEvent(false);
        var plain = send("GET", "/api/v1/pods?watch=true&resourceVersion=105", "");

        assertThat(watch.next(Duration.ofSeconds(1)).at("/object/code").asInt()).isEqualTo(410);
        assertThat(watch.ended()).isTrue();
        assertThat(next.status()).isEqualTo(410);
        assertThat(plain.status()).isEqualTo(410);
    }

    @Test
    void a_watch_can_be_dropped_in_the_middle() throws InterruptedException {
        cluster.faults().on("GET", "watch=true").dropWatch(1);

        var watch = send("GET", "/api/v1/namespaces/shop/pods?watch=true", "").watch();

        assertThat(watch.next(Duration.ZERO)).isNotNull();
        assertThat(watch.next(Duration.ZERO)).isNull();
        assertThat(watch.ended()).isTrue();
    }

    @Test
    void a_user_may_what_he_may_until_he_is_denied_it_or_his_token_ends() {
        cluster.users().add("ci", "ci-token");
        cluster.users().allow("ci", Users.Rule.of(List.of("get", "patch"), List.of("deployments")));
        assertThat(as("ci-token", "PATCH").status()).isEqualTo(200);

        cluster.users().deny("ci", Users.Rule.of(List.of("patch"), List.of("*")));
        assertThat(as("ci-token", "PATCH").status()).isEqualTo(403);
        assertThat(as("ci-token", "GET").status()).isEqualTo(200);

        cluster.users().expire("ci-token");
        assertThat(as("ci-token", "GET").status()).isEqualTo(401);
    }

    private Response as(String token, String method) {
        var headers = Map.of("Authorization", "Bearer " + token, "Content-Type", KubeApi.MERGE_PATCH);
        return cluster.handle(method, WEB, headers, SCALED.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_namespace_can_get_stuck_while_it_ends() {
        cluster.terminate("shop");

        assertThat(send("POST", "/api/v1/namespaces/shop/configmaps", "{\"metadata\":{\"name\":\"new\"}}")
                        .status())
                .isEqualTo(403);
        cluster.settle();
        assertThat(send("GET", "/api/v1/namespaces/shop", "").status()).isEqualTo(200);
    }

    /// Found by the contract: the controllers' thread died of a namespace's refusal, and all later tests hung.
    @Test
    void a_controller_that_is_refused_keeps_nobody_else_waiting() {
        send("POST", "/apis/apps/v1/namespaces/shop/daemonsets", """
                {"metadata":{"name":"agent"},"spec":{"selector":{"matchLabels":{"app":"agent"}},"template":
                 {"metadata":{"labels":{"app":"agent"}},"spec":{"containers":[{"name":"main","image":"shop:v1"}]}}}}""");
        send("POST", "/api/v1/namespaces", "{\"metadata\":{\"name\":\"other\"}}");
        cluster.terminate("shop");

        cluster.settle();

        assertThat(send("GET", "/api/v1/namespaces/other/serviceaccounts/default", "")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void pods_that_are_to_end_can_take_their_time() {
        cluster.podsLinger(Duration.ofSeconds(20));
        image("shop:v2");

        cluster.settle();
        var during = get("/api/v1/namespaces/shop/pods").path("items").size();
        clock.jump(Duration.ofSeconds(20));
        cluster.settle();

        assertThat(during).isEqualTo(4);
        assertThat(get("/api/v1/namespaces/shop/pods").path("items")).hasSize(2);
    }

    @Test
    void a_newer_release_serves_newer_versions() {
        var newer = SimCluster.quiet(SimCluster.Options.standard().like(Release.V1_34));

        assertThat(send(newer, "GET", "/apis/autoscaling/v2", "").status()).isEqualTo(200);
        assertThat(send(newer, "GET", "/apis/policy/v1beta1", "").status()).isEqualTo(404);
        assertThat(send("GET", "/apis/autoscaling/v2", "").status()).isEqualTo(404);
        assertThat(send("GET", "/apis/policy/v1beta1", "").status()).isEqualTo(200);
    }
}
