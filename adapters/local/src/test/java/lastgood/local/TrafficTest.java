package lastgood.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/// Some of these compare how long requests took, so no other class of the module runs beside them.
@Isolated
@DisplayNameGeneration(ReplaceUnderscores.class)
class TrafficTest {

    @TempDir
    static Path folder;

    static final AtomicLong AHEAD = new AtomicLong();

    static World world;

    @BeforeAll
    static void blue_and_green() throws Exception {
        InstantSource clock = () -> Instant.now().plusSeconds(AHEAD.get());
        world = new World(folder).with(clock);
        world.blueAndGreen();
    }

    @AfterAll
    static void nothing_is_left() {
        world.close();
        assertThat(world.left()).isEmpty();
    }

    @BeforeEach
    void all_of_it_on_blue() {
        if (world.client.get(World.SHOP).maintenance()) {
            world.client.maintenance(world.client.get(World.SHOP), false, world.fence());
        }
        world.client.clear(World.SHOP);
        world.shift(Map.of("blue", 100));
        Eventually.holds(() -> world.client.get(World.SHOP).ready("blue") == 1);
    }

    @Test
    void users_notice_nothing_of_a_switch_but_the_version() throws Exception {
        var load = new Load(world, 8).more(100);

        world.shift(Map.of("green", 100));
        load.answers.clear();
        load.more(200);
        world.shift(Map.of("blue", 100));
        load.more(100).end();

        assertThat(List.copyOf(load.failures)).isEmpty();
        assertThat(load.answers).containsKeys("v1", "v2");
    }

    @Test
    void a_shift_takes_effect_on_the_next_request() {
        assertThat(world.get("/").body()).isEqualTo("v1");

        world.shift(Map.of("green", 100));

        assertThat(world.get("/").body()).isEqualTo("v2");
    }

    @Test
    void a_canary_gets_exactly_its_parts_of_a_hundred() {
        world.shift(Map.of("blue", 93, "green", 7));

        var canary = IntStream.range(0, 200)
                .filter(_ -> world.get("/").body().equals("v2"))
                .count();

        assertThat(canary).isEqualTo(14);
    }

    @Test
    void the_maintenance_page_is_readable_and_counts_as_nobodys_error() {
        var since = Instant.now().plusSeconds(AHEAD.get());
        world.client.maintenance(world.client.get(World.SHOP), true, world.fence());

        var plain = world.get("/");
        var page = world.send(HttpRequest.newBuilder(world.uri("/")).header("Accept", "text/html"));

        assertThat(plain.statusCode()).isEqualTo(503);
        assertThat(plain.headers().firstValue("Retry-After")).contains("30");
        assertThat(plain.body()).contains("maintenance");
        assertThat(page.body()).contains("<h1>Back in a moment</h1>");
        assertThat(world.client.metricsText()).containsPattern("lastgood_maintenance_answers_total\\{.*} [1-9]");
        assertThat(world.client.window(World.SHOP, Optional.empty(), since).errors())
                .isZero();
    }

    @Test
    void an_instance_is_stopped_only_after_it_has_answered() throws Exception {
        var slow = CompletableFuture.supplyAsync(() -> world.get("/slow?1200"));
        Eventually.holds(() -> world.client.instances(World.SHOP).stream().anyMatch(i -> i.inFlight() > 0));

        world.client.scale(world.state(World.BLUE), 0, world.fence());
        Eventually.holds(() -> world.client.get(World.SHOP).ready("blue") == 0);

        assertThat(slow.get(60, TimeUnit.SECONDS).body()).isEqualTo("v1");
        Eventually.see(() -> world.state(World.BLUE), s -> s.complete());
        assertThat(world.get("/").statusCode()).as("nothing is ready").isEqualTo(503);
        world.client.scale(world.state(World.BLUE), 1, world.fence());
    }

    @Test
    void a_fault_hits_its_share_and_ends_by_itself() {
        world.client.inject(World.SHOP, 20, Duration.ofMillis(30), 0, Duration.ofMinutes(10));

        var since = System.nanoTime();
        var errors = IntStream.range(0, 50)
                .filter(_ -> world.get("/").statusCode() == 500)
                .count();
        var took = Duration.ofNanos(System.nanoTime() - since);
        AHEAD.addAndGet(601);
        var afterwards = IntStream.range(0, 20)
                .filter(_ -> world.get("/").statusCode() == 500)
                .count();

        assertThat(errors).isEqualTo(10);
        assertThat(took).isGreaterThan(Duration.ofMillis(50 * 30));
        assertThat(afterwards).isZero();
    }

    @Test
    void a_fault_that_would_not_end_within_the_hour_is_refused() {
        assertThatThrownBy(() -> world.client.inject(World.SHOP, 10, Duration.ZERO, 0, Duration.ofMinutes(61)))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("within an hour");
    }

    @Test
    void a_fault_can_kill_an_instance_which_then_comes_back() {
        var before = pidOf("blue");

        world.client.inject(World.SHOP, 0, Duration.ZERO, 2, Duration.ofSeconds(1));

        Eventually.holds(() -> pidOf("blue") != before && pidOf("blue") != 0);
        Eventually.see(() -> world.state(World.BLUE), s -> s.complete());
        Eventually.see(() -> world.state(World.GREEN), s -> s.complete());
    }

    private static long pidOf(String workload) {
        return world.client.instances(World.SHOP).stream()
                .filter(i -> i.workload().name().equals(workload))
                .findFirst()
                .orElseThrow()
                .pid();
    }

    @Test
    void what_was_measured_is_what_was_sent() {
        AHEAD.addAndGet(2);
        var since = Instant.now().plusSeconds(AHEAD.get()).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
        for (var i = 0; i < 30; i++) {
            world.get("/");
        }
        for (var i = 0; i < 5; i++) {
            world.get("/slow?120");
        }

        var blue = world.state(World.BLUE).requested().digest();
        var green = world.state(World.GREEN).requested().digest();
        var window = world.client.window(World.SHOP, Optional.of(blue), since);

        assertThat(window.requests()).isEqualTo(35);
        assertThat(window.errors()).isZero();
        assertThat(window.p99().toMillis()).isBetween(120L, 300L);
        assertThat(window.p50().toMillis()).isLessThan(100);
        assertThat(world.client.window(World.SHOP, Optional.of(green), since).requests())
                .isZero();
        assertThat(world.client.metricsText())
                .containsPattern(
                        "http_requests_total\\{service=\"shop\",environment=\"test\",revision=\"sha256:[0-9a-f]{64}\",version=\"v1\",workload=\"blue\",code=\"200\"} [0-9]+")
                .containsPattern("http_request_duration_seconds_bucket\\{.*le=\"0.25\"} [0-9]+")
                .containsPattern("lastgood_instances\\{.*state=\"ready\"} 1");
    }

    @Test
    void requests_pass_as_they_are() {
        var big = "x".repeat(3_000_000);

        var echoed =
                world.send(HttpRequest.newBuilder(world.uri("/echo")).POST(HttpRequest.BodyPublishers.ofString(big)));
        var headers = world.send(HttpRequest.newBuilder(world.uri("/headers?a=%20b"))
                .header("Host", "shop.example.org")
                .header("X-Order", "7")
                .header("X-Forwarded-For", "10.0.0.9")
                .header("Keep-Alive", "timeout=5"));
        var head =
                world.send(HttpRequest.newBuilder(world.uri("/")).method("HEAD", HttpRequest.BodyPublishers.noBody()));

        assertThat(echoed.body()).isEqualTo(big);
        assertThat(headers.body().lines().map(l -> l.toLowerCase(java.util.Locale.ROOT)))
                .contains("host: [shop.example.org]", "x-order: [7]", "x-forwarded-for: [10.0.0.9, 127.0.0.1]")
                .contains("x-forwarded-proto: [http]", "x-forwarded-host: [shop.example.org]")
                .noneMatch(l -> l.startsWith("keep-alive"));
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void an_answer_that_breaks_off_is_not_passed_on_as_whole() {
        assertThatThrownBy(() -> world.get("/torn")).isInstanceOf(Unreachable.class);
    }

    @Test
    void several_users_at_once_do_not_slow_each_other_down_much() throws Exception {
        for (var i = 0; i < 300; i++) {
            world.get("/");
        }
        var since = System.nanoTime();
        var load = new Load(world, 16, 0).more(2000);
        load.end();
        var seconds = (System.nanoTime() - since) / 1e9;

        System.out.printf("proxy: %d requests in %.2f s from 16 users%n", load.requests.get(), seconds);
        assertThat(List.copyOf(load.failures)).isEmpty();
        assertThat(seconds).isCloseTo(1, within(14.0));
    }

    @Test
    void only_who_knows_the_token_may_change_anything() throws Exception {
        var port = LocalAgent.find(world.data).orElseThrow().controlPort();

        var answer = lastgood.local.wire.TinyHttp.post(
                port, "/v1/stop", "guess", new byte[] {'{', '}'}, Duration.ofSeconds(2));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(java.nio.file.Files.getPosixFilePermissions(world.data.resolve("agent.json")))
                .hasToString("[OWNER_READ, OWNER_WRITE]");
        assertThat(new TreeMap<>(world.client.get(World.SHOP).weights())).containsEntry("blue", 100);
    }
}
