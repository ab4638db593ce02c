package lastgood.core.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import lastgood.core.detect.Attribution.Comparisons;
import lastgood.core.detect.Attribution.Guard;
import lastgood.core.detect.Attribution.Onset;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AttributionTest {

    private static final Onset SOON = new Onset.After(Duration.ofMinutes(5));
    private static final Onset LATER = new Onset.After(Duration.ofMinutes(5).plusMillis(1));

    private static Class<?> blame(
            boolean beside, boolean worse, boolean oldWorse, boolean overGuard, Guard g, Onset o) {
        return Attribution.of(new Comparisons(beside, worse, oldWorse, overGuard, g, o))
                .getClass();
    }

    @Test
    void a_release_that_is_worse_than_the_old_one_beside_it_is_to_blame_whatever_else_happens() {
        for (var guard : Guard.values()) {
            assertThat(blame(true, true, true, false, guard, LATER)).isEqualTo(Attribution.Release.class);
            assertThat(blame(true, true, false, false, guard, new Onset.Unknown()))
                    .isEqualTo(Attribution.Release.class);
        }
    }

    @Test
    void both_versions_bad_is_somebody_elses_fault_only_if_it_began_before_or_neighbours_suffer_too() {
        assertThat(blame(true, false, true, false, Guard.NONE, SOON)).isEqualTo(Attribution.Temporal.class);
        assertThat(blame(true, false, true, false, Guard.WORSE, SOON)).isEqualTo(Attribution.External.class);
        assertThat(blame(true, false, true, false, Guard.WORSE, LATER)).isEqualTo(Attribution.External.class);
        assertThat(blame(true, false, true, false, Guard.CLEAN, LATER)).isEqualTo(Attribution.Undecided.class);
        assertThat(blame(true, false, true, false, Guard.NONE, LATER)).isEqualTo(Attribution.Undecided.class);
        assertThat(blame(true, false, true, false, Guard.NONE, new Onset.Unknown()))
                .isEqualTo(Attribution.Undecided.class);
        assertThat(blame(true, false, true, false, Guard.CLEAN, new Onset.Before()))
                .isEqualTo(Attribution.External.class);
        assertThat(blame(true, false, true, false, Guard.CLEAN, SOON)).isEqualTo(Attribution.Temporal.class);
    }

    @Test
    void worse_than_yesterday_is_the_releases_fault_only_if_its_neighbours_are_well() {
        assertThat(blame(false, true, false, true, Guard.CLEAN, LATER)).isEqualTo(Attribution.Release.class);
        assertThat(blame(false, true, false, true, Guard.WORSE, LATER)).isEqualTo(Attribution.External.class);
        assertThat(blame(false, true, false, true, Guard.NONE, LATER)).isEqualTo(Attribution.Undecided.class);
        assertThat(blame(false, true, false, true, Guard.NONE, SOON)).isEqualTo(Attribution.Temporal.class);
        assertThat(blame(false, true, false, false, Guard.CLEAN, LATER)).isEqualTo(Attribution.Undecided.class);
        assertThat(blame(false, true, false, true, Guard.CLEAN, new Onset.Before()))
                .isEqualTo(Attribution.External.class);
    }

    @Test
    void what_breaks_long_after_the_deploy_is_not_blamed_on_it_without_an_old_version_to_compare_with() {
        var hour = new Onset.After(Duration.ofHours(1));
        var more = new Onset.After(Duration.ofHours(1).plusMillis(1));

        assertThat(blame(false, true, false, true, Guard.CLEAN, hour)).isEqualTo(Attribution.Release.class);
        assertThat(blame(false, true, false, true, Guard.CLEAN, more)).isEqualTo(Attribution.Undecided.class);
        assertThat(blame(true, true, false, true, Guard.CLEAN, more)).isEqualTo(Attribution.Release.class);
    }

    @Test
    void nobody_is_blamed_without_a_proof() {
        for (var guard : Guard.values()) {
            assertThat(blame(true, false, false, false, guard, SOON)).isEqualTo(Attribution.Undecided.class);
            assertThat(blame(false, false, false, false, guard, SOON)).isEqualTo(Attribution.Undecided.class);
        }
    }

    @Test
    void each_automatic_action_of_a_day_asks_for_twice_the_proof_of_the_one_before() {
        assertThat(Price.TYPE_1.alpha(0)).isEqualTo(0.001);
        assertThat(Price.TYPE_1.alpha(1)).isEqualTo(0.0005);
        assertThat(Price.TYPE_1.alpha(3)).isEqualTo(0.000125);
    }
}
