package lastgood.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class NarratorTest {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    private Narrator narrator(boolean moves, boolean unicode, boolean mute) {
        var out = new PrintStream(written, true, UTF_8);
        return new Narrator(
                new Terminal(
                        new BufferedReader(new StringReader("y\n")), out, out, true, moves, false, unicode, () -> 60),
                mute,
                () -> Duration.ofSeconds(83));
    }

    private String text() {
        return written.toString(UTF_8);
    }

    @Test
    void each_line_has_its_time_and_signs_have_words_in_ascii_too() {
        narrator(false, false, false).say(Narrator.Look.GOOD, "✔ ok v4.0.3 → v4.0.4");

        assertThat(text()).isEqualTo("  1:23  + ok v4.0.3 -> v4.0.4" + System.lineSeparator());
    }

    @Test
    void a_row_is_cut_at_the_windows_edge_and_a_pipe_gets_everything() {
        narrator(true, true, false).row(Narrator.Look.PLAIN, "x".repeat(100));
        narrator(false, true, false).row(Narrator.Look.PLAIN, "y".repeat(100));

        assertThat(text().lines().map(String::length)).containsExactly(60, 108);
    }

    @Test
    void a_sentence_goes_on_in_the_next_line() {
        narrator(true, true, false)
                .more("one two three four five six seven eight nine ten eleven twelve thirteen " + "x".repeat(70));

        assertThat(text().lines())
                .containsExactly(
                        "        one two three four five six seven eight nine ten",
                        "          eleven twelve thirteen",
                        "          " + "x".repeat(70));
    }

    @Test
    void a_long_command_is_broken_so_that_it_can_still_be_typed() {
        narrator(true, true, false).command("sam", "rollback -e demo --revision previous --severity SEV-2 --yes");

        assertThat(text().lines())
                .containsExactly(
                        "  1:23  sam$ lastgood rollback -e demo --revision previous \\",
                        "            --severity SEV-2 --yes");
    }

    @Test
    void says_nothing_when_numbers_are_wanted() {
        var narrator = narrator(true, true, true);

        narrator.title("a story");
        narrator.command("sam", "status");

        assertThat(text()).isEmpty();
    }

    @Test
    void asks_and_hears_the_answer() {
        assertThat(narrator(false, true, false).ask("Go?")).isTrue();
        assertThat(text()).isEqualTo("        Go? [y/N] ");
    }
}
