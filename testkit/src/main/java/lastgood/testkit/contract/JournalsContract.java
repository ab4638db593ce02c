package lastgood.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import lastgood.core.Person;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.plan.Plan;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.Journal;
import lastgood.engine.port.JournalStore;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// The one promise that everything rests on: of two who saw the same journal, at most one appends.
@DisplayNameGeneration(ReplaceUnderscores.class)
public abstract class JournalsContract {

    private static final RunId RUN = new RunId("rb-contract");
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

    /// The journals; each call a way of its own to the same ones, as another process has it.
    protected abstract JournalStore journals();

    private static Entry opened() {
        return new Entry.Opened(
                Plan.Kind.CHANGE, new ServiceRef("production", "web"), new Person("maya"), "why \"not\" é", false);
    }

    private static Entry note(int number) {
        return new Entry.Sent("notice-" + number);
    }

    private static boolean append(Journal journal, Entry entry) {
        return journal.append(entry, 1, NOON, "laptop:1");
    }

    private Journal begun() {
        var journal = Journal.open(journals(), RUN);
        assertThat(append(journal, opened())).isTrue();
        return journal;
    }

    @Test
    void a_run_that_was_never_begun_has_no_lines_and_is_not_listed() {
        assertThat(journals().read(RUN)).isEmpty();
        assertThat(journals().runs()).doesNotContain(RUN);
    }

    @Test
    void what_was_appended_is_read_back_byte_for_byte_by_everybody() {
        var mine = begun();
        assertThat(append(mine, note(1))).isTrue();

        var others = Journal.open(journals(), RUN);

        assertThat(others.records()).isEqualTo(mine.records());
        assertThat(journals().runs()).contains(RUN);
    }

    @Test
    void an_append_on_an_outdated_look_is_refused_and_writes_nothing() {
        var mine = begun();
        var others = Journal.open(journals(), RUN);
        assertThat(append(others, note(1))).isTrue();

        assertThat(append(mine, note(2))).isFalse();

        mine.refresh();
        assertThat(mine.records()).isEqualTo(others.records());
        assertThat(append(mine, note(2))).isTrue();
    }

    @Test
    void of_two_who_begin_the_same_run_one_does() {
        var mine = Journal.open(journals(), RUN);
        var others = Journal.open(journals(), RUN);

        assertThat(append(mine, opened())).isTrue();
        assertThat(append(others, opened())).isFalse();
    }

    @Test
    void of_many_who_append_at_once_exactly_one_succeeds_each_time() throws Exception {
        begun();
        var writers = new ArrayList<Callable<Integer>>();
        for (var writer = 0; writer < 4; writer++) {
            writers.add(() -> {
                var journal = Journal.open(journals(), RUN);
                var done = 0;
                while (done < 5) {
                    if (append(journal, note(journal.records().size()))) {
                        done++;
                    } else {
                        journal.refresh();
                    }
                }
                return done;
            });
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var done : threads.invokeAll(writers)) {
                assertThat(done.get()).isEqualTo(5);
            }
        }

        // Opening verifies the hash chain: a lost or doubled line would break it.
        assertThat(Journal.open(journals(), RUN).records()).hasSize(21);
    }

    @Test
    void a_long_journal_is_kept_whole() {
        var journal = begun();
        for (var i = 0; i < 200; i++) {
            assertThat(append(journal, note(i))).isTrue();
        }

        assertThat(Journal.open(journals(), RUN).records()).hasSize(201);
    }

    @Test
    void reading_on_from_a_position_gives_the_rest() {
        var journal = begun();
        append(journal, note(1));
        append(journal, note(2));

        List<String> all = journals().read(RUN);

        assertThat(journals().read(RUN, 1)).isEqualTo(all.subList(1, 3));
        assertThat(journals().read(RUN, 9)).isEmpty();
    }
}
