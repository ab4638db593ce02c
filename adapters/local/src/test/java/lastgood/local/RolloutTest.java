package lastgood.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.Revision;
import lastgood.core.Version;
import lastgood.core.WorkloadState;
import lastgood.engine.port.Forbidden;
import lastgood.local.files.DataFolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RolloutTest {

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

    @Test
    void users_get_every_answer_while_instances_are_replaced() throws Exception {
        world.deployed("v1", "ok", 2);
        var next = world.stage("v2", "ok");
        var load = new Load(world, 3).more(200);

        world.client.put(world.state(), next, world.fence());
        var fewest = new int[] {2};
        Eventually.see(world::state, s -> {
            fewest[0] = Math.min(fewest[0], world.client.get(World.SHOP).ready("shop"));
            return s.complete();
        });
        load.more(100).end();

        assertThat(List.copyOf(load.failures)).isEmpty();
        assertThat(load.answers).containsKeys("v1", "v2");
        assertThat(fewest[0]).as("instances ready at any time").isEqualTo(2);
        assertThat(world.get("/").body()).isEqualTo("v2");
        System.out.println("replaced under load: %s requests, 0 failed".formatted(load.requests));
    }

    @Test
    void a_prometheus_is_told_of_the_instances_that_can_be_scraped_and_of_their_revision() {
        world.deployed("v1", "ok", 2);
        var old = ScrapedNames.patterns(Optional.of(world.state().requested().digest()));
        Eventually.see(this::pods, pods -> pods.size() == 2);

        // the new one never answers, and one of the old ones may not make room for it
        world.client.put(world.state(), world.stage("v2", "crash"), world.fence());
        Eventually.see(world::state, s -> s.trouble().toString().contains("restart"));
        assertThat(pods()).hasSize(2).allMatch(pod -> pod.matches(old.getFirst()));

        world.client.put(world.state(), world.stage("v3", "ok"), world.fence());
        var fresh = ScrapedNames.patterns(Optional.of(world.state().requested().digest()));
        var pods = Eventually.see(
                this::pods, all -> all.size() == 2 && all.stream().allMatch(p -> p.matches(fresh.getFirst())));
        assertThat(pods)
                .doesNotHaveDuplicates()
                .allMatch(p -> p.matches(ScrapedNames.patterns(Optional.empty()).getFirst()));
    }

    /// As Prometheus reads it.
    private List<String> pods() {
        var file = new DataFolder(world.data).scrapeTargets();
        try {
            var pods = new ArrayList<String>();
            for (var group : new ObjectMapper().readTree(file.toFile())) {
                assertThat(group.path("labels").path("service").asText()).isEqualTo("shop");
                assertThat(group.path("targets").path(0).asText()).matches("127\\.0\\.0\\.1:\\d+");
                pods.add(group.path("labels").path("pod").asText());
            }
            return pods;
        } catch (IOException e) {
            return List.of();
        }
    }

    @Test
    void a_release_that_crashes_takes_no_old_instance_down() {
        world.deployed("v1", "ok", 2);
        var pids = world.pids();

        world.client.put(world.state(), world.stage("v2", "crash"), world.fence());

        var seen = Eventually.see(world::state, s -> s.trouble().toString().contains("2 restarts"));
        assertThat(seen.trouble().toString()).contains("exited with 3 after").contains("ERROR cannot find the widget");
        assertThat(seen.old()).isEqualTo(2);
        assertThat(world.pids()).containsAll(pids);
        assertThat(world.get("/").body()).isEqualTo("v1");
    }

    @Test
    void a_release_that_is_ready_for_a_moment_only_takes_no_old_instance_down() {
        world.deployed("v1", "ok", 2);
        var pids = world.pids();

        world.client.put(world.state(), world.stage("v2", "flaky"), world.fence());

        Eventually.see(world::state, s -> s.trouble().toString().contains("exited with 4"));
        assertThat(world.pids()).containsAll(pids);
    }

    @Test
    void a_release_that_is_never_ready_says_so_and_goes_at_once_when_it_is_taken_back() {
        var good = world.deployed("v1", "ok", 1);
        var pids = world.pids();
        world.client.put(world.state(), world.stage("v2", "never"), world.fence());
        var seen = Eventually.see(world::state, s -> !s.trouble().isEmpty());
        assertThat(seen.trouble().toString()).contains("not ready after 1s: GET /health answered 503");

        world.client.put(world.state(), good, world.fence());

        Eventually.see(world::state, WorkloadState::complete);
        assertThat(world.pids()).isEqualTo(pids);
    }

    @Test
    void replacing_stops_where_it_stands_when_it_is_paused() {
        world.deployed("v1", "ok", 3);
        world.client.put(world.state(), world.stage("v2", "ok"), world.fence());
        Eventually.see(world::state, s -> s.updated() == 1);

        world.client.pause(world.state(), true, world.fence());
        var stopped = Eventually.see(world::state, s -> s.observed() && s.ready() == 1 && s.old() == 3);
        world.client.scale(stopped, 1, world.fence());
        var fewer = Eventually.see(world::state, s -> s.updated() == 1 && s.old() == 1);
        assertThat(fewer.complete()).isFalse();
        world.client.pause(world.state(), false, world.fence());

        assertThat(Eventually.see(world::state, WorkloadState::complete).ready())
                .isEqualTo(1);
        assertThat(world.get("/").body()).isEqualTo("v2");
    }

    @Test
    void configuration_goes_back_with_its_revision() {
        var first = world.deployed("v1", "ok", 1);
        assertThat(world.get("/config").body()).isEqualTo("config one");
        assertThat(world.get("/env?GREETING").body()).isEqualTo("hello v1");
        world.write("conf/app.txt", "config two");
        var second = world.stage("v1", "ok");
        assertThat(second).isNotEqualTo(first);

        world.client.put(world.state(), second, world.fence());
        Eventually.see(world::state, WorkloadState::complete);
        assertThat(world.get("/config").body()).isEqualTo("config two");
        world.client.put(world.state(), first, world.fence());
        Eventually.see(world::state, WorkloadState::complete);

        assertThat(world.get("/config").body()).isEqualTo("config one");
    }

    @Test
    void an_instance_that_is_killed_comes_back() {
        world.deployed("v1", "ok", 2);
        var pids = world.pids();

        ProcessHandle.of(pids.getFirst()).orElseThrow().destroyForcibly();

        Eventually.holds(() -> !world.pids().contains(pids.getFirst()));
        Eventually.see(world::state, WorkloadState::complete);
        assertThat(world.pids()).contains(pids.getLast());
        assertThat(world.client.instances(World.SHOP).stream()
                        .mapToInt(InstanceView::restarts)
                        .sum())
                .isEqualTo(1);
    }

    @Test
    void what_cannot_run_is_refused_before_anything_changes() {
        world.deployed("v1", "ok", 1);
        var before = world.state();
        var unknown = new Revision(Digest.of("nothing"), new Version("v9"));

        assertThatThrownBy(() -> world.client.put(before, unknown, world.fence()))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("gone from the store");
        assertThatThrownBy(() -> world.client.scale(before, 1000, world.fence()))
                .isInstanceOf(Forbidden.class);
        assertThatThrownBy(() -> world.shift(java.util.Map.of("shop", 60))).isInstanceOf(Forbidden.class);
        assertThatThrownBy(() -> world.shift(java.util.Map.of("nobody", 100))).isInstanceOf(Forbidden.class);

        assertThat(world.state()).isEqualTo(before);
    }

    @Test
    void hostile_text_reaches_no_shell() {
        var hostile = "$(touch /tmp/lastgood-pwned); `id`; ' \" \n {port}";
        var definition = new LocalService(
                World.java(TestService.class, "v1", "ok", hostile),
                "",
                world.project,
                new TreeMap<>(java.util.Map.of("GREETING", new Setting.Plain(hostile))),
                List.of(),
                "/health",
                world.service.startWithin(),
                world.service.listen(),
                1,
                world.service.stopWithin(),
                world.service.drain(),
                lastgood.core.recover.Limits.usual());
        var revision = new LocalRevisions(world.data, java.util.Map.of(World.SHOP, definition), System.getenv())
                .stage(World.SHOP, new Version("v1"), java.util.Map.of());

        world.client.create(World.MAIN, revision, 1, world.fence());
        world.shift(java.util.Map.of("shop", 100));
        Eventually.see(world::state, WorkloadState::complete);

        assertThat(world.get("/env?GREETING").body())
                .startsWith("$(touch /tmp/lastgood-pwned); `id`; ' \" \n ")
                .doesNotContain("{port}");
        assertThat(Path.of("/tmp/lastgood-pwned")).doesNotExist();
    }

    @Test
    void a_port_that_is_taken_is_named_with_who_has_it() throws Exception {
        try (var other = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            var taken = world.service(other.getLocalPort());

            assertThatThrownBy(() -> world.client.apply(World.SHOP, taken))
                    .isInstanceOf(Forbidden.class)
                    .hasMessageContaining("port %d is taken by process %d"
                            .formatted(
                                    other.getLocalPort(),
                                    ProcessHandle.current().pid()))
                    .hasMessageContaining("nothing was changed");
        }
    }
}
