package lastgood.app.watched;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A real Prometheus that has been told of a service's past and finds its present in the agent's list of instances.
final class DebiansPrometheus implements AutoCloseable {

    private static final int PAST_EVERY = 15;
    private static final int WITHIN_SECONDS = 120;

    private final Process process;
    private final URI url;

    private DebiansPrometheus(Process process, URI url) {
        this.process = process;
        this.url = url;
    }

    /// The program, with its tool beside it.
    static Optional<Path> program() {
        return Stream.of(System.getenv().getOrDefault("LASTGOOD_PROMETHEUS", ""), "/usr/bin/prometheus")
                .filter(p -> !p.isEmpty())
                .map(Path::of)
                .filter(Files::isExecutable)
                .filter(p -> Files.isExecutable(p.resolveSibling("promtool")))
                .findFirst();
    }

    static boolean isMissing() {
        return program().isEmpty() && System.getenv("LASTGOOD_PROMETHEUS_REQUIRED") == null;
    }

    static final String MISSING =
            "there is no Prometheus with promtool here: install Debian's package, or set LASTGOOD_PROMETHEUS";

    /// A port that nobody has; asked for early, because the service's file names it.
    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /// What one pod of a release that is well has served.
    ///
    /// @param name as in the label `pod`
    record Past(String namespace, String service, String name, int perSecond) {}

    /// Writes down the last hours and the same hours a week ago, where one request in a thousand fails.
    static void remember(Path folder, List<Past> pods, Instant until) throws IOException, InterruptedException {
        var families = new TreeMap<String, StringBuilder>();
        var end = until.getEpochSecond();
        var week = Duration.ofDays(7).toSeconds();
        for (var pod : pods) {
            tell(families, pod, end - week - 2 * 3600, end - week + 2 * 3600);
        }
        for (var pod : pods) {
            tell(families, pod, end - 6 * 3600, end);
        }
        var text = new StringBuilder();
        families.values().forEach(text::append);
        var file = Files.writeString(folder.resolve("past.txt"), text + "# EOF\n", UTF_8);
        run(
                folder.resolve("promtool.log"),
                List.of(
                        program().orElseThrow().resolveSibling("promtool").toString(),
                        "tsdb",
                        "create-blocks-from",
                        "openmetrics",
                        file.toString(),
                        folder.resolve("tsdb").toString()));
    }

    private static void tell(TreeMap<String, StringBuilder> families, Past pod, long from, long to) {
        var labels = "namespace=\"%s\",service=\"%s\",pod=\"%s\",job=\"instances\",instance=\"%s:80\""
                .formatted(pod.namespace(), pod.service(), pod.name(), pod.name());
        for (var at = from; at < to; at += PAST_EVERY) {
            var n = (at - from) * pod.perSecond();
            line(families, "up", labels, 1, at);
            line(families, "http_requests_total", labels + ",handler=\"/api/v1/graph\",code=\"200\"", n - n / 1000, at);
            line(families, "http_requests_total", labels + ",handler=\"/api/v1/graph\",code=\"500\"", n / 1000, at);
            for (var bound : List.of("0.1", "0.5", "+Inf")) {
                line(families, "http_request_duration_seconds_bucket", labels + ",le=\"%s\"".formatted(bound), n, at);
            }
        }
    }

    private static void line(TreeMap<String, StringBuilder> families, String name, String labels, long n, long at) {
        families.computeIfAbsent(name, _ -> new StringBuilder())
                .append("%s{%s} %d %d\n".formatted(name, labels, n, at));
    }

    private static void run(Path log, List<String> command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(WITHIN_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("%s: %s".formatted(command.getFirst(), Files.readString(log)));
        }
    }

    /// @param targets the file with the instances
    static DebiansPrometheus start(Path folder, int port, Path targets, Duration interval)
            throws IOException, InterruptedException {
        var config = Files.writeString(folder.resolve("prometheus.yml"), """
                        global: { scrape_interval: %1$ds, scrape_timeout: %2$dms }
                        scrape_configs:
                        - job_name: instances
                          file_sd_configs: [{ files: ['%3$s'] }]
                        """.formatted(
                        interval.toSeconds(), Math.min(5000, interval.toMillis() * 9 / 10), targets));
        var command = new ArrayList<>(List.of(
                program().orElseThrow().toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + port,
                "--log.level=warn"));
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
        var started = new DebiansPrometheus(process, URI.create("http://127.0.0.1:" + port));
        started.awaitReady();
        return started;
    }

    private void awaitReady() throws IOException, InterruptedException {
        var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WITHIN_SECONDS);
        try (var http = HttpClient.newHttpClient()) {
            while (System.nanoTime() < deadline && process.isAlive()) {
                try {
                    var ready = HttpRequest.newBuilder(url.resolve("/-/ready")).build();
                    if (http.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                        return;
                    }
                } catch (IOException _) {
                    // not listening yet
                }
                Thread.sleep(50);
            }
        }
        close();
        throw new IOException("Prometheus did not start");
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
