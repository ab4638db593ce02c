package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.core.feed.Party;

/// What a Prometheus has kept of one side's pods.
///
/// Requests are raw samples, series by series, with the timestamps that they were scraped at. Response times are added
/// up over routes by Prometheus, pod by pod: a service with hundreds of routes has a hundred thousand buckets, and sums
/// of counters of one process rise and restart together like each of them.
final class PrometheusStretches implements Stretches {

    private final Prometheus prometheus;
    private final Selectors selectors;
    private final ServiceRef service;
    private final Optional<Digest> revision;
    private final Party party;
    private final Duration interval;

    private Optional<String> matchers = Optional.empty();

    PrometheusStretches(
            Prometheus prometheus,
            Selectors selectors,
            ServiceRef service,
            Optional<Digest> revision,
            Party party,
            Duration interval) {
        this.prometheus = prometheus;
        this.selectors = selectors;
        this.service = service;
        this.revision = revision;
        this.party = party;
        this.interval = interval;
    }

    @Override
    public Fetched fetch(Instant from, Instant to, Predicate<Series> isNew) {
        var dialect = selectors.dialect(service);
        // A ReplicaSet that the cluster has forgotten keeps its name in Prometheus.
        matchers = selectors.matchers(dialect, service, revision).or(() -> matchers);
        if (matchers.isEmpty()) {
            return Fetched.nothing(dialect, from);
        }
        var which = matchers.get();
        var window = Duration.between(from, to);
        var tells = !dialect.pod().isEmpty();
        var up = tells ? prometheus.samples(Readings.UP + which, window, to) : List.<Series>of();
        return new Fetched(
                dialect,
                from.toEpochMilli(),
                up,
                up.stream().anyMatch(isNew) ? prometheus.samples(Readings.STARTED + which, window, to) : List.of(),
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
}
