package lastgood.core.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Histogram;
import lastgood.core.detect.Reference;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LadderTest {

    private static final long T0 = 1_700_000_000_000L;

    private static Past past(long requests, long bad) {
        return new Past(
                new Counts(requests, bad), Histogram.NONE, Counts.NONE, Counts.NONE, Counts.NONE, 1.5, "10 rounds");
    }

    @Test
    void an_old_version_that_still_serves_is_the_best_there_is() {
        var basis = Ladder.choose(T0, "v1", true, past(5000, 10));

        assertThat(basis.reference()).isEqualTo(new Reference.Beside());
        assertThat(basis.words()).first().asString().contains("v1").contains("at the same time");
        assertThat(basis.alone().reference()).isEqualTo(new Reference.Earlier());
        assertThat(basis.phi()).isEqualTo(1.5);
    }

    @Test
    void the_past_ends_when_the_release_was_put_out_for_its_migration_may_hurt_before_its_first_answer() {
        var t0 = Instant.ofEpochMilli(T0);

        assertThat(Ladder.pastEnds(T0, t0.minusSeconds(7))).isEqualTo(T0 - 7000);
        assertThat(Ladder.pastEnds(T0, t0)).isEqualTo(T0);
    }

    @Test
    void a_clock_that_is_wrong_does_not_move_the_past() {
        var t0 = Instant.ofEpochMilli(T0);

        assertThat(Ladder.pastEnds(T0, t0.plusSeconds(60))).isEqualTo(T0);
        assertThat(Ladder.pastEnds(T0, t0.minusSeconds(3 * 3600))).isEqualTo(T0);
    }

    @Test
    void without_it_the_hour_before_is_taken() {
        var basis = Ladder.choose(T0, "v1", false, past(5000, 10));

        assertThat(basis.reference()).isEqualTo(new Reference.Earlier());
        assertThat(basis.words()).anyMatch(w -> w.contains("serves no more") && w.contains("10 of 5000"));
    }

    @Test
    void a_quiet_hour_is_no_ruler() {
        var basis = Ladder.choose(T0, "", false, past(99, 0));

        assertThat(basis.reference()).isEqualTo(Reference.Nothing.usual());
        assertThat(basis.before().errors()).isEqualTo(Counts.NONE);
        assertThat(basis.words()).first().asString().contains("at most 5.00%").contains("only 99 requests");
        assertThat(Ladder.choose(T0, "v1", true, past(99, 0)).alone().reference())
                .isEqualTo(Reference.Nothing.usual());
    }

    @Test
    void a_worse_hour_of_the_week_is_allowed_for_and_an_outage_of_last_week_is_not() {
        var hour = new Counts(10_000, 50);
        var rush = new Past(hour, Histogram.NONE, Counts.NONE, new Counts(10_000, 50), new Counts(10_000, 100), 1, "");
        var outage =
                new Past(hour, Histogram.NONE, Counts.NONE, new Counts(10_000, 50), new Counts(10_000, 5_000), 1, "");
        var calm = new Past(hour, Histogram.NONE, Counts.NONE, new Counts(10_000, 50), new Counts(10_000, 1), 1, "");

        assertThat(rush.season()).isBetween(1.7, 2.0);
        assertThat(outage.season()).isEqualTo(3);
        assertThat(calm.season()).isEqualTo(1);
        assertThat(past(10_000, 50).season()).isEqualTo(1);
    }

    @Test
    void clusters_are_seen_between_halves_and_said_when_they_are_large() {
        var halves = new Halves();
        for (var i = 0; i < 100; i++) {
            halves.round(Map.of("a", new Counts(100, i % 2 == 0 ? 60 : 0), "b", new Counts(100, i % 2 == 0 ? 0 : 60)));
        }

        var clustered = new Past(
                new Counts(20_000, 6_000),
                Histogram.NONE,
                Counts.NONE,
                Counts.NONE,
                Counts.NONE,
                halves.phi(),
                halves.from());

        assertThat(halves.phi()).isGreaterThan(10);
        assertThat(Ladder.choose(T0, "v1", true, clustered).words()).anyMatch(w -> w.contains("large clusters"));
        assertThat(new Halves().from()).isEmpty();
    }
}
