package lastgood.cli.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import lastgood.cli.Failure;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PointInTimeTest {

    private static final ZoneId VIENNA = ZoneId.of("Europe/Vienna");
    private static final Instant NOW = Instant.parse("2026-12-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "2026-01-02 14:30:00,2026-01-02T13:30:00Z",
        "2026-01-02T14:30,2026-01-02T13:30:00Z",
        "2026-07-02 14:30:00,2026-07-02T12:30:00Z",
        "2026-01-02 14:30:00Z,2026-01-02T14:30:00Z",
        "2026-01-02T14:30:00+05:30,2026-01-02T09:00:00Z",
        "2026-01-02 14:30:00 +01:00,2026-01-02T13:30:00Z",
        "2026-10-25 02:30:00+01:00,2026-10-25T01:30:00Z"
    })
    void a_time_is_read_in_the_configured_zone_unless_it_has_its_own(String written, Instant meant) {
        assertThat(PointInTime.parse(written, VIENNA, NOW).at()).isEqualTo(meant);
    }

    @Test
    void an_hour_that_was_skipped_or_came_twice_is_not_guessed() {
        assertThatThrownBy(() -> PointInTime.parse("2026-03-29 02:30:00", VIENNA, NOW))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("never was in Europe/Vienna");
        assertThatThrownBy(() -> PointInTime.parse("2026-10-25 02:30:00", VIENNA, NOW))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.lines())
                                .anyMatch(l -> l.contains("+02:00 is 2026-10-25T00:30:00Z"))
                                .anyMatch(l -> l.contains("+01:00 is 2026-10-25T01:30:00Z")));
    }

    @Test
    void a_time_to_come_and_a_text_that_is_none_are_refused() {
        assertThatThrownBy(() -> PointInTime.parse("2027-01-02 14:30:00", VIENNA, NOW))
                .hasMessageContaining("in the future");
        assertThatThrownBy(() -> PointInTime.parse("yesterday", VIENNA, NOW)).hasMessageContaining("is not a time");
    }
}
