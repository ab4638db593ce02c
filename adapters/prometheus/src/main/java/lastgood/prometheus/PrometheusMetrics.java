package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.core.detect.Differencing;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Measures;
import lastgood.engine.port.Metrics;
import lastgood.engine.port.Unreachable;

/// What users got, by Prometheus' raw samples. Increments are counted by [Differencing] and not by `rate()`, which
/// forgets the first errors of a new pod: often those that matter.
public final class PrometheusMetrics implements Metrics {

    /// Longer than this is not asked for at once; a watch of 30 minutes fits.
    private static final Duration WINDOW_MAX = Duration.ofHours(1);

    private static final Duration USUAL_INTERVAL = Duration.ofSeconds(15);
    private static final String BOUND = "le";
    private static final String UP = "up";
    private static final String STARTED = "process_start_time_seconds";

    private final Prometheus prometheus;
    private final Selectors selectors;
    private final Measures measures;
    private final InstantSource clock;

    public PrometheusMetrics(
            Prometheus prometheus, Map<ServiceRef, Watched> services, Instances instances, InstantSource clock) {
        this.prometheus = prometheus;
        this.selectors = new Selectors(prometheus, services, instances);
        this.measures = new PrometheusMeasures(prometheus, services, instances);
        this.clock = clock;
    }

    /// Asks, if nobody has yet; an answer that does not come is no reason to fail.
    @Override
    public Names names(ServiceRef service) {
        var tried = selectors.tried(service);
        try {
            return selectors
                    .find(service)
                    .map(d -> new Names(d.toString(), tried, d.name()))
                    .orElseGet(() -> new Names("", tried, "Prometheus has none of them for this service now"));
        } catch (Unreachable | Forbidden e) {
            return new Names(
                    "",
                    tried,
                    String.valueOf(e.getMessage()).lines().findFirst().orElse("no answer"));
        }
    }

    @Override
    public Measures measures() {
        return measures;
    }

    /// See [Selectors#dialect].
    public Dialect dialect(ServiceRef service) {
        return selectors.dialect(service);
    }

    @Override
    public Window window(ServiceRef service, Optional<Digest> revision, Instant since) {
        var dialect = dialect(service);
        var now = clock.instant();
        var from = since.isBefore(now.minus(WINDOW_MAX)) ? now.minus(WINDOW_MAX) : since;
        var counted = counted(dialect, dialect.requests(), service, revision, from, now);
        var requests = 0L;
        var errors = 0L;
        for (var one : counted.entrySet()) {
            requests += one.getValue();
            errors += dialect.isFailure(new Series(one.getKey(), List.of())) ? one.getValue() : 0;
        }
        var within = new TreeMap<Double, Long>();
        counted(dialect, dialect.buckets(), service, revision, from, now)
                .forEach((labels, count) ->
                        bound(labels, dialect).ifPresent(bound -> within.merge(bound, count, Long::sum)));
        return new Window(
                Duration.between(from, now),
                requests,
                errors,
                quantile(within, 0.5),
                quantile(within, 0.95),
                quantile(within, 0.99));
    }

    @Override
    public List<Point> course(ServiceRef service, Instant from, Instant to, Duration step) {
        return new Course(prometheus, selectors).of(service, from, to, step);
    }

    /// Increments of each series since then, by its labels.
    private Map<SortedMap<String, String>, Long> counted(
            Dialect dialect, String metric, ServiceRef service, Optional<Digest> revision, Instant from, Instant now) {
        var selector = selectors.of(dialect, metric, service, revision);
        if (selector.isEmpty() || metric.isEmpty()) {
            return Map.of();
        }
        // One scrape more, so that the first one in the window has something to be compared with.
        var window = Duration.between(from, now).plus(USUAL_INTERVAL.multipliedBy(2));
        var series = prometheus.samples(selector.get(), window, now);
        var differencing = new Differencing(from.toEpochMilli(), interval(series));
        known(dialect, service, revision, window, now, differencing);
        var labels = new TreeMap<String, SortedMap<String, String>>();
        for (var one : series) {
            var name = one.labels().toString();
            labels.put(name, one.labels());
            one.samples().forEach(s -> differencing.sample(target(one), name, s.atMillis(), s.value()));
        }
        var counted = new java.util.HashMap<SortedMap<String, String>, Long>();
        differencing.advance().stream()
                .filter(i -> i.atMillis() >= from.toEpochMilli() && labels.containsKey(i.series()))
                .forEach(i -> counted.merge(labels.getOrDefault(i.series(), new TreeMap<>()), i.count(), Long::sum));
        return counted;
    }

    /// When each pod was scraped at all, and when its process began. A counter shows up with its first request, so on a
    /// pod that was scraped before, or that has just started, all of it is new.
    private void known(
            Dialect dialect,
            ServiceRef service,
            Optional<Digest> revision,
            Duration window,
            Instant now,
            Differencing differencing) {
        if (dialect.pod().isEmpty()) {
            return;
        }
        selectors
                .of(dialect, UP, service, revision)
                .ifPresent(up -> prometheus
                        .samples(up, window, now)
                        .forEach(one ->
                                one.samples().forEach(s -> differencing.sample(target(one), UP, s.atMillis(), 0))));
        selectors
                .of(dialect, STARTED, service, revision)
                .ifPresent(started -> prometheus
                        .samples(started, window, now)
                        .forEach(one -> one.samples().stream()
                                .filter(s -> s.value() > 0)
                                .forEach(s -> differencing.started(
                                        target(one), s.atMillis(), Math.round(s.value() * 1000)))));
    }

    private static String target(Series series) {
        return "%s/%s/%s".formatted(series.label("job"), series.label("instance"), series.label("pod"));
    }

    /// As the samples themselves show it: nothing has to be configured.
    static Duration interval(List<Series> series) {
        var gaps = new ArrayList<Long>();
        for (var one : series) {
            for (var i = 1; i < one.samples().size(); i++) {
                gaps.add(one.samples().get(i).atMillis()
                        - one.samples().get(i - 1).atMillis());
            }
        }
        gaps.removeIf(g -> g <= 0);
        gaps.sort(Long::compare);
        return gaps.isEmpty() ? USUAL_INTERVAL : Duration.ofMillis(gaps.get(gaps.size() / 2));
    }

    static Optional<Double> bound(SortedMap<String, String> labels, Dialect dialect) {
        var text = labels.getOrDefault(BOUND, "");
        try {
            return Optional.of(
                    text.equals("+Inf")
                            ? Double.POSITIVE_INFINITY
                            : Double.parseDouble(text) * dialect.secondsPerUnit());
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /// The upper end of the bucket that holds it: never less than it was.
    static Duration quantile(java.util.NavigableMap<Double, Long> within, double share) {
        if (within.isEmpty() || within.lastEntry().getValue() == 0) {
            return Duration.ZERO;
        }
        var rank = Math.ceil(share * within.lastEntry().getValue());
        var finite = within.headMap(Double.POSITIVE_INFINITY, false);
        for (var bucket : finite.entrySet()) {
            if (bucket.getValue() >= rank) {
                return Duration.ofMillis(Math.round(bucket.getKey() * 1000));
            }
        }
        // Beyond the last bound nothing is known but that.
        return finite.isEmpty() ? Duration.ZERO : Duration.ofMillis(Math.round(finite.lastKey() * 2000));
    }
}
