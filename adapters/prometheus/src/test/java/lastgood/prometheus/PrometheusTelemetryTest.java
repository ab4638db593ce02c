package lastgood.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import lastgood.core.Digest;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Verdict;
import lastgood.core.Version;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Detector;
import lastgood.core.detect.Price;
import lastgood.core.detect.Reference;
import lastgood.core.detect.Scrape;
import lastgood.core.detect.Scrape.Sight;
import lastgood.core.detect.Settings;
import lastgood.engine.port.Telemetry.Feed;
import lastgood.engine.port.Telemetry.Question;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/// On a real Prometheus that was given its samples, a past week included: one story for each namespace.
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class PrometheusTelemetryTest {

    /// Between scrapes.
    private static final int EVERY = 15;

    /// The first scrape of the new pods; ten minutes ago.
    private static final Instant T0 = Instant.ofEpochSecond(Instant.now().getEpochSecond() - 600);

    private static final Release V1 = release(1, "v1");
    private static final Release V2 = release(2, "v2");

    @TempDir
    static Path folder;

    private RealServer server;

    /// Whoever speaks Prometheus' language passes the same tests.
    RealServer given(Path folder, GivenSamples samples) throws IOException, InterruptedException {
        assumeTrue(
                RealPrometheus.promtool().isPresent() || System.getenv("LASTGOOD_PROMETHEUS_REQUIRED") != null,
                "there is no Prometheus with promtool here: install Debian's package, or set LASTGOOD_PROMETHEUS");
        return RealPrometheus.with(folder, samples);
    }

    @BeforeAll
    void start() throws IOException, InterruptedException {
        var given = new GivenSamples(T0, EVERY);
        // Beside two old pods a new one fails each second request, its very first ones included.
        given.pod("beside", "web-5d7-aaaaa", -4200, 720, 5).errors(-4200, 720, 75);
        given.pod("beside", "web-5d7-bbbbb", -4198, 720, 5).errors(-4200, 720, 75);
        given.pod("beside", "web-6f9-ccccc", 0, 720, 2).errors(0, 720, 2);
        given.pod("beside", "cart-1-x", -4200, 720, 3);
        // A week ago the hour after was three times worse than the one before.
        var week = -7 * 24 * 3600;
        given.pod("beside", "web-4c1-ddddd", week - 3700, week + 3700, 5)
                .errors(week - 3700, week, 75)
                .errors(week, week + 3700, 25);
        given.pod("alone", "web-5d7-aaaaa", -4200, -300, 5);
        given.pod("alone", "web-6f9-ccccc", 0, 720, 2);
        given.pod("unscraped", "web-5d7-aaaaa", -4200, 720, 5);
        given.pod("unscraped", "web-6f9-ccccc", 0, 720, 2).down(60, 720);
        given.pod("blind", "web-5d7-aaaaa", -4200, 720, 5).down(60, 720);
        given.pod("blind", "web-6f9-ccccc", 0, 720, 2).down(60, 720);
        given.pod("silent", "web-5d7-aaaaa", -4200, 200, 5);
        given.pod("silent", "web-6f9-ccccc", 0, 200, 2);
        given.pod("idle", "web-5d7-aaaaa", -4200, 720, 5);
        given.pod("idle", "web-6f9-ccccc", 0, 720, 0);
        given.pod("restarted", "web-5d7-aaaaa", -4200, 720, 5).restart(240);
        given.pod("restarted", "web-6f9-ccccc", 0, 720, 2).restart(120).restart(300);
        given.pod("nan", "web-5d7-aaaaa", -4200, 720, 5);
        given.pod("nan", "web-6f9-ccccc", 0, 720, 2).nan(100, 200);
        server = given(folder, given);
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static Release release(int number, String version) {
        return new Release(
                number, new Revision(Digest.of(version), new Version(version)), List.of(), T0, new Person("maya"));
    }

    private static PrometheusTelemetry telemetry(URI url, String namespace) {
        var all = Map.of(
                web(namespace),
                new Watched("web", new TreeMap<>(Map.of("namespace", namespace))),
                new ServiceRef(namespace, "cart"),
                new Watched("cart", new TreeMap<>(Map.of("namespace", namespace))));
        return new PrometheusTelemetry(
                new Prometheus(url, Map::of, Duration.ofSeconds(10)),
                all,
                (service, revision) -> service.service().equals("cart")
                        ? List.of("cart-.+")
                        : revision.map(r -> r.equals(V2.revision().digest())
                                        ? List.of("web-6f9-.+")
                                        : List.of("web-5d7-.+"))
                                .orElse(List.of("web-.+")));
    }

    private static ServiceRef web(String namespace) {
        return new ServiceRef(namespace, "web");
    }

    private static Question question(String namespace) {
        return new Question(
                web(namespace),
                V2,
                Optional.of(V1),
                T0.minusSeconds(30),
                List.of(new ServiceRef(namespace, "cart")),
                Set.of());
    }

    private Feed feed(String namespace) {
        return telemetry(server.url(), namespace).open(question(namespace));
    }

    private static Counts fresh(List<Scrape> scrapes) {
        return scrapes.stream().map(s -> s.fresh().errors()).reduce(Counts.NONE, Counts::plus);
    }

    /// Until this long after the first scrape: as later ones come with time.
    private static List<Scrape> until(List<Scrape> scrapes, int seconds) {
        return scrapes.stream().filter(s -> s.since().toSeconds() <= seconds).toList();
    }

    private static Verdict judged(Feed feed, List<Scrape> scrapes) {
        var basis = feed.basis().orElseThrow();
        var detector = new Detector(Settings.beside(Price.TYPE_1, basis.before())
                .with(basis.reference())
                .withPhi(basis.phi()));
        scrapes.forEach(detector::take);
        return detector.assess().verdict();
    }

    @Test
    void a_bad_release_is_counted_from_its_first_failures_on_and_proved_beside_the_old_one() {
        var feed = feed("beside");

        var scrapes = feed.next();

        var basis = feed.basis().orElseThrow();
        assertThat(basis.reference()).isEqualTo(new Reference.Beside());
        assertThat(basis.start()).isEqualTo(T0);
        assertThat(basis.before().errors().share()).isBetween(0.0001, 0.02);
        assertThat(basis.before().season()).isGreaterThan(1.5);
        assertThat(basis.before().guard().requests()).isPositive();
        assertThat(basis.before().latency().requests()).isPositive();
        assertThat(basis.phi()).isGreaterThanOrEqualTo(1);
        assertThat(basis.words()).anyMatch(w -> w.contains("v1")).anyMatch(w -> w.contains("a week ago"));
        assertThat(scrapes.getFirst().fresh().errors()).isEqualTo(new Counts(30, 15));
        assertThat(fresh(until(scrapes, 305))).isEqualTo(new Counts(21 * 30, 21 * 15));
        assertThat(scrapes.get(3).reference().errors().requests()).isEqualTo(150);
        assertThat(scrapes.get(3).guard().requests()).isEqualTo(45);
        assertThat(scrapes.get(3).routes()).extracting(Scrape.Route::name).containsExactly("/pay");
        assertThat(until(scrapes, 300).stream()
                        .mapToLong(s -> s.fresh().latency().requests())
                        .sum())
                .isBetween(500L, 660L);
        assertThat(judged(feed, until(scrapes, 60))).isInstanceOf(Verdict.Fail.class);
    }

    @Test
    void opened_again_and_looked_at_more_often_it_is_the_same() throws InterruptedException {
        var live = feed("beside");
        var seen = new ArrayList<>(live.next());
        Thread.sleep(1_000);
        seen.addAll(live.next());

        var again = feed("beside");
        var scrapes = again.next();

        assertThat(scrapes.subList(0, seen.size())).isEqualTo(seen);
        assertThat(again.basis()).isEqualTo(live.basis());
    }

    @Test
    void without_the_old_version_beside_it_the_hour_before_is_the_ruler() {
        var feed = feed("alone");
        feed.next();

        assertThat(feed.basis().orElseThrow().reference()).isEqualTo(new Reference.Earlier());
    }

    @Test
    void new_pods_that_are_not_scraped_while_old_ones_are_is_counted_as_such() {
        var scrapes = feed("unscraped").next();

        var later = scrapes.stream().filter(s -> s.since().toSeconds() > 90).toList();
        assertThat(later).allSatisfy(s -> {
            assertThat(s.sight()).isEqualTo(new Sight.Clear());
            assertThat(s.reference().scrapes().bad()).isZero();
        });
        assertThat(later.stream().mapToLong(s -> s.fresh().scrapes().bad()).sum())
                .isGreaterThan(20);
    }

    @Test
    void when_nobody_is_scraped_it_is_blind_and_neither_well_nor_harm() {
        var feed = feed("blind");
        var scrapes = feed.next();

        assertThat(scrapes.stream().filter(s -> s.since().toSeconds() > 90))
                .isNotEmpty()
                .allSatisfy(s -> assertThat(s.sight()).isInstanceOf(Sight.Blind.class));
        assertThat(judged(feed, scrapes)).isInstanceOf(Verdict.TelemetryDown.class);
    }

    @Test
    void when_scraping_has_stopped_it_says_since_when() {
        var feed = feed("silent");
        feed.next();

        assertThat(feed.next())
                .singleElement()
                .satisfies(s -> assertThat(s.sight())
                        .isInstanceOfSatisfying(
                                Sight.Blind.class,
                                b -> assertThat(b.cause()).contains("no pod of it has been scraped since")));
    }

    @Test
    void no_traffic_is_no_evidence() {
        var feed = feed("idle");
        var scrapes = feed.next();

        assertThat(fresh(scrapes)).isEqualTo(Counts.NONE);
        assertThat(scrapes.getLast().sight()).isEqualTo(new Sight.Clear());
        assertThat(judged(feed, scrapes)).isInstanceOf(Verdict.NoData.class);
    }

    @Test
    void restarts_take_nothing_back_and_add_nothing() {
        assertThat(fresh(until(feed("restarted").next(), 450))).isEqualTo(new Counts(31 * 30, 0));
    }

    @Test
    void what_is_not_a_number_counts_nothing_and_the_next_number_brings_it() {
        assertThat(fresh(until(feed("nan").next(), 450))).isEqualTo(new Counts(31 * 30, 0));
    }

    @Test
    void a_service_that_nobody_counts_is_not_calm() {
        var feed = feed("elsewhere");

        assertThat(feed.next())
                .singleElement()
                .satisfies(s -> assertThat(s.sight())
                        .isInstanceOfSatisfying(
                                Sight.Blind.class, b -> assertThat(b.cause()).contains("no requests of")));
        assertThat(feed.basis()).isEmpty();
    }

    @Test
    void all_requests_of_a_service_are_served_whoever_answered() {
        var served =
                telemetry(server.url(), "beside").served(web("beside"), T0.plusSeconds(100), Duration.ofMillis(500));

        assertThat(served.getFirst().failed().requests()).isBetween(100L, 400L);
        assertThat(served.stream().mapToLong(s -> s.late().requests()).sum()).isPositive();
        assertThat(served).hasSizeGreaterThan(20);
    }

    /// Every question fails once, in whatever way; what was counted in the end is the same.
    @Test
    void a_prometheus_that_fails_in_the_middle_of_a_look_costs_no_request() throws IOException {
        var wanted = until(feed("beside").next(), 300);
        try (var weather = new Weather(server.url())) {
            var feed = telemetry(weather.url(), "beside").open(question("beside"));
            var scrapes = new ArrayList<Scrape>();
            var blind = 0;
            for (var failing = 0; failing < 40; failing++) {
                weather.failAt(failing);
                for (var scrape : feed.next()) {
                    if (scrape.sight() instanceof Sight.Blind(var cause)) {
                        assertThat(cause).doesNotContain("hunter2");
                        blind++;
                    } else {
                        scrapes.add(scrape);
                    }
                }
            }

            assertThat(blind).isGreaterThan(5);
            assertThat(until(scrapes, 300)).isEqualTo(wanted);
        }
    }

    /// Stands in front of Prometheus and spoils one answer of a look.
    private static final class Weather implements AutoCloseable {
        private static final List<String> SPOILT = List.of(
                "500 {\"status\":\"error\",\"error\":\"out of memory\"}",
                "200 <html>login</html>",
                "200 {\"status\":\"success\",\"data\":{\"resultType\":\"string\",\"result\":[1,\"x\"]}}",
                "503 overloaded");

        private final HttpServer server;
        private final AtomicInteger left = new AtomicInteger(-1);

        Weather(URI behind) throws IOException {
            var client = HttpClient.newHttpClient();
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", exchange -> {
                var question = exchange.getRequestBody().readAllBytes();
                var code = 200;
                byte[] answer;
                if (left.getAndDecrement() == 0) {
                    var spoilt = SPOILT.get(question.length % SPOILT.size());
                    code = Integer.parseInt(spoilt.substring(0, 3));
                    answer = spoilt.substring(4).getBytes(UTF_8);
                } else {
                    try {
                        var got = client.send(
                                HttpRequest.newBuilder(behind.resolve(exchange.getRequestURI()))
                                        .header("Content-Type", "application/x-www-form-urlencoded")
                                        .POST(HttpRequest.BodyPublishers.ofByteArray(question))
                                        .build(),
                                HttpResponse.BodyHandlers.ofByteArray());
                        code = got.statusCode();
                        answer = got.body();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }
                exchange.sendResponseHeaders(code, answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
            });
            server.start();
        }

        /// The so-many-th question from now.
        void failAt(int question) {
            left.set(question);
        }

        URI url() {
            return URI.create(
                    "http://user:hunter2@127.0.0.1:" + server.getAddress().getPort());
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
