package lastgood.core.recover;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lastgood.core.recover.CheckResult.Finding;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ErrorLinesTest {

    private static CheckResult judge(Stream<String> lines, String... past) {
        return ErrorLines.judge(Limits.usual(), lines, () -> Stream.of(past), "2 logs");
    }

    @Test
    void a_pattern_is_the_line_without_what_differs_each_time() {
        assertThat(ErrorLines.pattern("2026-01-02T14:21:07Z ERROR order 4711 of 'ann' failed after 31ms"))
                .isEqualTo(ErrorLines.pattern("2026-01-03T09:00:01Z ERROR order 12 of 'bob' failed after 2ms"));
        assertThat(ErrorLines.pattern("ERROR span 9f1c22ab33cd 550e8400-e29b-41d4-a716-446655440000 lost"))
                .isEqualTo("ERROR span # # lost");
        assertThat(ErrorLines.pattern("ERROR cannot pay")).isNotEqualTo(ErrorLines.pattern("ERROR cannot ship"));
        assertThat(ErrorLines.pattern("ERROR feed added dead beef")).isEqualTo("ERROR feed added dead beef");
    }

    @Test
    void errors_that_the_release_always_printed_do_not_fail_it() {
        var result =
                judge(Stream.of("ERROR client 7 went away", "ERROR client 8 went away"), "ERROR client 3 went away");

        assertThat(result.finding()).isEqualTo(Finding.PASS);
        assertThat(result.value()).isEqualTo("no new error lines; 2 lines known from before");
    }

    @Test
    void a_new_pattern_fails_it_and_is_named() {
        var result = judge(Stream.of("ERROR cannot pay 7", "ERROR client 8 went away"), "ERROR client 3 went away");

        assertThat(result.finding()).isEqualTo(Finding.FAIL);
        assertThat(result.value()).contains("1 error line, such as: ERROR cannot pay", "1 line known from before");
    }

    @Test
    void clearly_more_of_a_known_one_fails_it() {
        var flood = IntStream.range(0, 50).mapToObj(i -> "ERROR client %d went away".formatted(i));

        assertThat(judge(flood, "ERROR client 3 went away").finding()).isEqualTo(Finding.FAIL);
    }

    @Test
    void without_a_past_every_error_line_counts() {
        assertThat(judge(Stream.of("ERROR client 7 went away")).finding()).isEqualTo(Finding.FAIL);
    }

    @Test
    void the_past_is_not_read_while_there_is_nothing_to_explain() {
        var result = ErrorLines.judge(
                Limits.usual(),
                Stream.of("INFO serving"),
                () -> {
                    throw new AssertionError("read");
                },
                "2 logs");

        assertThat(result.finding()).isEqualTo(Finding.PASS);
    }

    @Test
    void a_flood_of_ever_new_patterns_takes_bounded_room_and_fails() {
        var words = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m");
        var flood = IntStream.range(0, 5_000)
                .mapToObj(i -> "ERROR " + words.get(i % 13) + words.get(i / 13 % 13) + words.get(i / 169 % 13)
                        + words.get(i / 2197));

        assertThat(judge(flood).value()).startsWith("5000 error lines of 1001 patterns");
    }
}
