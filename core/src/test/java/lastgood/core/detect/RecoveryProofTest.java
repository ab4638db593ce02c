package lastgood.core.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import lastgood.core.detect.RecoveryProof.Block;
import lastgood.core.detect.RecoveryProof.Finding;
import lastgood.core.detect.RecoveryProof.Goal;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RecoveryProofTest {

    private static final Duration SCRAPE = Duration.ofSeconds(15);
    private static final int WATCHES = 101;
    private static final Goal USUAL = Goal.usual(new Before(new Counts(100_000, 200)));

    private static double medianSecondsToProve(Chance chance, int perScrape, double rate) {
        var all = new double[WATCHES];
        for (var i = 0; i < all.length; i++) {
            var proof = new RecoveryProof(USUAL);
            var t = 0;
            Finding seen = new Finding.NotProved(0);
            while (seen instanceof Finding.NotProved && t < 500) {
                t++;
                seen = proof.take(chance.counts(perScrape, rate), chance.counts(perScrape, 0.01), SCRAPE);
            }
            all[i] = seen instanceof Finding.Proved ? 15.0 * t : Double.POSITIVE_INFINITY;
        }
        Arrays.sort(all);
        System.out.printf(
                "%d a second, %.1f%% fail: median %.0f s, 9 of 10 within %.0f s%n",
                perScrape / 15, rate * 100, all[all.length / 2], all[all.length * 9 / 10]);
        return all[all.length / 2];
    }

    @Test
    void a_service_that_is_well_is_proved_so_soon() {
        var chance = new Chance(51);

        assertThat(medianSecondsToProve(chance, 15_000, 0.001)).isLessThanOrEqualTo(15);
        assertThat(medianSecondsToProve(chance, 15_000, 0.002)).isLessThanOrEqualTo(15);
        assertThat(medianSecondsToProve(chance, 1_500, 0.001)).isLessThanOrEqualTo(15);
        assertThat(medianSecondsToProve(chance, 1_500, 0.002)).isLessThanOrEqualTo(30);
        assertThat(medianSecondsToProve(chance, 150, 0.001)).isLessThanOrEqualTo(90);
        assertThat(medianSecondsToProve(chance, 150, 0.002)).isLessThanOrEqualTo(120);
        assertThat(medianSecondsToProve(chance, 15, 0.001)).isLessThanOrEqualTo(17 * 60);
        assertThat(medianSecondsToProve(chance, 15, 0.002)).isLessThanOrEqualTo(20 * 60);
    }

    @Test
    void a_service_with_one_percent_errors_is_hardly_ever_called_recovered() {
        var chance = new Chance(52);
        var watches = 1_000;
        var wrong = 0;
        for (var w = 0; w < watches; w++) {
            var proof = new RecoveryProof(Goal.usual(Before.UNKNOWN));
            Finding seen = new Finding.NotProved(0);
            for (var t = 0; t < 160 && seen instanceof Finding.NotProved; t++) {
                seen = proof.take(chance.counts(100, 0.01), chance.counts(100, 0.01), SCRAPE);
            }
            wrong += seen instanceof Finding.Proved ? 1 : 0;
        }

        System.out.printf("%d of %d wrong, promised 0.01%n", wrong, watches);
        assertThat(Chance.lowerBound(watches, wrong)).isLessThanOrEqualTo(0.01);
    }

    @Test
    void a_service_that_is_still_slow_is_not_recovered_though_nothing_fails() {
        var chance = new Chance(53);
        var proof = new RecoveryProof(USUAL);
        Finding seen = new Finding.NotProved(0);
        for (var t = 0; t < 200; t++) {
            seen = proof.take(chance.counts(150, 0.001), chance.counts(150, 0.2), SCRAPE);
        }

        assertThat(seen)
                .isInstanceOfSatisfying(
                        Finding.Refuted.class, r -> assertThat(r.why()).contains("late"));
    }

    @Test
    void it_says_about_how_many_requests_are_missing() {
        var proof = new RecoveryProof(USUAL);

        var first = proof.take(new Counts(50, 0), new Counts(50, 0), SCRAPE);

        assertThat(first)
                .isInstanceOfSatisfying(
                        Finding.NotProved.class,
                        n -> assertThat(n.moreRequests()).isBetween(300L, 2_000L));
    }

    @Test
    void a_proof_is_owed_again_in_every_ten_minutes_of_the_hold() {
        var chance = new Chance(54);
        var proof = new RecoveryProof(USUAL);
        Finding seen = new Finding.NotProved(0);
        var minutes = 0.0;
        while (!(seen instanceof Finding.Proved(var held) && held) && minutes < 60) {
            seen = proof.take(chance.counts(150, 0.002), chance.counts(150, 0.01), SCRAPE);
            minutes += 0.25;
        }

        assertThat(proof.blocks()).containsExactly(Block.HELD, Block.HELD, Block.HELD);
        assertThat(minutes).isBetween(30.0, 33.0);
    }

    @Test
    void ten_minutes_with_too_few_requests_are_neither_held_nor_broken() {
        var chance = new Chance(55);
        var proof = new RecoveryProof(USUAL);
        for (var t = 0; t < 8; t++) {
            proof.take(chance.counts(1_000, 0.001), chance.counts(1_000, 0.01), SCRAPE);
        }
        for (var t = 0; t < 120; t++) {
            proof.take(new Counts(1, 0), new Counts(1, 0), SCRAPE);
        }

        assertThat(proof.blocks()).contains(Block.TOO_FEW).doesNotContain(Block.NOT_PROVED);
    }

    @Test
    void a_relapse_after_the_proof_refutes_it() {
        var chance = new Chance(56);
        var proof = new RecoveryProof(USUAL);
        Finding seen = new Finding.NotProved(0);
        for (var t = 0; t < 20; t++) {
            seen = proof.take(chance.counts(150, 0.002), chance.counts(150, 0.01), SCRAPE);
        }
        assertThat(seen).isEqualTo(new Finding.Proved(false));

        for (var t = 0; t < 10; t++) {
            seen = proof.take(chance.counts(150, 0.1), chance.counts(150, 0.01), SCRAPE);
        }

        assertThat(seen).isInstanceOf(Finding.Refuted.class);
    }

    /// One watch of an hour; the rate is never below the limit.
    private static boolean calledRecovered(Chance chance, int perScrape, java.util.function.IntToDoubleFunction rate) {
        var proof = new RecoveryProof(Goal.usual(Before.UNKNOWN));
        var called = false;
        for (var t = 0; t < 240 && !called; t++) {
            called = proof.take(chance.counts(perScrape, rate.applyAsDouble(t)), chance.counts(perScrape, 0.01), SCRAPE)
                    instanceof Finding.Proved;
        }
        return called;
    }

    @Test
    void while_a_hundredth_or_more_really_fails_recovered_is_said_no_more_often_than_promised() {
        var chance = new Chance(57);
        var watches = 0;
        var wrong = 0;
        var byRate = new java.util.TreeMap<String, Integer>();
        for (var perScrape : new int[] {15, 150, 1_500}) {
            for (var w = 0; w < 300; w++) {
                byRate.merge("1%", calledRecovered(chance, perScrape, _ -> 0.01) ? 1 : 0, Integer::sum);
                byRate.merge("1.2%", calledRecovered(chance, perScrape, _ -> 0.012) ? 1 : 0, Integer::sum);
                byRate.merge("2%", calledRecovered(chance, perScrape, _ -> 0.02) ? 1 : 0, Integer::sum);
                byRate.merge(
                        "1% to 3%, in waves",
                        calledRecovered(chance, perScrape, t -> 0.02 - 0.01 * Math.cos(t / 6.0)) ? 1 : 0, Integer::sum);
                watches += 4;
            }
        }
        for (var count : byRate.values()) {
            wrong += count;
        }

        System.out.printf("called recovered, of 900 watches each: %s%n", byRate);
        for (var count : byRate.values()) {
            assertThat(Chance.lowerBound(900, count)).isLessThanOrEqualTo(0.01);
        }
        assertThat(Chance.lowerBound(watches, wrong)).isLessThanOrEqualTo(0.01);
    }

    @Test
    void no_requests_prove_nothing() {
        var proof = new RecoveryProof(USUAL);
        Finding seen = new Finding.NotProved(0);
        for (var t = 0; t < 1_000; t++) {
            seen = proof.take(Counts.NONE, Counts.NONE, SCRAPE);
        }

        assertThat(seen).isInstanceOf(Finding.NotProved.class);
    }
}
