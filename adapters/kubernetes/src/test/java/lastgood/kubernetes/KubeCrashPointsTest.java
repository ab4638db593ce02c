package lastgood.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import lastgood.kubernetes.CrashWorld.Home;
import lastgood.testkit.sim.Fuse.Fault;
import lastgood.testkit.sim.Fuse.Touch;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The engine's crash points with the whole adapter and a cluster with its controllers behind it: everything that can
/// go wrong at every request that changes something, and at every n-th of those that look; and two such things at a
/// time. What is checked for each run stands in [KubeCrashes].
@DisplayNameGeneration(ReplaceUnderscores.class)
class KubeCrashPointsTest {

    /// All pairs would be millions; so many of each case, drawn with a fixed seed, are run instead.
    private static final int PAIRS_PER_CASE = Integer.getInteger("lastgood.kube.pairs", 2);

    /// Every so manyth request that changes something; 1 for all of them.
    private static final int ACTS_EVERY = Integer.getInteger("lastgood.kube.acts", 10);

    /// Nothing can be lost between two looks but time, so a crash at each of them says little more than at some.
    private static final int LOOKS_EVERY = Integer.getInteger("lastgood.kube.looks", 80);

    private static final long SEED = 20260103L;

    private final AtomicInteger plans = new AtomicInteger();
    private final AtomicLong points = new AtomicLong();
    private final AtomicLong singles = new AtomicLong();
    private final AtomicLong pairs = new AtomicLong();
    private final AtomicLong faults = new AtomicLong();
    private final AtomicLong crashes = new AtomicLong();
    private final AtomicLong duplicated = new AtomicLong();
    private final List<String> wrong = Collections.synchronizedList(new ArrayList<>());

    @ParameterizedTest
    @EnumSource
    void ends_as_if_nothing_had_happened_whatever_goes_wrong_and_wherever(Home home) {
        var began = System.nanoTime();

        CrashCorpus.all().parallelStream().forEach(plan -> torture(plan, home));

        var seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(
                "crash points on %s: %d plans, %d points, %d single faults, %d pairs (seed %d), %d faults fired, %d of them crashes, %d wrong end states, %d duplicated effects, %.0f s%n",
                home,
                plans.get(),
                points.get(),
                singles.get(),
                pairs.get(),
                SEED,
                faults.get(),
                crashes.get(),
                wrong.size(),
                duplicated.get(),
                seconds);
        assertThat(wrong).isEmpty();
        assertThat(duplicated).hasValue(0);
        assertThat(plans.get()).isGreaterThanOrEqualTo(12);
    }

    private void torture(CrashCorpus.Case plan, Home home) {
        var crashes = new KubeCrashes(plan, home);
        var undisturbed = crashes.undisturbed();
        if (!undisturbed.wrong().isEmpty() || !undisturbed.outcome().matches("(RECOVERED|DONE)\\b.*")) {
            wrong.add("%s, undisturbed: %s %s".formatted(plan.name(), undisturbed.outcome(), undisturbed.wrong()));
            return;
        }
        plans.incrementAndGet();
        var touches = undisturbed.touches();
        points.addAndGet(touches.size());
        var acts = 0;
        for (var i = 0; i < touches.size(); i++) {
            var sampled = touches.get(i) == Touch.ACT ? acts++ % ACTS_EVERY == 0 : i % LOOKS_EVERY == 0;
            for (var fault : Fault.values()) {
                if (sampled && fault.fits(touches.get(i))) {
                    singles.incrementAndGet();
                    check(plan, crashes, home, Map.of(i, fault));
                }
            }
        }
        var random = new Random(SEED ^ plan.name().hashCode());
        for (var n = 0; n < PAIRS_PER_CASE; n++) {
            // A run with a fault asks more often, so the second one may come after the undisturbed end.
            var first = some(random, touches);
            var second = first + 1 + random.nextInt(touches.size() - first + 8);
            pairs.incrementAndGet();
            check(
                    plan,
                    crashes,
                    home,
                    Map.of(first, anyFault(random, touches, first), second, anyFault(random, touches, second)));
        }
    }

    /// A request, more often one that changes something: there are ten looks for each.
    private static int some(Random random, List<Touch> touches) {
        var at = random.nextInt(touches.size());
        if (random.nextBoolean()) {
            while (touches.get(at) != Touch.ACT) {
                at = random.nextInt(touches.size());
            }
        }
        return at;
    }

    /// Half of them crashes, which is what a journal is for.
    private static Fault anyFault(Random random, List<Touch> touches, int at) {
        var touch = touches.get(Math.min(at, touches.size() - 1));
        var crash = random.nextBoolean();
        var some = Arrays.stream(Fault.values())
                .filter(f -> f.fits(touch) && (!crash || f.isCrash()))
                .toList();
        return some.get(random.nextInt(some.size()));
    }

    private void check(CrashCorpus.Case plan, KubeCrashes crashes, Home home, Map<Integer, Fault> faults) {
        try {
            var end = crashes.with(faults);
            this.faults.addAndGet(end.fired().size());
            this.crashes.addAndGet(end.fired().stream().filter(Fault::isCrash).count());
            duplicated.addAndGet(end.duplicated().size());
            if (!end.wrong().isEmpty() || !end.duplicated().isEmpty()) {
                wrong.add("CrashCorpus.named(\"%s\") on %s with %s: %s, duplicated %s"
                        .formatted(plan.name(), home, faults, end.wrong(), end.duplicated()));
            }
        } catch (RuntimeException e) {
            wrong.add("CrashCorpus.named(\"%s\") on %s with %s: %s at %s"
                    .formatted(plan.name(), home, faults, e, e.getStackTrace()[0]));
        }
    }
}
