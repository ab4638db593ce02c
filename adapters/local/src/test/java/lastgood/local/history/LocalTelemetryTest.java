package lastgood.local.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
import lastgood.engine.port.Telemetry.Question;
import lastgood.local.proxy.Answered;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LocalTelemetryTest {

    /// A full minute, so that tests can count minutes.
    private static final long T0 = 1_760_000_040_000L;

    private static final ServiceRef SHOP = new ServiceRef("test", "shop");
    private static final ServiceRef CART = new ServiceRef("test", "cart");
    private static final Release V1 = release(1, "v1");
    private static final Release V2 = release(2, "v2");

    @TempDir
    Path data;

    private HistoryWriter writer;
    private final List<Answered> now = new ArrayList<>();

    @BeforeEach
    void somebody_counts() throws IOException {
        writer = new HistoryWriter(data, T0 - 1);
    }

    private static Release release(int number, String version) {
        return new Release(
                number,
                new Revision(Digest.of(version), new Version(version)),
                List.of(),
                Instant.ofEpochMilli(T0),
                new Person("maya"));
    }

    private LocalTelemetry telemetry(double seconds) {
        return new LocalTelemetry(data, java.time.Clock.fixed(Instant.ofEpochMilli(at(seconds)), ZoneOffset.UTC));
    }

    private static long at(double seconds) {
        return T0 + Math.round(1000 * seconds);
    }

    private void answered(ServiceRef service, String revision, String instance, long requests, long errors) {
        var buckets = new TreeMap<Integer, Long>();
        buckets.put(10, requests - errors);
        buckets.put(30, errors);
        var routes = new TreeMap<String, long[]>();
        routes.put("/pay", new long[] {requests, errors});
        now.add(new Answered(service.toString(), revision, "shop", instance, requests, errors, buckets, routes));
    }

    private void by(Release release, String instance, long requests, long errors) {
        answered(SHOP, release.revision().digest().text(), instance, requests, errors);
    }

    private void byNobody(long requests) {
        answered(SHOP, "", "", requests, requests);
    }

    private void second(double seconds) throws IOException {
        writer.write(at(seconds), now);
        now.clear();
    }

    private Question question(Optional<Release> old, double since) {
        return new Question(SHOP, V2, old, Instant.ofEpochMilli(at(since)), List.of(CART), Set.of("/pay"));
    }

    private static Counts fresh(List<Scrape> scrapes) {
        return scrapes.stream().map(s -> s.fresh().errors()).reduce(Counts.NONE, Counts::plus);
    }

    private static Counts reference(List<Scrape> scrapes) {
        return scrapes.stream().map(s -> s.reference().errors()).reduce(Counts.NONE, Counts::plus);
    }

    @Test
    void a_total_outage_beside_an_old_version_is_proved_within_seconds() throws IOException {
        for (var s = 0; s < 60; s++) {
            by(V1, "a", 50, 0);
            by(V1, "b", 50, 0);
            second(s);
        }
        var feed = telemetry(66).open(question(Optional.of(V1), 58));
        for (var s = 60; s < 66; s++) {
            by(V1, "a", 80, 0);
            by(V2, "c", 20, 20);
            second(s);
        }

        var scrapes = feed.next();
        var basis = feed.basis().orElseThrow();
        var detector =
                new Detector(Settings.beside(Price.TYPE_1, basis.before()).withPhi(basis.phi()));
        var first = scrapes.stream()
                .filter(s -> detector.next(s).verdict() instanceof Verdict.Fail)
                .findFirst()
                .orElseThrow();

        assertThat(basis.reference()).isEqualTo(new Reference.Beside());
        assertThat(basis.start()).isEqualTo(Instant.ofEpochMilli(at(60)));
        // Put out at second 58: what came between then and its first answer is not what was normal.
        assertThat(basis.before().errors()).isEqualTo(new Counts(5800, 0));
        assertThat(first.since()).isLessThanOrEqualTo(Duration.ofSeconds(3));
        assertThat(scrapes.getFirst().routes()).extracting(Scrape.Route::name).containsExactly("/pay");
        assertThat(scrapes.getFirst().fresh().latency().requests()).isEqualTo(20);
    }

    @Test
    void opened_again_it_gives_the_same_scrapes_and_the_same_basis() throws IOException {
        var live = telemetry(200).open(question(Optional.of(V1), 0));
        var seen = new ArrayList<Scrape>();
        for (var s = 0; s < 180; s++) {
            by(V1, "a", 5 + s % 7, s % 3);
            if (s > 70) {
                by(V2, "b", s % 5, s % 5 == 4 ? 1 : 0);
            }
            answered(CART, V1.revision().digest().text(), "x", 3, 0);
            second(s + s % 4 * 0.01);
            if (s % 3 == 0) {
                seen.addAll(live.next());
            }
        }
        seen.addAll(live.next());

        var again = telemetry(200).open(question(Optional.of(V1), 0));
        assertThat(again.next()).isEqualTo(seen);
        assertThat(again.basis()).isEqualTo(live.basis()).isPresent();
        assertThat(fresh(seen).requests()).isBetween(200L, 218L);
        assertThat(seen.getLast().guard().requests()).isPositive();
    }

    @Test
    void what_nobody_answered_is_blamed_on_a_release_that_serves_alone_and_on_none_beside_another() throws IOException {
        by(V1, "a", 10, 0);
        by(V2, "b", 10, 0);
        second(0);
        byNobody(10);
        second(1);
        for (var s = 2; s < 20; s++) {
            byNobody(10);
            second(s);
        }

        var scrapes = telemetry(20).open(question(Optional.of(V1), -1)).next();

        var early = scrapes.stream()
                .filter(s -> s.since().compareTo(Duration.ofSeconds(5)) <= 0)
                .toList();
        assertThat(fresh(early)).isEqualTo(new Counts(10, 0));
        assertThat(fresh(scrapes).bad()).isBetween(120L, 140L);
    }

    @Test
    void a_release_that_never_answered_is_seen_by_what_nobody_answered() throws IOException {
        by(V1, "a", 10, 0);
        second(0);
        for (var s = 1; s < 15; s++) {
            byNobody(10);
            second(s);
        }

        var feed = telemetry(15).open(question(Optional.of(V1), 1));

        assertThat(fresh(feed.next()).bad()).isPositive();
        assertThat(feed.basis()).isPresent();
    }

    @Test
    void quiet_seconds_are_no_traffic_and_a_pause_of_the_agent_is_blindness() throws IOException {
        by(V2, "b", 10, 0);
        second(0);
        second(1);
        second(2);
        second(60);

        var scrapes = telemetry(60).open(question(Optional.empty(), 0)).next();

        assertThat(scrapes.get(1).sight()).isEqualTo(new Sight.Clear());
        assertThat(scrapes.get(1).fresh().errors()).isEqualTo(Counts.NONE);
        assertThat(scrapes.stream().filter(s -> s.sight() instanceof Sight.Blind))
                .hasSizeGreaterThan(3);
    }

    @Test
    void without_an_agent_it_says_that_nobody_counts() throws IOException {
        by(V2, "b", 10, 0);
        second(0);
        var feed = telemetry(30).open(question(Optional.empty(), 0));
        feed.next();

        assertThat(feed.next())
                .singleElement()
                .satisfies(s -> assertThat(s.sight())
                        .isInstanceOfSatisfying(
                                Sight.Blind.class, b -> assertThat(b.cause()).contains("agent")));
        assertThat(telemetry(30).open(question(Optional.empty(), 0)).basis()).isEmpty();
    }

    @Test
    void the_next_agent_goes_on_where_the_last_one_was_killed() throws IOException {
        by(V2, "b", 10, 0);
        second(0);
        var file = new HistoryFiles(data).file(HistoryFiles.SECONDS, at(0));
        Files.write(file, "{\"at\":17600".getBytes(UTF_8), StandardOpenOption.APPEND);

        writer = new HistoryWriter(data, at(1));
        by(V2, "b", 7, 7);
        second(2);
        second(61);
        second(121);

        var telemetry = telemetry(122);
        assertThat(fresh(telemetry.open(question(Optional.empty(), 0)).next())).isEqualTo(new Counts(17, 7));
        assertThat(new HistoryFiles(data)
                        .read(HistoryFiles.MINUTES, 0, Long.MAX_VALUE)
                        .getFirst()
                        .of())
                .singleElement()
                .satisfies(a -> assertThat(a.requests()).isEqualTo(17));
    }

    @Test
    void the_hour_before_is_read_from_minutes_and_last_week_gives_the_season() throws IOException {
        var week = -7 * 24 * 3600.0;
        writer = new HistoryWriter(data, at(week - 3600));
        for (var m = -59; m < 60; m++) {
            by(V1, "a", 100, m < 0 ? 1 : 2);
            second(week + 60 * m - 30);
        }
        for (var m = -59; m < 0; m++) {
            by(V1, "a", 100, 1);
            second(60 * m - 30);
        }
        by(V2, "b", 1, 0);
        second(1);

        var feed = telemetry(2).open(question(Optional.of(V1), 0));
        feed.next();

        var basis = feed.basis().orElseThrow();
        assertThat(basis.reference()).isEqualTo(new Reference.Earlier());
        assertThat(basis.before().errors()).isEqualTo(new Counts(5900, 59));
        assertThat(basis.before().season()).isGreaterThan(1.5);
        assertThat(basis.words()).anyMatch(w -> w.contains("59 of 5900"));
    }

    @Test
    void a_course_has_points_by_revision_and_served_has_all_of_them() throws IOException {
        for (var s = 0; s < 20; s++) {
            by(V1, "a", 10, 0);
            if (s >= 10) {
                by(V2, "b", 10, 5);
            }
            second(s);
        }

        var points = telemetry(20)
                .course(SHOP, Instant.ofEpochMilli(at(-0.001)), Instant.ofEpochMilli(at(20)), Duration.ofSeconds(10));
        var served = telemetry(20).served(SHOP, Instant.ofEpochMilli(at(-0.001)), Duration.ofMillis(500));

        assertThat(points).hasSize(3);
        assertThat(points.get(0).requests()).isEqualTo(100);
        assertThat(points)
                .filteredOn(p -> p.revision().equals(Optional.of(V2.revision().digest())))
                .singleElement()
                .satisfies(p -> assertThat(p.errors()).isEqualTo(50));
        assertThat(points.get(0).p95()).isEqualTo(Duration.ofMillis(20));
        assertThat(served).hasSize(20);
        assertThat(served.getLast().failed()).isEqualTo(new Counts(20, 5));
        assertThat(served.getLast().late()).isEqualTo(new Counts(20, 5));
        assertThat(reference(telemetry(20).open(question(Optional.of(V1), 0)).next())
                        .requests())
                .isEqualTo(100);
    }

    @Test
    void what_is_too_old_is_removed() throws IOException {
        by(V1, "a", 10, 0);
        second(0);
        second(3 * 3600);
        second(9 * 24 * 3600.0);
        writer.prune(at(9 * 24 * 3600 + 3600));

        assertThat(new HistoryFiles(data).files(HistoryFiles.SECONDS)).hasSize(1);
        second(10 * 24 * 3600.0);
        writer.prune(at(10.1 * 24 * 3600));
        assertThat(new HistoryFiles(data).read(HistoryFiles.MINUTES, 0, at(3600)))
                .isEmpty();
    }
}
