package lastgood.core.detect;

import java.util.ArrayList;
import java.util.List;

/// Is it slower? An order test on histogram counts; quantiles are for showing and decide nothing.
///
/// "Slower": the share above the bucket where the reference has about its slowest 5 % has grown past 1.5 x + 1 pp.
/// "Slower than twice": if X1 <= 2*X0 in stochastic order, then P(X1 > b) <= P(X0 > c) for every b >= 2c,
/// whatever the layout of the buckets. Coarse buckets make b larger than it need be, which loses power and never
/// validity.
///
/// Which buckets are compared is chosen once, from the reference alone and before the first bet on them.
final class Tails {

    private static final double SLOWER_MIN = 0.015;
    private static final double SLOWER_MAX = 0.12;

    /// Where the tail of p95 is looked for.
    private static final double SLOWER_IDEAL = 0.05;

    private static final double TWICE_MIN = 0.02;
    private static final double TWICE_MAX = 0.15;

    /// More pairs would share the same alpha and see nearly the same requests.
    private static final int TWICE_PAIRS_MAX = 4;

    /// Enough for a tail of 5 % to be known within about 3 pp.
    private static final long REFERENCE_REQUESTS_MIN = 200;

    private final boolean endless;
    private Histogram reference;
    private List<Pair> pairs = List.of();
    private boolean chosen;
    private double slowerPeak;
    private double twicePeak;

    /// @param before the reference's own latencies before the deploy, [Histogram#NONE] if unknown
    Tails(Histogram before, boolean endless) {
        this.endless = endless;
        reference = before;
        choose();
    }

    void take(Histogram fresh, Histogram old, double allowance, double phi, double seconds, double[] payoffs) {
        if (chosen) {
            for (var pair : pairs) {
                pair.take(fresh, old, allowance, phi, seconds, payoffs);
            }
            slowerPeak = Math.max(slowerPeak, slowerNow());
            twicePeak = Math.max(twicePeak, twiceNow());
            return;
        }
        reference = reference.plus(old);
        choose();
    }

    /// Log of the e-value of "slower" at this moment; 0 while nothing can be compared.
    double slowerNow() {
        return mean(Kind.SLOWER);
    }

    double twiceNow() {
        return mean(Kind.TWICE);
    }

    /// Whether there is a pair of buckets to compare.
    boolean comparable() {
        return !pairs.isEmpty();
    }

    /// Evidence that the tail is less than 10 pp above the reference's.
    Reading harmless(double needed) {
        return pairs.stream()
                .filter(p -> p.kind == Kind.HARMLESS)
                .findFirst()
                .map(p -> p.comparison.reading(needed))
                .orElse(new Reading(Claim.notMuchSlower().name(), 0, 0, needed));
    }

    Reading slower(double needed) {
        return new Reading(Claim.slower().name(), slowerNow(), slowerPeak, needed);
    }

    Reading twice(double needed) {
        return new Reading(Claim.twiceAsSlow().name(), twiceNow(), twicePeak, needed);
    }

    private double mean(Kind kind) {
        var logs = new double[TWICE_PAIRS_MAX];
        var count = 0;
        for (var pair : pairs) {
            if (pair.kind == kind) {
                logs[count++] = pair.comparison.now();
            }
        }
        return count == 0 ? 0 : Capital.logMean(logs, count);
    }

    private void choose() {
        if (reference.requests() < REFERENCE_REQUESTS_MIN) {
            return;
        }
        chosen = true;
        var found = new ArrayList<Pair>();
        var nearest = -1;
        var twice = 0;
        for (var c = reference.buckets() - 2; c >= 0; c--) {
            var tail = reference.slowerThan(c).share();
            if (tail >= SLOWER_MIN && tail <= SLOWER_MAX && (nearest < 0 || distance(c) < distance(nearest))) {
                nearest = c;
            }
            if (tail >= TWICE_MIN && tail <= TWICE_MAX && twice < TWICE_PAIRS_MAX) {
                twice++;
                found.add(new Pair(Kind.TWICE, c));
            }
        }
        if (nearest >= 0) {
            found.add(new Pair(Kind.SLOWER, nearest));
            found.add(new Pair(Kind.HARMLESS, nearest));
        }
        pairs = List.copyOf(found);
    }

    private double distance(int bucket) {
        return Math.abs(reference.slowerThan(bucket).share() - SLOWER_IDEAL);
    }

    private enum Kind {
        SLOWER,
        TWICE,
        HARMLESS;

        Claim claim() {
            return switch (this) {
                case SLOWER -> Claim.slower();
                case TWICE -> Claim.twiceAsSlow();
                case HARMLESS -> Claim.notMuchSlower();
            };
        }

        double factor() {
            return this == TWICE ? 2 : 1;
        }

        /// To be harmless is to be so without an allowance.
        double allowed(double allowance) {
            return this == HARMLESS ? 0 : allowance;
        }
    }

    private final class Pair {
        private final Kind kind;
        private final double seconds;
        private final Comparison comparison;
        private final Expected expected;

        Pair(Kind kind, int bucket) {
            this.kind = kind;
            seconds = reference.bound(bucket);
            comparison = new Comparison(kind.claim(), endless);
            var tail = reference.slowerThan(bucket);
            expected = new Expected(tail.share(), (double) tail.requests());
        }

        void take(Histogram fresh, Histogram old, double allowance, double phi, double since, double[] payoffs) {
            var b = fresh.bucketFrom(kind.factor() * seconds);
            var c = old.bucketFrom(seconds);
            if (old.bound(c) != seconds || b == fresh.buckets() - 1) {
                return; // the layout has changed under us: nothing can be said of this pair
            }
            var above = fresh.slowerThan(b);
            var tail = old.slowerThan(c);
            comparison.take(above, tail, expected.rate(), kind.allowed(allowance), phi, payoffs);
            expected.saw(tail.requests(), tail.bad(), since);
        }
    }
}
