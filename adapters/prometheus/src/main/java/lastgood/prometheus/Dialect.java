package lastgood.prometheus;

import java.util.List;
import java.util.stream.Collectors;

/// How a library or a proxy names what it counts.
///
/// @param name for people: `config effective` shows it
/// @param requests counter of requests
/// @param status label with the status code
/// @param buckets histogram of response times
/// @param secondsPerUnit of the histogram's bounds: 1 for seconds, 0.001 for milliseconds
/// @param pod label that tells which pod was scraped
/// @param service label that holds the service's name, for what is counted outside its pods; empty: the pod tells
/// @param place label of the route, if there is one; empty: none
/// @param own what the team's own signals say besides; [Own#NONE] of those that are known
public record Dialect(
        String name,
        String requests,
        String status,
        String buckets,
        double secondsPerUnit,
        String pod,
        String service,
        String place,
        Own own) {

    /// @param counted of all that is counted
    /// @param failed that failures have besides; empty: they are told by their status
    /// @param timed of the histogram
    record Own(List<Matcher> counted, List<Matcher> failed, List<Matcher> timed) {
        static final Own NONE = new Own(List.of(), List.of(), List.of());

        Own {
            counted = List.copyOf(counted);
            failed = List.copyOf(failed);
            timed = List.copyOf(timed);
        }
    }

    Dialect(
            String name,
            String requests,
            String status,
            String buckets,
            double secondsPerUnit,
            String pod,
            String service,
            String place) {
        this(name, requests, status, buckets, secondsPerUnit, pod, service, place, Own.NONE);
    }

    /// In the order in which they are tried: what the service itself counts is nearer to its users than what a proxy
    /// in front of it does.
    public static final List<Dialect> KNOWN = List.of(
            new Dialect(
                    "OpenTelemetry",
                    "http_server_request_duration_seconds_count",
                    "http_response_status_code",
                    "http_server_request_duration_seconds_bucket",
                    1,
                    "pod",
                    "",
                    "http_route"),
            new Dialect(
                    "http_requests_total",
                    "http_requests_total",
                    "code",
                    "http_request_duration_seconds_bucket",
                    1,
                    "pod",
                    "",
                    "handler"),
            new Dialect(
                    "http_requests_total (status)",
                    "http_requests_total",
                    "status",
                    "http_request_duration_seconds_bucket",
                    1,
                    "pod",
                    "",
                    "handler"),
            new Dialect(
                    "Istio",
                    "istio_requests_total",
                    "response_code",
                    "istio_request_duration_milliseconds_bucket",
                    0.001,
                    "pod",
                    "destination_workload",
                    ""),
            new Dialect(
                    "Traefik",
                    "traefik_service_requests_total",
                    "code",
                    "traefik_service_request_duration_seconds_bucket",
                    1,
                    "",
                    "service",
                    ""),
            new Dialect(
                    "ingress-nginx",
                    "nginx_ingress_controller_requests",
                    "status",
                    "nginx_ingress_controller_request_duration_seconds_bucket",
                    1,
                    "",
                    "service",
                    ""));

    /// 5xx, or a class of it; or what the team calls a failure.
    boolean isFailure(Series series) {
        return own.failed().isEmpty()
                ? series.label(status).startsWith("5")
                : own.failed().stream().allMatch(m -> m.holds(series.label(m.label())));
    }

    /// The labels that tell a failure.
    String telling() {
        return own.failed().isEmpty()
                ? status
                : own.failed().stream().map(Matcher::label).distinct().collect(Collectors.joining(", "));
    }

    /// Whether the team named what is counted.
    boolean isTheTeams() {
        return !own.counted().isEmpty() || !own.failed().isEmpty();
    }

    /// What a metric of this dialect is narrowed by, besides the service's pods.
    List<Matcher> narrowed(String metric) {
        return metric.equals(requests) ? own.counted() : metric.equals(buckets) ? own.timed() : List.of();
    }

    /// For people.
    @Override
    public String toString() {
        return "%s (failures by %s), %s"
                .formatted(
                        requests,
                        own.failed().isEmpty()
                                ? status
                                : own.failed().stream().map(Matcher::toString).collect(Collectors.joining(",")),
                        buckets.isEmpty() ? "no response times" : buckets);
    }
}
