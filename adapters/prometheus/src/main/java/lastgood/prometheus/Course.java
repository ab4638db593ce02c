package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Metrics.Point;

/// What users got over time, by revision, for pictures and exports. Prometheus adds it up here (`increase`), which
/// leaves out the first value of a new series: no decision rests on it.
final class Course {

    /// More points than a picture has columns are of no use to anybody.
    private static final int STEPS_MAX = 2000;

    private final Prometheus prometheus;
    private final Selectors selectors;

    Course(Prometheus prometheus, Selectors selectors) {
        this.prometheus = prometheus;
        this.selectors = selectors;
    }

    private static final class Sums {
        double requests;
        double errors;
        final TreeMap<Double, Long> within = new TreeMap<>();
    }

    private record Key(long atMillis, String revision) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return atMillis != other.atMillis
                    ? Long.compare(atMillis, other.atMillis)
                    : revision.compareTo(other.revision);
        }
    }

    List<Point> of(ServiceRef service, Instant from, Instant to, Duration step) {
        if (step.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("a step is a second or longer: " + step);
        }
        if (Duration.between(from, to).dividedBy(step) > STEPS_MAX) {
            throw new Forbidden("from %s to %s are more than %d steps of %s\nhint: ask for longer steps"
                    .formatted(from, to, STEPS_MAX, lastgood.core.Words.duration(step)));
        }
        if (from.plus(step).isAfter(to)) {
            return List.of();
        }
        var dialect = selectors.dialect(service);
        var revisions = patterns(service);
        var sums = new TreeMap<Key, Sums>();
        increases(dialect, dialect.requests(), dialect.telling(), service, from, to, step)
                .forEach(series -> {
                    var bad = dialect.isFailure(series);
                    each(series, dialect, revisions, step, sums, (sum, n) -> {
                        sum.requests += n;
                        sum.errors += bad ? n : 0;
                    });
                });
        increases(dialect, dialect.buckets(), "le", service, from, to, step)
                .forEach(series -> PrometheusMetrics.bound(series.labels(), dialect)
                        .ifPresent(bound -> each(
                                series,
                                dialect,
                                revisions,
                                step,
                                sums,
                                (sum, n) -> sum.within.merge(bound, Math.round(n), Long::sum))));
        var points = new ArrayList<Point>();
        sums.forEach((key, sum) -> {
            var requests = Math.round(sum.requests);
            if (requests > 0) {
                points.add(new Point(
                        Instant.ofEpochMilli(key.atMillis()),
                        key.revision().isEmpty() ? Optional.empty() : Optional.of(new Digest(key.revision())),
                        requests,
                        Math.min(requests, Math.round(sum.errors)),
                        PrometheusMetrics.quantile(sum.within, 0.95)));
            }
        });
        return points;
    }

    private interface Add {
        void to(Sums sums, double n);
    }

    private static void each(
            Series series,
            Dialect dialect,
            Map<String, Pattern> revisions,
            Duration step,
            Map<Key, Sums> sums,
            Add add) {
        var revision = revisions.entrySet().stream()
                .filter(r -> r.getValue().matcher(series.label(dialect.pod())).matches())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
        for (var sample : series.samples()) {
            if (sample.value() > 0 && sample.value() < Long.MAX_VALUE) {
                add.to(
                        sums.computeIfAbsent(new Key(sample.atMillis() - step.toMillis(), revision), _ -> new Sums()),
                        sample.value());
            }
        }
    }

    private List<Series> increases(
            Dialect dialect, String metric, String label, ServiceRef service, Instant from, Instant to, Duration step) {
        var by = dialect.pod().isEmpty() ? label : dialect.pod() + ", " + label;
        return selectors
                .of(dialect, metric, service, Optional.empty())
                .map(selector -> prometheus.range(
                        "sum by (%s) (increase(%s[%ds]))".formatted(by, selector, step.toSeconds()),
                        from.plus(step),
                        to,
                        step))
                .orElse(List.of());
    }

    private Map<String, Pattern> patterns(ServiceRef service) {
        var found = new TreeMap<String, Pattern>();
        selectors
                .byRevision(service)
                .forEach((digest, names) -> found.put(digest.text(), Pattern.compile(String.join("|", names))));
        return found;
    }
}
