package lastgood.prometheus;

import java.util.List;

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
public record Dialect(
        String name,
        String requests,
        String status,
        String buckets,
        double secondsPerUnit,
        String pod,
        String service,
        String place) {

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

    /// 5xx, or a class of it.
    static boolean isError(String status) {
        return status.startsWith("5");
    }
}
