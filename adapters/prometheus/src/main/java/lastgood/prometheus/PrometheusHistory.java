package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import lastgood.core.ServiceRef;
import lastgood.core.feed.Glimpse;
import lastgood.core.feed.Pace;
import lastgood.core.feed.Party;
import lastgood.engine.port.History;
import lastgood.engine.port.Unreachable;

/// A service's past weeks in Prometheus, pod by pod. Raw samples of a week are gigabytes, so Prometheus adds them up
/// over routes, and what is read at one go is bounded by the number of its samples.
final class PrometheusHistory implements History {

    private static final Duration SLOT = Duration.ofMinutes(5);

    /// More add nothing to how halves of them differ; the rest is left out, and said so.
    private static final int PODS_MAX = 40;

    /// Some 25 bytes each, as JSON: far below what one answer may have.
    private static final long SAMPLES_MAX = 300_000;

    /// What Prometheus answers at most for one series.
    private static final int STEPS_MAX = 10_000;

    private static final int BYTES_A_SAMPLE = 25;

    /// For each piece: who is there, whether they could be read, requests, response times.
    private static final int QUESTIONS = 4;

    private static final int BUCKETS_USUAL = 12;
    private static final int STATUSES_USUAL = 4;
    private static final Duration PIECE_MAX = Duration.ofHours(6);
    private static final Duration LEAD = Duration.ofMinutes(5);

    private final Prometheus prometheus;
    private final Selectors selectors;

    PrometheusHistory(Prometheus prometheus, Selectors selectors) {
        this.prometheus = prometheus;
        this.selectors = selectors;
    }

    @Override
    public Survey survey(ServiceRef service, Instant from, Instant to) {
        var dialect = selectors.dialect(service);
        if (dialect.pod().isEmpty()) {
            throw new Unreachable("%s is counted by what stands in front of it (%s), which does not tell pods apart"
                    .formatted(service, dialect.name()));
        }
        var interval = interval(dialect, service, to);
        var seen = new TreeMap<Long, long[]>();
        for (var series : increases(dialect, service, from, to)) {
            for (var sample : series.samples()) {
                if (sample.value() >= 1 && sample.value() < Long.MAX_VALUE) {
                    var slot = seen.computeIfAbsent(sample.atMillis(), _ -> new long[2]);
                    slot[0]++;
                    slot[1] += Math.round(sample.value());
                }
            }
        }
        var slots = new ArrayList<Slot>();
        // What had increased at the end of a slot was asked there.
        seen.forEach((at, n) ->
                slots.add(new Slot(Instant.ofEpochMilli(at).minus(SLOT), (int) Math.min(n[0], PODS_MAX), n[1])));
        var pods = slots.stream().mapToInt(Slot::instances).max().orElse(0);
        return new Survey(
                SLOT,
                slots,
                Pace.each(interval),
                piece(interval, pods),
                cost(interval, pods),
                unlike(
                        interval,
                        seen.values().stream().mapToLong(n -> n[0]).max().orElse(0)));
    }

    /// Every day asked for itself: a month of a service that is deployed hourly has thousands of pods.
    private List<Series> increases(Dialect dialect, ServiceRef service, Instant from, Instant to) {
        var which = selectors.matchers(dialect, service, Optional.empty());
        if (which.isEmpty()) {
            return List.of();
        }
        var expression = "sum by (%s) (increase(%s[%ds]))"
                .formatted(
                        dialect.pod(), Selectors.narrowed(dialect, dialect.requests(), which.get()), SLOT.toSeconds());
        var all = new ArrayList<Series>();
        var day = Duration.ofDays(1);
        for (var at = from.plus(SLOT); at.isBefore(to); at = at.plus(day)) {
            var until = at.plus(day).minus(SLOT);
            all.addAll(prometheus.range(expression, at, until.isBefore(to) ? until : to, SLOT));
        }
        return all;
    }

    private Duration interval(Dialect dialect, ServiceRef service, Instant to) {
        return selectors
                .of(dialect, "up", service, Optional.empty())
                .map(s -> PrometheusMetrics.interval(prometheus.samples(s, LEAD, to)))
                .orElse(Duration.ofSeconds(15));
    }

    private static Duration piece(Duration interval, int pods) {
        var each = (long) Math.max(1, pods) * BUCKETS_USUAL;
        var steps = Math.clamp(SAMPLES_MAX / each, 20, STEPS_MAX);
        var piece = interval.multipliedBy(steps);
        return piece.compareTo(PIECE_MAX) > 0 ? PIECE_MAX : piece;
    }

    private static String cost(Duration interval, int pods) {
        var samples = pods * (BUCKETS_USUAL + STATUSES_USUAL + 1) * (3600.0 / interval.toSeconds());
        var pieces = 3600.0 / piece(interval, pods).toSeconds();
        return String.format(
                Locale.ROOT, "about %.1f requests, %.1f MB", QUESTIONS * pieces, samples * BYTES_A_SAMPLE / 1e6);
    }

    private static List<String> unlike(Duration interval, long pods) {
        var list = new ArrayList<String>();
        list.add("read every %d s, summed over routes: single routes are not judged"
                .formatted(Math.max(1, interval.toSeconds())));
        if (pods > PODS_MAX) {
            list.add("%d of up to %d pods are read".formatted(PODS_MAX, pods));
        }
        return list;
    }

    @Override
    public Pieces open(ServiceRef service, Instant from) {
        var dialect = selectors.dialect(service);
        var interval = interval(dialect, service, prometheus.now());
        var readings = new Readings(
                new PrometheusSums(
                        prometheus, selectors, service, interval, (begin, end) -> pods(dialect, service, begin, end)),
                Party.OLD,
                from.toEpochMilli(),
                interval);
        return new Pieces() {
            private Instant done = from;

            @Override
            public List<Glimpse> until(Instant to) {
                var all = new ArrayList<Glimpse>();
                while (done.isBefore(to)) {
                    var next = done.plus(interval.multipliedBy(STEPS_MAX));
                    next = next.isBefore(to) ? next : to;
                    all.addAll(readings.count(readings.fetch(done, next)));
                    done = next;
                }
                return all;
            }
        };
    }

    /// Empty = all, if there are not too many of them.
    private List<String> pods(Dialect dialect, ServiceRef service, Instant from, Instant to) {
        var which = selectors.matchers(dialect, service, Optional.empty());
        if (which.isEmpty()) {
            return List.of();
        }
        var names = new TreeSet<String>();
        prometheus
                .vector(
                        "group by (%s) (last_over_time(%s[%ds]))"
                                .formatted(
                                        dialect.pod(),
                                        Selectors.narrowed(dialect, dialect.requests(), which.get()),
                                        Math.max(1, Duration.between(from, to).toSeconds())),
                        to)
                .forEach(s -> names.add(s.label(dialect.pod())));
        return names.size() <= PODS_MAX
                ? List.of()
                : names.stream().limit(PODS_MAX).toList();
    }
}
