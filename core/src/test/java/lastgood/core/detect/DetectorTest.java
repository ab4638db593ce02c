package lastgood.core.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import lastgood.core.Severity;
import lastgood.core.Verdict;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DetectorTest {

    private static final Before WELL = new Before(new Counts(100_000, 200));
    private static final Settings TYPE_1 = Settings.beside(Price.TYPE_1, WELL);

    private final List<Scrape> given = new ArrayList<>();

    private static Duration after(int scrapes) {
        return Duration.ofSeconds(15L * scrapes);
    }

    private Assessment watch(Settings settings, int scrapes, Chance chance, int n1, double p1, int n0, double p0) {
        var detector = new Detector(settings);
        for (var t = 1; t <= scrapes; t++) {
            given.add(Scrape.of(after(t), chance.counts(n1, p1), chance.counts(n0, p0)));
            detector.take(given.getLast());
        }
        return detector.assess();
    }

    /// Seconds until it is so; the watch is given up after an hour.
    private static double seconds(
            Settings settings,
            java.util.function.IntFunction<Scrape> scrapes,
            java.util.function.Predicate<Assessment> so) {
        var detector = new Detector(settings);
        for (var t = 1; t <= 240; t++) {
            if (so.test(detector.next(scrapes.apply(t)))) {
                return 15.0 * t;
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    private static double medianSeconds(
            Settings settings,
            java.util.function.IntFunction<Scrape> scrapes,
            java.util.function.Predicate<Assessment> so) {
        var all = new double[41];
        Arrays.setAll(all, _ -> seconds(settings, scrapes, so));
        Arrays.sort(all);
        return all[all.length / 2];
    }

    private static boolean failed(Assessment a) {
        return a.verdict() instanceof Verdict.Fail;
    }

    @Test
    void four_failed_requests_prove_a_total_outage_in_the_first_scrape_even_while_warming_up() {
        var detector = new Detector(TYPE_1);

        var seen = detector.next(Scrape.of(Duration.ZERO, new Counts(4, 4), new Counts(40, 0)));

        assertThat(seen.verdict()).isInstanceOf(Verdict.Fail.class);
        assertThat(seen.attribution()).isInstanceOf(Attribution.Release.class);
        assertThat(seen.suspicion()).isEqualTo(new Suspicion.Since(Duration.ZERO, true));
    }

    @Test
    void two_failed_requests_decide_nothing() {
        var detector = new Detector(TYPE_1);

        var seen = detector.next(Scrape.of(Duration.ofHours(1), new Counts(2, 2), new Counts(40, 0)));

        assertThat(seen.verdict()).isInstanceOf(Verdict.Inconclusive.class);
    }

    @Test
    void ten_percent_errors_at_ten_requests_a_second_are_suspected_in_half_a_minute() {
        var chance = new Chance(21);

        var suspected = medianSeconds(
                TYPE_1,
                t -> Scrape.of(after(t), chance.counts(150, 0.1), chance.counts(150, 0.002)),
                a -> a.suspicion() instanceof Suspicion.Since);

        assertThat(suspected).isLessThanOrEqualTo(30);
    }

    @Test
    void ten_percent_errors_end_up_between_five_and_fifteen_points_and_as_sev_3() {
        var seen = watch(TYPE_1, 40, new Chance(22), 150, 0.09, 150, 0.002);

        assertThat(seen.increase().provedAbove(0.05)).isTrue();
        assertThat(seen.increase().provedBelow(0.15)).isTrue();
        assertThat(seen.grade()).isEqualTo(new Grade.Proved(Severity.SEV3));
    }

    @Test
    void a_healthy_release_passes_once_five_points_more_are_ruled_out_and_not_before() {
        var chance = new Chance(23);
        var early = watch(TYPE_1, 1, chance, 20, 0.002, 60, 0.002);
        var late = watch(TYPE_1, 60, chance, 20, 0.002, 60, 0.002);

        assertThat(early.verdict()).isInstanceOf(Verdict.Inconclusive.class);
        assertThat(early.moreRequests()).isBetween(50L, 1_000L);
        assertThat(late.verdict()).isEqualTo(new Verdict.Pass());
        assertThat(late.grade()).isEqualTo(new Grade.Cleared());
    }

    @Test
    void the_requests_it_asks_for_are_about_those_it_needs() {
        var chance = new Chance(24);
        var asked = watch(TYPE_1, 1, chance, 20, 0.002, 60, 0.002).moreRequests();

        var needed = medianSeconds(
                        TYPE_1,
                        t -> Scrape.of(after(t), chance.counts(20, 0.002), chance.counts(60, 0.002)),
                        a -> a.verdict() instanceof Verdict.Pass)
                / 15
                * 20;

        assertThat((double) asked).isBetween(needed / 3, needed * 3);
    }

    @Test
    void a_leak_that_begins_after_an_hour_is_found_as_if_the_hour_had_not_been() {
        var chance = new Chance(25);
        var detector = new Detector(TYPE_1);
        var t = 0;
        while (t < 240) {
            t++;
            detector.take(Scrape.of(after(t), chance.counts(150, 0.002), chance.counts(150, 0.002)));
        }
        assertThat(detector.assess().verdict()).isEqualTo(new Verdict.Pass());

        while (!failed(detector.assess()) && t < 300) {
            t++;
            detector.take(Scrape.of(after(t), chance.counts(150, 0.1), chance.counts(150, 0.002)));
        }

        assertThat(t - 240).isLessThanOrEqualTo(4);
    }

    @Test
    void a_bound_from_better_times_is_taken_back_when_the_rate_has_changed() {
        var chance = new Chance(26);
        var detector = new Detector(TYPE_1);
        for (var t = 1; t <= 240; t++) {
            detector.take(Scrape.of(after(t), chance.counts(150, 0.002), chance.counts(150, 0.002)));
        }
        assertThat(detector.assess().increase().provedBelow(0.05)).isTrue();

        for (var t = 241; t <= 260; t++) {
            detector.take(Scrape.of(after(t), chance.counts(150, 0.3), chance.counts(150, 0.002)));
        }

        var now = detector.assess();
        assertThat(now.increase().above()).isLessThan(now.increase().below());
        assertThat(now.grade()).isEqualTo(new Grade.Proved(Severity.SEV2));
    }

    @Test
    void an_outage_of_both_versions_is_blamed_on_nobody_here() {
        var chance = new Chance(27);
        var guarded = new Before(new Counts(100_000, 200), Histogram.NONE, new Counts(100_000, 200), 1);
        var detector = new Detector(Settings.beside(Price.TYPE_1, guarded));

        for (var t = 1; t <= 60; t++) {
            var p = t > 30 ? 0.4 : 0.002;
            var old = new Scrape.Side(chance.counts(100, p), Histogram.NONE, Counts.NONE);
            detector.take(new Scrape(
                    after(t),
                    after(t),
                    Scrape.Side.of(chance.counts(100, p)),
                    old,
                    chance.counts(100, p),
                    List.of(),
                    new Scrape.Sight.Clear()));
        }

        var seen = detector.assess();
        assertThat(seen.verdict()).isNotInstanceOf(Verdict.Fail.class);
        assertThat(seen.attribution()).isInstanceOf(Attribution.External.class);
    }

    @Test
    void without_old_pods_the_guard_group_tells_an_outage_from_a_bad_release() {
        assertThat(alone(new Chance(28), 0.4).attribution()).isInstanceOf(Attribution.External.class);
        assertThat(alone(new Chance(29), 0.002).attribution()).isInstanceOf(Attribution.Release.class);
    }

    private static Assessment alone(Chance chance, double guardRate) {
        var before = new Before(new Counts(100_000, 200), Histogram.NONE, new Counts(100_000, 200), 1);
        var detector = new Detector(Settings.beside(Price.TYPE_1, before).with(new Reference.Earlier()));
        for (var t = 1; t <= 40; t++) {
            detector.take(new Scrape(
                    after(t),
                    after(t),
                    Scrape.Side.of(chance.counts(100, t > 10 ? 0.4 : 0.002)),
                    Scrape.Side.NONE,
                    chance.counts(100, t > 10 ? guardRate : 0.002),
                    List.of(),
                    new Scrape.Sight.Clear()));
        }
        return detector.assess();
    }

    @Test
    void both_versions_bad_since_the_deploy_with_clean_neighbours_is_for_a_person_to_decide() {
        var chance = new Chance(30);
        var before = new Before(new Counts(100_000, 200), Histogram.NONE, new Counts(100_000, 200), 1);
        var detector = new Detector(Settings.beside(Price.TYPE_1, before));

        for (var t = 1; t <= 40; t++) {
            detector.take(new Scrape(
                    after(t),
                    after(t),
                    Scrape.Side.of(chance.counts(100, 0.3)),
                    Scrape.Side.of(chance.counts(100, 0.3)),
                    chance.counts(100, 0.002),
                    List.of(),
                    new Scrape.Sight.Clear()));
        }

        assertThat(detector.assess().attribution()).isInstanceOf(Attribution.Temporal.class);
    }

    @Test
    void a_new_service_is_held_to_an_absolute_limit() {
        var chance = new Chance(31);
        var settings = Settings.beside(Price.ABORT_CANARY, Before.UNKNOWN).with(Reference.Nothing.usual());

        var bad = watch(settings, 30, chance, 100, 0.2, 0, 0);
        var good = watch(settings, 60, chance, 100, 0.004, 0, 0);

        assertThat(bad.verdict()).isInstanceOf(Verdict.Fail.class);
        assertThat(good.verdict()).isEqualTo(new Verdict.Pass());
    }

    @Test
    void a_broken_checkout_with_one_percent_of_the_traffic_is_proved_by_eight_failed_requests() {
        var detector = new Detector(TYPE_1.withWarmUp(WarmUp.none(), WarmUp.none()));
        var failures = 0;
        while (!failed(detector.assess()) && failures < 50) {
            failures++;
            detector.take(new Scrape(
                    after(failures),
                    after(failures),
                    Scrape.Side.of(new Counts(100, 1)),
                    Scrape.Side.of(new Counts(900, 0)),
                    Counts.NONE,
                    List.of(
                            new Scrape.Route("/checkout", new Counts(1, 1), new Counts(9, 0)),
                            new Scrape.Route("/rest", new Counts(99, 0), new Counts(891, 0))),
                    new Scrape.Sight.Clear()));
        }

        assertThat(failures).isLessThanOrEqualTo(8);
    }

    @Test
    void critical_routes_need_fewer_failures_than_others() {
        var settings = TYPE_1.withWarmUp(WarmUp.none(), WarmUp.none());
        var scrape = new Scrape(
                after(1),
                after(1),
                Scrape.Side.of(new Counts(1_000, 4)),
                Scrape.Side.of(new Counts(9_000, 18)),
                Counts.NONE,
                List.of(new Scrape.Route("/checkout", new Counts(5, 5), new Counts(45, 0))),
                new Scrape.Sight.Clear());

        var plain = new Detector(settings).next(scrape);
        var critical = new Detector(settings.withRoutes(Set.of("/checkout"), Settings.ROUTES_MAX)).next(scrape);

        assertThat(plain.verdict()).isNotInstanceOf(Verdict.Fail.class);
        assertThat(critical.verdict())
                .isInstanceOfSatisfying(
                        Verdict.Fail.class, f -> assertThat(f.reason()).contains("/checkout"));
    }

    @Test
    void a_critical_route_that_fails_most_of_its_users_is_broken_and_one_that_fails_a_third_is_not() {
        var settings = TYPE_1.withWarmUp(WarmUp.none(), WarmUp.none())
                .withRoutes(Set.of("/checkout", "/login"), Settings.ROUTES_MAX);
        var detector = new Detector(settings);
        for (var t = 1; t <= 40; t++) {
            detector.take(new Scrape(
                    after(t),
                    after(t),
                    Scrape.Side.of(new Counts(1_000, 13)),
                    Scrape.Side.of(new Counts(9_000, 18)),
                    Counts.NONE,
                    List.of(
                            new Scrape.Route("/checkout", new Counts(9, 8), new Counts(90, 0)),
                            new Scrape.Route("/login", new Counts(9, 3), new Counts(90, 0)),
                            new Scrape.Route("/rest", new Counts(2, 2), new Counts(20, 0))),
                    new Scrape.Sight.Clear()));
        }

        assertThat(detector.assess().brokenRoutes()).containsExactly("/checkout");
    }

    @Test
    void new_pods_that_cannot_be_scraped_while_old_ones_can_are_an_outage() {
        var detector = new Detector(TYPE_1);
        for (var t = 1; t <= 12; t++) {
            detector.take(new Scrape(
                    after(t),
                    after(t),
                    new Scrape.Side(Counts.NONE, Histogram.NONE, new Counts(3, 3)),
                    new Scrape.Side(new Counts(100, 0), Histogram.NONE, new Counts(3, 0)),
                    Counts.NONE,
                    List.of(),
                    new Scrape.Sight.Clear()));
        }

        var seen = detector.assess();

        assertThat(seen.verdict()).isInstanceOf(Verdict.Fail.class);
        assertThat(seen.grade()).isEqualTo(new Grade.Proved(Severity.SEV1));
    }

    @Test
    void being_blind_is_neither_good_nor_bad_and_moves_no_evidence() {
        var chance = new Chance(32);
        var detector = new Detector(TYPE_1);
        detector.take(Scrape.of(after(1), chance.counts(100, 0.02), chance.counts(100, 0.002)));
        var before = detector.assess();

        for (var t = 2; t < 100; t++) {
            detector.take(Scrape.blind(after(t), "no route to host"));
        }

        var seen = detector.assess();
        assertThat(seen.verdict()).isEqualTo(new Verdict.TelemetryDown("no route to host"));
        assertThat(seen.evidence()).isEqualTo(before.evidence());
        assertThat(seen.increase()).isEqualTo(before.increase());
    }

    @Test
    void no_traffic_is_no_data_also_after_a_pass() {
        var chance = new Chance(33);
        var detector = new Detector(TYPE_1);
        assertThat(detector.next(Scrape.of(after(1), Counts.NONE, new Counts(100, 0)))
                        .verdict())
                .isEqualTo(new Verdict.NoData());
        for (var t = 2; t < 100; t++) {
            detector.take(Scrape.of(after(t), chance.counts(100, 0.002), chance.counts(100, 0.002)));
        }
        assertThat(detector.assess().verdict()).isEqualTo(new Verdict.Pass());

        for (var t = 100; t < 125; t++) {
            detector.take(Scrape.of(after(t), Counts.NONE, new Counts(100, 0)));
        }

        assertThat(detector.assess().verdict()).isEqualTo(new Verdict.NoData());
    }

    @Test
    void twice_the_latency_is_proved_in_the_first_scrape_at_ten_requests_a_second() {
        var chance = new Chance(34);
        var before = new Before(new Counts(100_000, 200), lognormal(chance, 20_000, 1), Counts.NONE, 1);
        var settings = Settings.beside(Price.ABORT_CANARY, before).withWarmUp(WarmUp.none(), WarmUp.none());

        var slower = medianSeconds(
                settings,
                t -> new Scrape(
                        after(t),
                        after(t),
                        new Scrape.Side(new Counts(150, 0), lognormal(chance, 150, 2), Counts.NONE),
                        new Scrape.Side(new Counts(150, 0), lognormal(chance, 150, 1), Counts.NONE),
                        Counts.NONE,
                        List.of(),
                        new Scrape.Sight.Clear()),
                DetectorTest::failed);

        assertThat(slower).isLessThanOrEqualTo(30);
    }

    private static Histogram lognormal(Chance chance, int n, double factor) {
        var bounds = new double[] {0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, Double.POSITIVE_INFINITY};
        var within = new long[bounds.length];
        for (var i = 0; i < n; i++) {
            var normal = Math.sqrt(-2 * Math.log(1 - chance.uniform())) * Math.cos(2 * Math.PI * chance.uniform());
            var seconds = factor * 0.08 * Math.exp(0.6 * normal);
            for (var b = 0; b < bounds.length; b++) {
                within[b] += seconds <= bounds[b] ? 1 : 0;
            }
        }
        return Histogram.of(bounds, within);
    }

    @Test
    void the_same_scrapes_give_the_same_assessment_to_the_last_bit() {
        var first = watch(TYPE_1, 50, new Chance(35), 40, 0.03, 120, 0.004);

        var detector = new Detector(TYPE_1);
        given.forEach(detector::take);

        assertThat(detector.assess()).isEqualTo(first);
    }

    @Test
    void overdispersed_failures_ask_for_more_evidence() {
        var seen = new Counts(20, 4);
        var calm = new Detector(TYPE_1).next(Scrape.of(after(20), seen, new Counts(100, 0)));
        var clustered = new Detector(TYPE_1.withPhi(5)).next(Scrape.of(after(20), seen, new Counts(100, 0)));

        assertThat(clustered.evidence().now()).isLessThan(calm.evidence().now());
    }

    @Test
    void a_client_that_invents_routes_costs_neither_memory_nor_the_routes_that_are_known() {
        var detector = new Detector(TYPE_1.withRoutes(Set.of("/checkout"), 3));
        for (var t = 1; t <= 40; t++) {
            var invented = "/invented/" + t;
            detector.take(new Scrape(
                    after(t),
                    after(t),
                    Scrape.Side.of(new Counts(1_000, 2)),
                    Scrape.Side.of(new Counts(1_000, 2)),
                    Counts.NONE,
                    List.of(
                            new Scrape.Route("/checkout", new Counts(20, t > 30 ? 10 : 0), new Counts(60, 0)),
                            new Scrape.Route(invented, new Counts(1, 0), new Counts(1, 0))),
                    new Scrape.Sight.Clear()));
        }

        assertThat(detector.assess().verdict())
                .isInstanceOfSatisfying(
                        Verdict.Fail.class, f -> assertThat(f.reason()).contains("/checkout"));
    }

    @Test
    void buckets_that_the_new_version_lays_out_differently_are_compared_where_that_is_valid() {
        var chance = new Chance(36);
        var before = new Before(new Counts(100_000, 200), lognormal(chance, 20_000, 1), Counts.NONE, 1);
        var coarse = new double[] {0.5, 2, Double.POSITIVE_INFINITY};
        var detector = new Detector(Settings.beside(Price.ABORT_CANARY, before));

        for (var t = 1; t <= 40; t++) {
            // as fast as the old version, told in fewer buckets
            detector.take(new Scrape(
                    after(t),
                    after(t),
                    new Scrape.Side(new Counts(150, 0), Histogram.of(coarse, new long[] {149, 150, 150}), Counts.NONE),
                    new Scrape.Side(new Counts(150, 0), lognormal(chance, 150, 1), Counts.NONE),
                    Counts.NONE,
                    List.of(),
                    new Scrape.Sight.Clear()));
        }

        assertThat(detector.assess().verdict()).isNotInstanceOf(Verdict.Fail.class);
        assertThat(detector.assess().evidence().peak()).isLessThan(1);
    }

    @Test
    void the_same_evidence_can_abort_a_canary_and_not_be_enough_for_a_rollback_with_data() {
        var chance = new Chance(37);
        var detector = new Detector(TYPE_1);
        for (var t = 1;
                t <= 400 && detector.increaseAt(Price.ABORT_CANARY.alpha()).above() < 0.05;
                t++) {
            detector.take(Scrape.of(after(t), chance.counts(100, 0.1), chance.counts(100, 0.002)));
        }

        assertThat(detector.increaseAt(Price.ABORT_CANARY.alpha()).provedAbove(0.05))
                .isTrue();
        assertThat(detector.increaseAt(Price.TYPE_3.alpha()).provedAbove(0.05)).isFalse();
    }
}
