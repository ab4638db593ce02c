package lastgood.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import lastgood.core.Digest;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Verdict;
import lastgood.core.Version;
import lastgood.core.detect.Assessment;
import lastgood.core.detect.Before;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Judges;
import lastgood.core.detect.Price;
import lastgood.core.detect.Reference;
import lastgood.core.detect.Scrape;
import lastgood.core.detect.Scrape.Sight;
import lastgood.core.detect.Settings;
import lastgood.engine.port.Telemetry.Feed;
import lastgood.engine.port.Telemetry.Question;
import lastgood.engine.port.Unreachable;
import lastgood.prometheus.Exporters.Answer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PodTelemetryTest {

    private static final ServiceRef WEB = new ServiceRef("production", "web");
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FakePods pods = new FakePods();
    private final Release v1 = release(1, "v1");
    private final Release v2 = release(2, "v2");
    private final PodTelemetry telemetry = new PodTelemetry(pods, pods, ScrapeLimits.usual());

    private Release release(int number, String version) {
        return new Release(
                number,
                new Revision(Digest.of(version), new Version(version)),
                List.of(),
                pods.now(),
                new Person("maya"));
    }

    private FakePods.Fake pod(String name, Release release) {
        return pods.pod(name, release.revision().digest());
    }

    private Question question(Instant since) {
        return new Question(WEB, v2, Optional.of(v1), since, List.of(), Set.of());
    }

    private Feed open() {
        return telemetry.open(question(pods.now()));
    }

    private static Counts fresh(List<Scrape> scrapes) {
        return scrapes.stream().map(s -> s.fresh().errors()).reduce(Counts.NONE, Counts::plus);
    }

    private static Assessment judged(Feed feed, List<Scrape> scrapes) {
        var basis = feed.basis().orElseThrow();
        var judges = new Judges(
                Settings.beside(Price.TYPE_1, basis.before())
                        .with(basis.reference())
                        .withPhi(basis.phi()),
                basis);
        scrapes.forEach(judges::take);
        return judges.assess();
    }

    private static String blind(List<Scrape> scrapes) {
        assertThat(scrapes).hasSize(1);
        return switch (scrapes.getFirst().sight()) {
            case Sight.Blind(var cause) -> cause;
            case Sight.Clear() -> throw new AssertionError("it sees: " + scrapes);
        };
    }

    @Test
    void a_total_outage_of_the_new_version_is_proved_within_three_seconds_of_its_first_failure() {
        var old = pod("web-5d7-a", v1).old();
        old.serve(10_000, 10);
        var fresh = pod("web-6f9-b", v2);
        var feed = open();
        var scrapes = new ArrayList<>(feed.next());
        var verdicts = new ArrayList<Verdict>();

        for (var second = 1; second <= 3; second++) {
            pods.pause(SECOND);
            old.serve(10, 0);
            fresh.serve(10, 10);
            scrapes.addAll(feed.next());
            verdicts.add(judged(feed, scrapes).verdict());
        }

        assertThat(feed.basis().orElseThrow().reference()).isEqualTo(new Reference.Beside());
        assertThat(verdicts).last().isInstanceOf(Verdict.Fail.class);
        assertThat(fresh(scrapes)).isEqualTo(new Counts(30, 30));
        assertThat(feed.lookEvery()).contains(SECOND);
    }

    @Test
    void an_outage_that_begins_ten_minutes_later_is_proved_as_fast() {
        var old = pod("web-5d7-a", v1).old();
        old.serve(10_000, 10);
        var fresh = pod("web-6f9-b", v2);
        var feed = open();
        var scrapes = new ArrayList<>(feed.next());
        for (var second = 1; second <= 600; second++) {
            pods.pause(SECOND);
            old.serve(10, 0);
            fresh.serve(10, 0);
            scrapes.addAll(feed.next());
        }
        assertThat(judged(feed, scrapes).verdict()).isNotInstanceOf(Verdict.Fail.class);

        for (var second = 1; second <= 6; second++) {
            pods.pause(SECOND);
            old.serve(10, 0);
            fresh.serve(10, 10);
            scrapes.addAll(feed.next());
        }

        assertThat(judged(feed, scrapes).verdict()).isInstanceOf(Verdict.Fail.class);
    }

    @Test
    void two_versions_that_fail_alike_prove_nothing() {
        var old = pod("web-5d7-a", v1).old();
        var fresh = pod("web-6f9-b", v2);
        var feed = open();
        var scrapes = new ArrayList<>(feed.next());
        for (var second = 1; second <= 120; second++) {
            pods.pause(SECOND);
            old.serve(20, second % 2);
            fresh.serve(20, second % 2);
            scrapes.addAll(feed.next());
        }

        assertThat(judged(feed, scrapes).verdict()).isNotInstanceOf(Verdict.Fail.class);
    }

    @Test
    void it_says_that_nothing_is_known_of_before_and_that_it_counted_itself() {
        pod("web-5d7-a", v1).old().serve(1000, 1);
        pod("web-6f9-b", v2).serve(10, 0);
        var feed = open();

        feed.next();

        var basis = feed.basis().orElseThrow();
        assertThat(basis.before()).isEqualTo(Before.UNKNOWN);
        assertThat(basis.phi()).isEqualTo(2);
        assertThat(basis.words())
                .anyMatch(w -> w.contains("the pods themselves show (http_requests_total)"))
                .anyMatch(w -> w.contains("serves at the same time"))
                .anyMatch(w -> w.contains("a guess"));
    }

    @Test
    void without_an_old_version_there_is_only_a_limit() {
        var fresh = pod("web-6f9-b", v2);
        fresh.serve(10, 0);
        var feed = open();

        feed.next();

        assertThat(feed.basis().orElseThrow().reference()).isEqualTo(Reference.Nothing.usual());
    }

    @Test
    void who_opens_it_again_begins_with_what_new_processes_have_counted_and_old_ones_not() {
        var since = pods.now();
        var old = pod("web-5d7-a", v1).old();
        var fresh = pod("web-6f9-b", v2);
        old.serve(10_000, 100);
        pods.pause(Duration.ofMinutes(5));
        fresh.serve(300, 36);

        var scrapes = telemetry.open(question(since)).next();

        assertThat(fresh(scrapes)).isEqualTo(new Counts(300, 36));
        assertThat(scrapes.getFirst().reference().errors()).isEqualTo(Counts.NONE);
    }

    @Test
    void a_process_of_unknown_age_is_counted_from_now_on() {
        var fresh = pod("web-6f9-b", v2);
        fresh.started = Optional.empty();
        fresh.serve(1000, 500);
        var feed = open();
        var scrapes = new ArrayList<>(feed.next());

        pods.pause(SECOND);
        fresh.serve(10, 1);
        scrapes.addAll(feed.next());

        assertThat(fresh(scrapes)).isEqualTo(new Counts(10, 1));
    }

    @Test
    void a_process_says_better_than_the_platform_when_it_began() {
        var fresh = pod("web-6f9-b", v2);
        fresh.extra = "process_start_time_seconds %d\n".formatted(pods.now().getEpochSecond() - 86_400);
        fresh.serve(1000, 500);

        assertThat(fresh(open().next())).isEqualTo(Counts.NONE);
    }

    @Test
    void a_restart_a_new_pod_and_a_gap_lose_nothing_that_was_shown() {
        var fresh = pod("web-6f9-b", v2);
        fresh.serve(10, 0);
        var feed = open();
        var scrapes = new ArrayList<>(feed.next());
        pods.pause(Duration.ofSeconds(20));
        fresh.serve(50, 5);
        scrapes.addAll(feed.next());
        pods.pause(SECOND);
        fresh.restart();
        fresh.serve(7, 7);
        pod("web-6f9-c", v2).serve(3, 1);
        pods.pause(Duration.ofSeconds(4));
        scrapes.addAll(feed.next());

        assertThat(fresh(scrapes)).isEqualTo(new Counts(70, 13));
        assertThat(scrapes).allSatisfy(s -> assertThat(s.sight()).isEqualTo(new Sight.Clear()));
    }

    @Test
    void counts_that_are_no_numbers_are_none_and_the_next_ones_bring_what_they_hid() {
        var fresh = pod("web-6f9-b", v2);
        fresh.serve(10, 0);
        var feed = open();
        var scrapes = new ArrayList<>(feed.next());
        pods.pause(SECOND);
        fresh.answers = Optional.of(new Answer.Text(
                "http_requests_total{code=\"200\",handler=\"/pay\"} NaN\n".getBytes(UTF_8), "text/plain"));
        scrapes.addAll(feed.next());
        pods.pause(SECOND);
        fresh.answers = Optional.empty();
        fresh.serve(10, 2);
        scrapes.addAll(feed.next());

        assertThat(fresh(scrapes)).isEqualTo(new Counts(20, 2));
    }

    @Test
    void bounds_of_buckets_are_numbers_however_they_are_written() {
        var fresh = pod("web-6f9-b", v2);
        var feed = open();
        fresh.serve(8, 0);
        var scrapes = new ArrayList<>(feed.next());
        pods.pause(SECOND);
        fresh.serve(10, 4);
        scrapes.addAll(feed.next());

        var latency = scrapes.getLast().fresh().latency();
        assertThat(latency.requests()).isEqualTo(10);
        assertThat(latency.bound(0)).isEqualTo(0.5);
        assertThat(latency.slowerThan(0)).isEqualTo(new Counts(10, 4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http_server_request_duration_seconds_count", "http_requests_total"})
    void names_and_labels_are_found_out_as_for_prometheus(String requests) {
        var fresh = pod("web-6f9-b", v2);
        fresh.requests = requests;
        fresh.status = requests.startsWith("http_server") ? "http_response_status_code" : "status";
        fresh.serve(10, 3);

        assertThat(fresh(open().next())).isEqualTo(new Counts(10, 3));
    }

    // ---- blindness

    @Test
    void a_pod_that_nobody_answers_at_is_evidence_once_in_fifteen_seconds_while_others_answer() {
        pod("web-5d7-a", v1).old().serve(100, 0);
        var fresh = pod("web-6f9-b", v2);
        fresh.answers = Optional.of(new Answer.Silent("connection refused"));
        var feed = open();
        var scrapes = new ArrayList<>(feed.next());
        for (var second = 0; second < 29; second++) {
            pods.pause(SECOND);
            scrapes.addAll(feed.next());
        }

        assertThat(scrapes.stream().mapToLong(s -> s.fresh().scrapes().bad()).sum())
                .isEqualTo(2);
        assertThat(scrapes.stream()
                        .mapToLong(s -> s.reference().scrapes().bad())
                        .sum())
                .isZero();
    }

    @Test
    void if_not_one_pod_answers_nobody_can_tell_why_and_that_is_blindness() {
        var fresh = pod("web-6f9-b", v2);
        fresh.serve(10, 0);
        var feed = open();
        feed.next();
        pods.pause(SECOND);
        fresh.answers = Optional.of(new Answer.Silent("connection refused"));

        assertThat(blind(feed.next())).contains("not one of 1 pod", "web-6f9-b: connection refused");

        pods.pause(SECOND);
        fresh.answers = Optional.empty();
        fresh.serve(10, 1);
        assertThat(fresh(feed.next())).isEqualTo(new Counts(10, 1));
    }

    @Test
    void what_we_cannot_read_is_never_held_against_the_release() {
        pod("web-5d7-a", v1).old().serve(100, 0);
        var fresh = pod("web-6f9-b", v2);
        for (var answer : List.<Answer>of(
                new Answer.Unusable("it answers 404 at port 80, /metrics"),
                new Answer.Text("<html>log in</html>\n".getBytes(UTF_8), "text/html"),
                new Answer.Text("http_requests_total{code=\"200\"} 12".getBytes(UTF_8), "text/plain"))) {
            fresh.answers = Optional.of(answer);
            assertThat(blind(open().next())).contains("web-6f9-b");
            pods.pause(SECOND);
        }
    }

    @Test
    void a_platform_that_does_not_answer_and_pods_that_are_not_there_are_blindness() {
        var feed = open();
        assertThat(blind(feed.next())).contains("has no pod that could be read");
        pods.pause(SECOND);
        pods.lost = "the API server does not answer";
        assertThat(blind(feed.next())).contains("the API server does not answer");
        assertThat(feed.basis()).isEmpty();
    }

    @Test
    void a_clock_that_goes_back_is_blindness_until_it_is_where_it_was() {
        var fresh = pod("web-6f9-b", v2);
        fresh.serve(10, 0);
        var feed = open();
        feed.next();
        pods.pause(Duration.ofSeconds(-10));
        fresh.serve(10, 1);
        assertThat(blind(feed.next())).contains("has gone back");
        pods.pause(Duration.ofSeconds(11));

        assertThat(fresh(feed.next())).isEqualTo(new Counts(10, 1));
    }

    @Test
    void pods_that_count_under_no_name_that_is_known_are_blindness() {
        var fresh = pod("web-6f9-b", v2);
        fresh.requests = "my_requests";
        fresh.serve(10, 0);

        assertThat(blind(open().next())).contains("no requests under any name that is known", "http_requests_total");
    }

    // ---- load

    @Test
    void pods_are_read_once_a_second_whoever_looks_and_however_often() {
        pod("web-6f9-b", v2).serve(10, 0);
        var one = open();
        var other = open();
        for (var look = 0; look < 40; look++) {
            one.next();
            other.next();
            telemetry.served(WEB, pods.now(), SECOND);
            pods.pause(Duration.ofMillis(250));
        }

        assertThat(pods.reads.get()).isLessThanOrEqualTo(10);
    }

    @Test
    void pods_that_do_not_answer_are_asked_no_more_often_than_others() {
        pod("web-6f9-b", v2).answers = Optional.of(new Answer.Silent("connection refused"));
        var feed = open();
        for (var look = 0; look < 40; look++) {
            assertThat(blind(feed.next())).contains("connection refused");
            pods.pause(Duration.ofMillis(250));
        }

        assertThat(pods.reads.get()).isLessThanOrEqualTo(10);
    }

    @Test
    void pods_that_show_much_are_read_less_often() {
        var fresh = pod("web-6f9-b", v2);
        fresh.serve(10, 0);
        fresh.extra = "# a long word of help, which counts like any other byte\n".repeat(250_000);
        var feed = open();
        for (var look = 0; look < 12; look++) {
            feed.next();
            pods.pause(SECOND);
        }

        assertThat(fresh.extra.length()).isGreaterThan(12 * 1024 * 1024);
        assertThat(pods.reads.get()).isBetween(2, 4);
    }

    @Test
    void more_pods_than_allowed_are_not_read_and_that_is_said() {
        for (var i = 0; i < 105; i++) {
            pod("web-6f9-" + i, v2).serve(1, 0);
        }
        var feed = open();

        feed.next();

        assertThat(pods.reads.get()).isEqualTo(100);
        assertThat(feed.basis().orElseThrow().words()).contains("5 more pods are not read");
    }

    // ---- who looks once, and recovery

    @Test
    void who_looks_once_waits_for_three_differences() {
        var old = pod("web-5d7-a", v1).old();
        old.serve(1000, 0);
        pod("web-6f9-b", v2).serve(40, 0);

        var scrapes = telemetry.asOnce().open(question(pods.now())).next();

        assertThat(scrapes).hasSize(4);
        assertThat(scrapes.getLast().since()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void what_was_served_is_counted_from_the_first_question_on() {
        var old = pod("web-5d7-a", v1).old();
        old.serve(5000, 500);
        var from = pods.now();
        telemetry.served(WEB, from, Duration.ofMillis(500));
        for (var look = 0; look < 3; look++) {
            pods.pause(Duration.ofSeconds(5));
            old.serve(50, 1);
            telemetry.served(WEB, from, Duration.ofMillis(500));
        }

        var served = telemetry.served(WEB, from, Duration.ofMillis(500));

        assertThat(served.stream().map(s -> s.failed()).reduce(Counts.NONE, Counts::plus))
                .isEqualTo(new Counts(150, 3));
        assertThat(served.getLast().span()).isEqualTo(Duration.ofSeconds(5));
        assertThat(served.getLast().late()).isEqualTo(new Counts(50, 1));
        assertThat(telemetry.served(WEB, pods.now().plusSeconds(1), SECOND)).isEmpty();
    }

    @Test
    void what_was_served_is_not_told_by_who_cannot_read() {
        pods.lost = "the API server does not answer";

        org.assertj.core.api.Assertions.assertThatThrownBy(() -> telemetry.served(WEB, pods.now(), SECOND))
                .isInstanceOf(Unreachable.class);
    }
}
