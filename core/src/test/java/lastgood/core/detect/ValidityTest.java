package lastgood.core.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// False alarms where they are most likely: on the border of the null, with rates that drift, outages that both
/// sides share, and a look at every scrape. A test fails when the alarms are significantly (1 %) more than was
/// promised.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ValidityTest {

    private static final int WATCHES = 1000;
    private static final int SCRAPES = 160;

    private final double[] payoffs = new double[Claim.BETS_MAX];

    /// A day's load in one watch, clouded by two outages of something that both versions use.
    private static double drift(int t) {
        var outage = (t >= 40 && t < 50) || (t >= 110 && t < 113) ? 0.3 : 0;
        return 0.004 + 0.003 * Math.sin(t / 25.0) + outage;
    }

    private interface Watch {
        double evidenceAfter(int t);
    }

    private static int alarms(double alpha, java.util.function.IntFunction<Watch> watches) {
        var needed = -Math.log(alpha);
        var alarms = 0;
        for (var w = 0; w < WATCHES; w++) {
            var watch = watches.apply(w);
            for (var t = 1; t <= SCRAPES; t++) {
                if (watch.evidenceAfter(t) >= needed) {
                    alarms++;
                    break;
                }
            }
        }
        return alarms;
    }

    private static void notMoreThan(double alpha, int alarms) {
        System.out.printf("%d alarms in %d watches, promised %s%n", alarms, WATCHES, alpha);
        assertThat(Chance.lowerBound(WATCHES, alarms)).isLessThanOrEqualTo(alpha);
    }

    private Watch comparing(Claim claim, Chance chance, double excess, long n1, long n0) {
        var comparison = new Comparison(claim, false);
        var expected = new Expected(0.004, 200);
        return t -> {
            var p0 = drift(t);
            var reference = chance.counts(n0, p0);
            var fresh = chance.counts(n1, Math.min(1, claim.rho() * p0 + claim.delta() + excess));
            comparison.take(fresh, reference, expected.rate(), 0, 1, payoffs);
            expected.saw(reference.requests(), reference.bad(), 15);
            return comparison.now();
        };
    }

    @Test
    void a_release_on_the_border_of_degraded_alarms_as_rarely_as_promised() {
        var chance = new Chance(11);

        for (var alpha : new double[] {0.1, 0.01}) {
            notMoreThan(alpha, alarms(alpha, _ -> comparing(Claim.degraded(Tolerance.usual()), chance, 0, 40, 150)));
        }
    }

    @Test
    void a_release_on_the_border_of_five_points_alarms_as_rarely_as_promised() {
        var chance = new Chance(12);

        notMoreThan(0.05, alarms(0.05, _ -> comparing(Claim.errorsAbove(0.05), chance, 0, 60, 60)));
    }

    @Test
    void a_release_beyond_the_border_is_found_in_nearly_every_watch() {
        var chance = new Chance(13);

        assertThat(alarms(0.01, _ -> comparing(Claim.degraded(Tolerance.usual()), chance, 0.04, 40, 150)))
                .isGreaterThan(WATCHES * 99 / 100);
    }

    @Test
    void the_claim_of_being_harmless_is_as_rarely_wrong_as_promised() {
        var chance = new Chance(14);

        notMoreThan(0.05, alarms(0.05, _ -> comparing(Claim.errorsBelow(0.05), chance, 0, 60, 120)));
        assertThat(alarms(0.05, _ -> comparing(Claim.errorsBelow(0.05), chance, -0.05, 60, 120)))
                .isGreaterThan(WATCHES * 99 / 100);
    }

    /// The first side goes on only while it loses: what a person does who stops sending traffic to a bad canary.
    @Test
    void traffic_that_depends_on_the_past_does_not_help_a_false_alarm() {
        var chance = new Chance(15);

        notMoreThan(0.05, alarms(0.05, _ -> {
            var claim = Claim.degraded(Tolerance.usual());
            var comparison = new Comparison(claim, false);
            return t -> {
                var n1 = comparison.now() > 1 ? 5 : 80;
                var p0 = drift(t);
                comparison.take(chance.counts(n1, 1.5 * p0 + 0.001), chance.counts(100, p0), 0.004, 0, 1, payoffs);
                return comparison.now();
            };
        }));
    }

    @Test
    void one_stream_on_its_limit_alarms_as_rarely_as_promised() {
        var chance = new Chance(16);

        notMoreThan(0.05, alarms(0.05, _ -> {
            var comparison = new Comparison(Claim.aboveLimit(0.05), false);
            return t -> {
                comparison.take(chance.counts(50, 0.05), 0, 0, 1, payoffs);
                return comparison.now();
            };
        }));
    }

    @Test
    void a_watch_without_an_end_has_its_false_alarms_at_least_as_far_apart_as_promised() {
        var chance = new Chance(17);
        var claim = Claim.degraded(Tolerance.usual());
        var apart = 200.0;
        var runs = 120;

        var scrapes = 0L;
        for (var run = 0; run < runs; run++) {
            var comparison = new Comparison(claim, true);
            for (var t = 1; t <= 5_000 && comparison.now() < Math.log(apart); t++) {
                var p0 = drift(t % SCRAPES);
                comparison.take(chance.counts(20, 1.5 * p0 + 0.001), chance.counts(80, p0), 0.004, 0, 1, payoffs);
                scrapes++;
            }
        }

        System.out.printf("%.0f scrapes between false alarms, promised %.0f%n", (double) scrapes / runs, apart);
        assertThat((double) scrapes / runs).isGreaterThan(apart);
    }

    /// Everything at once, as an adapter uses it: errors, latency, scrapes and routes of a healthy release.
    @Test
    void a_healthy_release_is_called_bad_as_rarely_as_promised_over_all_claims() {
        var chance = new Chance(18);
        var watches = 300;
        var failed = 0;
        var outOfBounds = 0;

        for (var w = 0; w < watches; w++) {
            var detector = new Detector(Settings.beside(Price.NOTIFY, new Before(new Counts(50_000, 200)))
                    .withPhi(1));
            for (var t = 1; t <= SCRAPES; t++) {
                detector.take(healthy(chance, t));
            }
            var end = detector.assess();
            failed += end.verdict() instanceof lastgood.core.Verdict.Fail ? 1 : 0;
            outOfBounds += end.increase().above() >= 0 || end.increase().below() <= 0 ? 1 : 0;
        }

        System.out.printf("%d failed, %d out of bounds of %d, promised 0.05%n", failed, outOfBounds, watches);
        assertThat(Chance.lowerBound(watches, failed)).isLessThanOrEqualTo(0.05);
        assertThat(Chance.lowerBound(watches, outOfBounds)).isLessThanOrEqualTo(0.05);
    }

    private static Scrape healthy(Chance chance, int t) {
        var p = drift(t);
        var fresh = chance.counts(40, p);
        var reference = chance.counts(150, p);
        return new Scrape(
                Duration.ofSeconds(15L * t),
                Duration.ofSeconds(15L * t),
                new Scrape.Side(fresh, latency(chance, 40), chance.counts(2, 0.01)),
                new Scrape.Side(reference, latency(chance, 150), chance.counts(6, 0.01)),
                Counts.NONE,
                List.of(
                        new Scrape.Route("/a", chance.counts(10, p), chance.counts(40, p)),
                        new Scrape.Route("/b", chance.counts(3, p), chance.counts(9, p))),
                new Scrape.Sight.Clear());
    }

    private static Histogram latency(Chance chance, int n) {
        var bounds = new double[] {0.1, 0.25, 0.5, 1, Double.POSITIVE_INFINITY};
        var within = new long[bounds.length];
        for (var i = 0; i < n; i++) {
            var seconds = -0.12 * Math.log(chance.uniform());
            for (var b = 0; b < bounds.length; b++) {
                within[b] += seconds <= bounds[b] ? 1 : 0;
            }
        }
        return Histogram.of(bounds, within);
    }

    @Test
    void a_latency_that_has_not_doubled_is_called_so_as_rarely_as_promised_whatever_the_buckets() {
        var chance = new Chance(19);
        var alpha = 0.05;
        for (var bounds : List.of(
                new double[] {0.05, 0.1, 0.2, 0.4, 0.8, 1.6, Double.POSITIVE_INFINITY},
                new double[] {0.1, 0.3, 1, 3, Double.POSITIVE_INFINITY})) {
            var before = exponential(chance, 20_000, 0.1, bounds);

            notMoreThan(alpha, alarms(alpha, _ -> {
                var tails = new Tails(before, false);
                return t -> {
                    tails.take(
                            exponential(chance, 25, 0.2, bounds),
                            exponential(chance, 50, 0.1, bounds),
                            0,
                            1,
                            15,
                            payoffs);
                    return tails.twiceNow();
                };
            }));
        }
    }

    private static Histogram exponential(Chance chance, int n, double mean, double[] bounds) {
        var within = new long[bounds.length];
        for (var i = 0; i < n; i++) {
            var seconds = -mean * Math.log(chance.uniform());
            var b = 0;
            while (seconds > bounds[b]) {
                b++;
            }
            within[b]++;
        }
        for (var b = 1; b < within.length; b++) {
            within[b] += within[b - 1];
        }
        return Histogram.of(bounds, within);
    }
}
