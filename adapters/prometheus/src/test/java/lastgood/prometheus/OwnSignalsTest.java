package lastgood.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Version;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Reference;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.Limits;
import lastgood.core.recover.Sample;
import lastgood.engine.port.Measures;
import lastgood.engine.port.Measures.Measured;
import lastgood.engine.port.Telemetry;
import lastgood.engine.port.Unreachable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The team's own counters and queries, on a real Prometheus that was given its samples.
@DisplayNameGeneration(ReplaceUnderscores.class)
class OwnSignalsTest {

    private static final int EVERY = 15;
    private static final Instant T0 = Instant.ofEpochSecond(Instant.now().getEpochSecond() - 300);
    private static final ServiceRef WEB = new ServiceRef("live", "web");
    private static final Release V1 = release(1, "v1");
    private static final Release V2 = release(2, "v2");

    /// As `sum(rate(shop_requests_total{result!="ok"}[1m])) / sum(rate(shop_requests_total[1m]))` comes to.
    private static final Own RESULTS = new Own(
            Optional.of(new Own.Requests(
                    "shop_requests_total", List.of(), List.of(new Matcher("result", "!~", "ok|not.found")))),
            Optional.of(
                    new Own.Latency("shop_duration_milliseconds_bucket", List.of(new Matcher("kind", "=", "all")))));

    @TempDir
    static Path folder;

    private static RealPrometheus prometheus;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        assumeTrue(
                RealPrometheus.promtool().isPresent() || System.getenv("LASTGOOD_PROMETHEUS_REQUIRED") != null,
                "there is no Prometheus with promtool here: install Debian's package, or set LASTGOOD_PROMETHEUS");
        prometheus = RealPrometheus.with(folder, text());
    }

    @AfterAll
    static void stop() {
        if (prometheus != null) {
            prometheus.close();
        }
    }

    /// Old pods answer 60 requests between two scrapes, one of them late; the new one 30, of which 10 fail and 5 are
    /// not found. A gateway counts all of it once more.
    private static String text() {
        var families = new TreeMap<String, StringBuilder>();
        for (var at = -3900; at <= 330; at += EVERY) {
            var round = (at + 3900) / EVERY + 1;
            pod(families, at, "web-5d7-aaaaa", round * 60L, 0, 0);
            if (at >= 0) {
                var fresh = at / EVERY + 1;
                pod(families, at, "web-6f9-bbbbb", fresh * 15L, fresh * 10L, fresh * 5L);
            }
            line(families, "gateway_requests_total", "backend=\"web\",code=\"200\"", round * 55L, at);
            line(families, "gateway_requests_total", "backend=\"web\",code=\"502\"", round * 5L, at);
            line(families, "gateway_requests_total", "backend=\"cart\",code=\"200\"", round * 1000L, at);
        }
        var text = new StringBuilder();
        families.values().forEach(text::append);
        return text + "# EOF\n";
    }

    private static void pod(Map<String, StringBuilder> families, int at, String pod, long ok, long failed, long lost) {
        var labels = "namespace=\"shop\",pod=\"%s\",job=\"pods\",instance=\"%s:80\"".formatted(pod, pod);
        line(families, "up", labels, 1, at);
        line(families, "shop_requests_total", labels + ",result=\"ok\"", ok, at);
        line(families, "shop_requests_total", labels + ",result=\"failed\"", failed, at);
        line(families, "shop_requests_total", labels + ",result=\"not found\"", lost, at);
        var bucket = "shop_duration_milliseconds_bucket";
        for (var kind : List.of("all", "slow")) {
            line(families, bucket, labels + ",kind=\"%s\",le=\"250.0\"".formatted(kind), ok, at);
            line(families, bucket, labels + ",kind=\"%s\",le=\"+Inf\"".formatted(kind), ok + failed + lost, at);
        }
    }

    private static void line(Map<String, StringBuilder> families, String name, String labels, long value, int at) {
        families.computeIfAbsent(name, _ -> new StringBuilder())
                .append("%s{%s} %d %d\n".formatted(name, labels, value, T0.getEpochSecond() + at));
    }

    private static Release release(int number, String version) {
        return new Release(
                number, new Revision(Digest.of(version), new Version(version)), List.of(), T0, new Person("maya"));
    }

    private static List<String> pods(ServiceRef service, Optional<Digest> revision) {
        return revision.map(r -> r.equals(V2.revision().digest()) ? List.of("web-6f9-.+") : List.of("web-5d7-.+"))
                .orElse(List.of("web-.+"));
    }

    private static Map<ServiceRef, Watched> watched(Own own) {
        return Map.of(WEB, new Watched("web", new TreeMap<>(Map.of("namespace", "shop")), own));
    }

    private static Prometheus asked() {
        return new Prometheus(prometheus.url(), Map::of, Duration.ofSeconds(10));
    }

    private static PrometheusMetrics metrics(Own own) {
        return new PrometheusMetrics(
                asked(), watched(own), OwnSignalsTest::pods, InstantSource.fixed(T0.plusSeconds(300)));
    }

    // ---- on the path that decides

    @Test
    void the_teams_own_counters_are_counted_pod_by_pod_as_those_that_are_known() {
        var feed = new PrometheusTelemetry(asked(), watched(RESULTS), OwnSignalsTest::pods)
                .open(new Telemetry.Question(WEB, V2, Optional.of(V1), T0.minusSeconds(30), List.of(), Set.of()));

        var scrapes =
                feed.next().stream().filter(s -> s.since().toSeconds() <= 240).toList();

        assertThat(feed.basis().orElseThrow().reference()).isEqualTo(new Reference.Beside());
        assertThat(feed.basis().orElseThrow().before().errors().share()).isLessThan(0.01);
        assertThat(scrapes).hasSize(17);
        assertThat(scrapes.stream().map(s -> s.fresh().errors()).reduce(Counts.NONE, Counts::plus))
                .isEqualTo(new Counts(17 * 30, 17 * 10));
        assertThat(scrapes.stream().skip(1).map(s -> s.reference().errors()).reduce(Counts.NONE, Counts::plus))
                .isEqualTo(new Counts(16 * 60, 0));
        assertThat(scrapes.getLast().fresh().latency().requests()).isPositive();
    }

    @Test
    void their_checklist_and_pictures_are_too() {
        var metrics = metrics(RESULTS);

        var window = metrics.window(WEB, Optional.of(V2.revision().digest()), T0.plusSeconds(100));

        assertThat(window.errorPercent()).isBetween(33.0, 33.7);
        assertThat(window.p50()).isEqualTo(Duration.ofMillis(250));
        assertThat(metrics.names(WEB).chosen())
                .isEqualTo(
                        "shop_requests_total (failures by result!~\"ok|not.found\"), shop_duration_milliseconds_bucket");
        assertThat(metrics.names(WEB).tried()).containsExactly("shop_requests_total");
        assertThat(metrics.course(WEB, T0.plusSeconds(60), T0.plusSeconds(240), Duration.ofMinutes(1)))
                .isNotEmpty()
                .allSatisfy(point -> assertThat(point.errors()).isBetween(30L, 50L));
    }

    @Test
    void what_a_gateway_counts_is_the_services_if_its_labels_say_so_and_no_pod_is_named() {
        var gateway = new Own(
                Optional.of(new Own.Requests(
                        "gateway_requests_total", List.of(new Matcher("backend", "=", "web")), List.of())),
                Optional.empty());

        var window = metrics(gateway).window(WEB, Optional.empty(), T0.plusSeconds(100));

        assertThat(window.errorPercent()).isBetween(8.2, 8.4);
        assertThat(metrics(gateway).names(WEB).chosen())
                .isEqualTo("gateway_requests_total (failures by code), no response times");
        assertThat(window.p95()).isZero();
    }

    @Test
    void a_counter_that_is_not_there_is_not_replaced_and_is_no_calm_service() {
        for (var own : List.of(
                new Own.Requests("shop_request_total", List.of(), List.of()),
                new Own.Requests("gateway_requests_total", List.of(), List.of()),
                new Own.Requests("shop_requests_total", List.of(), List.of()))) {
            var metrics = metrics(new Own(Optional.of(own), Optional.empty()));

            assertThatThrownBy(() -> metrics.window(WEB, Optional.empty(), T0))
                    .isInstanceOf(Unreachable.class)
                    .hasMessageContaining("under the name that signals.errorRate gives them: " + own.metric());
            assertThat(metrics.names(WEB).chosen()).isEmpty();
        }
    }

    // ---- checks

    @Test
    void a_check_may_look_back_less_far_than_the_release_is_live() {
        var limits =
                new Limits(50, Duration.ofMillis(500), 0, List.of(), Limits.LOG_WINDOW, Duration.ofSeconds(60), null);
        var checks = new MeasuredChecks(
                (service, release, since, full) -> new Sample(List.of(CheckResult.unknown(Check.ERROR_RATE, "")), full),
                metrics(RESULTS),
                Map.of(WEB, limits),
                InstantSource.fixed(T0.plusSeconds(300)));

        var result = checks.ask(WEB, V2, T0, true).results().getFirst();

        assertThat(result.source()).endsWith("last 1m");
        assertThat(result.finding()).isEqualTo(CheckResult.Finding.PASS);
    }

    // ---- queries

    private static Measured ask(URI url, String text) {
        return new PrometheusMeasures(
                        new Prometheus(url, Map::of, Duration.ofSeconds(5)), watched(Own.NONE), OwnSignalsTest::pods)
                .ask(WEB, Optional.of(V2), new Measures.Question(text, Duration.ofMinutes(2)));
    }

    @Test
    void a_query_gives_its_one_number() {
        assertThat(ask(
                        prometheus.url(),
                        "sum(count_over_time(shop_requests_total{pod=~\"$pods\",namespace=\"$namespace\",result=\"ok\"}[$window] @ %d))"
                                .formatted(T0.getEpochSecond() + 241)))
                .isEqualTo(new Measured.One(
                        8,
                        "sum(count_over_time(shop_requests_total{pod=~\"web-6f9-.+\",namespace=\"shop\",result=\"ok\"}[120s] @ %d))"
                                .formatted(T0.getEpochSecond() + 241)));
        assertThat(ask(prometheus.url(), "1 + 1")).isEqualTo(new Measured.One(2, "1 + 1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "up @ start() | it answers 2 series, and one number is needed: add them up, as in sum(...)",
                "up{pod='nobody'} | nothing is measured under these names and labels",
                "up[5m] | answered a matrix (all samples of a range), and one number is needed",
                "vector(0) / vector(0) | it answers NaN, as a share of no requests does",
                "vector(1) / vector(0) | it answers +Inf",
                "sum(rate(up)) | expected type range vector",
                "sum(up | cannot answer this",
            })
    void what_is_no_single_number_is_unknown_and_says_why(String query, String why) {
        assertThat(ask(prometheus.url(), query))
                .isInstanceOfSatisfying(
                        Measured.Unknown.class,
                        unknown -> assertThat(unknown.why()).contains(why));
    }

    @Test
    void a_text_is_no_number_either() {
        assertThat(ask(prometheus.url(), "\"healthy\""))
                .isInstanceOfSatisfying(
                        Measured.Unknown.class,
                        unknown -> assertThat(unknown.why()).contains("answered a string, and one number is needed"));
    }

    @Test
    void nobody_there_is_unknown() throws IOException {
        assertThat(ask(URI.create("http://127.0.0.1:" + RealPrometheus.freePort()), "up"))
                .isInstanceOfSatisfying(
                        Measured.Unknown.class,
                        unknown -> assertThat(unknown.why()).contains("connection refused"));
    }
}
