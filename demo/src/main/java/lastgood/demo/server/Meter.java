package lastgood.demo.server;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// Counts requests, and says so as Prometheus' own libraries do (text format 0.0.4).
final class Meter {

    /// Those that most libraries have.
    private static final double[] BOUNDS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};

    private final double startedAt;
    private final Map<Kind, Long> requests = new TreeMap<>();
    private final Map<String, Times> times = new TreeMap<>();

    private record Kind(String handler, String method, int code) implements Comparable<Kind> {
        @Override
        public int compareTo(Kind other) {
            return labels().compareTo(other.labels());
        }

        String labels() {
            return "handler=\"%s\",method=\"%s\",code=\"%d\"".formatted(handler, method, code);
        }
    }

    private static final class Times {
        final long[] within = new long[BOUNDS.length];
        long all;
        double seconds;
    }

    /// @param startedAt of this process, in milliseconds since 1970
    Meter(long startedAt) {
        this.startedAt = startedAt / 1000.0;
    }

    /// @param handler one of a few: what a client sends must not become a name here
    synchronized void count(String handler, String method, int code, Duration took) {
        requests.merge(new Kind(handler, method, code), 1L, Long::sum);
        var seconds = took.toNanos() / 1e9;
        var of = times.computeIfAbsent(handler, _ -> new Times());
        of.all++;
        of.seconds += seconds;
        for (var i = 0; i < BOUNDS.length; i++) {
            of.within[i] += seconds <= BOUNDS[i] ? 1 : 0;
        }
    }

    synchronized String text() {
        var text = new StringBuilder();
        text.append("# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds %s\n".formatted(startedAt));
        text.append("# TYPE http_requests_total counter\n");
        requests.forEach((kind, n) -> text.append("http_requests_total{%s} %d\n".formatted(kind.labels(), n)));
        text.append("# TYPE http_request_duration_seconds histogram\n");
        times.forEach((handler, of) -> {
            for (var i = 0; i < BOUNDS.length; i++) {
                bucket(text, handler, Double.toString(BOUNDS[i]), of.within[i]);
            }
            bucket(text, handler, "+Inf", of.all);
            var labels = "{handler=\"%s\"}".formatted(handler);
            text.append("http_request_duration_seconds_sum%s %s\n".formatted(labels, of.seconds));
            text.append("http_request_duration_seconds_count%s %d\n".formatted(labels, of.all));
        });
        return text.toString();
    }

    private static void bucket(StringBuilder text, String handler, String bound, long n) {
        text.append("http_request_duration_seconds_bucket{handler=\"%s\",le=\"%s\"} %d\n".formatted(handler, bound, n));
    }
}
