package lastgood.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lastgood.kubernetes.CrashWorld.Home;
import lastgood.testkit.Sweep;
import lastgood.testkit.sim.Fuse.Fault;
import lastgood.testkit.sim.Fuse.Touch;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The engine's crash points with the whole adapter and a cluster with its controllers behind it: in each plan each
/// kind
/// of fault at a request that changes something, some at one that looks, and two at a time; with `-Dlastgood.full=true`
/// at all of them. What is checked for each run stands in [KubeCrashes].
@DisplayNameGeneration(ReplaceUnderscores.class)
class KubeCrashPointsTest {

    /// All pairs would be millions; so many of each case, drawn with a fixed seed, are run instead.
    private static final int PAIRS_PER_CASE = Sweep.size("lastgood.kube.pairs", 1, 20);

    /// So many requests that change something meet each kind of fault in each plan; all of them in a full sweep.
    private static final int ACTS_OF_EACH_FAULT = Sweep.size("lastgood.kube.acts", 1, Integer.MAX_VALUE);

    /// Nothing can be lost between two looks but time, so a crash at each of them says little more than at some.
    private static final int LOOKS = Sweep.size("lastgood.kube.looks", 1, Integer.MAX_VALUE);

    private static final long SEED = 20260103L;

    private final AtomicInteger plans = new AtomicInteger();
    private final AtomicLong points = new AtomicLong();
    private final AtomicLong singles = new AtomicLong();
    private final AtomicLong pairs = new AtomicLong();
    private final AtomicLong faults = new AtomicLong();
    private final AtomicLong crashes = new AtomicLong();
    private final AtomicLong duplicated = new AtomicLong();
    private final Set<Fault> kinds = ConcurrentHashMap.newKeySet();
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
        assertThat(kinds).containsExactlyInAnyOrder(Fault.values());
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
        var random = new Random(SEED ^ plan.name().hashCode() ^ home.ordinal());
        for (var fault : Fault.values()) {
            for (var at : drawn(random, touches, Touch.ACT, fault, ACTS_OF_EACH_FAULT)) {
                single(plan, crashes, home, at, fault);
            }
        }
        var atLooks =
                Arrays.stream(Fault.values()).filter(f -> f.fits(Touch.LOOK)).toList();
        for (var at : drawn(random, touches, Touch.LOOK, atLooks.getFirst(), LOOKS)) {
            for (var fault : Sweep.isFull() ? atLooks : List.of(atLooks.get(random.nextInt(atLooks.size())))) {
                single(plan, crashes, home, at, fault);
            }
        }
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

    /// Places for a fault, so many of them at most.
    private static List<Integer> drawn(Random random, List<Touch> touches, Touch kind, Fault fault, int most) {
        var places = IntStream.range(0, touches.size())
                .filter(i -> touches.get(i) == kind && fault.fits(kind))
                .boxed()
                .collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(places, random);
        return places.subList(0, Math.min(most, places.size()));
    }

    private void single(CrashCorpus.Case plan, KubeCrashes crashes, Home home, int at, Fault fault) {
        singles.incrementAndGet();
        check(plan, crashes, home, Map.of(at, fault));
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
            kinds.addAll(end.fired());
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
