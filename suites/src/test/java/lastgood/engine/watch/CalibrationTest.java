package lastgood.engine.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import lastgood.core.LedgerEntry;
import lastgood.core.ServiceRef;
import lastgood.core.decide.DecisionRules;
import lastgood.core.feed.Placebo;
import lastgood.testkit.sim.SimHistory;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CalibrationTest {

    private static final ServiceRef WEB = new ServiceRef("production", "web");
    private static final Instant NOW = Instant.parse("2026-11-20T00:00:00Z");
    private static final Instant FROM = NOW.minus(Duration.ofDays(3));
    private static final int PLACEBOS = 100;

    private final SimHistory history = new SimHistory(5, FROM, Duration.ofMinutes(1));

    private Calibration calibration() {
        return new Calibration(history, DecisionRules.runbook(), Set.of(), (_, _, _, _) -> {});
    }

    private Calibration.Ground ground(LedgerEntry... ledger) {
        return calibration().ground(WEB, FROM, NOW, List.of(ledger));
    }

    private Calibrated run() {
        return calibration().run(WEB, ground(), PLACEBOS, 1);
    }

    @Test
    void on_a_service_whose_instances_are_alike_the_promises_hold() {
        var came = run();

        assertThat(came.judged()).isEqualTo(PLACEBOS);
        assertThat(came.holds()).isTrue();
        assertThat(came.wrong()).isEmpty();
        assertThat(came.phiNeeded()).isEmpty();
        assertThat(came.tells()).isTrue();
        assertThat(came.prices())
                .extracting(p -> p.action() + " " + p.alpha())
                .containsExactly(
                        "abort of a canary 0.01",
                        "rollback of Type 1 0.001",
                        "rollback of Type 2 1.0E-4",
                        "rollback of Type 3 1.0E-5");
        assertThat(history.pieces).as("read once, piece by piece").isLessThanOrEqualTo(72 / 3 + 1);
    }

    /// What no split of the six hours before shows: an instance that has a bad spell of its own now and then.
    @Test
    void spells_of_single_instances_are_found_with_their_times_and_with_the_phi_that_would_hold() {
        history.spellEvery = Duration.ofHours(20);

        var came = run();

        assertThat(came.holds()).isFalse();
        assertThat(came.wrong()).isNotEmpty().allSatisfy(w -> {
            assertThat(w.why()).contains("failed");
            assertThat(Instant.ofEpochMilli(w.startMillis())).isBetween(FROM, NOW);
        });
        assertThat(came.phiNeeded()).get().satisfies(phi -> {
            assertThat(phi.enough()).isTrue();
            assertThat(came.wrong()).anyMatch(w -> w.basis().phi() < phi.value());
            assertThat(phi.left()).isZero();
        });
        assertThat(came.below99()).as("rules with a fixed limit").isPositive();
    }

    @Test
    void the_same_seed_finds_the_same_and_another_one_looks_elsewhere() {
        var ground = ground();

        var once = calibration().run(WEB, ground, 20, 7);

        assertThat(calibration().run(WEB, ground, 20, 7).watched())
                .extracting(Placebo.Watched::startMillis, Placebo.Watched::evidence)
                .isEqualTo(once.watched().stream()
                        .map(w -> org.assertj.core.groups.Tuple.tuple(w.startMillis(), w.evidence()))
                        .toList());
        assertThat(calibration().run(WEB, ground, 20, 8).watched())
                .extracting(Placebo.Watched::startMillis)
                .isNotEqualTo(once.watched().stream()
                        .map(Placebo.Watched::startMillis)
                        .toList());
    }

    @Test
    void times_near_a_real_deploy_are_left_out() {
        var at = NOW.minus(Duration.ofHours(30));

        var ground = ground(new LedgerEntry.Live(2, at, "130/live"));

        // An hour before it, whose watch would see it, and two hours after it.
        assertThat(ground.excluded()).isEqualTo(3 * 12);
        assertThat(ground.moments())
                .noneMatch(
                        m -> m.isAfter(at.minus(Duration.ofMinutes(60))) && m.isBefore(at.plus(Duration.ofHours(2))));
    }

    @Test
    void one_instance_has_no_halves_and_two_hours_are_too_short() {
        history.instances = 1;
        assertThat(ground().moments()).isEmpty();
        assertThat(ground().alone()).isPositive();

        history.instances = 2;
        history.since = NOW.minus(Duration.ofMinutes(115));
        assertThat(ground().moments()).isEmpty();
        assertThat(ground().alone()).isZero();
    }

    @Test
    void too_few_requests_are_no_clean_bill() {
        history.requests = 1;
        history.instances = 2;

        var came = run();

        assertThat(came.wrong()).isEmpty();
        assertThat(came.tells()).isFalse();
    }

    @Test
    void intervals_and_surprises_are_those_of_the_binomial() {
        assertThat(Binomial.high(0, 1000)).isCloseTo(0.003682, org.assertj.core.api.Assertions.within(1e-6));
        assertThat(Binomial.low(5, 100)).isCloseTo(0.016432, org.assertj.core.api.Assertions.within(1e-5));
        assertThat(Binomial.atLeast(4, 1000, 0.001)).isCloseTo(0.018927, org.assertj.core.api.Assertions.within(1e-5));
    }
}
