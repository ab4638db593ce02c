package lastgood.core.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lastgood.core.detect.Bet.Null;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// The arithmetic against values that `bench/detect/evalues.py` computed by other means, with 60 digits.
@DisplayNameGeneration(ReplaceUnderscores.class)
class EvaluesTest {

    @Test
    void payoffs_of_two_streams_are_those_computed_with_sixty_digits() throws IOException {
        var rows = rows("two");

        assertThat(rows).hasSizeGreaterThan(80);
        for (var r : rows) {
            var wanted = Double.parseDouble(r[10]);
            var seen = Bet.onTwo(
                    Null.valueOf(r[1]),
                    Double.parseDouble(r[2]),
                    Double.parseDouble(r[3]),
                    Long.parseLong(r[4]),
                    Long.parseLong(r[5]),
                    Long.parseLong(r[6]),
                    Long.parseLong(r[7]),
                    Double.parseDouble(r[8]),
                    Double.parseDouble(r[9]));
            assertThat(seen).as(String.join(" ", r)).isCloseTo(wanted, within(1e-6 * Math.max(1, Math.abs(wanted))));
        }
    }

    @Test
    void the_recursion_is_the_mixture_over_beginnings_that_it_stands_for() throws IOException {
        var rows = rows("capital");

        assertThat(rows).hasSize(8);
        for (var r : rows) {
            var scrapes = Arrays.stream(r[1].split(";", -1))
                    .map(s -> Arrays.stream(s.split(",", -1))
                            .mapToDouble(Double::parseDouble)
                            .toArray())
                    .toList();
            var capital = new Capital(scrapes.getFirst().length, false);
            scrapes.forEach(capital::take);
            assertThat(capital.now()).isCloseTo(Double.parseDouble(r[2]), within(1e-9));
        }
    }

    /// The proof in [Bet], checked by summing over every outcome: no point of the null pays more than 1 on average.
    @Test
    void no_point_of_the_null_pays_more_than_it_costs() {
        for (var side : Null.values()) {
            for (var rho : new double[] {1, 1.5, 4}) {
                for (var delta : new double[] {0.001, 0.05, 0.3}) {
                    for (var q0 : new double[] {0.002, 0.05, 0.15}) {
                        var edge = rho * q0 + delta;
                        var q1 = side == Null.AT_MOST ? edge + (1 - edge) * 0.4 : q0 + 0.3 * (edge - q0);
                        if (q1 > 0 && q1 < 1) {
                            assertThat(worstMean(side, rho, delta, q1, q0, 9, 13))
                                    .as("%s %s %s %s", side, rho, delta, q0)
                                    .isLessThan(1 + 1e-9);
                        }
                    }
                }
            }
        }
    }

    private static double worstMean(Null side, double rho, double delta, double q1, double q0, int n1, int n0) {
        var worst = 0.0;
        for (var i = 0; i <= 40; i++) {
            for (var j = 0; j <= 40; j++) {
                var p0 = i / 40.0;
                var p1 = j == 40 ? Math.min(1, rho * p0 + delta) : j / 40.0;
                var inNull = side == Null.AT_MOST ? p1 <= rho * p0 + delta : p1 >= rho * p0 + delta;
                if (inNull) {
                    worst = Math.max(worst, mean(side, rho, delta, q1, q0, n1, n0, p1, p0));
                }
            }
        }
        return worst;
    }

    private static double mean(
            Null side, double rho, double delta, double q1, double q0, int n1, int n0, double p1, double p0) {
        var mean = 0.0;
        for (var x1 = 0; x1 <= n1; x1++) {
            for (var x0 = 0; x0 <= n0; x0++) {
                var chance = Chance.binomial(n1, x1, p1) * Chance.binomial(n0, x0, p0);
                mean += chance * Math.exp(Bet.onTwo(side, rho, delta, n1, x1, n0, x0, q1, q0));
            }
        }
        return mean;
    }

    @Test
    void nothing_is_ever_infinite_or_not_a_number() {
        var counts = new long[] {0, 1, 3, 1_000, 2_000_000_000L};
        var rates = new double[] {1e-9, 1e-5, 0.01, 0.5, 0.99, 1 - 1e-9};
        for (var side : Null.values()) {
            for (var n1 : counts) {
                for (var n0 : counts) {
                    for (var q1 : rates) {
                        for (var q0 : rates) {
                            for (var delta : new double[] {0, 0.05, 0.9}) {
                                for (var x : new double[] {0, 0.5, 1}) {
                                    var log = Bet.onTwo(
                                            side, 1.5, delta, n1, (long) (n1 * x), n0, (long) (n0 * (1 - x)), q1, q0);
                                    assertThat(log).isFinite();
                                    if (n1 == 0 || n0 == 0) {
                                        assertThat(log).isZero();
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    @Test
    void a_long_watch_stays_finite_and_can_still_be_won() {
        var capital = new Capital(2, false);
        for (var i = 0; i < 200_000; i++) {
            capital.take(new double[] {-50, -0.001});
        }
        assertThat(capital.now()).isFinite();

        for (var i = 0; i < 50; i++) {
            capital.take(new double[] {1, 1});
        }

        assertThat(capital.now()).isGreaterThan(20);
    }

    private static List<String[]> rows(String kind) throws IOException {
        try (var in = EvaluesTest.class.getResourceAsStream("evalues.tsv")) {
            var rows = new ArrayList<String[]>();
            for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                var cells = line.split("\t", -1);
                if (cells[0].equals(kind)) {
                    rows.add(cells);
                }
            }
            return rows;
        }
    }
}
