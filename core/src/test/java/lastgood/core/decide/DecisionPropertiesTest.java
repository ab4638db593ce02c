package lastgood.core.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import lastgood.core.Severity;
import lastgood.core.Verdict;
import lastgood.core.decide.Decision.Act;
import lastgood.core.decide.Decision.Unattended;
import lastgood.core.decide.Signal.Weight;
import lastgood.core.decide.Situation.Automatic;
import lastgood.core.decide.Situation.Past;
import lastgood.core.decide.Situation.Stage;
import lastgood.core.decide.Situation.Way;
import lastgood.core.detect.Attribution;
import lastgood.core.detect.Increase;
import lastgood.core.detect.Suspicion;
import lastgood.core.plan.Plan;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

/// What holds of any situation, however odd.
class DecisionPropertiesTest {

    private static final double[] RUNGS = {-1, 0, 0.001, 0.01, 0.03, 0.05, 0.075, 0.1, 0.3, 0.9};

    private static Case any(Random random) {
        var c = new Case();
        c.stage = pick(random, Stage.values());
        c.counted = random.nextInt(10) > 0;
        c.verdict = pick(
                random,
                new Verdict.Pass(),
                new Verdict.Fail("worse"),
                new Verdict.Fail("worse"),
                new Verdict.Inconclusive("more"),
                new Verdict.NoData(),
                new Verdict.TelemetryDown("down"));
        c.attribution = pick(
                random,
                new Attribution.Release("a"),
                new Attribution.Release("a"),
                new Attribution.External("b"),
                new Attribution.Temporal("c"),
                new Attribution.Undecided("d"));
        c.peak = random.nextDouble() * 20;
        c.evidence = c.peak * random.nextDouble();
        c.suspicion = random.nextBoolean()
                ? new Suspicion.None()
                : new Suspicion.Since(Duration.ofSeconds(random.nextInt(300)), random.nextInt(4) > 0);
        c.increase = new Increase(RUNGS[random.nextInt(RUNGS.length)], random.nextBoolean() ? 1 : 0.95);
        if (random.nextInt(4) == 0) {
            c.twiceAsSlow();
        }
        for (var i = random.nextInt(3); i > 0; i--) {
            c.heard(
                    pick(random, Trigger.values()),
                    pick(random, "alert", Signal.AUTH),
                    pick(random, Weight.values()),
                    random.nextBoolean() ? Optional.empty() : Optional.of(pick(random, Severity.values())));
        }
        c.deaf = random.nextBoolean() ? List.of() : List.of("somebody");
        c.blindSince = random.nextBoolean() ? Optional.empty() : Optional.of(c.now.minusSeconds(random.nextInt(300)));
        c.way = random.nextInt(8) == 0
                ? new Way.Nowhere("none")
                : new Way.To(
                        Case.GOOD,
                        random.nextInt(4) > 0,
                        pick(random, Plan.Type.values()),
                        random.nextInt(4) > 0 ? List.of() : List.of("rows"));
        c.past = new Past(
                random.nextInt(3) > 0
                        ? List.of()
                        : List.of(new Automatic(
                                c.now.minus(Duration.ofMinutes(random.nextInt(3000))),
                                1,
                                random.nextBoolean(),
                                random.nextBoolean())),
                random.nextInt(6) == 0,
                random.nextInt(4) == 0);
        c.protectedEnvironment = random.nextBoolean();
        c.now = c.now.plus(Duration.ofMinutes(random.nextInt(30)));
        return c;
    }

    @SafeVarargs
    private static <T> T pick(Random random, T... from) {
        return from[random.nextInt(from.length)];
    }

    private static boolean unattendedRollback(Decision d) {
        return d.act() == Act.ROLL_BACK && d.unattended() instanceof Unattended.Yes;
    }

    @Property(tries = 5000)
    @Label("nothing is rolled back without a person unless it is proved to be this release")
    void blame(@ForAll long seed) {
        var s = any(new Random(seed)).situation();

        if (!unattendedRollback(Decision.of(s))) {
            return;
        }

        var counts = s.assessment()
                .filter(a -> a.verdict() instanceof Verdict.Fail && a.attribution() instanceof Attribution.Release)
                .isPresent();
        var fact = s.signals().stream().anyMatch(h -> h.weight() == Weight.PROOF);
        assertThat(counts || fact).isTrue();
    }

    @Property(tries = 5000)
    @Label("nothing is rolled back without a person against one of the rules that protect from it")
    void rules(@ForAll long seed) {
        var s = any(new Random(seed)).situation();

        if (!unattendedRollback(Decision.of(s))) {
            return;
        }

        assertThat(s.past().isItselfARollback()).isFalse();
        assertThat(s.stage()).isNotEqualTo(Stage.SETTLED);
        assertThat(s.past().rollbacks())
                .allMatch(Automatic::helped)
                .noneMatch(Automatic::thisIncident)
                .allMatch(r -> Duration.between(r.at(), s.now()).compareTo(DecisionRules.COOLDOWN) >= 0);
        assertThat(s.way()).isInstanceOfSatisfying(Way.To.class, to -> {
            assertThat(to.good() || s.stage() == Stage.CANARY).isTrue();
            assertThat(to.dataLost()).isEmpty();
            assertThat(s.rules().automaticTypes()).contains(to.type());
        });
    }

    @Property(tries = 2000)
    @Label("worse never gets a weaker act")
    void monotone(@ForAll long seed) {
        var c = any(new Random(seed));
        c.verdict = new Verdict.Fail("worse");
        c.attribution = new Attribution.Release("a");
        var weaker = Act.GO_ON;

        for (var above : new double[] {0, 0.05, 0.1, 0.9}) {
            c.increase = new Increase(above, 1);
            var act = c.decide().act();

            assertThat(act).isGreaterThanOrEqualTo(weaker);
            weaker = act;
        }
    }

    @Property(tries = 2000)
    @Label("only a pass goes on, and never with something open")
    void goingOn(@ForAll long seed) {
        var s = any(new Random(seed)).situation();

        if (Decision.of(s).act() == Act.GO_ON) {
            assertThat(s.assessment().orElseThrow().verdict()).isEqualTo(new Verdict.Pass());
            assertThat(s.deaf()).isEmpty();
            assertThat(s.signals()).isEmpty();
        }
    }

    @Property(tries = 1000)
    @Label("the same situation gives the same decision, and says why")
    void same(@ForAll long seed) {
        var decision = any(new Random(seed)).decide();

        assertThat(any(new Random(seed)).decide()).isEqualTo(decision);
        assertThat(decision.reasons()).isNotEmpty().doesNotHaveDuplicates();
    }
}
