package lastgood.engine.watch;

import java.util.function.DoublePredicate;

/// How surprising a count is, and which rates it allows for.
final class Binomial {

    private static final double TAIL = 0.025;

    private Binomial() {}

    /// Chance of so many or more.
    static double atLeast(int hits, int of, double p) {
        return hits <= 0 ? 1 : Math.max(0, 1 - atMost(hits - 1, of, p));
    }

    /// Clopper and Pearson's lower bound of the rate, 95 % with the upper one.
    static double low(int hits, int of) {
        return hits == 0 ? 0 : border(p -> atLeast(hits, of, p) < TAIL);
    }

    static double high(int hits, int of) {
        return hits >= of ? 1 : border(p -> atMost(hits, of, p) >= TAIL);
    }

    /// The largest rate of which that still holds.
    private static double border(DoublePredicate holds) {
        var low = 0.0;
        var high = 1.0;
        for (var i = 0; i < 60; i++) {
            var p = (low + high) / 2;
            if (holds.test(p)) {
                low = p;
            } else {
                high = p;
            }
        }
        return (low + high) / 2;
    }

    private static double atMost(int k, int of, double p) {
        if (p <= 0 || k >= of) {
            return 1;
        }
        if (p >= 1) {
            return 0;
        }
        var term = of * StrictMath.log1p(-p);
        var sum = 0.0;
        for (var i = 0; i <= k; i++) {
            sum += StrictMath.exp(term);
            term += StrictMath.log((of - i) / (i + 1.0)) + StrictMath.log(p / (1 - p));
        }
        return Math.min(1, sum);
    }
}
