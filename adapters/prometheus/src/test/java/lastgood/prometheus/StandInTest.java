package lastgood.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
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
import lastgood.core.detect.Scrape;
import lastgood.core.detect.Scrape.Sight;
import lastgood.engine.port.Telemetry.Feed;
import lastgood.engine.port.Telemetry.Question;
import lastgood.engine.port.Unreachable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// A Prometheus that scrapes the pods each 15 seconds and goes down; every request of the new version is counted, and
/// none twice.
@DisplayNameGeneration(ReplaceUnderscores.class)
class StandInTest {

    private static final ServiceRef WEB = new ServiceRef("production", "web");
    private static final Digest V1 = Digest.of("v1");
    private static final Digest V2 = Digest.of("v2");

    private final FakePods pods = new FakePods();
    private final FakePods.Fake old = pods.pod("web-5d7-aaaaa", V1).old();
    private final List<Scrape> scrapes = new ArrayList<>();
    private FakePods.Fake fresh;
    private KeptSamples prometheus;
    private StandIn telemetry;
    private Question question;

    @BeforeEach
    void a_new_version_beside_the_old_one() throws IOException {
        prometheus = new KeptSamples(pods);
        telemetry = new StandIn(
                new PrometheusTelemetry(
                        new Prometheus(prometheus.url(), Map::of, Duration.ofSeconds(10)),
                        Map.of(WEB, new Watched("web", new TreeMap<>())),
                        (_, revision) -> revision.map(r -> List.of(r.equals(V2) ? "web-6f9-.+" : "web-5d7-.+"))
                                .orElse(List.of("web-.+"))),
                new PodTelemetry(pods, pods, ScrapeLimits.usual()),
                pods);
        old.serve(10_000, 10);
        for (var i = 0; i < 20; i++) {
            pass(15);
        }
        question = new Question(WEB, release(2, "v2"), Optional.of(release(1, "v1")), pods.now(), List.of(), Set.of());
        fresh = pods.pod("web-6f9-bbbbb", V2);
    }

    @AfterEach
    void stop() {
        prometheus.close();
    }

    private Release release(int number, String version) {
        return new Release(
                number,
                new Revision(Digest.of(version), new Version(version)),
                List.of(),
                pods.now(),
                new Person("maya"));
    }

    /// Each second ten requests to each; Prometheus scrapes each fifteenth, if it is up.
    private void pass(int seconds) {
        for (var i = 0; i < seconds; i++) {
            pods.pause(Duration.ofSeconds(1));
            old.serve(10, 0);
            if (fresh != null) {
                fresh.serve(10, 1);
            }
            if (pods.now().getEpochSecond() % 15 == 0 && !prometheus.down) {
                prometheus.scrape();
            }
        }
    }

    /// As a watch does it.
    private void watch(Feed feed, int seconds) {
        for (var at = 0; at < seconds; ) {
            scrapes.addAll(feed.next());
            var every = feed.lookEvery().map(Duration::toSeconds).orElse(5L).intValue();
            pass(every);
            at += every;
        }
        scrapes.addAll(feed.next());
    }

    private Counts counted() {
        return scrapes.stream().map(s -> s.fresh().errors()).reduce(Counts.NONE, Counts::plus);
    }

    private long blind() {
        return scrapes.stream().filter(s -> s.sight() instanceof Sight.Blind).count();
    }

    @Test
    void while_prometheus_answers_no_pod_is_read() {
        var feed = telemetry.open(question);
        watch(feed, 120);

        assertThat(pods.reads.get()).isZero();
        assertThat(feed.standIn()).isEmpty();
        assertThat(feed.lookEvery()).isEmpty();
        assertThat(counted().requests()).isBetween(1000L, 1200L);
    }

    @Test
    void a_prometheus_that_goes_down_blinds_a_watch_for_a_quarter_of_a_minute_and_nothing_is_counted_twice() {
        var feed = telemetry.open(question);
        watch(feed, 120);
        var basis = feed.basis().orElseThrow();
        var before = counted();
        prometheus.down = true;
        watch(feed, 60);
        var meanwhile = counted().requests() - before.requests();

        assertThat(basis.reference()).isEqualTo(new Reference.Beside());
        assertThat(feed.basis()).contains(basis);
        assertThat(feed.standIn().orElseThrow())
                .contains("out of memory", "from what the pods themselves show", "compared as before");
        assertThat(meanwhile).isBetween(550L, 620L);
        assertThat(blind()).isBetween(3L, 20L);
        assertThat(scrapes).isSortedAccordingTo((a, b) -> a.since().compareTo(b.since()));

        prometheus.down = false;
        prometheus.scrape();
        watch(feed, 60);

        assertThat(feed.standIn()).isPresent();
        assertThat(counted().requests()).isLessThanOrEqualTo(fresh.good + fresh.bad);
        assertThat(counted().bad() / (double) counted().requests()).isBetween(0.09, 0.11);
        assertThat(scrapes).isSortedAccordingTo((a, b) -> a.since().compareTo(b.since()));
    }

    @Test
    void a_hiccup_is_left_to_prometheus_which_brings_what_was_missed() {
        var feed = telemetry.open(question);
        watch(feed, 120);
        prometheus.down = true;
        watch(feed, 8);
        prometheus.down = false;
        watch(feed, 60);

        assertThat(feed.standIn()).isEmpty();
        assertThat(counted().requests()).isBetween(fresh.good + fresh.bad - 350, fresh.good + fresh.bad);
    }

    @Test
    void a_prometheus_that_was_down_from_the_beginning_leaves_only_what_the_pods_show() {
        prometheus.down = true;
        var feed = telemetry.open(question);
        watch(feed, 60);

        assertThat(feed.standIn().orElseThrow()).contains("nothing is known of before");
        assertThat(feed.basis().orElseThrow().reference()).isEqualTo(new Reference.Beside());
        assertThat(counted().requests()).isBetween(550L, 620L);
    }

    @Test
    void who_looks_once_goes_over_at_once() {
        prometheus.down = true;
        var feed = telemetry.asOnce().open(question);

        var all = feed.next();

        assertThat(feed.standIn()).isPresent();
        assertThat(all).hasSize(4).allMatch(s -> s.sight() instanceof Sight.Clear);
    }

    @Test
    void blind_on_both_sides_is_blind_with_the_first_reason() {
        prometheus.down = true;
        pods.lost = "the API server does not answer";
        var feed = telemetry.open(question);
        watch(feed, 60);

        assertThat(scrapes).allMatch(s -> s.sight() instanceof Sight.Blind(var why) && why.contains("out of memory"));
        assertThat(feed.standIn()).isEmpty();
    }

    @Test
    void what_was_served_is_told_by_one_of_them_alone() {
        var from = pods.now();
        pass(60);
        assertThat(telemetry.served(WEB, from, Duration.ofMillis(500))).isNotEmpty();
        assertThat(pods.reads.get()).isZero();
        prometheus.down = true;
        telemetry.served(WEB, from, Duration.ofMillis(500));
        pass(10);

        var served = telemetry.served(WEB, from, Duration.ofMillis(500));

        assertThat(served.stream().mapToLong(s -> s.failed().requests()).sum()).isEqualTo(200);
        pods.lost = "the API server does not answer";
        pass(2);
        assertThatThrownBy(() -> telemetry.served(WEB, from, Duration.ofMillis(500)))
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining("out of memory");
    }
}
