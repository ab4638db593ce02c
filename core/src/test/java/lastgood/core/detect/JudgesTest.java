package lastgood.core.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import lastgood.core.Verdict;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class JudgesTest {

    private static final Counts NORMAL = new Counts(100_000, 100);

    private static Judges judges(Reference reference) {
        var before = new Before(NORMAL);
        var basis = new Basis(reference, before, 1, Instant.EPOCH, List.of());
        return new Judges(Settings.beside(Price.TYPE_1, before).with(reference), basis);
    }

    private static Judges guarded() {
        var before = new Before(NORMAL, Histogram.NONE, NORMAL, 1);
        var basis = new Basis(new Reference.Beside(), before, 1, Instant.EPOCH, List.of());
        return new Judges(Settings.beside(Price.TYPE_1, before), basis);
    }

    private static Scrape scrape(int t, Counts fresh, Counts old) {
        return scrape(t, fresh, old, Counts.NONE);
    }

    /// Warm by now.
    private static Scrape scrape(int t, Counts fresh, Counts old, Counts guard) {
        return new Scrape(
                Duration.ofSeconds(15L * t),
                Duration.ofHours(1),
                Scrape.Side.of(fresh),
                Scrape.Side.of(old),
                guard,
                List.of(),
                new Scrape.Sight.Clear());
    }

    @Test
    void what_is_worse_beside_the_old_version_is_the_releases_fault() {
        var judges = judges(new Reference.Beside());
        for (var t = 1; t <= 4; t++) {
            judges.take(scrape(t, new Counts(200, 60), new Counts(200, 0)));
        }

        assertThat(judges.assess().verdict()).isInstanceOf(Verdict.Fail.class);
        assertThat(judges.assess().attribution()).isInstanceOf(Attribution.Release.class);
    }

    @Test
    void what_breaks_after_the_old_version_is_gone_is_seen_against_the_past() {
        var judges = judges(new Reference.Beside());
        judges.take(scrape(1, new Counts(200, 0), new Counts(200, 0)));
        for (var t = 2; t <= 20; t++) {
            judges.take(scrape(t, new Counts(400, t < 10 ? 0 : 80), Counts.NONE));
        }

        assertThat(judges.assess().verdict()).isInstanceOf(Verdict.Fail.class);
        // Nobody else is there to tell an outage of the surroundings by; only the time speaks against it.
        assertThat(judges.assess().attribution()).isInstanceOf(Attribution.Temporal.class);
    }

    @Test
    void a_dependency_that_fails_both_versions_alike_is_not_blamed_on_the_release() {
        var judges = guarded();
        for (var t = 1; t <= 60; t++) {
            var bad = t < 30 ? 0 : 80;
            judges.take(scrape(t, new Counts(200, bad), new Counts(200, bad), new Counts(200, 0)));
        }

        assertThat(judges.assess().verdict()).isInstanceOf(Verdict.Fail.class);
        assertThat(judges.assess().attribution()).isInstanceOf(Attribution.Undecided.class);
    }

    @Test
    void nor_once_the_old_version_is_gone_while_it_began_with_the_deploy() {
        var judges = guarded();
        for (var t = 1; t <= 60; t++) {
            var bad = t < 5 ? 0 : 80;
            judges.take(
                    scrape(t, new Counts(200, bad), t < 20 ? new Counts(200, bad) : Counts.NONE, new Counts(200, 0)));
        }

        assertThat(judges.assess().verdict()).isInstanceOf(Verdict.Fail.class);
        assertThat(judges.assess().attribution()).isInstanceOf(Attribution.Temporal.class);
    }

    @Test
    void what_breaks_alone_after_the_old_version_was_well_to_its_end_is_the_releases_fault() {
        var judges = guarded();
        for (var t = 1; t <= 60; t++) {
            judges.take(scrape(
                    t,
                    new Counts(200, t < 30 ? 0 : 80),
                    t < 20 ? new Counts(200, 0) : Counts.NONE,
                    new Counts(200, 0)));
        }

        assertThat(judges.assess().attribution()).isInstanceOf(Attribution.Release.class);
    }

    @Test
    void an_old_version_of_which_no_instance_is_left_is_gone_in_the_same_round() {
        var judges = guarded();
        judges.take(read(1, 0, 3));
        judges.take(read(2, 80, 0));

        assertThat(judges.assess().attribution()).isInstanceOf(Attribution.Release.class);
    }

    @Test
    void one_round_of_seconds_without_the_old_version_does_not_make_it_gone() {
        var judges = guarded();
        judges.take(read(Duration.ofSeconds(1), 0, 3));
        judges.take(read(Duration.ofSeconds(2), 80, 0));
        judges.take(read(Duration.ofSeconds(3), 80, 0));

        assertThat(judges.assess().verdict()).isInstanceOf(Verdict.Fail.class);
        assertThat(judges.assess().attribution()).isNotInstanceOf(Attribution.Release.class);
    }

    @Test
    void an_old_version_that_cannot_be_read_is_not_gone() {
        var judges = guarded();
        judges.take(read(1, 0, 3));
        var blind = new Scrape.Side(Counts.NONE, Histogram.NONE, new Counts(3, 3));
        for (var t = 2; t <= 4; t++) {
            judges.take(new Scrape(
                    Duration.ofSeconds(15L * t),
                    Duration.ofHours(1),
                    new Scrape.Side(new Counts(200, 80), Histogram.NONE, new Counts(3, 0)),
                    blind,
                    new Counts(200, 0),
                    List.of(),
                    new Scrape.Sight.Clear()));
        }

        assertThat(judges.assess().attribution()).isNotInstanceOf(Attribution.Release.class);
    }

    /// Three instances of the new version, and so many of the old one.
    private static Scrape read(int t, int bad, int old) {
        return read(Duration.ofSeconds(15L * t), bad, old);
    }

    private static Scrape read(Duration at, int bad, int old) {
        return new Scrape(
                at,
                Duration.ofHours(1),
                new Scrape.Side(new Counts(200, bad), Histogram.NONE, new Counts(3, 0)),
                new Scrape.Side(new Counts(old * 60L, 0), Histogram.NONE, new Counts(old, 0)),
                new Counts(200, 0),
                List.of(),
                new Scrape.Sight.Clear());
    }

    @Test
    void each_of_the_two_gets_half_of_the_alpha_and_a_single_one_all_of_it() {
        var needed = -StrictMath.log(Price.TYPE_1.alpha());
        assertThat(judges(new Reference.Beside()).all())
                .hasSize(2)
                .allSatisfy(a -> assertThat(claim(a)).isCloseTo(needed + StrictMath.log(2), within(1e-9)))
                .allSatisfy(a -> assertThat(a.evidence().needed()).isEqualTo(needed));
        assertThat(judges(new Reference.Earlier()).all())
                .singleElement()
                .satisfies(a -> assertThat(claim(a)).isEqualTo(needed));
    }

    private static double claim(Assessment assessment) {
        return assessment.readings().getFirst().needed();
    }

    @Test
    void evidence_is_halved_where_two_comparisons_could_have_come_to_it() {
        var single = new Detector(Settings.beside(Price.TYPE_1, new Before(NORMAL)));
        var judges = judges(new Reference.Beside());
        for (var t = 1; t <= 4; t++) {
            var scrape = scrape(t, new Counts(200, 60), new Counts(200, 0));
            single.take(scrape);
            judges.take(scrape);
        }

        var alone = single.assess().evidence();
        var both = judges.assess().evidence();
        assertThat(both.peak()).isCloseTo(alone.peak() - StrictMath.log(2), within(1e-9));
        assertThat(both.needed()).isEqualTo(alone.needed());
    }

    @Test
    void a_blind_scrape_does_not_make_the_old_version_gone() {
        var judges = judges(new Reference.Beside());
        judges.take(scrape(1, new Counts(200, 0), new Counts(200, 0)));
        for (var t = 2; t <= 10; t++) {
            judges.take(Scrape.blind(Duration.ofSeconds(15L * t), "no answer"));
        }

        assertThat(judges.assess().reference()).isEqualTo(new Counts(200, 0));
        assertThat(judges.assess().verdict()).isInstanceOf(Verdict.TelemetryDown.class);
    }

    /// Both comparisons on the border of what is still allowed: no more false alarms than alpha in all.
    @Test
    void a_release_that_is_no_worse_is_called_bad_no_more_often_than_was_promised() {
        var random = new Random(20261123);
        var alarms = 0;
        for (var watch = 0; watch < 1000; watch++) {
            var judges = judges(new Reference.Beside());
            for (var t = 1; t <= 40; t++) {
                judges.take(scrape(t, draw(random, 0.001), t < 10 ? draw(random, 0.001) : Counts.NONE));
            }
            alarms += judges.assess().verdict() instanceof Verdict.Fail ? 1 : 0;
        }
        // At most 1 is expected; 6 or more would happen by chance once in 1,500.
        assertThat(alarms).isLessThan(6);
    }

    private static Counts draw(Random random, double share) {
        var bad = 0;
        for (var i = 0; i < 100; i++) {
            bad += random.nextDouble() < share ? 1 : 0;
        }
        return new Counts(100, bad);
    }
}
