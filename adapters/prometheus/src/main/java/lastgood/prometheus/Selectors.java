package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Unreachable;

/// How the series of a service are asked for: under which names it counts, and which pods are its own.
final class Selectors {

    /// How far back a name counts as in use.
    static final Duration IN_USE = Duration.ofMinutes(15);

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
                .orElseThrow(() -> new Unreachable(watched(service)
                        .own()
                        .requests()
                        .map(own ->
                                "Prometheus has no requests of %s under the name that signals.errorRate gives them: %s"
                                        .formatted(service, own.metric()))
                        .orElseGet(() -> "Prometheus has no requests of %s under any name that is known: %s"
                                .formatted(service, String.join(", ", tried(service))))));
    }

    /// The names that are tried, in this order.
    List<String> tried(ServiceRef service) {
        return watched(service)
                .own()
                .requests()
                .map(own -> List.of(own.metric()))
                .orElseGet(() ->
                        Dialect.KNOWN.stream().map(Dialect::requests).distinct().toList());
    }

    /// The one that was found, without a question.
    Optional<Dialect> known(ServiceRef service) {
        return Optional.ofNullable(chosen.get(service));
    }

    /// Whether the team named counters of its own.
    boolean countsItsOwn(ServiceRef service) {
        var own = watched(service).own();
        return own.requests().isPresent() || own.latency().isPresent();
    }

    /// Empty if it has requests under none of the names that are known; or not under the one that its own signal names.
    Optional<Dialect> find(ServiceRef service) {
        var known = Optional.ofNullable(chosen.get(service));
        if (known.isPresent()) {
            return known;
        }
        var found = choose(service, prometheus.now());
        found.ifPresent(d -> chosen.put(service, d));
        return found;
    }

    private Optional<Dialect> choose(ServiceRef service, Instant now) {
        var own = watched(service).own();
        var requests = own.requests().isPresent()
                ? new OwnDialect(prometheus, this, service)
                        .requests(own.requests().get(), now)
                : Dialect.KNOWN.stream()
                        .filter(dialect -> isCounted(dialect, service, now))
                        .findFirst();
        return requests.map(dialect -> new OwnDialect(prometheus, this, service).timed(dialect, own, now));
    }

    private boolean isCounted(Dialect dialect, ServiceRef service, Instant now) {
        return of(dialect, dialect.requests(), service, Optional.empty())
                .map(selector -> prometheus.vector(
                        "count by (%s) (count_over_time(%s[%ds]))"
                                .formatted(dialect.status(), selector, IN_USE.toSeconds()),
                        now))
                .filter(found ->
                        found.stream().anyMatch(s -> !s.label(dialect.status()).isEmpty()))
                .isPresent();
    }

    private Watched watched(ServiceRef service) {
        var watched = services.get(service);
        if (watched == null) {
            throw new Unreachable("%s is not configured for Prometheus".formatted(service));
        }
        return watched;
    }

    /// A metric of that service. Empty if no pod of it is known, or there is no such metric.
    Optional<String> of(Dialect dialect, String metric, ServiceRef service, Optional<Digest> revision) {
        return metric.isEmpty()
                ? Optional.empty()
                : matchers(dialect, service, revision).map(m -> narrowed(dialect, metric, m));
    }

    /// The metric with those labels and, if the team named it, with the team's.
    ///
    /// @param matchers as [#matchers] gives them
    static String narrowed(Dialect dialect, String metric, String matchers) {
        var more = dialect.narrowed(metric).stream().map(Matcher::toString).toList();
        if (more.isEmpty()) {
            return metric + matchers;
        }
        var inside = new ArrayList<String>();
        Optional.of(matchers.substring(1, matchers.length() - 1))
                .filter(m -> !m.isEmpty())
                .ifPresent(inside::add);
        inside.addAll(more);
        return "%s{%s}".formatted(metric, String.join(",", inside));
    }

    /// Empty if no pod of it is known.
    Optional<String> matchers(Dialect dialect, ServiceRef service, Optional<Digest> revision) {
        var watched = watched(service);
        var matchers = new ArrayList<String>();
        if (dialect.outside().isPresent()) {
            matchers.addAll(outside(dialect.outside().get(), watched));
        } else if (!dialect.isTheTeams() || !dialect.pod().isEmpty()) {
            // What the team counts in front of its pods may be somewhere else, and is named by the team's own labels.
            watched.labels().forEach((name, value) -> matchers.add(matcher(name, value)));
        }
        if (!dialect.pod().isEmpty()) {
            var patterns = instances.patterns(service, revision);
            if (patterns.isEmpty()) {
                return Optional.empty();
            }
            matchers.add(new Matcher(dialect.pod(), "=~", String.join("|", patterns)).toString());
        }
        return Optional.of("{%s}".formatted(String.join(",", matchers)));
    }

    private static List<String> outside(Dialect.Outside outside, Watched watched) {
        var namespace = watched.labels().getOrDefault(NAMESPACE, "");
        var service = outside.value().replace("NAMESPACE", literal(namespace)).replace("NAME", literal(watched.name()));
        var matchers = new ArrayList<>(List.of(new Matcher(outside.service(), "=~", service).toString()));
        if (!outside.namespace().isEmpty()) {
            matchers.add(matcher(outside.namespace(), namespace));
        }
        return matchers;
    }

    private static String matcher(String name, String value) {
        return new Matcher(name, "=", value).toString();
    }

    /// Of those, only the pods with these names.
    static String only(String matchers, String label, List<String> names) {
        var exact = String.join("|", names.stream().map(Selectors::literal).toList());
        return "%s,%s=~%s}".formatted(matchers.substring(0, matchers.length() - 1), label, Matcher.quoted(exact));
    }

    /// Names are labels of Kubernetes: a dot is the only thing in them that means something else.
    private static String literal(String name) {
        return name.replace(".", "\\.");
    }
}
