package lastgood.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.CheckResult.Finding;
import lastgood.core.recover.Limits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class EvidenceAndChecksTest {

    @TempDir
    Path folder;

    World world;

    @BeforeEach
    void an_agent() throws Exception {
        world = new World(folder).withAgent();
    }

    @AfterEach
    void nothing_is_left() {
        world.close();
        assertThat(world.left()).isEmpty();
    }

    private FileEvidence evidence() {
        return new FileEvidence(world.data, Map.of(World.SHOP, world.service), Map.of(), InstantSource.system());
    }

    @Test
    void evidence_holds_what_a_rollback_would_destroy_and_no_password() throws Exception {
        world.deployed("v1", "ok", 1);
        world.get("/log?ERROR%20password=p4ss%20refused");
        world.client.put(world.state(), world.stage("v2", "crash"), world.fence());
        Eventually.see(world::state, s -> !s.trouble().isEmpty());

        var captured = evidence().capture(World.SHOP, Duration.ofSeconds(5), "rb-aaaaaaaa/20-evidence");

        var kept = Path.of(captured.source());
        assertThat(captured.name()).doesNotContain("without");
        assertThat(evidence().find("rb-aaaaaaaa/20-evidence")).contains(captured);
        assertThat(evidence().capture(World.SHOP, Duration.ofSeconds(5), "rb-aaaaaaaa/20-evidence"))
                .isEqualTo(captured);
        assertThat(kept.resolve("metrics.prom")).content().contains("http_requests_total{");
        assertThat(kept.resolve("workloads.json")).content().contains("exited with 3");
        try (var logs = Files.list(kept.resolve("logs"))) {
            var all = String.join("\n", logs.map(EvidenceAndChecksTest::read).toList());
            assertThat(all)
                    .contains("serving v1")
                    .contains("cannot find the widget")
                    .doesNotContain("p4ss");
        }
        assertThat(evidence().find("rb-aaaaaaaa/30-other")).isEmpty();
        assertThat(evidence().find("../../etc/passwd")).isEmpty();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void without_an_agent_evidence_says_what_is_missing_and_keeps_the_rest() {
        world.deployed("v1", "ok", 1);
        world.stopAgent();

        var captured = evidence().capture(World.SHOP, Duration.ofSeconds(5), "rb-aaaaaaaa/20-evidence");

        assertThat(captured.name())
                .contains("without workloads (no agent serves")
                .contains("metrics");
        assertThat(Path.of(captured.source()).resolve("wishes.json")).exists();
        assertThat(Path.of(captured.source()).resolve("logs")).isNotEmptyDirectory();
    }

    @Test
    void a_budget_of_nothing_leaves_a_manifest_that_says_so() {
        world.deployed("v1", "ok", 1);

        var captured = evidence().capture(World.SHOP, Duration.ZERO, "rb-aaaaaaaa/20-evidence");

        assertThat(captured.name()).contains("no time left");
    }

    private Release release(Revision revision) {
        return new Release(1, revision, List.of(), Instant.now(), new Person("maya"));
    }

    private CheckResult ask(Release release, Instant since, Limits limits, Check check) {
        var definition = new LocalService(
                world.service.command(),
                "",
                world.project,
                new TreeMap<>(),
                List.of(),
                "/health",
                Duration.ofSeconds(5),
                world.service.listen(),
                1,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                limits);
        return new LocalChecks(world.client, Map.of(World.SHOP, definition), InstantSource.system())
                .ask(World.SHOP, release, since, true).results().stream()
                        .filter(r -> r.check() == check)
                        .findFirst()
                        .orElseThrow();
    }

    @Test
    void the_checklist_says_what_it_found_and_what_it_could_not() {
        var v1 = release(world.deployed("v1", "ok", 1));
        var since = Instant.now();
        var usual = Limits.usual();

        assertThat(ask(v1, since, usual, Check.PODS).finding()).isEqualTo(Finding.PASS);
        assertThat(ask(v1, since, usual, Check.ERROR_RATE).finding()).isEqualTo(Finding.UNKNOWN);
        assertThat(ask(v1, since, usual, Check.ERROR_RATE).value()).contains("needs 50 more requests");
        assertThat(ask(v1, since, usual, Check.ENDPOINTS).value()).isEqualTo("not configured");
        assertThat(ask(v1, since, usual, Check.DATABASE).finding()).isEqualTo(Finding.UNKNOWN);
        Eventually.holds(() -> {
            for (var i = 0; i < 10; i++) {
                world.get("/");
            }
            return ask(v1, since, usual, Check.ERROR_RATE).finding() == Finding.PASS;
        });
        assertThat(ask(v1, since, usual, Check.LATENCY_P95).finding()).isEqualTo(Finding.PASS);
        assertThat(ask(v1, since, usual, Check.LOGS).finding()).isEqualTo(Finding.PASS);
    }

    @Test
    void new_error_lines_fail_the_check_unless_they_are_to_be_ignored() {
        var v1 = release(world.deployed("v1", "ok", 1));
        world.get("/log?ERROR%20before");
        Eventually.holds(() -> ask(v1, Instant.now().minusSeconds(1), Limits.usual(), Check.LOGS)
                        .finding()
                == Finding.PASS);
        var since = Instant.now().minusSeconds(1);

        world.get("/log?ERROR%20harmless");
        assertThat(ask(v1, since, new Limits(1, Duration.ofMillis(500), 0, List.of("harmless")), Check.LOGS)
                        .finding())
                .isEqualTo(Finding.PASS);
        world.get("/log?ERROR%20cannot%20pay");

        assertThat(ask(v1, since, new Limits(1, Duration.ofMillis(500), 0, List.of("harmless")), Check.LOGS)
                        .line())
                .contains("1 error line, such as: ERROR cannot pay");
    }

    @Test
    void a_failing_release_fails_and_one_that_restarts_is_not_well() {
        var since = Instant.now();
        var v1 = release(world.deployed("v1", "fail", 1));
        Eventually.holds(() -> {
            for (var i = 0; i < 20; i++) {
                world.send(HttpRequest.newBuilder(world.uri("/")));
            }
            return ask(v1, since, Limits.usual(), Check.ERROR_RATE).finding() == Finding.FAIL;
        });
        assertThat(ask(v1, since, Limits.usual(), Check.ERROR_RATE).line())
                .contains("100.00% of")
                .contains("(< 1%)");

        world.client.inject(World.SHOP, 0, Duration.ZERO, 1, Duration.ofSeconds(1));
        Eventually.holds(
                () -> ask(v1, since, Limits.usual(), Check.PODS).value().contains("started again"));
        assertThat(ask(v1, Instant.now().plusSeconds(1), Limits.usual(), Check.PODS)
                        .finding())
                .isEqualTo(Finding.PASS);
        assertThat(ask(release(world.stage("v2", "ok")), since, Limits.usual(), Check.PODS)
                        .line())
                .contains("nothing that gets traffic runs v2");
    }

    @Test
    void without_an_agent_every_check_is_unknown() {
        var v1 = release(world.stage("v1", "ok"));
        world.stopAgent();

        var sample = new LocalChecks(world.client, Map.of(World.SHOP, world.service), InstantSource.system())
                .ask(World.SHOP, v1, Instant.now(), false);

        assertThat(sample.results()).allMatch(r -> r.finding() == Finding.UNKNOWN);
        assertThat(sample.results().getFirst().value()).contains("no agent serves");
    }

    @Test
    void what_users_got_can_be_read_again_by_release() throws Exception {
        world.deployed("v1", "ok", 1);
        for (var i = 0; i < 20; i++) {
            world.get("/orders/4711?token=s3cret");
        }
        Eventually.holds(() -> course().stream().mapToLong(p -> p.requests()).sum() == 20);

        world.client.put(world.state(), world.stage("v2", "ok"), world.fence());
        Eventually.see(world::state, s -> s.updated() == 1 && s.ready() == 1 && s.old() == 0);
        for (var i = 0; i < 10; i++) {
            world.get("/orders/4712");
        }

        Eventually.holds(() -> course().stream().mapToLong(p -> p.requests()).sum() == 30);
        assertThat(course().stream().map(p -> p.revision().orElseThrow()).distinct())
                .hasSize(2);
        try (var files = Files.walk(world.data.resolve("history"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file))
                        .doesNotContain("4711")
                        .doesNotContain("s3cret")
                        .satisfies(text -> assertThat(text.isEmpty() || text.contains("/orders/:id"))
                                .isTrue());
            }
        }
    }

    private List<lastgood.engine.port.Metrics.Point> course() {
        var now = Instant.now();
        return world.client.course(World.SHOP, now.minusSeconds(300), now.plusSeconds(5), Duration.ofMinutes(10));
    }
}
