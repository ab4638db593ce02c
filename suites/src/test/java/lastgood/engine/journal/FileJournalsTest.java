package lastgood.engine.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import lastgood.core.Person;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.plan.Plan;
import lastgood.engine.port.Forbidden;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class FileJournalsTest {

    private static final RunId RUN = new RunId("rb-00000001");
    private static final Instant AT = Instant.parse("2026-01-02T14:00:00Z");

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void where_it_is() {
        file = folder.resolve("rb-00000001/journal.jsonl");
    }

    private Journal journal() {
        return Journal.open(new FileJournals(folder), RUN);
    }

    private static boolean append(Journal journal, String why) {
        return journal.append(new Entry.TakenOver(why), 1, AT, "host:1");
    }

    private void three_records() {
        var journal = journal();
        for (var i = 0; i < 3; i++) {
            assertThat(append(journal, "record " + i)).isTrue();
        }
    }

    @Test
    void reads_what_another_process_wrote() {
        three_records();

        assertThat(journal().records()).extracting(JournalRecord::seq).containsExactly(0, 1, 2);
    }

    @Test
    void of_two_who_saw_the_same_only_one_appends() {
        var one = journal();
        var other = journal();

        assertThat(append(one, "one")).isTrue();
        assertThat(append(other, "other")).isFalse();
        other.refresh();

        assertThat(append(other, "other")).isTrue();
        assertThat(journal().records()).hasSize(2);
    }

    @Test
    void threads_that_race_leave_one_chain_without_gaps() {
        var won = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (var t = 0; t < 8; t++) {
                threads.execute(() -> {
                    var mine = journal();
                    for (var i = 0; i < 25; i++) {
                        while (!append(mine, "x")) {
                            mine.refresh();
                        }
                        won.incrementAndGet();
                    }
                });
            }
        }

        assertThat(won).hasValue(200);
        assertThat(journal().records()).hasSize(200);
    }

    @Test
    void a_line_torn_at_any_byte_is_no_line_and_the_next_append_takes_its_place() throws Exception {
        three_records();
        var whole = Files.readAllBytes(file);
        var lastLine =
                new String(whole, java.nio.charset.StandardCharsets.UTF_8).lastIndexOf('\n', whole.length - 2) + 1;

        for (var length = lastLine; length < whole.length; length++) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));

            var journal = journal();
            assertThat(journal.records()).as("torn after %d bytes", length).hasSize(2);
            assertThat(append(journal, "a shorter one")).isTrue();
            assertThat(journal().records())
                    .as("repaired after %d bytes", length)
                    .hasSize(3);
        }
    }

    @Test
    void a_tail_of_zeros_as_power_loss_leaves_it_is_no_line() throws Exception {
        three_records();
        Files.write(file, new byte[700], StandardOpenOption.APPEND);

        var journal = journal();

        assertThat(journal.records()).hasSize(3);
        assertThat(append(journal, "next")).isTrue();
        assertThat(journal().records()).hasSize(4);
    }

    @Test
    void any_byte_altered_before_the_last_line_is_found() throws Exception {
        three_records();
        var whole = Files.readAllBytes(file);
        var lastLine =
                new String(whole, java.nio.charset.StandardCharsets.UTF_8).lastIndexOf('\n', whole.length - 2) + 1;
        var missed = new ArrayList<Integer>();

        for (var at = 0; at < lastLine; at++) {
            var altered = whole.clone();
            altered[at] = (byte) (altered[at] ^ 1);
            Files.write(file, altered);
            try {
                journal();
                missed.add(at);
            } catch (Damaged e) {
                assertThat(e).hasMessageContaining("nothing");
            }
        }

        assertThat(missed).isEmpty();
    }

    @Test
    void a_missing_line_in_the_middle_is_found_and_the_message_says_how_to_go_on() throws Exception {
        three_records();
        var lines = Files.readAllLines(file);
        Files.write(file, List.of(lines.get(0), lines.get(2)));

        assertThatThrownBy(this::journal)
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("damaged at record 1")
                .hasMessageContaining("nothing was changed now")
                .hasMessageContaining("lastgood status");
    }

    @Test
    void a_folder_that_cannot_be_written_is_said_and_nothing_is_changed() throws Exception {
        var blocked = folder.resolve("file");
        Files.writeString(blocked, "not a folder");
        var journals = new FileJournals(blocked);

        assertThatThrownBy(() -> journals.append(RUN, 0, "x"))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("without a record nothing is changed");
    }

    @Test
    void hostile_text_comes_back_as_one_line_without_control_characters() {
        var journal = journal();
        var entry = new Entry.Opened(
                Plan.Kind.ROLLBACK,
                new ServiceRef("production", "web"),
                new Person("maya"),
                "a\nb\u001b[2J\u0000 \ud800 ü 😀",
                false);

        assertThat(journal.append(entry, 0, AT, "host:1")).isTrue();

        assertThat(journal().state().opened().reason()).isEqualTo("a\nb?[2J? ? ü 😀");
    }
}
