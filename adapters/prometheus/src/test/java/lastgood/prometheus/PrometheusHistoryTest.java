package lastgood.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import lastgood.core.ServiceRef;
import lastgood.core.decide.DecisionRules;
import lastgood.core.detect.Counts;
import lastgood.core.feed.Glimpse;
import lastgood.engine.port.Unreachable;
import lastgood.engine.watch.Calibration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On a real Prometheus that was given two days.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PrometheusHistoryTest {

    /// Between scrapes.
    private static final int EVERY = 60;

    private static final int DAYS = 2;

    private static final int ALL = DAYS * 24 * 3600;
    private static final Instant NOW = Instant.ofEpochSecond(Instant.now().getEpochSecond() / EVERY * EVERY);
    private static final Instant T0 = NOW.minusSeconds(ALL);
    private static final ServiceRef WEB = new ServiceRef("calm", "web");
    private static final ServiceRef SICK = new ServiceRef("sick", "web");

    @TempDir
    static Path folder;

    private static RealPrometheus prometheus;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        assumeTrue(
                RealPrometheus.promtool().isPresent() || System.getenv("LASTGOOD_PROMETHEUS_REQUIRED") != null,
                "there is no Prometheus with promtool here: install Debian's package, or set LASTGOOD_PROMETHEUS");
        var given = new GivenSamples(T0, EVERY);
        for (var pod : List.of("web-5d7-aaaaa", "web-5d7-bbbbb", "web-5d7-ccccc")) {
            given.pod("calm", pod, 0, ALL, 5).errors(0, ALL, 150);
        }
        // It failed on its own for five minutes of each day.
        var third = given.pod("sick", "web-5d7-ccccc", 0, ALL, 5);
        for (var day = 0; day < DAYS; day++) {
            third.errors(day * 86_400 + 36_000, day * 86_400 + 36_300, 2);
        }
        given.pod("sick", "web-5d7-aaaaa", 0, ALL, 5).restart(100_020);
        given.pod("sick", "web-5d7-bbbbb", 0, ALL, 5);
        prometheus = RealPrometheus.with(folder, given);
    }

    @AfterAll
    static void stop() {
        if (prometheus != null) {
            prometheus.close();
        }
    }

    private static PrometheusTelemetry telemetry(URI url) {
        var all = Map.of(WEB, watched("calm"), SICK, watched("sick"));
        return new PrometheusTelemetry(
                new Prometheus(url, Map::of, Duration.ofSeconds(10)), all, (_, _) -> List.of("web-.+"));
    }

    private static Watched watched(String namespace) {
        return new Watched("web", new TreeMap<>(Map.of("namespace", namespace)));
    }

    private static Calibration calibration() {
        return new Calibration(
                telemetry(prometheus.url()).history(), DecisionRules.runbook(), Set.of(), (_, _, _, _) -> {});
    }

    @Test
    void the_past_is_looked_over_and_then_read_piece_by_piece_without_losing_a_request() {
        var history = telemetry(prometheus.url()).history();

        var survey = history.survey(SICK, T0, NOW);
        var pieces = history.open(SICK, T0);
        var seen = Counts.NONE;
        for (var at = T0; at.isBefore(NOW); at = at.plus(survey.piece())) {
            var to = at.plus(survey.piece()).isBefore(NOW) ? at.plus(survey.piece()) : NOW;
            seen = pieces.until(to).stream().map(Glimpse::errors).reduce(seen, Counts::plus);
        }

        assertThat(survey.slots()).hasSizeBetween(DAYS * 288 - 4, DAYS * 288);
        assertThat(survey.slots().get(300).instances()).isEqualTo(3);
        assertThat(survey.piece()).isLessThanOrEqualTo(Duration.ofHours(6));
        // 3 pods, 5 a second; the first scrape of each is where counting begins.
        assertThat(seen.requests()).isBetween(3L * 5 * (ALL - 5 * EVERY), 3L * 5 * ALL);
        assertThat(seen.bad()).isEqualTo(DAYS * 300 * 5 / 2);
    }

    @Test
    void placebos_in_calm_days_find_nothing_and_in_sick_ones_what_one_pod_does_by_itself() {
        var calm = calibration();
        var came = calm.run(WEB, calm.ground(WEB, T0, NOW, List.of()), 20, 1);
        assertThat(came.judged()).isEqualTo(20);
        assertThat(came.wrong()).isEmpty();
        assertThat(came.tells()).isTrue();

        var sick = calibration();
        var found = sick.run(SICK, sick.ground(SICK, T0, NOW, List.of()), 80, 1);
        assertThat(found.wrong()).isNotEmpty().allSatisfy(w -> {
            var second = (w.startMillis() / 1000 - T0.getEpochSecond()) % 86_400;
            assertThat(second).isBetween(36_000L - 3600, 36_300L);
        });
    }

    @Test
    void who_cannot_be_asked_is_not_calm() {
        assertThatThrownBy(() ->
                        telemetry(URI.create("http://127.0.0.1:1")).history().survey(WEB, T0, NOW))
                .isInstanceOf(Unreachable.class);
    }
}
