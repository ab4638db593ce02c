package lastgood.bench.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import lastgood.bench.detect.Figures.Rate;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Scrape;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class BenchDetectTest {

    private static List<Scrape> hour(long seed) {
        var world = new World(Streams.healthyDay(new Chance(seed), seed % 2 == 0), seed);
        var scrapes = new ArrayList<Scrape>();
        for (var t = 0; t < 240; t++) {
            scrapes.add(world.next());
        }
        return scrapes;
    }

    @Test
    void the_same_seed_gives_the_same_stream_and_another_seed_another() {
        assertThat(hour(1)).isEqualTo(hour(1));
        assertThat(hour(1)).isNotEqualTo(hour(3));
    }

    @Test
    void rules_see_what_was_served_whatever_is_wrong_with_the_scrapes() {
        var weather = Streams.fault(new Chance(5), 50, new Weather.Fault(0, 0.1, 1));
        var world = new World(weather, 6);
        var seen = Counts.NONE;
        for (var t = 0; t < 1_000; t++) {
            seen = seen.plus(world.next().fresh().errors());
        }

        var served = world.served();

        assertThat(seen.requests()).isBetween(served.requests() * 995 / 1000, served.requests());
        assertThat(seen.bad()).isBetween(served.bad() * 995 / 1000, served.bad());
        assertThat(seen.share()).isCloseTo(0.1, within(0.02));
    }

    @Test
    void intervals_are_those_of_clopper_and_pearson() {
        assertThat(new Rate(0, 100).high()).isCloseTo(0.036217, within(1e-5));
        assertThat(new Rate(5, 100).low()).isCloseTo(0.016432, within(1e-5));
        assertThat(new Rate(5, 100).high()).isCloseTo(0.112835, within(1e-5));
        assertThat(new Rate(100, 100).low()).isCloseTo(0.963783, within(1e-5));
    }

    /// Values of R's wilcox.test(a, b, exact = FALSE, correct = TRUE).
    @Test
    void the_rank_test_agrees_with_a_known_value() {
        var a = new double[] {1.1, 2.2, 3.3, 4.4, 5.5, 6.6};
        var b = new double[] {10, 20, 30, 40, 50, 60};

        assertThat(TestRules.Kayenta.mannWhitney(a, b)).isCloseTo(0.005075, within(1e-4));
        assertThat(TestRules.Kayenta.mannWhitney(a, a)).isEqualTo(1, within(1e-6));
    }

    @Test
    void every_rule_finds_a_total_outage_within_an_hour_and_ours_in_the_first_scrape() {
        var weather = Streams.fault(new Chance(7), 100, new Weather.Fault(300, 1, 1));
        for (var rule : BenchDetect.rules()) {
            var world = new World(weather, 8);
            rule.begin(world.past(true), 15);
            var found = Double.POSITIVE_INFINITY;
            for (var t = 0; t < 260 && Double.isInfinite(found); t++) {
                var score = rule.score(world.next());
                found = score >= 1 && world.now() > 300 ? world.now() - 300 : found;
            }
            assertThat(found).as(rule.name()).isLessThanOrEqualTo(3600);
            if (rule.name().equals("ours")) {
                assertThat(found).isEqualTo(15);
            }
        }
    }

    @Test
    void an_outage_of_a_dependency_is_not_blamed_on_the_release_by_ours_and_is_by_fixed_limits() {
        var weather = Weather.calm(100, 0.25, 0.002).with(List.of(new Weather.Outage(600, 1800, 0.3, true)));
        for (var rule : BenchDetect.rules()) {
            var world = new World(weather, 9);
            rule.begin(world.past(true), 15);
            var worst = 0.0;
            for (var t = 0; t < 240; t++) {
                worst = Math.max(worst, rule.score(world.next()));
            }
            if (rule.name().equals("ours") || rule.name().equals("ours, hour before + guard")) {
                assertThat(worst).as(rule.name()).isLessThan(1);
            }
            if (rule.name().equals("cusum") || rule.name().equals("flagger")) {
                assertThat(worst).as(rule.name()).isGreaterThan(1);
            }
        }
    }

    @Test
    void the_quantile_of_a_histogram_is_read_as_prometheus_reads_it() {
        var latency = lastgood.core.detect.Histogram.of(
                new double[] {0.1, 0.2, Double.POSITIVE_INFINITY}, new long[] {50, 90, 100});

        assertThat(Window.quantile(latency, 0.5)).isCloseTo(0.1, within(1e-9));
        assertThat(Window.quantile(latency, 0.7)).isCloseTo(0.15, within(1e-9));
        assertThat(Window.quantile(latency, 0.99)).isCloseTo(0.2, within(1e-9));
    }
}
