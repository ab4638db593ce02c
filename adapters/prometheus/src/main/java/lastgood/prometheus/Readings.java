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
import lastgood.core.detect.Counts;
import lastgood.core.detect.Differencing;
import lastgood.core.detect.Histogram;
import lastgood.core.feed.Glimpse;
import lastgood.core.feed.Party;
import lastgood.prometheus.Stretches.Fetched;

/// Says what each pod of one side counted between two of its readings, wherever those come from.
final class Readings {

    static final String UP = "up";
    static final String STARTED = "process_start_time_seconds";
    static final String BOUND = "le";

    private final Stretches stretches;
    private final Party party;
    private final long sinceMillis;
    private final Duration interval;
    private final Map<String, Pod> pods = new HashMap<>();

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

    /// @param sinceMillis a pod that began later is counted from its first request on
    Readings(Stretches stretches, Party party, long sinceMillis, Duration interval) {
        this.stretches = stretches;
        this.party = party;
        this.sinceMillis = sinceMillis;
        this.interval = interval;
    }

    /// Asks for what was sampled after `from` and not after `to`. Counts nothing: if another question of the same look
    /// fails, all of them are asked again.
    Fetched fetch(Instant from, Instant to) {
        return stretches.fetch(from, to, one -> !pod(one).known);
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
