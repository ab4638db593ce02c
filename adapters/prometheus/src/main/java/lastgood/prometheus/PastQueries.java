package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Histogram;
import lastgood.core.feed.Halves;
import lastgood.core.feed.Past;
import lastgood.engine.port.Forbidden;

/// What Prometheus knows of a service from before a release. It adds up here (`increase`), which is a little less than
/// was counted; the bounds that are drawn from it are wider than that.
final class PastQueries {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration DISPERSION = Duration.ofHours(6);

    /// Of the rounds in which halves are compared.
    private static final Duration ROUND_MIN = Duration.ofMinutes(1);

    private static final int INTERVALS_IN_A_ROUND = 4;

    private final Prometheus prometheus;
    private final Selectors selectors;

    PastQueries(Prometheus prometheus, Selectors selectors) {
        this.prometheus = prometheus;
        this.selectors = selectors;
    }

    Past before(Instant start, ServiceRef service, Optional<Digest> old, List<ServiceRef> guard, Duration interval) {
        var dialect = selectors.dialect(service);
        var halves = old.map(o -> halves(dialect, service, o, start, interval)).orElse(new Halves());
        var others = Counts.NONE;
        for (var other : guard) {
            others = others.plus(counts(other, start));
        }
        return new Past(
                counts(service, start),
                latency(dialect, service, start),
                others,
                counts(service, start.minus(WEEK)),
                counts(service, start.minus(WEEK).plus(HOUR)),
                halves.phi(),
                halves.from());
    }

    /// In the hour before that.
    private Counts counts(ServiceRef service, Instant at) {
        var dialect = selectors.dialect(service);
        var requests = 0.0;
        var bad = 0.0;
        for (var one : increase(dialect, dialect.requests(), dialect.telling(), service, at)) {
            var n = value(one);
            requests += n;
            bad += dialect.isFailure(one) ? n : 0;
        }
        var all = Math.round(requests);
        return new Counts(all, Math.min(all, Math.round(bad)));
    }

    private Histogram latency(Dialect dialect, ServiceRef service, Instant at) {
        var within = new TreeMap<Double, Long>();
        for (var one : increase(dialect, dialect.buckets(), "le", service, at)) {
            PrometheusMetrics.bound(one.labels(), dialect)
                    .ifPresent(bound -> within.merge(bound, Math.round(value(one)), Long::sum));
        }
        if (within.isEmpty()
                || within.lastKey() < Double.MAX_VALUE
                || within.lastEntry().getValue() == 0) {
            return Histogram.NONE;
        }
        return Histogram.of(
                within.keySet().stream().mapToDouble(Double::doubleValue).toArray(),
                within.values().stream().mapToLong(Long::longValue).toArray());
    }

    /// Nothing, if Prometheus may not or will not compute it: then nothing is known of the past.
    private List<Series> increase(Dialect dialect, String metric, String by, ServiceRef service, Instant at) {
        var selector = selectors.of(dialect, metric, service, Optional.empty());
        if (selector.isEmpty()) {
            return List.of();
        }
        try {
            return prometheus.vector(
                    "sum by (%s) (increase(%s[%ds]))".formatted(by, selector.get(), HOUR.toSeconds()), at);
        } catch (Forbidden e) {
            return List.of();
        }
    }

    private Halves halves(Dialect dialect, ServiceRef service, Digest old, Instant start, Duration interval) {
        var halves = new Halves();
        var selector = selectors.of(dialect, dialect.requests(), service, Optional.of(old));
        if (dialect.pod().isEmpty() || selector.isEmpty()) {
            return halves;
        }
        var round = interval.multipliedBy(INTERVALS_IN_A_ROUND);
        var step = round.compareTo(ROUND_MIN) < 0 ? ROUND_MIN : round;
        var sums = new TreeMap<Long, Map<String, double[]>>();
        try {
            prometheus
                    .range(
                            "sum by (%s, %s) (increase(%s[%ds]))"
                                    .formatted(dialect.pod(), dialect.telling(), selector.get(), step.toSeconds()),
                            start.minus(DISPERSION),
                            start,
                            step)
                    .forEach(series -> series.samples().stream()
                            .filter(s -> s.value() > 0 && s.value() < Long.MAX_VALUE)
                            .forEach(s -> {
                                var sum = sums.computeIfAbsent(s.atMillis(), _ -> new HashMap<>())
                                        .computeIfAbsent(series.label(dialect.pod()), _ -> new double[2]);
                                sum[0] += s.value();
                                sum[1] += dialect.isFailure(series) ? s.value() : 0;
                            }));
        } catch (Forbidden e) {
            return halves;
        }
        for (var moment : sums.values()) {
            var counts = new HashMap<String, Counts>();
            moment.forEach((pod, sum) -> {
                var all = Math.round(sum[0]);
                counts.put(pod, new Counts(all, Math.min(all, Math.round(sum[1]))));
            });
            halves.round(counts);
        }
        return halves;
    }

    private static double value(Series series) {
        var value = series.samples().isEmpty() ? 0 : series.samples().getLast().value();
        return value > 0 && value < Long.MAX_VALUE ? value : 0;
    }
}
