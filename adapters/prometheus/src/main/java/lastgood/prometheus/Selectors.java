package lastgood.prometheus;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Unreachable;

/// How the series of a service are asked for: under which names it counts, and which pods are its own.
final class Selectors {

    /// How far back a name counts as in use.
    private static final Duration IN_USE = Duration.ofMinutes(15);

    private final Prometheus prometheus;
    private final Map<ServiceRef, Watched> services;
    private final Instances instances;
    private final InstantSource clock;
    private final Map<ServiceRef, Dialect> chosen = new ConcurrentHashMap<>();

    Selectors(Prometheus prometheus, Map<ServiceRef, Watched> services, Instances instances, InstantSource clock) {
        this.prometheus = prometheus;
        this.services = Map.copyOf(services);
        this.instances = instances;
        this.clock = clock;
    }

    boolean knows(ServiceRef service) {
        return services.containsKey(service);
    }

    Map<Digest, List<String>> byRevision(ServiceRef service) {
        return instances.byRevision(service);
    }

    /// The names that this service's counters have, found out by asking for each.
    ///
    /// @throws Unreachable if there are none
    Dialect dialect(ServiceRef service) {
        return chosen.computeIfAbsent(service, this::find);
    }

    private Dialect find(ServiceRef service) {
        var now = clock.instant();
        for (var dialect : Dialect.KNOWN) {
            var selector = of(dialect, dialect.requests(), service, Optional.empty());
            if (selector.isPresent()) {
                var series = prometheus.samples(selector.get(), IN_USE, now);
                if (series.stream().anyMatch(s -> !s.label(dialect.status()).isEmpty())) {
                    return dialect;
                }
            }
        }
        throw new Unreachable("Prometheus has no requests of %s under any name that is known: %s"
                .formatted(
                        service,
                        Dialect.KNOWN.stream().map(Dialect::requests).distinct().collect(Collectors.joining(", "))));
    }

    /// Empty if no pod of it is known.
    Optional<String> of(Dialect dialect, String metric, ServiceRef service, Optional<Digest> revision) {
        var watched = services.get(service);
        if (watched == null) {
            throw new Unreachable("%s is not configured for Prometheus".formatted(service));
        }
        var matchers = new ArrayList<String>();
        watched.labels().forEach((name, value) -> matchers.add("%s=%s".formatted(name, quoted(value))));
        if (!dialect.service().isEmpty()) {
            matchers.add("%s=~%s".formatted(dialect.service(), quoted(".*" + literal(watched.name()) + ".*")));
        }
        if (!dialect.pod().isEmpty()) {
            var patterns = instances.patterns(service, revision);
            if (patterns.isEmpty()) {
                return Optional.empty();
            }
            matchers.add("%s=~%s".formatted(dialect.pod(), quoted(String.join("|", patterns))));
        }
        return Optional.of("%s{%s}".formatted(metric, String.join(",", matchers)));
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    /// Names are labels of Kubernetes: a dot is the only thing in them that means something else.
    private static String literal(String name) {
        return name.replace(".", "\\.");
    }
}
