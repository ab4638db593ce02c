package lastgood.local.proxy;

import java.util.List;
import java.util.Map;
import lastgood.core.ServiceRef;

/// Counters as Prometheus reads them (text format 0.0.4).
public final class Exposition {

    private final StringBuilder requests = new StringBuilder("""
            # HELP http_requests_total Requests that users made, by who answered them; no revision: nobody did.
            # TYPE http_requests_total counter
            """);
    private final StringBuilder durations = new StringBuilder("""
            # HELP http_request_duration_seconds From the request's arrival to its answer's first byte.
            # TYPE http_request_duration_seconds histogram
            """);
    private final StringBuilder maintenance = new StringBuilder("""
            # HELP lastgood_maintenance_answers_total Requests that got the maintenance page.
            # TYPE lastgood_maintenance_answers_total counter
            """);
    private final StringBuilder instances = new StringBuilder("""
            # HELP lastgood_instances Instances by state.
            # TYPE lastgood_instances gauge
            """);

    public void add(ServiceRef service, Counters counters) {
        counters.all().forEach((who, series) -> add(labels(service, who), series.totals()));
        maintenance.append("lastgood_maintenance_answers_total{%s} %s\n"
                .formatted(labels(service), counters.maintenanceAnswers()));
    }

    public void instances(ServiceRef service, String workload, String revision, String version, String state, long n) {
        instances.append("lastgood_instances{%s,state=\"%s\"} %s\n"
                .formatted(labels(service, new Answerer(revision, version, workload)), state, n));
    }

    private void add(String labels, Series.Totals totals) {
        totals.byCode()
                .forEach((code, n) ->
                        requests.append("http_requests_total{%s,code=\"%s\"} %s\n".formatted(labels, code, n)));
        for (var bound : Buckets.EXPOSED) {
            bucket(labels, Double.toString(bound / 1000.0), Buckets.upTo(totals.sum().buckets, bound));
        }
        var count = totals.sum().requests;
        bucket(labels, "+Inf", count);
        durations.append("http_request_duration_seconds_sum{%s} %s\n".formatted(labels, totals.sumMicros() / 1e6));
        durations.append("http_request_duration_seconds_count{%s} %s\n".formatted(labels, count));
    }

    private void bucket(String labels, String bound, long n) {
        durations.append("http_request_duration_seconds_bucket{%s,le=\"%s\"} %s\n".formatted(labels, bound, n));
    }

    private static String labels(ServiceRef service) {
        return "service=\"%s\",environment=\"%s\"".formatted(service.service(), service.environment());
    }

    /// Names, versions and digests cannot hold what would have to be escaped.
    private static String labels(ServiceRef service, Answerer who) {
        var more = Map.of("revision", who.revision(), "version", who.version(), "workload", who.workload());
        return labels(service)
                + List.of("revision", "version", "workload").stream()
                        .map(name -> ",%s=\"%s\"".formatted(name, more.getOrDefault(name, "")))
                        .reduce("", String::concat);
    }

    public String text() {
        return requests.toString() + durations + maintenance + instances;
    }
}
