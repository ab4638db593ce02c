package lastgood.bench.detect;

import java.util.SplittableRandom;

/// Seeded chance. The same seed gives the same streams on every machine, so [StrictMath] throughout.
final class Chance {

    /// Above this mean a binomial is drawn from its normal limit; the tails that matter are below it.
    private static final double NORMAL_FROM = 40;

    private final SplittableRandom random;

    Chance(long seed) {
        random = new SplittableRandom(seed);
    }

    double uniform() {
        return random.nextDouble();
    }

    /// Between the two, evenly in the logarithm.
    double between(double low, double high) {
        return low * StrictMath.pow(high / low, random.nextDouble());
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    <T> T oneOf(java.util.List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    double normal() {
        return StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()))
                * StrictMath.cos(2 * StrictMath.PI * random.nextDouble());
    }

    long poisson(double mean) {
        if (mean > NORMAL_FROM) {
            return Math.max(0, Math.round(mean + StrictMath.sqrt(mean) * normal()));
        }
        var limit = StrictMath.exp(-mean);
        var product = random.nextDouble();
        var count = 0L;
        while (product > limit) {
            count++;
            product *= random.nextDouble();
        }
        return count;
    }

    long binomial(long n, double p) {
        if (n <= 0 || p <= 0) {
            return 0;
        }
        if (p >= 1) {
            return n;
        }
        if (p > 0.5) {
            return n - binomial(n, 1 - p);
        }
        if (n * p > NORMAL_FROM) {
            var drawn = Math.round(n * p + StrictMath.sqrt(n * p * (1 - p)) * normal());
            return Math.max(0, Math.min(n, drawn));
        }
        var logGood = StrictMath.log1p(-p);
        var x = 0L;
        var at = skip(logGood);
        while (at < n) {
            x++;
            at += 1 + skip(logGood);
        }
        return x;
    }

    private long skip(double logGood) {
        return (long) Math.min(1e15, StrictMath.log(1 - random.nextDouble()) / logGood);
    }

    /// 1, 2, 3 ... with this mean.
    long geometric(double mean) {
        return mean <= 1 ? 1 : 1 + skip(StrictMath.log1p(-1 / mean));
    }

    /// At least 1, with a tail so heavy that its variance is infinite.
    long pareto(double tail, long max) {
        return (long) Math.min((double) max, StrictMath.pow(1 - random.nextDouble(), -1 / tail));
    }
}
