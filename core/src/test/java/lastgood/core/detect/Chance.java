package lastgood.core.detect;

import java.util.SplittableRandom;

/// Seeded chance, and what to make of how often something happened.
final class Chance {

    private final SplittableRandom random;

    Chance(long seed) {
        System.out.println("seed " + seed);
        random = new SplittableRandom(seed);
    }

    double uniform() {
        return random.nextDouble();
    }

    Counts counts(long n, double p) {
        return new Counts(n, failures(n, p));
    }

    /// By geometric gaps, so that rare failures cost little time.
    private long failures(long n, double p) {
        if (p <= 0) {
            return 0;
        }
        if (p > 0.3) {
            var x = 0L;
            for (var i = 0L; i < n; i++) {
                x += random.nextDouble() < p ? 1 : 0;
            }
            return x;
        }
        var logGood = Math.log1p(-p);
        var x = 0L;
        var at = (long) (Math.log(1 - random.nextDouble()) / logGood);
        while (at < n) {
            x++;
            at += 1 + (long) (Math.log(1 - random.nextDouble()) / logGood);
        }
        return x;
    }

    static double binomial(int n, int x, double p) {
        var choose = 1.0;
        for (var i = 0; i < x; i++) {
            choose = choose * (n - i) / (i + 1);
        }
        return choose * Math.pow(p, x) * Math.pow(1 - p, n - x);
    }

    /// Clopper-Pearson: the smallest rate that 99 times in 100 would give more than x of n.
    static double lowerBound(int n, int x) {
        var lo = 0.0;
        var hi = (double) x / n;
        for (var i = 0; i < 60; i++) {
            var p = (lo + hi) / 2;
            var atLeast = 0.0;
            var term = Math.pow(1 - p, n);
            for (var k = 0; k <= n; k++) {
                atLeast += k >= x ? term : 0;
                term *= p / (1 - p) * (n - k) / (k + 1);
            }
            if (atLeast < 0.01) {
                lo = p;
            } else {
                hi = p;
            }
        }
        return x == 0 ? 0 : lo;
    }
}
