package lastgood.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import lastgood.core.WorkloadState;
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
    }

    @Test
    void users_get_every_answer_while_instances_are_replaced() throws Exception {
        world.deployed("v1", "ok", 3);
        var next = world.stage("v2", "ok");

        var load = new Load(world, 8).more(200);

        world.client.put(world.state(), next, world.fence());
        Eventually.see(world::state, WorkloadState::complete);
        load.more(100).end();

        assertThat(List.copyOf(load.failures)).isEmpty();
        assertThat(load.answers).containsKeys("v1", "v2");
        assertThat(world.get("/").body()).isEqualTo("v2");
    }

    @Test
    void a_release_that_crashes_takes_no_old_instance_down() {
        world.deployed("v1", "ok", 2);
        var pids = world.pids();

        world.client.put(world.state(), world.stage("v2", "crash"), world.fence());

        var seen = Eventually.see(world::state, s -> s.trouble().toString().contains("2 restarts"));
        assertThat(seen.trouble().toString()).contains("exited with 3 after").contains("cannot find the widget");
        assertThat(seen.old()).isEqualTo(2);
        assertThat(world.pids()).containsAll(pids);
        assertThat(world.get("/").body()).isEqualTo("v1");
    }
}
