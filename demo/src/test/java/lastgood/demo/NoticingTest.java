package lastgood.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class NoticingTest {

    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    private final Noticing noticing = new Noticing("v4.0.4", "v4.0.5");
    private int second;

    private void reading(Counts good, Counts bad) {
        noticing.take(new Noticing.Reading(NOON.plusSeconds(second), Map.of("v4.0.4", good, "v4.0.5", bad)));
        second++;
    }

    @Test
    void notices_at_the_third_bad_look_in_a_row() {
        reading(new Counts(1000, 0), new Counts(100, 12));
        reading(new Counts(1000, 0), new Counts(200, 24));
        assertThat(noticing.noticed()).isEmpty();

        reading(new Counts(1000, 0), new Counts(300, 36));

        assertThat(noticing.noticed())
                .contains(new Noticing.Noticed(NOON.plusSeconds(2), new Counts(300, 36), new Counts(1000, 0)));
    }

    @Test
    void does_not_take_the_errors_that_were_there_before_for_the_releases() {
        for (var i = 1; i <= 10; i++) {
            reading(new Counts(1000, 100), new Counts(100 * i, 14 * i));
        }

        assertThat(noticing.noticed()).isEmpty();
    }

    @Test
    void says_nothing_about_a_handful_of_requests() {
        for (var i = 1; i <= 5; i++) {
            reading(new Counts(1000, 0), new Counts(5, 5));
        }

        assertThat(noticing.noticed()).isEmpty();
    }

    @Test
    void a_good_look_in_between_begins_anew() {
        reading(new Counts(0, 0), new Counts(100, 10));
        reading(new Counts(0, 0), new Counts(200, 20));
        reading(new Counts(0, 0), new Counts(600, 20));
        reading(new Counts(0, 0), new Counts(700, 60));
        reading(new Counts(0, 0), new Counts(800, 80));

        assertThat(noticing.noticed()).isEmpty();
    }

    @Test
    void now_is_at_least_three_seconds_and_enough_requests() {
        for (var i = 0; i <= 4; i++) {
            reading(new Counts(500, 0), new Counts(40 * i, 40 * i));
        }
        assertThat(noticing.now()).isEmpty();

        reading(new Counts(500, 0), new Counts(200, 200));

        assertThat(noticing.now()).contains(new Counts(200, 200));
        assertThat(noticing.lastSecond()).contains(new Counts(40, 40));
    }

    @Test
    void reads_the_counters_by_version() {
        var page = """
                # TYPE http_requests_total counter
                http_requests_total{service="s",environment="demo",revision="a",version="v4.0.4",workload="s",code="200"} 90
                http_requests_total{service="s",environment="demo",revision="a",version="v4.0.4",workload="s",code="500"} 10
                http_requests_total{service="s",environment="demo",revision="",version="",workload="",code="503"} 3
                http_request_duration_seconds_count{service="s",version="v4.0.4"} 100
                """;

        assertThat(Counts.read(page))
                .containsOnly(Map.entry("v4.0.4", new Counts(100, 10)), Map.entry("", new Counts(3, 3)));
    }
}
