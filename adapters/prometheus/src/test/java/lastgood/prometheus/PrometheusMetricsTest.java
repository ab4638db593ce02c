package lastgood.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Metrics.Window;
import lastgood.engine.port.Unreachable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On a real Prometheus that scrapes pods whose counters we know.
class PrometheusMetricsTest {

    private static final ServiceRef WEB = new ServiceRef("live", "web");
    private static final Digest OLD = Digest.of("old");
    private static final Digest NEW = Digest.of("new");

    @TempDir
    Path folder;

    private Exposed old;
    private Exposed fresh;
    private RealServer prometheus;

    /// Whoever speaks Prometheus' language passes the same tests.
    RealServer scraping(Path folder, List<Exposed> targets) throws IOException, InterruptedException {
        assumeTrue(
                RealPrometheus.program().isPresent() || System.getenv("LASTGOOD_PROMETHEUS_REQUIRED") != null,
                "there is no Prometheus here: install Debian's package, or set LASTGOOD_PROMETHEUS");
        return RealPrometheus.start(folder, targets);
    }

    @BeforeEach
    void start() throws IOException, InterruptedException {
        old = new Exposed("web-5d7-aaaaa");
        fresh = new Exposed("web-6f9-bbbbb");
        old.requests("200", 100_000);
        old.took(100_000, 100_000, 100_000);
        prometheus = scraping(folder, List.of(old, fresh));
    }

    @AfterEach
    void stop() {
        if (prometheus != null) {
            prometheus.close();
        }
        old.close();
        fresh.close();
    }

    private PrometheusMetrics metrics() {
        return new PrometheusMetrics(
                new Prometheus(prometheus.url(), Map::of, Duration.ofSeconds(5)),
                Map.of(WEB, new Watched("web", new TreeMap<>(Map.of("namespace", "shop")))),
                (_, revision) -> revision.map(r -> r.equals(NEW) ? List.of("web-6f9-.+") : List.of("web-5d7-.+"))
                        .orElse(List.of("web-.+")),
                InstantSource.system());
    }

    /// Scrapes come each second.
    private static Window await(PrometheusMetrics metrics, Digest revision, Instant since, Predicate<Window> wanted)
            throws InterruptedException {
        var deadline = Instant.now().plusSeconds(90);
        var seen = Optional.<Window>empty();
        while (Instant.now().isBefore(deadline)) {
            try {
                seen = Optional.of(metrics.window(WEB, Optional.of(revision), since));
                if (wanted.test(seen.get())) {
                    return seen.get();
                }
            } catch (Unreachable e) {
                // nothing is scraped yet
            }
            Thread.sleep(100);
        }
        throw new AssertionError("last seen: " + seen);
    }

    @Test
    void the_first_burst_of_a_new_pod_is_counted_and_an_old_pods_past_is_not() throws InterruptedException {
        var metrics = metrics();
        await(metrics, OLD, Instant.now().minusSeconds(60), w -> true);
        var since = Instant.now();
        Thread.sleep(2_500);

        old.requests("200", 100_400);
        old.requests("500", 4);
        fresh.requests("200", 60);
        fresh.requests("503", 40);
        fresh.took(50, 90, 100);

        var after = await(metrics, OLD, since, w -> w.requests() >= 404);
        assertThat(after.requests()).isEqualTo(404);
        assertThat(after.errors()).isEqualTo(4);
        var young =
                await(metrics, NEW, since, w -> w.requests() >= 100 && !w.p95().isZero());
        assertThat(young.requests()).isEqualTo(100);
        assertThat(young.errors()).isEqualTo(40);
        assertThat(young.p50()).isEqualTo(Duration.ofMillis(100));
        assertThat(young.p95()).isEqualTo(Duration.ofMillis(1000));
    }

    @Test
    void counts_of_a_pod_that_was_never_seen_are_the_base_unless_it_has_just_started() throws Exception {
        var metrics = metrics();
        await(metrics, OLD, Instant.now().minusSeconds(60), w -> true);
        prometheus.close();
        old.requests("200", 100_000);
        fresh.requests("200", 5_000);
        fresh.started(Instant.now().minusSeconds(3_600));
        var later = Files.createDirectory(folder.resolve("later"));
        prometheus = scraping(later, List.of(old, fresh));
        var since = Instant.now().minusSeconds(1);
        var again = metrics();
        await(again, NEW, since, w -> w.requests() == 0 && scraped());

        fresh.requests("200", 5_020);

        assertThat(await(again, NEW, since, w -> w.requests() > 0).requests()).isEqualTo(20);
    }

    /// Whether the pod's counters have arrived at all.
    private boolean scraped() {
        return !new Prometheus(prometheus.url(), Map::of, Duration.ofSeconds(5))
                .samples("http_requests_total{pod=\"web-6f9-bbbbb\"}", Duration.ofMinutes(1), Instant.now())
                .isEmpty();
    }

    @Test
    void a_restart_begins_again_and_takes_nothing_back() throws InterruptedException {
        var metrics = metrics();
        await(metrics, OLD, Instant.now().minusSeconds(60), w -> true);
        var since = Instant.now();
        Thread.sleep(2_500);
        old.requests("200", 100_050);
        await(metrics, OLD, since, w -> w.requests() >= 50);

        old.restart();
        old.requests("200", 30);

        assertThat(await(metrics, OLD, since, w -> w.requests() >= 80).requests())
                .isEqualTo(80);
    }

    @Test
    void a_service_without_requests_under_any_known_name_is_no_calm_service() {
        var metrics = new PrometheusMetrics(
                new Prometheus(prometheus.url(), Map::of, Duration.ofSeconds(5)),
                Map.of(WEB, new Watched("web", new TreeMap<>(Map.of("namespace", "elsewhere")))),
                (_, _) -> List.of("web-.+"),
                InstantSource.system());

        assertThatThrownBy(() ->
                        metrics.window(WEB, Optional.empty(), Instant.now().minusSeconds(60)))
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining("no requests of live/web under any name that is known");
    }
}
