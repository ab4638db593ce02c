package lastgood.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import lastgood.kubernetes.CrashWorld.Home;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Kind;
import lastgood.testkit.kube.sim.Faults;
import lastgood.testkit.kube.sim.Users;
import lastgood.testkit.sim.Fuse.Fault;
import lastgood.testkit.sim.Fuse.Touch;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// An API server that is ill, and a rollback all the same.
@DisplayNameGeneration(ReplaceUnderscores.class)
class KubeFaultsTest {

    private static final String WEB = "/deployments/web";

    private static final KubeCrashes ROLLING =
            new KubeCrashes(CrashCorpus.named("rollback: rolling"), Home.CONFIG_MAPS);

    private static void comesThrough(Consumer<Faults> faults) {
        var end = ROLLING.meeting(w -> faults.accept(w.cluster.faults()));

        assertThat(end.wrong()).isEmpty();
        assertThat(end.duplicated()).isEmpty();
    }

    @Test
    void a_conflict_is_looked_at_again() {
        comesThrough(f -> f.on("PATCH", WEB).times(3).answer(409));
    }

    @Test
    void a_server_that_asks_for_patience_gets_it() {
        comesThrough(f -> f.on("*", WEB).times(6).answer(429, Duration.ofSeconds(1)));
    }

    @Test
    void an_error_of_the_server_says_nothing_about_the_change() {
        comesThrough(f -> f.on("PATCH", WEB).times(2).answer(500));
        comesThrough(f -> f.on("*", WEB).times(5).answer(503));
    }

    @Test
    void a_change_whose_answer_is_lost_is_not_made_again() {
        comesThrough(f -> f.on("PATCH", WEB).loseAnswer());
        comesThrough(f -> f.on("PUT", "lastgood-rollback").times(3).loseAnswer());
        comesThrough(f -> f.on("PUT", "lastgood-ledger").loseAnswer());
    }

    @Test
    void a_change_that_never_arrived_is_made() {
        comesThrough(f -> f.on("PATCH", WEB).times(3).dropConnection());
    }

    @Test
    void half_an_answer_is_none() {
        comesThrough(f -> f.on("PATCH", WEB).truncateAnswer());
        comesThrough(f -> f.on("GET", WEB).times(4).truncateAnswer());
    }

    @Test
    void an_expired_token_is_waited_for() {
        comesThrough(f -> f.on("*", WEB).nth(3).times(8).answer(401));
    }

    @Test
    void a_read_from_the_past_makes_no_second_change_and_accuses_nobody() {
        comesThrough(f -> f.on("GET", WEB).nth(4).times(6).answerFromThePast());
    }

    @Test
    void a_missing_right_fails_the_step_with_the_line_that_would_give_it() {
        var end = ROLLING.meeting(
                w -> w.cluster.users().deny(Users.ADMIN, Users.Rule.of(List.of("patch"), List.of("deployments"))));

        assertThat(end.outcome()).startsWith("FAILED").contains("deployments").contains("add to the Role");
        assertThat(end.effects()).isEmpty();
    }

    @Test
    void a_list_that_expires_between_two_pages_is_read_again_from_the_start() {
        var world = CrashCorpus.named("rollback: rolling").world().apply(Home.CONFIG_MAPS);
        for (var i = 0; i < 501; i++) {
            world.create("v1", "configmaps", CrashWorld.object("{\"metadata\":{\"name\":\"many-%d\"}}".formatted(i)));
        }
        world.cluster.faults().on("GET", "continue=").compactFirst();

        try (var api = new Api(new SimWire(world.cluster), "")) {
            assertThat(api.list(Kind.CONFIG_MAP, CrashWorld.NAMESPACE, "").size())
                    .isGreaterThan(500);
        }
    }

    /// Seen at the request that looks at the autoscaler once more before it is pinned.
    @Test
    void an_owner_that_wakes_up_after_the_end_leaves_the_autoscaler_as_it_is() {
        var crashes = new KubeCrashes(CrashCorpus.named("rollback: blue-green, autoscaled"), Home.CONFIG_MAPS);
        var touches = crashes.undisturbed().touches();

        // The first steps pin: all looks around them.
        for (var i = 15; i < 32; i++) {
            if (touches.get(i) == Touch.LOOK) {
                assertThat(crashes.with(Map.of(i, Fault.SLEEP)).wrong())
                        .as("asleep at %d", i)
                        .isEmpty();
            }
        }
    }
}
