package lastgood.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// A pod whose counters a test sets.
final class Exposed implements AutoCloseable {

    private final String labels;
    private final String pod;
    private final HttpServer server;
    private final Map<String, Long> counters = new ConcurrentHashMap<>();

    Exposed(String pod) throws IOException {
        this("{ namespace: shop, pod: '%s' }".formatted(pod), pod);
    }

    /// @param labels as in the scrape configuration
    Exposed(String labels, String pod) throws IOException {
        this.labels = labels;
        this.pod = pod;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.createContext("/", exchange -> {
            var text = new StringBuilder();
            new TreeMap<>(counters).forEach((name, value) -> text.append("%s %d\n".formatted(name, value)));
            var bytes = text.toString().getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    String pod() {
        return pod;
    }

    String labels() {
        return labels;
    }

    /// One line of an exposition, as in `name{label="value"}`.
    void set(String series, long value) {
        counters.put(series, value);
    }

    int port() {
        return server.getAddress().getPort();
    }

    /// Requests of one kind, from the beginning.
    void requests(String code, long count) {
        counters.put("http_requests_total{code=\"%s\",handler=\"/\"}".formatted(code), count);
    }

    /// Requests that took up to 0.1 s, up to 0.5 s, and all.
    void took(long upTo100, long upTo500, long all) {
        counters.put("http_request_duration_seconds_bucket{le=\"0.1\"}", upTo100);
        counters.put("http_request_duration_seconds_bucket{le=\"0.5\"}", upTo500);
        counters.put("http_request_duration_seconds_bucket{le=\"+Inf\"}", all);
    }

    void started(Instant at) {
        counters.put("process_start_time_seconds", at.getEpochSecond());
    }

    /// As a new process: it counts from nothing.
    void restart() {
        counters.clear();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
