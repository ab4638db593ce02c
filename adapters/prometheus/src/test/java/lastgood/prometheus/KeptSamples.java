package lastgood.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/// As much of a Prometheus as it takes to scrape [FakePods] when a test says so, and to answer for it afterwards.
final class KeptSamples implements AutoCloseable {

    private static final Pattern SAMPLES = Pattern.compile("([a-z_]+)\\{.*pod=~\"(.*)\"}\\[(\\d+)s]");

    private record Kept(long atMillis, String pod, Map<String, String> labels, double value) {}

    private final FakePods pods;
    private final HttpServer server;
    private final List<Kept> kept = new ArrayList<>();
    volatile boolean down;

    KeptSamples(FakePods pods) throws IOException {
        this.pods = pods;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            var form = new TreeMap<String, String>();
            for (var pair : new String(exchange.getRequestBody().readAllBytes(), UTF_8).split("&", -1)) {
                form.put(pair.split("=", 2)[0], URLDecoder.decode(pair.split("=", 2)[1], UTF_8));
            }
            var answer = (down
                            ? "{\"status\":\"error\",\"error\":\"out of memory\"}"
                            : "{\"status\":\"success\",\"data\":%s}".formatted(data(form)))
                    .getBytes(UTF_8);
            exchange.sendResponseHeaders(down ? 503 : 200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    synchronized void scrape() {
        var at = pods.now().toEpochMilli();
        for (var pod : pods.pods) {
            kept.add(new Kept(at, pod.name, Map.of("__name__", "up"), 1));
            pod.started.ifPresent(s -> kept.add(
                    new Kept(at, pod.name, Map.of("__name__", "process_start_time_seconds"), s.getEpochSecond())));
            keep(at, pod, "200", pod.good);
            keep(at, pod, "503", pod.bad);
        }
    }

    private void keep(long at, FakePods.Fake pod, String code, long value) {
        if (value > 0) {
            kept.add(new Kept(
                    at, pod.name, Map.of("__name__", "http_requests_total", "code", code, "handler", "/pay"), value));
        }
    }

    private synchronized String data(Map<String, String> form) {
        var query = form.getOrDefault("query", "");
        var now = pods.now();
        if (query.equals("time()")) {
            return "{\"resultType\":\"scalar\",\"result\":[%s,\"%s\"]}".formatted(seconds(now), seconds(now));
        }
        if (form.containsKey("step")) {
            return "{\"resultType\":\"matrix\",\"result\":[]}";
        }
        var samples = SAMPLES.matcher(query);
        if (samples.matches()) {
            var to = Math.round(Double.parseDouble(form.getOrDefault("time", "0")) * 1000);
            return matrix(
                    samples.group(1),
                    Pattern.compile(samples.group(2)),
                    to - 1000L * Long.parseLong(samples.group(3)),
                    to);
        }
        // The hour before, and whether a name is in use.
        return query.startsWith("count by (code)") && query.contains("http_requests_total")
                        || query.contains("increase(http_requests_total")
                ? """
                  {"resultType":"vector","result":[{"metric":{"code":"200"},"value":[1,"100000"]},
                  {"metric":{"code":"503"},"value":[1,"100"]}]}"""
                : "{\"resultType\":\"vector\",\"result\":[]}";
    }

    private String matrix(String name, Pattern pod, long from, long to) {
        var series = new TreeMap<String, List<String>>();
        for (var one : kept) {
            if (one.labels().containsValue(name)
                    && pod.matcher(one.pod()).matches()
                    && one.atMillis() > from
                    && one.atMillis() <= to) {
                var labels = new TreeMap<>(one.labels());
                labels.putAll(Map.of("pod", one.pod(), "job", "pods", "instance", one.pod()));
                series.computeIfAbsent(json(labels), _ -> new ArrayList<>())
                        .add("[%d.%03d,\"%s\"]".formatted(one.atMillis() / 1000, one.atMillis() % 1000, one.value()));
            }
        }
        var all = new ArrayList<String>();
        series.forEach((labels, values) ->
                all.add("{\"metric\":%s,\"values\":[%s]}".formatted(labels, String.join(",", values))));
        return "{\"resultType\":\"matrix\",\"result\":[%s]}".formatted(String.join(",", all));
    }

    private static String json(Map<String, String> labels) {
        var all = new ArrayList<String>();
        labels.forEach((k, v) -> all.add("\"%s\":\"%s\"".formatted(k, v)));
        return "{%s}".formatted(String.join(",", all));
    }

    private static String seconds(Instant at) {
        return "%d.%03d".formatted(at.getEpochSecond(), at.toEpochMilli() % 1000);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
