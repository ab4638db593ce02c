package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import lastgood.core.ServiceRef;

/// A past that is long: all of it added up over routes by Prometheus, pod by pod, on one grid, so that a week can be
/// read. Sums of counters of one process rise and restart together like each of them.
final class PrometheusSums implements Stretches {

    private final Prometheus prometheus;
    private final Selectors selectors;
    private final ServiceRef service;
    private final Duration interval;
    private final BiFunction<Instant, Instant, List<String>> pods;

    /// @param pods which are read of those that were there, by the name of their label; empty = all
    PrometheusSums(
            Prometheus prometheus,
            Selectors selectors,
            ServiceRef service,
            Duration interval,
            BiFunction<Instant, Instant, List<String>> pods) {
        this.prometheus = prometheus;
        this.selectors = selectors;
        this.service = service;
        this.interval = interval;
        this.pods = pods;
    }

    @Override
    public Fetched fetch(Instant from, Instant to, Predicate<Series> isNew) {
        var dialect = selectors.dialect(service);
        var matchers = selectors.matchers(dialect, service, Optional.empty());
        if (matchers.isEmpty()) {
            return Fetched.nothing(dialect, from);
        }
        var only = pods.apply(from, to);
        var which = only.isEmpty() ? matchers.get() : Selectors.only(matchers.get(), dialect.pod(), only);
        var pod = "job, instance, " + dialect.pod();
        var up = grid("max by (%s) (%s%s)".formatted(pod, Readings.UP, which), from, to);
        return new Fetched(
                dialect,
                from.toEpochMilli(),
                up,
                up.stream().anyMatch(isNew)
                        ? grid("max by (%s) (%s%s)".formatted(pod, Readings.STARTED, which), from, to)
                        : List.of(),
                grid(sums(pod, dialect.telling(), dialect, dialect.requests(), which), from, to),
                dialect.buckets().isEmpty()
                        ? List.of()
                        : grid(sums(pod, Readings.BOUND, dialect, dialect.buckets(), which), from, to));
    }

    private static String sums(String pod, String by, Dialect dialect, String metric, String which) {
        return "sum by (%s, %s) (%s)".formatted(pod, by, Selectors.narrowed(dialect, metric, which));
    }

    private List<Series> grid(String expression, Instant from, Instant to) {
        var step = interval.toMillis();
        var begin = Math.floorDiv(from.toEpochMilli(), step) * step + step;
        return begin > to.toEpochMilli()
                ? List.of()
                : prometheus.range(expression, Instant.ofEpochMilli(begin), to, interval);
    }
}
