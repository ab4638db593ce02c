package lastgood.bench.detect;

import java.util.Arrays;
import java.util.Locale;

/// What a list of outcomes comes to.
final class Figures {

    private Figures() {}

    /// Clopper-Pearson, 95 %.
    record Rate(int hits, int of) {
        double low() {
            return hits == 0 ? 0 : solve(0.025, true);
        }

        double high() {
            return hits == of ? 1 : solve(0.025, false);
        }

        double share() {
            return of == 0 ? 0 : (double) hits / of;
        }

        private double solve(double tail, boolean lower) {
            var lo = 0.0;
            var hi = 1.0;
            for (var i = 0; i < 60; i++) {
                var p = (lo + hi) / 2;
                // P(X >= hits) grows with p, P(X <= hits) falls
                var surprising = lower ? 1 - atMost(hits - 1, p) < tail : atMost(hits, p) >= tail;
                if (surprising) {
                    lo = p;
                } else {
                    hi = p;
                }
            }
            return (lo + hi) / 2;
        }

        private double atMost(int k, double p) {
            if (k < 0) {
                return 0;
            }
            var logTerm = of * StrictMath.log1p(-p);
            var sum = 0.0;
            for (var i = 0; i <= k; i++) {
                sum += StrictMath.exp(logTerm);
                logTerm += StrictMath.log((of - i) / (i + 1.0)) + StrictMath.log(p / (1 - p));
            }
            return Math.min(1, sum);
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%d of %d (%.2f%%, %.2f to %.2f)", hits, of, 100 * share(), 100 * low(), 100 * high());
        }
    }

    /// The value that this share of them does not exceed; infinite values are what was never found.
    static double quantile(double[] values, double share) {
        if (values.length == 0) {
            return Double.NaN;
        }
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1L, (long) (share * sorted.length))];
    }

    static double median(double[] values) {
        return quantile(values, 0.5);
    }

    static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }
}
