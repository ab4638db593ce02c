package lastgood.prometheus;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// How a library or a proxy names what it counts.
///
/// @param name for people: `config effective` shows it
/// @param requests counter of requests
/// @param status label with the status code
/// @param buckets histogram of response times
/// @param secondsPerUnit of the histogram's bounds: 1 for seconds, 0.001 for milliseconds
/// @param pod label that tells which pod was scraped
/// @param outside where it is counted in front of the pods: how the service is named there; empty: the pod tells
/// @param only what series have to have besides, such as one side of what both sides of a call count
/// @param place label of the route, if there is one; empty: none
/// @param own what the team's own signals say besides; [Own#NONE] of those that are known
public record Dialect(
        String name,
        String requests,
        String status,
        String buckets,
        double secondsPerUnit,
        String pod,
        Optional<Outside> outside,
        SortedMap<String, String> only,
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

    public Dialect {
        only = Collections.unmodifiableSortedMap(new TreeMap<>(only));
    }

    /// How a proxy in front of a service names it. Prometheus renames a metric's own labels to `exported_...` where the
    /// proxy's pod has labels of the same names, which it has if it was found in a Kubernetes.
    ///
    /// @param service label with the service
    /// @param namespace label with its namespace; empty: it is a part of the service's name
    /// @param value regular expression (RE2) of the service's label, with `NAMESPACE` and `NAME` to be filled in
    public record Outside(String service, String namespace, String value) {}

    private static Dialect ofPods(String name, String requests, String status, String buckets, String place) {
        return new Dialect(
                name, requests, status, buckets, 1, "pod", Optional.empty(), new TreeMap<>(), place, Own.NONE);
    }

    private static Dialect inFront(String name, String requests, String status, String buckets, Outside outside) {
        return new Dialect(name, requests, status, buckets, 1, "", Optional.of(outside), new TreeMap<>(), "", Own.NONE);
    }

    /// `NAMESPACE-NAME-PORT@kubernetes`, and for what a person wrote `NAME@file`. A port or a hash has no dash in
    /// it: the service `web-api` is not `web`.
    private static final String TRAEFIK = "(NAMESPACE-NAME-[0-9a-z]+|NAME)@.+";

    /// In the order in which they are tried: what the service itself counts is nearer to its users than what a proxy
    /// in front of it does.
    public static final List<Dialect> KNOWN = List.of(
            ofPods(
                    "OpenTelemetry",
                    "http_server_request_duration_seconds_count",
                    "http_response_status_code",
                    "http_server_request_duration_seconds_bucket",
                    "http_route"),
            ofPods(
                    "http_requests_total",
                    "http_requests_total",
                    "code",
                    "http_request_duration_seconds_bucket",
                    "handler"),
            ofPods(
                    "http_requests_total (status)",
                    "http_requests_total",
                    "status",
                    "http_request_duration_seconds_bucket",
                    "handler"),
            // A pod's proxy counts what it receives and what it sends: what it sends is another service's.
            new Dialect(
                    "Istio",
                    "istio_requests_total",
                    "response_code",
                    "istio_request_duration_milliseconds_bucket",
                    0.001,
                    "pod",
                    Optional.empty(),
                    new TreeMap<>(Map.of("reporter", "destination")),
                    "",
                    Own.NONE),
            inFront(
                    "Traefik",
                    "traefik_service_requests_total",
                    "code",
                    "traefik_service_request_duration_seconds_bucket",
                    new Outside("service", "", TRAEFIK)),
            inFront(
                    "Traefik (exported_service)",
                    "traefik_service_requests_total",
                    "code",
                    "traefik_service_request_duration_seconds_bucket",
                    new Outside("exported_service", "", TRAEFIK)),
            inFront(
                    "ingress-nginx",
                    "nginx_ingress_controller_requests",
                    "status",
                    "nginx_ingress_controller_request_duration_seconds_bucket",
                    new Outside("service", "namespace", "NAME")),
            inFront(
                    "ingress-nginx (exported_service)",
                    "nginx_ingress_controller_requests",
                    "status",
                    "nginx_ingress_controller_request_duration_seconds_bucket",
                    new Outside("exported_service", "exported_namespace", "NAME")));

    /// By those labels.
    Dialect counting(String byStatus, String byPlace) {
        return new Dialect(name, requests, byStatus, buckets, secondsPerUnit, pod, outside, only, byPlace, own);
    }

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
        return metric.equals(requests)
                ? narrowed(own.counted())
                : metric.equals(buckets) ? narrowed(own.timed()) : List.of();
    }

    private List<Matcher> narrowed(List<Matcher> named) {
        var all = new ArrayList<Matcher>();
        only.forEach((label, value) -> all.add(new Matcher(label, "=", value)));
        all.addAll(named);
        return all;
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
