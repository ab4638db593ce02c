package lastgood.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import lastgood.testkit.Sweep;
import lastgood.testkit.sim.Fuse.Fault;
import lastgood.testkit.sim.Fuse.Touch;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Every plan of the corpus, with everything that can go wrong at every touch of the world, and two such things at
/// a time. What is checked for each run stands in [Crashes].
@DisplayNameGeneration(ReplaceUnderscores.class)
class CrashPointsTest {

    /// All pairs would be millions; so many of each case, drawn with a fixed seed, are run instead.
    private static final int PAIRS_PER_CASE = Sweep.size("lastgood.pairs", 30, 1_200);

    /// Every so manyth look and append, others in each plan. Nothing can be lost between two looks but time, and every
    /// append goes the same way; changes are what differs from plan to plan, and of them none is left out.
    private static final int OTHERS_EVERY = Sweep.size("lastgood.others", 6, 1);

    private static final long SEED = 20260102L;

    private final AtomicInteger plans = new AtomicInteger();
    private final AtomicLong points = new AtomicLong();
    private final AtomicLong singles = new AtomicLong();
    private final AtomicLong pairs = new AtomicLong();
    private final AtomicLong faults = new AtomicLong();
    private final AtomicLong crashes = new AtomicLong();
    private final AtomicLong duplicated = new AtomicLong();
    private final Set<Fault> kinds = ConcurrentHashMap.newKeySet();
    private final List<String> wrong = java.util.Collections.synchronizedList(new ArrayList<>());

    @Test
    void ends_as_if_nothing_had_happened_whatever_goes_wrong_and_wherever() {
        var began = System.nanoTime();

        Corpus.all().parallelStream().forEach(this::torture);

        var seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(
                "crash points: %d plans, %d points, %d single faults, %d pairs (seed %d), %d faults fired, %d of them crashes, %d wrong end states, %d duplicated effects, %.0f runs/s%n",
                plans.get(),
                points.get(),
                singles.get(),
                pairs.get(),
                SEED,
                faults.get(),
                crashes.get(),
                wrong.size(),
                duplicated.get(),
                (singles.get() + pairs.get()) / seconds);
        assertThat(wrong).isEmpty();
        assertThat(duplicated).hasValue(0);
        assertThat(plans.get()).isGreaterThanOrEqualTo(24);
        assertThat(kinds).containsExactlyInAnyOrder(Fault.values());
    }

    private void torture(Corpus.Case plan) {
        var crashes = new Crashes(plan);
        var undisturbed = crashes.undisturbed();
        assertThat(undisturbed.wrong()).as(plan.name()).isEmpty();
        plans.incrementAndGet();
        var touches = undisturbed.touches();
        points.addAndGet(touches.size());
        for (var i = 0; i < touches.size(); i++) {
            if (touches.get(i) != Touch.ACT && Math.floorMod(i + plan.name().hashCode(), OTHERS_EVERY) != 0) {
                continue;
            }
            for (var fault : Fault.values()) {
                if (fault.fits(touches.get(i))) {
                    singles.incrementAndGet();
                    check(plan, crashes, Map.of(i, fault));
                }
            }
        }
        var random = new Random(SEED ^ plan.name().hashCode());
        for (var n = 0; n < PAIRS_PER_CASE; n++) {
            // A run with a fault touches the world more often, so the second one may come after the undisturbed end.
            var first = random.nextInt(touches.size());
            var second = first + 1 + random.nextInt(touches.size() - first + 8);
            pairs.incrementAndGet();
            check(
                    plan,
                    crashes,
                    Map.of(first, anyFault(random, touches, first), second, anyFault(random, touches, second)));
        }
    }

    /// One that makes sense there, as far as one can know beforehand; half of them crashes, which is what a journal is
    /// for.
    private static Fault anyFault(Random random, List<Touch> touches, int at) {
        var touch = touches.get(Math.min(at, touches.size() - 1));
        var crash = random.nextBoolean();
        var some = Arrays.stream(Fault.values())
                .filter(f -> f.fits(touch) && (!crash || f.isCrash()))
                .toList();
        return some.get(random.nextInt(some.size()));
    }

    private void check(Corpus.Case plan, Crashes crashes, Map<Integer, Fault> faults) {
        var end = crashes.with(faults);
        kinds.addAll(end.fired());
        this.faults.addAndGet(end.fired().size());
        this.crashes.addAndGet(end.fired().stream().filter(Fault::isCrash).count());
        duplicated.addAndGet(end.duplicated());
        if (!end.wrong().isEmpty() || end.duplicated() > 0) {
            wrong.add("Corpus.named(\"%s\") with %s: %s, duplicated %d"
                    .formatted(plan.name(), faults, end.wrong(), end.duplicated()));
        }
    }
}
