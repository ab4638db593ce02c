package lastgood.prometheus;

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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Debian's Prometheus, started for a test, scraping each second.
final class RealPrometheus implements RealServer {

    private final Process process;
    private final URI url;

    private RealPrometheus(Process process, URI url) {
        this.process = process;
        this.url = url;
    }

    /// The program, if it is installed or named by LASTGOOD_PROMETHEUS.
    static Optional<Path> program() {
        return Stream.of(System.getenv().getOrDefault("LASTGOOD_PROMETHEUS", ""), "/usr/bin/prometheus")
                .filter(p -> !p.isEmpty())
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// Comes in the same package.
    static Optional<Path> promtool() {
        return program().map(p -> p.resolveSibling("promtool")).filter(Files::isExecutable);
    }

    /// One that scrapes nobody and has been given its samples.
    static RealPrometheus with(Path folder, GivenSamples samples) throws IOException, InterruptedException {
        return with(folder, samples.text());
    }

    /// @param samples in OpenMetrics' text format
    static RealPrometheus with(Path folder, String samples) throws IOException, InterruptedException {
        var text = Files.writeString(folder.resolve("samples.txt"), samples, UTF_8);
        var given = new ProcessBuilder(
                        promtool().orElseThrow().toString(),
                        "tsdb",
                        "create-blocks-from",
                        "openmetrics",
                        text.toString(),
                        folder.resolve("tsdb").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("promtool.log").toFile())
                .start();
        if (!given.waitFor(2, TimeUnit.MINUTES) || given.exitValue() != 0) {
            given.destroyForcibly();
            throw new IOException("promtool: " + Files.readString(folder.resolve("promtool.log")));
        }
        return start(folder, List.of());
    }

    /// @param targets `host:port` of each pod, whose name is the label `pod`
    static RealPrometheus start(Path folder, List<Exposed> targets) throws IOException, InterruptedException {
        var config = config(folder, targets);
        var port = freePort();
        var process = new ProcessBuilder(
                        program().orElseThrow().toString(),
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + port,
                        "--log.level=error")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
        var started = new RealPrometheus(process, URI.create("http://127.0.0.1:" + port));
        started.awaitReady();
        return started;
    }

    static Path config(Path folder, List<Exposed> targets) throws IOException {
        var yaml = new StringBuilder("global: { scrape_interval: 1s, scrape_timeout: 900ms }\nscrape_configs:\n"
                + "- job_name: pods\n  static_configs:\n");
        if (targets.isEmpty()) {
            yaml.append("  - targets: []\n");
        }
        for (var target : targets) {
            yaml.append("  - targets: ['127.0.0.1:%d']\n    labels: %s\n".formatted(target.port(), target.labels()));
        }
        return Files.writeString(folder.resolve("prometheus.yml"), yaml, UTF_8);
    }

    private void awaitReady() throws IOException, InterruptedException {
        var http = HttpClient.newHttpClient();
        var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (System.nanoTime() < deadline && process.isAlive()) {
            try {
                var answer = http.send(
                        HttpRequest.newBuilder(url.resolve("/-/ready")).build(),
                        HttpResponse.BodyHandlers.discarding());
                if (answer.statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // not listening yet
            }
            Thread.sleep(50);
        }
        throw new IOException("Prometheus did not start");
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public URI url() {
        return url;
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
