package lastgood.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import lastgood.testkit.Sweep;
import lastgood.testkit.sim.Fuse.Fault;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Rollbacks in bad weather: any plan, and at each touch of the world a chance that something goes wrong. A seed that
/// fails is printed; `-Dlastgood.seed=N` runs it alone, and it becomes a named test.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SeededSimulationTest {

    private static final long RUNS = Sweep.size("lastgood.runs", 1_500, 6_000);
    private static final long FIRST = Long.getLong("lastgood.seed", -1);

    private final Map<String, Crashes> cases = new HashMap<>();

    @Test
    void users_recover_whatever_the_weather() {
        Corpus.all().forEach(c -> cases.put(c.name(), new Crashes(c)));
        var seeds = FIRST >= 0 ? LongStream.of(FIRST) : LongStream.range(0, RUNS);
        var began = System.nanoTime();

        var wrong =
                seeds.parallel().mapToObj(this::weather).flatMap(List::stream).toList();

        System.out.printf(
                "simulation: %d rollbacks in bad weather, %d wrong, %.0f a second%n",
                FIRST >= 0 ? 1 : RUNS, wrong.size(), RUNS / ((System.nanoTime() - began) / 1e9));
        assertThat(wrong).isEmpty();
    }

    private List<String> weather(long seed) {
        var random = new Random(seed);
        var plan = Corpus.all().get(random.nextInt(Corpus.all().size()));
        var crashes = cases.get(plan.name());
        var faults = new HashMap<Integer, Fault>();
        // One touch in twenty, over three times as many as an undisturbed run needs.
        for (var i = 0; i < 3 * crashes.undisturbed().touches().size(); i++) {
            if (random.nextInt(20) == 0) {
                faults.put(i, Fault.values()[random.nextInt(Fault.values().length)]);
            }
        }
        var end = crashes.with(faults);
        var wrong = new ArrayList<String>();
        if (!end.wrong().isEmpty() || end.duplicated() > 0) {
            wrong.add("-Dlastgood.seed=%d (%s, %s): %s, duplicated %d"
                    .formatted(seed, plan, faults, end.wrong(), end.duplicated()));
        }
        return wrong;
    }

    @Test
    void simulates_undisturbed_rollbacks_fast_enough_to_run_them_by_the_thousand() {
        var rolling = Corpus.named("rollback: rolling");
        var crashes = new Crashes(rolling);
        var began = System.nanoTime();
        var runs = 500;

        for (var i = 0; i < runs; i++) {
            assertThat(crashes.with(Map.of()).wrong()).isEmpty();
        }

        System.out.printf(
                "simulation: %.0f undisturbed rollbacks a second on one core%n",
                runs / ((System.nanoTime() - began) / 1e9));
    }
}
