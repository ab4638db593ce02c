package lastgood.local.proxy;

import java.util.Arrays;
import java.util.List;

/// The histogram's bounds. Those we count in are finer than those we expose, so that a percentile's upper bound is at
/// most a third above the truth; every exposed bound is one of them, so the exposed counts are exact.
public final class Buckets {

    /// In milliseconds; above the last one is one bucket more.
    private static final int[] BOUNDS = {
        1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 60, 80, 100, 130, 160, 200, 250, 300, 400, 500, 600, 800,
        1000, 1300, 1600, 2000, 2500, 3000, 4000, 5000, 6000, 8000, 10_000, 15_000, 30_000
    };

    /// Prometheus' usual ones.
    static final List<Integer> EXPOSED = List.of(5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000);

    public static final int COUNT = BOUNDS.length + 1;

    private Buckets() {}

    /// Upper bounds in seconds, the last one infinite.
    public static double[] seconds() {
        var seconds = new double[COUNT];
        for (var i = 0; i < BOUNDS.length; i++) {
            seconds[i] = BOUNDS[i] / 1000.0;
        }
        seconds[BOUNDS.length] = Double.POSITIVE_INFINITY;
        return seconds;
    }

    static int of(long micros) {
        var millis = (micros + 999) / 1000;
        var at = Arrays.binarySearch(BOUNDS, (int) Math.min(millis, Integer.MAX_VALUE));
        return at >= 0 ? at : -at - 1;
    }

    /// How many requests took no longer than an exposed bound.
    static long upTo(long[] counts, int millis) {
        var last = Arrays.binarySearch(BOUNDS, millis);
        return Arrays.stream(counts, 0, last + 1).sum();
    }

    /// An upper bound for the time that this share of the requests took at most, and never more than the slowest took.
    public static long percentileMicros(long[] counts, double share, long slowestMicros) {
        var rank = (long) Math.ceil(share * Arrays.stream(counts).sum());
        var seen = 0L;
        for (var bucket = 0; bucket < BOUNDS.length; bucket++) {
            seen += counts[bucket];
            if (seen >= rank) {
                return Math.min(BOUNDS[bucket] * 1000L, slowestMicros);
            }
        }
        return slowestMicros;
    }
}
