package lastgood.prometheus;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lastgood.core.ServiceRef;

/// Finds out how the counters look that the team named: whether the pods count them, and where the status code stands.
/// What is named and not there is not replaced by something else: whoever names a counter means that one.
final class OwnDialect {

    private static final String NAME = "signals.errorRate";

    private static final List<String> STATUS = List.of(
            "code",
            "status",
            "status_code",
            "http_response_status_code",
            "response_code",
            "http_status_code",
            "http_status");

    private static final List<String> PLACES = List.of("handler", "http_route", "route");

    private final Prometheus prometheus;
    private final Selectors selectors;
    private final ServiceRef service;

    OwnDialect(Prometheus prometheus, Selectors selectors, ServiceRef service) {
        this.prometheus = prometheus;
        this.selectors = selectors;
        this.service = service;
    }

    Optional<Dialect> requests(Own.Requests own, Instant now) {
        return byPods(own, now).or(() -> inFront(own, now));
    }

    private Optional<Dialect> byPods(Own.Requests own, Instant now) {
        var draft = draft(own, "pod");
        return selectors
                .of(draft, own.metric(), service, Optional.empty())
                .flatMap(selector -> dialect(own, "pod", series(selector, now)));
    }

    /// Counted by something in front of the pods, which then cannot tell releases apart. Only if no pod is named at
    /// all: other pods' requests are not this service's. And only by labels of the team's: without one, everybody's
    /// requests would be counted.
    private Optional<Dialect> inFront(Own.Requests own, Instant now) {
        if (own.every().isEmpty()) {
            return Optional.empty();
        }
        var matchers = own.every().stream().map(Matcher::toString).collect(Collectors.joining(",", "{", "}"));
        var found = series(own.metric() + matchers, now);
        return found.stream().anyMatch(s -> !s.label("pod").isEmpty()) ? Optional.empty() : dialect(own, "", found);
    }

    private List<Series> series(String selector, Instant now) {
        var labels =
                Stream.of(List.of("pod"), STATUS, PLACES).flatMap(List::stream).collect(Collectors.joining(", "));
        return prometheus.vector(
                "count by (%s) (count_over_time(%s[%ds]))".formatted(labels, selector, Selectors.IN_USE.toSeconds()),
                now);
    }

    private static Optional<Dialect> dialect(Own.Requests own, String pod, List<Series> found) {
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var status = used(STATUS, found);
        if (own.failed().isEmpty() && status.isEmpty()) {
            return Optional.empty();
        }
        var draft = draft(own, pod);
        return Optional.of(draft.counting(status, used(PLACES, found)));
    }

    private static Dialect draft(Own.Requests own, String pod) {
        return new Dialect(
                NAME,
                own.metric(),
                "",
                "",
                1,
                pod,
                Optional.empty(),
                new TreeMap<>(),
                "",
                new Dialect.Own(own.every(), own.failed(), List.of()));
    }

    /// The first of them that some series has.
    private static String used(List<String> labels, List<Series> found) {
        return labels.stream()
                .filter(l -> found.stream().anyMatch(s -> !s.label(l).isEmpty()))
                .findFirst()
                .orElse("");
    }

    // ---- response times

    /// With the histogram that the team named; or, for a counter of its own, with the first known one that there is.
    Dialect timed(Dialect dialect, Own own, Instant now) {
        // In front of the pods and without a label of the team's, everybody's response times would be counted.
        if (own.latency().isPresent()
                && (!dialect.pod().isEmpty() || !own.latency().get().every().isEmpty())) {
            var latency = own.latency().get();
            return with(dialect, latency.buckets(), latency.secondsPerUnit(), latency.every());
        }
        if (!dialect.buckets().isEmpty()) {
            return dialect;
        }
        return Dialect.KNOWN.stream()
                .filter(known ->
                        known.pod().equals(dialect.pod()) && known.outside().isEmpty())
                .filter(known -> isThere(with(dialect, known.buckets(), known.secondsPerUnit(), List.of()), now))
                .findFirst()
                .map(known -> with(dialect, known.buckets(), known.secondsPerUnit(), List.of()))
                .orElse(dialect);
    }

    private boolean isThere(Dialect dialect, Instant now) {
        return selectors
                .of(dialect, dialect.buckets(), service, Optional.empty())
                .filter(s -> !prometheus
                        .vector("count(count_over_time(%s[%ds]))".formatted(s, Selectors.IN_USE.toSeconds()), now)
                        .isEmpty())
                .isPresent();
    }

    private static Dialect with(Dialect dialect, String buckets, double secondsPerUnit, List<Matcher> timed) {
        return new Dialect(
                dialect.name(),
                dialect.requests(),
                dialect.status(),
                buckets,
                secondsPerUnit,
                dialect.pod(),
                dialect.outside(),
                dialect.only(),
                dialect.place(),
                new Dialect.Own(dialect.own().counted(), dialect.own().failed(), timed));
    }
}
