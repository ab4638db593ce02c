package lastgood.local.proxy;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The requests that one [Answerer] answered: totals since the agent started, and each second of the last hour, from
/// which a window is answered by adding up.
final class Series {

    /// One hour: longer than any watch after a rollback (30 minutes) with the time before it.
    private static final int SECONDS = 3600;

    private final Second[] ring = new Second[SECONDS];
    private final Map<Integer, Long> byCode = new TreeMap<>();
    private final long[] total = new long[Buckets.COUNT];
    private long sumMicros;

    private static final class Second {
        long at;
        int requests;
        int errors;
        long slowestMicros;
        final int[] buckets = new int[Buckets.COUNT];

        void reset(long second) {
            at = second;
            requests = 0;
            errors = 0;
            slowestMicros = 0;
            java.util.Arrays.fill(buckets, 0);
        }
    }

    /// What requests add up to.
    static final class Sum {
        long requests;
        long errors;
        long slowestMicros;
        final long[] buckets = new long[Buckets.COUNT];
    }

    /// A consistent copy of the totals.
    record Totals(Map<Integer, Long> byCode, Sum sum, long sumMicros) {}

    synchronized void record(long second, int code, long micros) {
        var bucket = Buckets.of(micros);
        byCode.merge(code, 1L, Long::sum);
        total[bucket]++;
        sumMicros += micros;
        var slot = slot(second);
        slot.requests++;
        slot.errors += code >= 500 ? 1 : 0;
        slot.slowestMicros = Math.max(slot.slowestMicros, micros);
        slot.buckets[bucket]++;
    }

    private Second slot(long second) {
        var index = (int) Math.floorMod(second, (long) SECONDS);
        @Nullable Second slot = ring[index];
        if (slot == null) {
            slot = new Second();
            slot.reset(second);
            ring[index] = slot;
        } else if (slot.at != second) {
            slot.reset(second);
        }
        return slot;
    }

    /// Adds the seconds from the first one to now.
    synchronized void addTo(Sum sum, long firstSecond, long now) {
        for (@Nullable Second slot : ring) {
            if (slot != null && slot.at >= firstSecond && slot.at > now - SECONDS) {
                sum.requests += slot.requests;
                sum.errors += slot.errors;
                sum.slowestMicros = Math.max(sum.slowestMicros, slot.slowestMicros);
                for (var i = 0; i < Buckets.COUNT; i++) {
                    sum.buckets[i] += slot.buckets[i];
                }
            }
        }
    }

    synchronized Totals totals() {
        var sum = new Sum();
        System.arraycopy(total, 0, sum.buckets, 0, Buckets.COUNT);
        sum.requests = java.util.Arrays.stream(total).sum();
        return new Totals(new TreeMap<>(byCode), sum, sumMicros);
    }

    static int seconds() {
        return SECONDS;
    }
}
