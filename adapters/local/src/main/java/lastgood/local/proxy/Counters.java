package lastgood.local.proxy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import lastgood.core.Digest;
import lastgood.engine.port.Metrics.Window;

/// What came of the requests of one service.
public final class Counters {

    /// More revisions than this do not matter any more within an hour; the one unused for longest makes room.
    private static final int SERIES_MAX = 32;

    private final InstantSource clock;
    private final Instant since;
    private final Tally tally = new Tally();
    private final RouteNames routes = new RouteNames();
    private final LongAdder maintenance = new LongAdder();
    private final Map<Answerer, Series> series = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Answerer, Series> eldest) {
            return size() > SERIES_MAX;
        }
    };

    public Counters(InstantSource clock) {
        this.clock = clock;
        this.since = clock.instant();
    }

    /// @param instance which one, or empty: nobody
    void record(Answerer who, String instance, String path, int code, Duration took) {
        var micros = took.toNanos() / 1000;
        of(who).record(clock.instant().getEpochSecond(), code, micros);
        tally.record(who, instance, routes.of(path), code, micros);
    }

    /// What was answered since this was last asked.
    public List<Answered> drain(String service) {
        return tally.drain(service);
    }

    void maintenance() {
        maintenance.increment();
    }

    private Series of(Answerer who) {
        synchronized (series) {
            return series.computeIfAbsent(who, _ -> new Series());
        }
    }

    Map<Answerer, Series> all() {
        synchronized (series) {
            return new LinkedHashMap<>(series);
        }
    }

    long maintenanceAnswers() {
        return maintenance.sum();
    }

    /// Counts of whole seconds: the second in which the window begins is left out, since a part of it is older.
    /// Requests that got no answer count as errors; the maintenance page is no request of a release and does not
    /// count at all.
    public Window window(Optional<Digest> revision, Instant asked) {
        var now = clock.instant();
        var begin = latest(asked, since, now.minusSeconds(Series.seconds()));
        var first = begin.getNano() == 0 || begin.equals(since) ? begin.getEpochSecond() : begin.getEpochSecond() + 1;
        var sum = new Series.Sum();
        all().forEach((who, counts) -> {
            if (revision.isEmpty() || revision.get().text().equals(who.revision())) {
                counts.addTo(sum, first, now.getEpochSecond());
            }
        });
        var span = Duration.between(begin, now);
        return new Window(
                span.isNegative() ? Duration.ZERO : span,
                sum.requests,
                sum.errors,
                percentile(sum, 0.50),
                percentile(sum, 0.95),
                percentile(sum, 0.99));
    }

    private static Duration percentile(Series.Sum sum, double share) {
        return sum.requests == 0
                ? Duration.ZERO
                : Duration.ofNanos(1000 * Buckets.percentileMicros(sum.buckets, share, sum.slowestMicros));
    }

    private static Instant latest(Instant a, Instant b, Instant c) {
        var later = a.isAfter(b) ? a : b;
        return later.isAfter(c) ? later : c;
    }
}
