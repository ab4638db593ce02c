package lastgood.core.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import lastgood.core.detect.Differencing.Increment;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DifferencingTest {

    private static final long T0 = 1_700_000_000_000L;

    private final Differencing counters = new Differencing(T0, Duration.ofSeconds(15));

    private static long at(int scrape) {
        return T0 + 15_000L * scrape;
    }

    private static long sum(List<Increment> increments) {
        return increments.stream().mapToLong(Increment::count).sum();
    }

    private long next(String target, String series, int scrape, double value) {
        counters.sample(target, series, at(scrape), value);
        return sum(counters.advance());
    }

    @Test
    void an_old_target_seen_for_the_first_time_is_only_a_base() {
        assertThat(next("old", "total", 1, 5_000)).isZero();
        assertThat(next("old", "total", 2, 5_040)).isEqualTo(40);
    }

    @Test
    void the_first_burst_of_errors_of_a_pod_started_in_the_watch_counts_in_full() {
        counters.started("new", at(1), at(0));

        assertThat(next("new", "errors", 1, 25)).isEqualTo(25);
    }

    @Test
    void an_error_series_that_appears_later_was_zero_while_it_was_absent() {
        next("old", "total", 1, 5_000);

        counters.sample("old", "total", at(2), 5_010);
        counters.sample("old", "errors", at(2), 7);

        assertThat(counters.advance()).contains(new Increment("old", "errors", at(2), 7));
    }

    @Test
    void a_counter_that_falls_has_begun_again() {
        next("old", "total", 1, 5_000);

        assertThat(next("old", "total", 2, 30)).isEqualTo(30);
        assertThat(counters.faults().resets()).isEqualTo(1);
    }

    @Test
    void a_restart_shows_by_its_start_time_even_if_the_counter_is_already_higher() {
        counters.started("old", at(1), at(-900));
        next("old", "total", 1, 20);

        counters.started("old", at(2), at(1) + 2_000);

        assertThat(next("old", "total", 2, 35)).isEqualTo(35);
    }

    @Test
    void scrapes_that_are_missing_lose_nothing() {
        next("old", "total", 1, 100);

        assertThat(next("old", "total", 9, 180)).isEqualTo(80);
        assertThat(counters.faults().gaps()).isEqualTo(1);
    }

    @Test
    void the_same_sample_told_again_counts_once() {
        next("old", "total", 1, 100);
        assertThat(next("old", "total", 2, 110)).isEqualTo(10);

        assertThat(next("old", "total", 2, 110)).isZero();
        assertThat(next("old", "total", 1, 100)).isZero();
        assertThat(next("old", "total", 3, 115)).isEqualTo(5);
    }

    @Test
    void a_target_that_is_a_little_late_is_waited_for() {
        counters.sample("a", "total", at(1), 0);
        counters.sample("b", "total", at(1), 0);
        counters.advance();

        counters.sample("a", "total", at(2), 10);
        assertThat(counters.advance()).isEmpty();
        counters.sample("b", "total", at(2), 20);

        assertThat(sum(counters.advance())).isEqualTo(30);
    }

    @Test
    void targets_that_are_read_one_after_the_other_are_not_waited_for() {
        counters.sample("a", "total", at(1), 0);
        counters.sample("b", "total", at(1) + 9_000, 0);
        counters.advance();

        counters.sample("a", "total", at(2), 10);
        counters.sample("b", "total", at(2) + 9_000, 20);

        assertThat(sum(counters.advance())).isEqualTo(30);
    }

    @Test
    void a_target_that_stays_away_holds_nobody_up_and_keeps_what_it_had_counted() {
        counters.sample("a", "total", at(1), 0);
        counters.sample("b", "total", at(1), 0);
        counters.sample("b", "total", at(2), 6);
        var total = sum(counters.advance());
        for (var scrape = 2; scrape <= 6; scrape++) {
            total += next("a", "total", scrape, 10.0 * (scrape - 1));
        }

        assertThat(total).isEqualTo(50 + 6);
    }

    @Test
    void what_is_not_a_count_is_no_evidence_and_is_told() {
        next("old", "total", 1, 100);

        for (var value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1}) {
            assertThat(next("old", "total", 2, value)).isZero();
        }

        assertThat(counters.faults().broken()).isEqualTo(3);
        assertThat(next("old", "total", 2, 103)).isEqualTo(3);
    }

    @Test
    void a_client_that_invents_labels_does_not_fill_the_memory() {
        for (var i = 0; i < 100_500; i++) {
            counters.sample("old", "path=" + i, at(1), 1);
        }
        counters.advance();

        assertThat(counters.faults().uncounted()).isEqualTo(500);
    }

    /// Whatever order the samples come in, as long as none is later than the watermark, the counts are the same.
    @Test
    void order_and_repetition_change_nothing() {
        var seed = 41L;
        System.out.println("seed " + seed);
        var random = new SplittableRandom(seed);
        var samples = new ArrayList<Object[]>();
        for (var target : List.of("a", "b", "c")) {
            var value = 0.0;
            for (var scrape = 1; scrape <= 30; scrape++) {
                value = random.nextInt(10) == 0 ? random.nextInt(5) : value + random.nextInt(50);
                samples.add(new Object[] {target, at(scrape), value});
            }
        }
        samples.forEach(s -> counters.sample((String) s[0], "total", (long) s[1], (double) s[2]));
        var wanted = sum(counters.advance());

        for (var i = samples.size() - 1; i > 0; i--) {
            var j = random.nextInt(i + 1);
            var swapped = samples.get(i);
            samples.set(i, samples.get(j));
            samples.set(j, swapped);
        }
        var shuffled = new Differencing(T0, Duration.ofSeconds(15));
        for (var s : samples) {
            shuffled.sample((String) s[0], "total", (long) s[1], (double) s[2]);
            shuffled.sample((String) s[0], "total", (long) s[1], (double) s[2]);
        }

        assertThat(wanted).isPositive();
        assertThat(sum(shuffled.advance())).isEqualTo(wanted);
    }
}
