package lastgood.core.detect;

import java.util.Arrays;

/// How many requests took how long between two scrapes: cumulative counts up to each bound, as Prometheus keeps
/// them.
public final class Histogram {

    public static final Histogram NONE = new Histogram(new double[] {Double.POSITIVE_INFINITY}, new long[] {0});

    private final double[] bounds;
    private final long[] within;

    private Histogram(double[] bounds, long[] within) {
        this.bounds = bounds;
        this.within = within;
    }

    /// @param bounds seconds, ascending, the last one infinite
    /// @param within requests that took no longer than the bound; late scrapes can make a bucket run ahead of the
    ///     next by a request or two, which is levelled here
    public static Histogram of(double[] bounds, long[] within) {
        if (bounds.length == 0 || bounds.length != within.length || bounds[bounds.length - 1] < Double.MAX_VALUE) {
            throw new IllegalArgumentException("a histogram has as many counts as bounds, the last one infinite");
        }
        for (var i = 1; i < bounds.length; i++) {
            if (!(bounds[i - 1] < bounds[i])) {
                throw new IllegalArgumentException("bounds must ascend: " + Arrays.toString(bounds));
            }
        }
        var level = within.clone();
        level[0] = Math.max(0, level[0]);
        for (var i = 1; i < level.length; i++) {
            level[i] = Math.max(level[i - 1], level[i]);
        }
        return new Histogram(bounds.clone(), level);
    }

    public long requests() {
        return within[within.length - 1];
    }

    public int buckets() {
        return bounds.length;
    }

    /// Upper bound of bucket i in seconds.
    public double bound(int i) {
        return bounds[i];
    }

    /// Requests and, as the bad ones, those that took longer than bucket i's bound.
    public Counts slowerThan(int i) {
        return new Counts(requests(), requests() - within[i]);
    }

    /// The smallest bucket whose bound is at least this; the last one if none is.
    public int bucketFrom(double seconds) {
        for (var i = 0; i < bounds.length; i++) {
            if (bounds[i] >= seconds) {
                return i;
            }
        }
        return bounds.length - 1;
    }

    /// Both together. Of two layouts the newer one is kept and the older one's counts are left out.
    public Histogram plus(Histogram newer) {
        if (!Arrays.equals(bounds, newer.bounds)) {
            return newer;
        }
        var sum = within.clone();
        for (var i = 0; i < sum.length; i++) {
            sum[i] += newer.within[i];
        }
        return new Histogram(bounds, sum);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Histogram h && Arrays.equals(bounds, h.bounds) && Arrays.equals(within, h.within);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(bounds) + Arrays.hashCode(within);
    }

    @Override
    public String toString() {
        return "within %s s: %s".formatted(Arrays.toString(bounds), Arrays.toString(within));
    }
}
