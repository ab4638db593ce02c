package lastgood.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import lastgood.core.WorkloadState;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.local.agent.AgentProcess;
import lastgood.local.files.DataFolder;
import lastgood.local.process.ProcessId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The agent as a process of its own, which is killed in several ways.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AgentLifeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    World world;

    @BeforeEach
    void a_folder() {
        world = new World(folder);
    }

    @AfterEach
    void nothing_is_left() throws Exception {
        LocalAgent.stop(world.data, PATIENCE);
        world.close();
        assertThat(Files.exists(world.data.resolve("agent/id")) ? world.left() : List.of())
                .isEmpty();
    }

    private LocalAgent.Info start(String until) {
        return LocalAgent.startDetached(world.data, TestAgent.command(world.data, until), PATIENCE);
    }

    private ProcessId keeper() throws Exception {
        return ProcessId.parse(Files.readString(world.data.resolve("agent/keeper")))
                .orElseThrow();
    }

    @Test
    void an_agent_that_is_killed_is_started_again_and_finds_its_instances() throws Exception {
        var first = start("-");
        world.deployed("v1", "ok", 2);
        var pids = world.pids();
        var wishes = world.state();

        var since = System.nanoTime();
        ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();
        Eventually.holds(() -> !ProcessId.of(first.pid()).isPresent());
        assertThatThrownBy(() -> world.get("/")).isInstanceOf(Unreachable.class);
        Eventually.holds(() -> world.get("/").statusCode() == 200);
        var gap = Duration.ofNanos(System.nanoTime() - since);

        var second = Eventually.see(() -> LocalAgent.find(world.data), java.util.Optional::isPresent)
                .orElseThrow();
        assertThat(second.pid()).isNotEqualTo(first.pid());
        var again = Eventually.see(world::state, WorkloadState::complete);
        assertThat(again).isEqualTo(wishes);
        assertThat(world.pids()).isEqualTo(pids);
        assertThat(world.client.instances(World.SHOP)).allMatch(i -> i.restarts() == 0);
        System.out.printf("agent killed: users were served again after %d ms%n", gap.toMillis());
    }

    @Test
    void what_died_while_no_agent_was_there_is_started_again_and_what_is_not_ours_is_left_alone() throws Exception {
        var first = start("-");
        world.deployed("v1", "ok", 2);
        var pids = world.pids();
        var keeper = keeper();

        keeper.handle().orElseThrow().destroyForcibly();
        ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();
        ProcessHandle.of(pids.getFirst()).orElseThrow().destroyForcibly();
        Eventually.holds(() -> !keeper.alive()
                && ProcessId.of(first.pid()).isEmpty()
                && ProcessId.of(pids.getFirst()).isEmpty());
        // the number of the dead instance now belongs to somebody else: to this very test
        var roster = world.data.resolve("agent/instances.json");
        Files.writeString(
                roster,
                Files.readString(roster)
                        .replaceAll(
                                "\"" + pids.getFirst() + "@[^\"]*\"",
                                "\"%d@another:1\""
                                        .formatted(ProcessHandle.current().pid())));
        start("-");

        Eventually.see(world::state, WorkloadState::complete);
        assertThat(world.pids()).contains(pids.getLast()).doesNotContain(pids.getFirst());
    }

    @Test
    void a_keeper_that_is_killed_is_replaced() throws Exception {
        start("-");
        var first = keeper();

        first.handle().orElseThrow().destroyForcibly();

        Eventually.holds(() -> keeper().alive() && !keeper().equals(first));
    }

    @Test
    void stop_leaves_no_process() throws Exception {
        var agent = start("-");
        world.deployed("v1", "ok", 2);
        var pids = world.pids();
        var keeper = keeper();

        assertThat(LocalAgent.stop(world.data, PATIENCE)).isTrue();

        assertThat(pids).noneMatch(pid -> ProcessId.of(pid).isPresent());
        assertThat(ProcessId.of(agent.pid())).isEmpty();
        assertThat(keeper.alive()).isFalse();
        assertThat(LocalAgent.find(world.data)).isEmpty();
        assertThat(LocalAgent.stop(world.data, PATIENCE)).isFalse();
        assertThatThrownBy(world::state)
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining("no agent serves")
                .hasMessageContaining("lastgood agent start");
    }

    @Test
    void stop_also_ends_what_a_killed_agent_has_left() throws Exception {
        var agent = start("-");
        world.deployed("v1", "ok", 1);
        var pids = world.pids();
        keeper().handle().orElseThrow().destroyForcibly();
        ProcessHandle.of(agent.pid()).orElseThrow().destroyForcibly();
        Eventually.holds(() -> ProcessId.of(agent.pid()).isEmpty());

        assertThat(LocalAgent.stop(world.data, PATIENCE)).isTrue();

        assertThat(pids).noneMatch(pid -> ProcessId.of(pid).isPresent());
    }

    @Test
    void stop_is_not_fooled_by_an_agent_that_is_just_being_started_again() throws Exception {
        var first = start("-");
        ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();
        Eventually.holds(
                () -> Files.readString(world.data.resolve("agent/keeper.log")).contains("starting it again"));

        LocalAgent.stop(world.data, PATIENCE);

        Eventually.holds(() -> ProcessHandle.allProcesses()
                .noneMatch(p -> p.info().commandLine().orElse("").contains(world.data.toString())));
        assertThat(LocalAgent.find(world.data)).isEmpty();
    }

    @Test
    void it_ends_with_everything_when_the_process_it_was_started_for_is_gone() throws Exception {
        var owner = new ProcessBuilder("sleep", "300").start();
        var agent = start(ProcessId.of(owner.pid()).orElseThrow().toString());
        world.deployed("v1", "ok", 1);
        var pids = world.pids();
        var keeper = keeper();

        owner.destroyForcibly();

        Eventually.holds(() -> ProcessId.of(agent.pid()).isEmpty());
        assertThat(pids).noneMatch(pid -> ProcessId.of(pid).isPresent());
        assertThat(keeper.alive()).isFalse();
    }

    @Test
    void a_second_agent_on_the_same_folder_is_refused() throws Exception {
        world.withAgent();

        var second = new AgentProcess(new DataFolder(world.data), List.of(), null, Map.of(), InstantSource.system());

        assertThatThrownBy(second::run)
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("another agent serves")
                .hasMessageContaining("nothing was changed");
    }

    @Test
    void an_agent_that_cannot_live_ends_its_instances_and_its_keeper_gives_up() throws Exception {
        world.withAgent();
        world.deployed("v1", "ok", 1);
        var pids = world.pids();
        var agent = world.data.resolve("agent");
        // a keeper of our own for an agent that is dead already, and whose every start fails at once
        var copy = Files.createDirectories(folder.resolve("copy"));
        Files.copy(agent.resolve("pids"), copy.resolve("pids"));
        Files.writeString(copy.resolve("pid"), "999999 1\n");
        try (var script = LocalAgent.class.getResourceAsStream("/lastgood/local/keeper.sh")) {
            Files.copy(script, copy.resolve("keeper.sh"));
        }
        Files.writeString(
                copy.resolve("keeper.sh"),
                Files.readString(copy.resolve("keeper.sh"))
                        .replace("nap 0.3", "nap 0.05")
                        .replace("|| nap $((quick - 1))", "|| nap 0.05")
                        .replace("|| sleep 5", "|| sleep 1"));

        var keeper = new ProcessBuilder("sh", copy.resolve("keeper.sh").toString(), copy.toString(), "false")
                .redirectErrorStream(true)
                .redirectOutput(copy.resolve("out").toFile())
                .start();
        world.client.scale(world.state(), 0, world.fence());

        assertThat(keeper.waitFor(120, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        assertThat(keeper.exitValue()).isEqualTo(1);
        assertThat(Files.readString(copy.resolve("out")))
                .contains("died 5 times")
                .contains("giving up");
        assertThat(pids).noneMatch(pid -> ProcessId.of(pid).isPresent());
    }
}
