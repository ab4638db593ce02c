package lastgood.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.sim.SimCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SimCommandsTest extends CommandsContract {

    private static SimCluster cluster;

    @BeforeAll
    static void start() {
        cluster = SimCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void nothingIsWrongAnyMore() {
        cluster.faults().clear();
    }

    @Override
    Cluster cluster() {
        return cluster;
    }

    @Override
    void logs(String tagPrefix, String... lines) {
        cluster.logs(tagPrefix, lines);
    }

    @Override
    void room(boolean there) {
        cluster.nodes(there ? 3 : 0);
    }

    @Test
    void a_job_whose_making_nobody_heard_of_is_found_and_not_made_again() {
        shop.releases("web", 1, "v1");
        cluster.faults().on("POST", "/jobs").loseAnswer();

        var code = -1;
        try {
            code = undo("v1", MINUTE).code();
        } catch (Unreachable e) {
            code = undo("v1", MINUTE).code();
        }

        assertThat(cluster.faults().fired()).hasSize(1);
        assertThat(code).isZero();
        assertThat(jobs()).hasSize(1);
        assertThat(jobPods()).hasSize(1);
    }

    @Test
    void a_server_that_is_away_for_a_moment_does_not_end_the_wait() throws Exception {
        shop.releases("web", 1, "slow2-1");
        var later = CompletableFuture.supplyAsync(() -> undo("slow2-1", MINUTE));
        jobRuns();
        cluster.faults().on("GET", "/jobs/").times(6).answer(503);

        assertThat(of(later).code()).isZero();
    }

    @Test
    void a_log_that_cannot_be_read_does_not_hide_how_it_ended() {
        shop.releases("web", 1, "fail3");
        cluster.faults().on("GET", "/log\\?").times(9).answer(500);

        var ended = undo("fail3", MINUTE);

        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.lastLines().getFirst()).startsWith("(its log could not be read: ");
    }

    @Test
    void a_refusal_runs_nothing() {
        shop.releases("web", 1, "v1");
        cluster.faults().on("POST", "/jobs").answer(403);

        assertThatThrownBy(() -> undo("v1", Duration.ofMinutes(1))).isInstanceOf(Forbidden.class);
        assertThat(jobs()).isEmpty();
    }
}
