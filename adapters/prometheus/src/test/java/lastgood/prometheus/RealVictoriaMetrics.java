package lastgood.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Debian's VictoriaMetrics, single node, started for a test.
final class RealVictoriaMetrics implements RealServer {

    private static final int WITHIN_SECONDS = 120;

    private final Process process;
    private final URI url;

    private RealVictoriaMetrics(Process process, URI url) {
        this.process = process;
        this.url = url;
    }

    /// The program, if it is installed or named by LASTGOOD_VICTORIA_METRICS.
    static Optional<Path> program() {
        return Stream.of(System.getenv().getOrDefault("LASTGOOD_VICTORIA_METRICS", ""), "/usr/bin/victoria-metrics")
                .filter(p -> !p.isEmpty())
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    static void assumeThere() {
        assumeTrue(
                program().isPresent(),
                "there is no VictoriaMetrics here: install Debian's victoria-metrics, or set LASTGOOD_VICTORIA_METRICS");
    }

    /// One that scrapes nobody and has been given its samples.
    static RealVictoriaMetrics with(Path folder, GivenSamples samples) throws IOException, InterruptedException {
        var started = start(folder, List.of());
        try {
            var given = HttpRequest.newBuilder(started.url.resolve("/api/v1/import/prometheus"))
                    .POST(HttpRequest.BodyPublishers.ofString(samples.textMillis(), UTF_8))
                    .build();
            if (answer(given) / 100 != 2 || answer(started.request("/internal/force_flush")) != 200) {
                throw new IOException("VictoriaMetrics did not take the samples");
            }
        } catch (IOException | InterruptedException e) {
            started.close();
            throw e;
        }
        return started;
    }

    /// @param targets `host:port` of each pod, whose name is the label `pod`; scraped each second
    static RealVictoriaMetrics start(Path folder, List<Exposed> targets) throws IOException, InterruptedException {
        var port = RealPrometheus.freePort();
        var command = new ArrayList<>(List.of(
                program().orElseThrow().toString(),
                "-storageDataPath=" + folder.resolve("victoria"),
                "-httpListenAddr=127.0.0.1:" + port,
                "-retentionPeriod=1",
                "-loggerLevel=WARN"));
        if (!targets.isEmpty()) {
            command.add("-promscrape.config=" + RealPrometheus.config(folder, targets));
        }
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("victoria.log").toFile())
                .start();
        var started = new RealVictoriaMetrics(process, URI.create("http://127.0.0.1:" + port));
        started.awaitReady();
        return started;
    }

    private void awaitReady() throws IOException, InterruptedException {
        var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WITHIN_SECONDS);
        while (System.nanoTime() < deadline && process.isAlive()) {
            try {
                if (answer(request("/health")) == 200) {
                    return;
                }
            } catch (IOException _) {
                // not listening yet
            }
            Thread.sleep(50);
        }
        close();
        throw new IOException("VictoriaMetrics did not start");
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(url.resolve(path)).build();
    }

    private static int answer(HttpRequest request) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
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
