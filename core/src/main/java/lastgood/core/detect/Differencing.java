package lastgood.core.detect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// From raw samples of counters to what was counted in between, by rules of our own instead of `rate()`, which
/// forgets the first value of a new series and guesses at the ends.
///
/// Feed it every sample that a query returned, old ones again included, then call [#advance]. Only the samples' own
/// timestamps are used. The same samples give the same increments, in whatever order and however often they come, as
/// long
/// as each arrives before its time is passed.
///
/// | what happens | what is counted |
/// |---|---|
/// | a value falls, or the process has a new start time | a restart: the new value |
/// | a series appears on a target that was read before | all of it: it was absent, so it was 0 |
/// | a target appears whose process started in this watch | all of it |
/// | a target appears that is older, or of unknown age | nothing yet; it is the base for what follows |
/// | scrapes are missing | nothing is lost; the next sample brings it, later |
/// | a sample comes twice, or after its time was passed | nothing; a counter's next sample contains it |
/// | not a number, infinite or negative | nothing, and it is told in [#faults] |
/// | a target goes away | what it had counted up to its last sample |
public final class Differencing {

    /// A target that is further behind than this is waited for no longer.
    private static final int INTERVALS_LATE_MAX = 2;

    /// Series of all targets together. A client that invents labels must not fill our memory.
    private static final int SERIES_MAX = 100_000;

    private final long fromMillis;
    private final long intervalMillis;
    private final Map<String, Target> targets = new LinkedHashMap<>();
    private int series;
    private Faults faults = new Faults(0, 0, 0, 0);

    /// @param fromMillis when the watch begins, in the samples' time
    /// @param interval between scrapes, roughly
    public Differencing(long fromMillis, Duration interval) {
        if (!interval.isPositive()) {
            throw new IllegalArgumentException("scrapes are some time apart: " + interval);
        }
        this.fromMillis = fromMillis;
        intervalMillis = interval.toMillis();
    }

    /// One value of one counter.
    ///
    /// @param target whose counter it is, such as a pod and its port
    /// @param name of the series within its target, labels included
    /// @param atMillis the sample's own timestamp
    public void sample(String target, String name, long atMillis, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            faults = faults.plusBroken();
            return;
        }
        var t = targets.computeIfAbsent(target, _ -> new Target());
        if (atMillis <= t.doneMillis) {
            return;
        }
        t.newestMillis = Math.max(t.newestMillis, atMillis);
        t.waiting.computeIfAbsent(atMillis, _ -> new LinkedHashMap<>()).put(name, value);
    }

    /// When the process behind a target started, as it was told at that time (`process_start_time_seconds`).
    public void started(String target, long atMillis, long startedMillis) {
        var t = targets.computeIfAbsent(target, _ -> new Target());
        if (atMillis > t.doneMillis) {
            t.starts.put(atMillis, startedMillis);
        }
    }

    /// What was counted up to the moment that every live target has reached, and within the interval after it:
    /// targets are read one after the other, and waiting for the last of them would make every decision a scrape
    /// later. Empty if nothing is new.
    public List<Increment> advance() {
        var newest = Long.MIN_VALUE;
        for (var t : targets.values()) {
            newest = Math.max(newest, t.newestMillis);
        }
        var watermark = newest;
        for (var t : targets.values()) {
            if (t.newestMillis > Long.MIN_VALUE && newest - t.newestMillis <= INTERVALS_LATE_MAX * intervalMillis) {
                watermark = Math.min(watermark, t.newestMillis);
            }
        }
        var increments = new ArrayList<Increment>();
        if (newest == Long.MIN_VALUE) {
            return increments;
        }
        for (var t : targets.entrySet()) {
            drain(t.getKey(), t.getValue(), watermark + intervalMillis - 1, increments);
        }
        return increments;
    }

    /// What was wrong with the data so far; nothing of it is evidence.
    public Faults faults() {
        return faults;
    }

    private void drain(String name, Target target, long watermark, List<Increment> into) {
        while (!target.waiting.isEmpty() && target.waiting.firstKey() <= watermark) {
            var exposure = target.waiting.pollFirstEntry();
            read(name, target, exposure.getKey(), exposure.getValue(), into);
        }
    }

    private void read(String name, Target target, long at, Map<String, Double> values, List<Increment> into) {
        var first = target.doneMillis == Long.MIN_VALUE;
        var start = target.starts.floorEntry(at);
        var startedMillis = start == null ? Long.MIN_VALUE : start.getValue();
        var restarted = !first && startedMillis > target.doneMillis;
        var fromZero = first ? startedMillis >= fromMillis - intervalMillis : true;
        if (!first && at - target.doneMillis > INTERVALS_LATE_MAX * intervalMillis) {
            faults = faults.plusGap();
        }
        var fell = false;
        for (var entry : values.entrySet()) {
            var was = target.last.get(entry.getKey());
            if (was == null && ++series > SERIES_MAX) {
                series--;
                faults = faults.plusUncounted();
                continue;
            }
            double value = entry.getValue();
            var reset = was != null && (restarted || value < was);
            fell |= reset;
            var base = was == null ? (fromZero ? 0 : value) : reset ? 0 : was;
            target.last.put(entry.getKey(), value);
            var count = Math.round(value) - Math.round(base);
            if (count > 0) {
                into.add(new Increment(name, entry.getKey(), at, count));
            }
        }
        faults = fell ? faults.plusReset() : faults;
        target.doneMillis = at;
        target.starts.headMap(at, false).clear();
    }

    /// @param atMillis timestamp of the sample that brought it
    /// @param count at least 1
    public record Increment(String target, String series, long atMillis, long count) {}

    /// @param resets exposures in which counters began again
    /// @param gaps exposures that came more than two intervals after the one before
    /// @param broken samples that were not counts
    /// @param uncounted samples of series beyond the limit
    public record Faults(long resets, long gaps, long broken, long uncounted) {

        private Faults plusReset() {
            return new Faults(resets + 1, gaps, broken, uncounted);
        }

        private Faults plusGap() {
            return new Faults(resets, gaps + 1, broken, uncounted);
        }

        private Faults plusBroken() {
            return new Faults(resets, gaps, broken + 1, uncounted);
        }

        private Faults plusUncounted() {
            return new Faults(resets, gaps, broken, uncounted + 1);
        }
    }

    private static final class Target {
        private final Map<String, Double> last = new HashMap<>();
        private final TreeMap<Long, Map<String, Double>> waiting = new TreeMap<>();
        private final TreeMap<Long, Long> starts = new TreeMap<>();
        private long doneMillis = Long.MIN_VALUE;
        private long newestMillis = Long.MIN_VALUE;
    }
}
