package lastgood.testkit.sim;

import static lastgood.testkit.sim.SimWorld.MAYA;
import static lastgood.testkit.sim.SimWorld.revision;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import lastgood.core.RunId;
import lastgood.core.data.Backup;
import lastgood.core.data.IntegrityReport.Finding;
import lastgood.core.data.IntegrityReport.Standing;
import lastgood.core.plan.ChangePlanner;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Planned;
import lastgood.core.plan.PlannedStep;
import lastgood.engine.Control;
import lastgood.engine.Engine;
import lastgood.engine.Progress;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.JournalRecord;
import lastgood.engine.journal.RunState;
import lastgood.engine.journal.RunState.Status;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a run that changes data does when people and other programs are at work too: it never changes data
/// that it
/// cannot explain, and never lets anybody in to data that is half-way.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DatabaseRunsTest {

    private static final RunId RUN = new RunId("rb-00000001");
    private static final String B = "scenario B, rolling";

    private SimWorld world = Corpus.named(B).world().get();
    private Plan plan = Corpus.named(B).planIn(world);

    private void given(String name) {
        world = Corpus.named(name).world().get();
        plan = Corpus.named(name).planIn(world);
    }

    private SimDatabase database() {
        return world.database().orElseThrow();
    }

    private void run(Progress progress) {
        world.engine().open(new Engine.Order(RUN, plan, List.of(), "errors", false, Duration.ZERO));
        carryOn(progress);
    }

    private void carryOn(Progress progress) {
        try {
            world.engine(progress).drive(RUN, () -> false);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private RunState state() {
        return Journal.open(world.journals, RUN).state();
    }

    private String question() {
        assertThat(state().status()).isEqualTo(Status.NEEDS_HUMAN);
        return state().unknown().orElseThrow().question();
    }

    private void cancel() {
        new Control(world.journals, world.clock, "another:1").cancel(RUN, MAYA, "wait");
    }

    /// Once, after a step of that kind was done.
    private static Progress after(String kind, Runnable what) {
        return on(record -> {
            if (record.entry() instanceof Entry.Done(var step, var _) && step.endsWith(kind)) {
                what.run();
            }
        });
    }

    /// Once, when a step of that kind has to wait.
    private static Progress during(String kind, Runnable what) {
        return new Progress() {
            private boolean done;

            @Override
            public void record(JournalRecord record) {}

            @Override
            public void waiting(PlannedStep step, String words) {
                if (!done && step.id().endsWith(kind)) {
                    done = true;
                    what.run();
                }
            }
        };
    }

    private static Progress on(Consumer<JournalRecord> what) {
        return new Progress() {
            @Override
            public void record(JournalRecord record) {
                what.accept(record);
            }

            @Override
            public void waiting(PlannedStep step, String words) {}
        };
    }

    private void nobodyIsLetIn() {
        assertThat(database().isOpen()).isFalse();
        assertThat(world.platform.maintenance()).isTrue();
        assertThat(world.platform.instances()).isZero();
        assertThat(database().broken()).isEmpty();
        assertThat(world.platform.broken()).isEmpty();
    }

    @Test
    void a_cancel_during_the_backup_gives_everything_back() {
        var before = world.platform.summary();
        var access = database().access();

        run(during("take-backup", this::cancel));

        assertThat(state().status()).isEqualTo(Status.CANCELLED);
        world.clock.pause(Duration.ofSeconds(3));
        assertThat(world.platform.summary()).isEqualTo(before);
        assertThat(database().access()).isEqualTo(access);
        assertThat(database().dataChanged()).isFalse();
        assertThat(world.platform.broken()).isEmpty();
    }

    @Test
    void users_keep_the_page_after_a_cancel_if_the_fence_could_not_be_taken_down() {
        run(during("take-backup", () -> {
            database().somebodyGrants("another");
            cancel();
        }));

        assertThat(state().closed().orElseThrow().why())
                .contains("not all could be given back")
                .contains("somebody else changed who may write");
        assertThat(world.platform.maintenance()).isTrue();
        assertThat(world.platform.broken()).isEmpty();
    }

    @Test
    void a_colour_that_was_idle_has_its_instances_again_after_a_cancel() {
        given("scenario B, blue-green");
        var before = world.platform.summary();

        run(during("take-backup", this::cancel));

        world.clock.pause(Duration.ofSeconds(3));
        assertThat(world.platform.summary()).isEqualTo(before);
    }

    @Test
    void a_cancel_after_the_undo_lets_nobody_in_and_says_what_to_do() {
        run(after("undo-migrations", this::cancel));

        assertThat(state().status()).isEqualTo(Status.CANCELLED);
        assertThat(state().closed().orElseThrow().why())
                .contains("half-way")
                .contains("db unfence")
                .contains("maintenance off");
        nobodyIsLetIn();
    }

    @Test
    void a_cancel_once_users_are_back_changes_nothing_more() {
        run(on(record -> {
            if (record.entry() instanceof Entry.Window) {
                cancel();
            }
        }));

        assertThat(state().status()).isEqualTo(Status.CANCELLED);
        assertThat(database().isOpen()).isTrue();
        assertThat(world.platform.maintenance()).isFalse();
        assertThat(world.platform.serving()).contains(revision("v4").digest());
    }

    @Test
    void a_backup_that_cannot_be_read_back_stops_it_before_data_is_changed() {
        database().breakNextBackup();

        run(Progress.NONE);

        assertThat(question()).contains("cannot be read back");
        assertThat(database().dataChanged()).isFalse();
        nobodyIsLetIn();
    }

    @Test
    void a_prepared_transaction_that_stays_is_a_question_for_a_person() {
        database().prepared(Duration.ZERO);

        run(Progress.NONE);

        assertThat(question()).contains("1 prepared transaction").contains("COMMIT PREPARED");
        assertThat(database().dataChanged()).isFalse();
    }

    @Test
    void roles_that_somebody_changed_meanwhile_are_not_overwritten() {
        run(after("capture-evidence", () -> database().somebodyGrants("another")));

        assertThat(question()).contains("somebody else changed who may write").contains("another=true");
        assertThat(database().access().logins()).containsEntry("another", true);
    }

    @Test
    void a_fence_that_somebody_takes_down_during_the_backup_stops_the_undo() {
        var open = database().access();

        run(during("take-backup", () -> database().somebodySets(open)));

        assertThat(question()).contains("can write to the database again");
        assertThat(database().dataChanged()).isFalse();
    }

    @Test
    void a_migration_that_somebody_applied_meanwhile_stops_the_undo() {
        run(during("take-backup", () -> database().somebodyApplies("m6")));

        assertThat(question()).contains("m6 was applied after this plan was made");
        nobodyIsLetIn();
    }

    @Test
    void a_column_that_somebody_added_by_hand_stops_the_undo() {
        run(during("take-backup", () -> database().somebodyAddsAColumn()));

        assertThat(question()).contains("the schema was changed after this plan was made");
        nobodyIsLetIn();
    }

    @Test
    void a_migration_that_is_half_done_is_a_question_for_a_person() {
        run(during("take-backup", () -> database().somebodyLeavesHalfDone("m5")));

        assertThat(question()).contains("m5 is half done");
        nobodyIsLetIn();
    }

    @Test
    void a_database_that_is_found_unsound_lets_nobody_in() {
        run(after(
                "undo-migrations",
                () -> database()
                        .unsound(new Finding(
                                Standing.FAIL, "btree", "public.orders_pkey", 3, "3 entries are missing"))));

        assertThat(question()).contains("not sound").contains("public.orders_pkey");
        nobodyIsLetIn();
    }

    @Test
    void rows_that_changed_since_they_were_counted_are_not_touched() {
        given("scenario C, rolling");

        run(during("take-backup", () -> database().somebodyWritesDamagedRows()));

        assertThat(question()).contains("no longer as they were counted");
        assertThat(database().isDamaged()).isTrue();
        nobodyIsLetIn();
    }

    @Test
    void a_swap_to_a_schema_that_the_release_is_not_proved_for_lets_nobody_in() {
        given("scenario C, swap");
        database().damaged(1998, 3513, "m1", "m0");

        run(Progress.NONE);

        assertThat(question()).contains("the release is proved to work on");
        nobodyIsLetIn();
    }

    @Test
    void a_swapped_database_is_backed_up_although_users_do_not_recover() {
        given("scenario C, swap");
        world.sick("v4");

        run(Progress.NONE);

        assertThat(state().status()).isEqualTo(Status.NOT_RECOVERED);
        assertThat(database().databases().backups().all(SimWorld.SERVICE).getFirst())
                .satisfies(b -> assertThat(b.alias()).isEqualTo("after-swap"))
                .satisfies(b -> assertThat(b.proof()).isInstanceOf(Backup.Proof.Verified.class));
    }

    @Test
    void a_person_who_put_it_right_lets_the_run_go_on_from_there() {
        run(during("take-backup", () -> database().somebodyIsBusy("VACUUM FULL by maya")));
        database().somebodyIsBusy("");

        if (state().status() == Status.NEEDS_HUMAN) {
            new Control(world.journals, world.clock, "another:1").resume(RUN, MAYA, "it is through");
            carryOn(Progress.NONE);
        }

        assertThat(state().status()).isEqualTo(Status.RECOVERED);
        assertThat(database().broken()).isEmpty();
    }

    @Test
    void what_was_done_to_data_is_not_undone_by_undo() {
        run(Progress.NONE);

        assertThat(state().status()).isEqualTo(Status.RECOVERED);
        assertThat(ChangePlanner.undo(world.facts(), plan))
                .isInstanceOfSatisfying(
                        Planned.Refused.class,
                        r -> assertThat(r.details()).containsExactly("m5 was undone; release deploy applies it again"));
    }

    @ParameterizedTest
    @ValueSource(strings = {B, "scenario C, swap", "scenario C, and undone"})
    void a_database_that_is_away_for_a_minute_at_any_step_is_waited_for(String name) {
        given(name);
        for (var step : plan.main()) {
            given(name);

            run(on(record -> {
                if (record.entry() instanceof Entry.Done(var done, var _) && isBefore(done, step.id())) {
                    world.fuse.away((_, what) -> OF_DATABASE.contains(what), Duration.ofMinutes(1));
                }
            }));

            assertThat(state().status()).as(step.id()).isEqualTo(Status.RECOVERED);
            assertThat(database().landed()).as(step.id()).doesNotHaveDuplicates();
            assertThat(database().broken()).as(step.id()).isEmpty();
            assertThat(world.platform.broken()).as(step.id()).isEmpty();
        }
    }

    /// Whether the one comes right before the other.
    private boolean isBefore(String done, String step) {
        var ids = plan.main().stream().map(PlannedStep::id).toList();
        return ids.indexOf(done) == ids.indexOf(step) - 1;
    }

    /// What the simulated world calls its requests to the database.
    private static final Set<String> OF_DATABASE = Set.of(
            "access",
            "set access",
            "schema",
            "migrations",
            "undo",
            "apply",
            "point",
            "points",
            "mark",
            "close",
            "backup",
            "take",
            "verify",
            "salvaged",
            "salvage",
            "swapped",
            "swap",
            "integrity");

    @Test
    void a_database_that_never_comes_back_leaves_nobody_in_and_says_what_is_not_known() {
        run(after("take-backup", () -> world.fuse.away((_, what) -> OF_DATABASE.contains(what), Duration.ofDays(1))));

        assertThat(question()).contains("no answer (no route for ").doesNotContain("moved");
        nobodyIsLetIn();
    }
}
