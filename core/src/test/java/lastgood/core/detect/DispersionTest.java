package lastgood.core.detect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DispersionTest {

    @Test
    void coins_vary_like_coins_however_the_rate_that_both_halves_share_drifts() {
        var chance = new Chance(61);
        var dispersion = new Dispersion();
        for (var t = 0; t < 1_500; t++) {
            var p = 0.01 + 0.009 * Math.sin(t / 100.0) + (t > 700 && t < 750 ? 0.05 : 0);
            dispersion.halves(chance.counts(300, p), chance.counts(200, p));
        }

        assertThat(dispersion.phi()).isBetween(1.15, 1.45);
    }

    @Test
    void failures_that_come_in_fives_are_seen_as_five_times_the_variance() {
        var chance = new Chance(62);
        var dispersion = new Dispersion();
        for (var t = 0; t < 1_500; t++) {
            dispersion.halves(inFives(chance), inFives(chance));
        }

        assertThat(dispersion.phi()).isBetween(1.3 * 4, 1.3 * 6);
    }

    private static Counts inFives(Chance chance) {
        return new Counts(500, 5 * chance.counts(100, 0.01).bad());
    }

    @Test
    void one_instance_alone_is_compared_with_itself_a_scrape_later() {
        var chance = new Chance(63);
        var dispersion = new Dispersion();
        for (var t = 0; t < 3_000; t++) {
            dispersion.next(inFives(chance));
        }

        assertThat(dispersion.phi()).isBetween(1.3 * 4, 1.3 * 6);
    }

    @Test
    void without_failures_nothing_is_known_and_a_little_room_is_left() {
        assertThat(new Dispersion().phi()).isEqualTo(1.3);
    }
}
