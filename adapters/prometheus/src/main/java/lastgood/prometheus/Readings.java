package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Differencing;
import lastgood.core.detect.Histogram;
import lastgood.core.feed.Glimpse;
import lastgood.core.feed.Party;

/// Reads the counters of one side's pods, stretch by stretch of time, and says what each of them counted between two
/// of its scrapes.
///
/// Requests are raw samples, series by series, with the timestamps that they were scraped at. Response times are added
/// up over routes by Prometheus, pod by pod: a service with hundreds of routes has a hundred thousand buckets, and sums
/// of counters of one process rise and restart together like each of them.
final class Readings {

    private static final String UP = "up";
    private static final String STARTED = "process_start_time_seconds";
    private static final String BOUND = "le";

    private final Prometheus prometheus;
    private final Selectors selectors;
    private final ServiceRef service;
    private final Optional<Digest> revision;
    private final Party party;
    private final long sinceMillis;
    private final Duration interval;
    private final Map<String, Pod> pods = new HashMap<>();

    private Optional<String> matchers = Optional.empty();

    private static final class Pod {
        final Differencing requests;
        final Differencing latency;
        final TreeMap<Long, TreeMap<Double, Long>> late = new TreeMap<>();
        boolean known;

        Pod(long sinceMillis, Duration interval) {
            requests = new Differencing(sinceMillis, interval);
            latency = new Differencing(sinceMillis, interval);
        }
    }

    /// What Prometheus answered about one stretch; nothing is counted yet.
    record Fetched(
            Dialect dialect,
            long fromMillis,
            List<Series> up,
            List<Series> started,
            List<Series> requests,
            List<Series> buckets) {}

    Readings(
            Prometheus prometheus,
            Selectors selectors,
            ServiceRef service,
            Optional<Digest> revision,
            Party party,
            long sinceMillis,
            Duration interval) {
        this.prometheus = prometheus;
        this.selectors = selectors;
        this.service = service;
        this.revision = revision;
        this.party = party;
        this.sinceMillis = sinceMillis;
        this.interval = interval;
    }

    /// Asks for what was scraped after `from` and not after `to`. Counts nothing: if another question of the same look
    /// fails, all of them are asked again.
    Fetched fetch(Instant from, Instant to) {
        var dialect = selectors.dialect(service);
        // A ReplicaSet that the cluster has forgotten keeps its name in Prometheus.
        matchers = selectors.matchers(dialect, service, revision).or(() -> matchers);
        if (matchers.isEmpty()) {
            return new Fetched(dialect, from.toEpochMilli(), List.of(), List.of(), List.of(), List.of());
        }
        var which = matchers.get();
        var window = Duration.between(from, to);
        var tells = !dialect.pod().isEmpty();
        var up = tells ? prometheus.samples(UP + which, window, to) : List.<Series>of();
        var young = up.stream().anyMatch(one -> !pod(one).known);
        return new Fetched(
                dialect,
                from.toEpochMilli(),
                up,
                young ? prometheus.samples(STARTED + which, window, to) : List.of(),
                prometheus.samples(Selectors.narrowed(dialect, dialect.requests(), which), window, to),
                party == Party.GUARD ? List.of() : buckets(dialect, which, from, to));
    }

    /// On a grid that does not depend on when somebody asks.
    private List<Series> buckets(Dialect dialect, String which, Instant from, Instant to) {
        var step = interval.toMillis();
        var begin = Math.floorDiv(from.toEpochMilli(), step) * step + step;
        var by = dialect.pod().isEmpty() ? "job, instance, le" : "job, instance, %s, le".formatted(dialect.pod());
        return begin > to.toEpochMilli() || dialect.buckets().isEmpty()
                ? List.of()
                : prometheus.range(
                        "sum by (%s) (%s)".formatted(by, Selectors.narrowed(dialect, dialect.buckets(), which)),
                        Instant.ofEpochMilli(begin),
                        to,
                        interval);
    }

    /// What each pod counted, oldest first. Each stretch once, in order.
    List<Glimpse> count(Fetched fetched) {
        var labels = new HashMap<String, Series>();
        var scrapes = new TreeMap<String, SortedMap<Long, Boolean>>();
        for (var up : fetched.up()) {
            up.samples().stream()
                    .filter(s -> s.atMillis() > fetched.fromMillis())
                    .forEach(s -> scrapes(scrapes, up).put(s.atMillis(), s.value() == 1));
        }
        startTimes(fetched.started(), scrapes);
        for (var series : fetched.requests()) {
            var name = series.labels().toString();
            labels.put(name, series);
            for (var sample : series.samples()) {
                if (sample.atMillis() > fetched.fromMillis()) {
                    scrapes(scrapes, series).putIfAbsent(sample.atMillis(), true);
                    pod(series).requests.sample(target(series), name, sample.atMillis(), sample.value());
                }
            }
        }
        for (var series : fetched.buckets()) {
            for (var sample : series.samples()) {
                pod(series).latency.sample(target(series), series.label(BOUND), sample.atMillis(), sample.value());
            }
        }
        return glimpses(fetched.dialect(), scrapes, labels);
    }

    /// Asked once for each pod. One that appears after the release was put out has started for it, whether or not it
    /// says so: then its very first failures count.
    private void startTimes(List<Series> started, Map<String, SortedMap<Long, Boolean>> scrapes) {
        for (var one : started) {
            one.samples().stream().filter(s -> s.value() > 0).forEach(s -> {
                var at = Math.round(s.value() * 1000);
                pod(one).requests.started(target(one), s.atMillis(), at);
                pod(one).latency.started(target(one), s.atMillis(), at);
            });
        }
        var said = started.stream().map(Readings::target).collect(java.util.stream.Collectors.toSet());
        scrapes.forEach((target, moments) -> {
            var read = moments.entrySet().stream().filter(Map.Entry::getValue).findFirst();
            if (pod(target).known || read.isEmpty()) {
                return;
            }
            var first = read.get().getKey();
            if (!said.contains(target) && party == Party.FRESH && first >= sinceMillis) {
                pod(target).requests.started(target, first, first);
                pod(target).latency.started(target, first, first);
            }
            // An exposition without one request yet is one all the same: what comes after it is new.
            pod(target).requests.sample(target, UP, first, 0);
            pod(target).known = true;
        });
    }

    private List<Glimpse> glimpses(
            Dialect dialect, Map<String, SortedMap<Long, Boolean>> scrapes, Map<String, Series> labels) {
        var all = new ArrayList<Glimpse>();
        scrapes.forEach((target, moments) -> {
            var pod = pod(target);
            var counted = new HashMap<Long, List<Differencing.Increment>>();
            pod.requests
                    .advance()
                    .forEach(i -> counted.computeIfAbsent(i.atMillis(), _ -> new ArrayList<>())
                            .add(i));
            for (var i : pod.latency.advance()) {
                bound(i.series(), dialect)
                        .ifPresent(b -> pod.late
                                .computeIfAbsent(i.atMillis(), _ -> new TreeMap<>())
                                .merge(b, i.count(), Long::sum));
            }
            moments.forEach((at, read) ->
                    all.add(glimpse(dialect, target, at, read, counted.getOrDefault(at, List.of()), labels)));
        });
        all.sort(Comparator.comparingLong(Glimpse::atMillis));
        return all;
    }

    private Glimpse glimpse(
            Dialect dialect,
            String target,
            long at,
            boolean read,
            List<Differencing.Increment> counted,
            Map<String, Series> labels) {
        var sum = Counts.NONE;
        var routes = new TreeMap<String, Counts>();
        for (var one : counted) {
            var series = labels.get(one.series());
            if (series != null) {
                var bad = dialect.isFailure(series);
                var counts = new Counts(one.count(), bad ? one.count() : 0);
                sum = sum.plus(counts);
                if (!dialect.place().isEmpty() && !series.label(dialect.place()).isEmpty()) {
                    routes.merge(series.label(dialect.place()), counts, Counts::plus);
                }
            }
        }
        return new Glimpse(at, target, target, party, read, sum, latency(pod(target), at), routes);
    }

    private static Histogram latency(Pod pod, long at) {
        var within = new TreeMap<Double, Long>();
        var due = pod.late.headMap(at, true);
        due.values().forEach(m -> m.forEach((bound, n) -> within.merge(bound, n, Long::sum)));
        due.clear();
        if (within.isEmpty() || within.lastKey() < Double.MAX_VALUE) {
            return Histogram.NONE;
        }
        return Histogram.of(
                within.keySet().stream().mapToDouble(Double::doubleValue).toArray(),
                within.values().stream().mapToLong(Long::longValue).toArray());
    }

    private static Optional<Double> bound(String text, Dialect dialect) {
        return PrometheusMetrics.bound(new TreeMap<>(Map.of(BOUND, text)), dialect);
    }

    private Pod pod(Series series) {
        return pod(target(series));
    }

    private Pod pod(String target) {
        return pods.computeIfAbsent(target, _ -> new Pod(sinceMillis, interval));
    }

    private static SortedMap<Long, Boolean> scrapes(Map<String, SortedMap<Long, Boolean>> all, Series series) {
        return all.computeIfAbsent(target(series), _ -> new TreeMap<>());
    }

    static String target(Series series) {
        return "%s/%s/%s".formatted(series.label("job"), series.label("instance"), series.label("pod"));
    }
}
