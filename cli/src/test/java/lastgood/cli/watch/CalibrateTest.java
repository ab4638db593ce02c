package lastgood.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import lastgood.cli.Bench;
import lastgood.core.decide.DecisionRules;
import lastgood.engine.port.Signals;
import lastgood.engine.watch.Sources;
import lastgood.engine.watch.WatchConfig;
import lastgood.testkit.sim.SimHistory;
import lastgood.testkit.sim.SimTelemetry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CalibrateTest {

    private static final String CALIBRATE = "watch calibrate -e production --days 1 --placebos 20";

    @TempDir
    Path folder;

    private Bench bench;
    private SimHistory past;

    @BeforeEach
    void a_service_that_has_run_for_a_day_since_its_last_deploy() {
        bench = Bench.rolling(folder);
        bench.world.clock.jump(Duration.ofDays(2));
        var users = new SimTelemetry(bench.world.clock::now, Duration.ofSeconds(1));
        past = new SimHistory(3, bench.world.clock.now().minus(Duration.ofDays(1)), Duration.ofMinutes(1));
        users.history = past;
        var sources = new Sources(users, Signals.NONE);
        bench.watch =
                new WatchConfig(sources, sources, DecisionRules.runbook(), Set.of(), List.of(), (_, _) -> () -> {});
    }

    @Test
    void a_promise_that_holds_says_what_was_tried_what_it_cost_and_what_it_cannot_show() {
        assertThat(bench.say(CALIBRATE)).isZero();

        assertThat(bench.out())
                .contains("no more often than promised")
                .contains("20 placebo deploys between")
                .contains("rolled back, Type 1")
                .contains("0 of 20")
                .contains("at most 0.001%")
                .contains("simulated")
                .contains("are not tried here");
        assertThat(bench.err()).contains("nothing is changed").contains("20 of 20 placebo deploys");
    }

    @Test
    void a_promise_that_does_not_hold_ends_with_11_and_says_when_and_what_would_help() throws Exception {
        past.spellEvery = Duration.ofHours(20);
        past.spell = Duration.ofMinutes(5);

        assertThat(bench.say(CALIBRATE)).isEqualTo(11);

        assertThat(bench.out())
                .contains("more often than promised")
                .contains("DOES NOT HOLD")
                .contains("✖ 20");
        assertThat(bench.say(CALIBRATE + " -o json")).isEqualTo(11);
        var document = new ObjectMapper().readTree(bench.out());
        assertThat(document.path("answer").asText()).isEqualTo("TOO_MANY");
        assertThat(document.path("false")).isNotEmpty();
        assertThat(document.path("false").path(0).path("at").asText()).startsWith("20");
        assertThat(document.path("prices").path(1).path("wrong").asInt())
                .isEqualTo(document.path("false").size());
    }

    @Test
    void too_little_to_tell_is_no_clean_bill() {
        past.requests = 1;
        past.instances = 2;
        assertThat(bench.say(CALIBRATE)).isEqualTo(1);
        assertThat(bench.out()).contains("too little to tell").contains("silence says little");

        past.instances = 1;
        assertThat(bench.say(CALIBRATE)).isEqualTo(1);
        assertThat(bench.err()).contains("is served by one instance");

        past.since = bench.world.clock.now();
        assertThat(bench.say(CALIBRATE)).isEqualTo(1);
        assertThat(bench.err()).contains("nobody counted requests");

        assertThat(bench.say("watch calibrate -e production --days 0")).isEqualTo(2);
        assertThat(bench.say("watch calibrate -e production --placebos 0")).isEqualTo(2);
    }
}
