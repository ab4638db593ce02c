package lastgood.demo;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// Notices that a release hurts: its errors are five points above those of the release before it, each time one looks,
/// three seconds long. It is the runbook's first trigger with its two minutes shortened.
///
/// The release before counts as it was when one began to look: a migration may hurt it, too, and then it is no measure.
///
/// Fed with readings of the platform's counters, one each second; no clock, no I/O.
final class Noticing {

    static final double POINTS_ABOVE_BASELINE = 5;
    static final int LOOKS_IN_A_ROW = 3;

    /// Fewer requests than this say nothing about one in twenty.
    static final int REQUESTS_MIN = 40;

    /// What users get *now*: so many seconds back, and so many requests, that the rate is that of the whole mix.
    private static final int NOW_SECONDS = 3;

    private static final int NOW_REQUESTS = 200;
    private static final int READINGS_MAX = 15;

    private final String before;
    private final String release;
    private final Deque<Reading> latest = new ArrayDeque<>();
    private Optional<Counts> usual = Optional.empty();
    private int inARow;
    private Optional<Noticed> noticed = Optional.empty();

    /// A reading of the counters, which only ever grow.
    record Reading(Instant at, Map<String, Counts> byVersion) {
        Counts of(String version) {
            return byVersion.getOrDefault(version, Counts.NONE);
        }

        Counts all() {
            return byVersion.values().stream().reduce(Counts.NONE, Counts::plus);
        }
    }

    /// @param release since it went out
    /// @param baseline the release before it, until this one went out
    record Noticed(Instant at, Counts release, Counts baseline) {}

    Noticing(String before, String release) {
        this.before = before;
        this.release = release;
    }

    void take(Reading reading) {
        latest.addLast(reading);
        if (latest.size() > READINGS_MAX) {
            latest.removeFirst();
        }
        if (usual.isEmpty() && reading.of(before).requests() >= REQUESTS_MIN) {
            usual = Optional.of(reading.of(before));
        }
        var seen = reading.of(release);
        var baseline = usual.orElse(Counts.NONE);
        var limit = baseline.errorPercent() + POINTS_ABOVE_BASELINE;
        var bad = seen.requests() >= REQUESTS_MIN && seen.errorPercent() > limit;
        inARow = bad ? inARow + 1 : 0;
        if (inARow >= LOOKS_IN_A_ROW && noticed.isEmpty()) {
            noticed = Optional.of(new Noticed(reading.at(), seen, baseline));
        }
    }

    Optional<Noticed> noticed() {
        return noticed;
    }

    /// What all users got in the last seconds, once there is enough of it.
    Optional<Counts> now() {
        var readings = List.copyOf(latest);
        return IntStream.iterate(readings.size() - 1 - NOW_SECONDS, from -> from >= 0, from -> from - 1)
                .mapToObj(from ->
                        readings.getLast().all().minus(readings.get(from).all()))
                .filter(counts -> counts.requests() >= NOW_REQUESTS)
                .findFirst();
    }

    /// What they got in the last second of that.
    Optional<Counts> lastSecond() {
        var readings = List.copyOf(latest);
        return readings.size() < 2
                ? Optional.empty()
                : Optional.of(readings.getLast()
                        .all()
                        .minus(readings.get(readings.size() - 2).all()));
    }

    /// What was read so far says nothing about now: the world has just changed.
    void forgetNow() {
        latest.clear();
    }
}
