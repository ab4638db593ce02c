package lastgood.prometheus;

import java.time.Duration;
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

    private static final String NAMESPACE = "namespace";

    private final Prometheus prometheus;
    private final Map<ServiceRef, Watched> services;
    private final Instances instances;
    private final Map<ServiceRef, Dialect> chosen = new ConcurrentHashMap<>();

    Selectors(Prometheus prometheus, Map<ServiceRef, Watched> services, Instances instances) {
        this.prometheus = prometheus;
        this.services = Map.copyOf(services);
        this.instances = instances;
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
        return find(service)
                .orElseThrow(() -> new Unreachable("Prometheus has no requests of %s under any name that is known: %s"
                        .formatted(
                                service,
                                Dialect.KNOWN.stream()
                                        .map(Dialect::requests)
                                        .distinct()
                                        .collect(Collectors.joining(", ")))));
    }

    /// Empty if it has requests under none of the names that are known.
    Optional<Dialect> find(ServiceRef service) {
        var known = Optional.ofNullable(chosen.get(service));
        if (known.isPresent()) {
            return known;
        }
        var now = prometheus.now();
        for (var dialect : Dialect.KNOWN) {
            var selector = of(dialect, dialect.requests(), service, Optional.empty());
            if (selector.isPresent()) {
                var byStatus = prometheus.vector(
                        "count by (%s) (count_over_time(%s[%ds]))"
                                .formatted(dialect.status(), selector.get(), IN_USE.toSeconds()),
                        now);
                if (byStatus.stream().anyMatch(s -> !s.label(dialect.status()).isEmpty())) {
                    chosen.put(service, dialect);
                    return Optional.of(dialect);
                }
            }
        }
        return Optional.empty();
    }

    /// A metric of that service. Empty if no pod of it is known.
    Optional<String> of(Dialect dialect, String metric, ServiceRef service, Optional<Digest> revision) {
        return matchers(dialect, service, revision).map(m -> metric + m);
    }

    /// Empty if no pod of it is known.
    Optional<String> matchers(Dialect dialect, ServiceRef service, Optional<Digest> revision) {
        var watched = services.get(service);
        if (watched == null) {
            throw new Unreachable("%s is not configured for Prometheus".formatted(service));
        }
        var matchers = new ArrayList<String>();
        if (dialect.outside().isPresent()) {
            matchers.addAll(outside(dialect.outside().get(), watched));
        } else {
            watched.labels().forEach((name, value) -> matchers.add("%s=%s".formatted(name, quoted(value))));
        }
        dialect.only().forEach((name, value) -> matchers.add("%s=%s".formatted(name, quoted(value))));
        if (!dialect.pod().isEmpty()) {
            var patterns = instances.patterns(service, revision);
            if (patterns.isEmpty()) {
                return Optional.empty();
            }
            matchers.add("%s=~%s".formatted(dialect.pod(), quoted(String.join("|", patterns))));
        }
        return Optional.of("{%s}".formatted(String.join(",", matchers)));
    }

    private static List<String> outside(Dialect.Outside outside, Watched watched) {
        var namespace = watched.labels().getOrDefault(NAMESPACE, "");
        var service = outside.value().replace("NAMESPACE", literal(namespace)).replace("NAME", literal(watched.name()));
        var matchers = new ArrayList<>(List.of("%s=~%s".formatted(outside.service(), quoted(service))));
        if (!outside.namespace().isEmpty()) {
            matchers.add("%s=%s".formatted(outside.namespace(), quoted(namespace)));
        }
        return matchers;
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    /// Names are labels of Kubernetes: a dot is the only thing in them that means something else.
    private static String literal(String name) {
        return name.replace(".", "\\.");
    }
}
