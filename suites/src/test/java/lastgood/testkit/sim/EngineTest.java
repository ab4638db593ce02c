package lastgood.testkit.sim;

import static lastgood.testkit.sim.SimWorld.LEAD;
import static lastgood.testkit.sim.SimWorld.MAYA;
import static lastgood.testkit.sim.SimWorld.SERVICE;
import static lastgood.testkit.sim.SimWorld.revision;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import lastgood.core.Capacity;
import lastgood.core.Digest;
import lastgood.core.Person;
import lastgood.core.RunId;
import lastgood.core.plan.PlannedStep;
import lastgood.engine.Control;
import lastgood.engine.Control.Said;
import lastgood.engine.Engine;
import lastgood.engine.Parked;
import lastgood.engine.Progress;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.JournalRecord;
import lastgood.engine.journal.RunState;
import lastgood.engine.journal.RunState.Status;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What a run does when people and other programs are at work too.
@DisplayNameGeneration(ReplaceUnderscores.class)
class EngineTest {

    private static final RunId RUN = new RunId("rb-00000001");
    private static final RunId OTHER = new RunId("rb-00000002");

    private SimWorld world = Corpus.named("rollback: rolling").world().get();

    private void open(RunId run, String plan, Duration timeout) {
        var c = Corpus.named(plan);
        world.engine().open(new Engine.Order(run, c.planIn(world), List.of(), "errors", c.emergency(), timeout));
    }

    private void open(String plan) {
        world = Corpus.named(plan).world().get();
        open(RUN, plan, Duration.ZERO);
    }

    private Parked drive() {
        return drive(RUN, Progress.NONE, new AtomicBoolean());
    }

    private Parked drive(RunId run, Progress progress, AtomicBoolean stop) {
        try {
            return world.engine(progress).drive(run, stop::get);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Control control() {
        return new Control(world.journals, world.clock, "another:1");
    }

    private RunState state() {
        return Journal.open(world.journals, RUN).state();
    }

    /// Does something once, when a step is first seen waiting.
    private static Progress whenWaiting(Runnable what) {
        return new Progress() {
            private boolean done;

            @Override
            public void record(JournalRecord record) {}

            @Override
            public void waiting(PlannedStep step, String words) {
                if (!done) {
                    done = true;
                    what.run();
                }
            }
        };
    }

    @Test
    void does_not_undo_a_fix_that_someone_deployed_meanwhile() {
        open("rollback: rolling");

        drive(RUN, whenWaiting(() -> world.platform.somebodyPuts("web", revision("v6"))), new AtomicBoolean());

        assertThat(state().status()).isEqualTo(Status.NEEDS_HUMAN);
        assertThat(state().unknown().orElseThrow().question()).contains("v6").contains("plan again");
        assertThat(world.platform.summary()).contains("web v6");
    }

    @Test
    void does_not_fight_with_whoever_puts_the_bad_release_back() {
        open("rollback: rolling");

        drive(RUN, whenWaiting(() -> world.platform.somebodyPuts("web", revision("v5"))), new AtomicBoolean());

        assertThat(state().status()).isEqualTo(Status.NEEDS_HUMAN);
        assertThat(state().unknown().orElseThrow().question()).contains("put back after we had changed it");
        assertThat(world.platform.landed()).containsOnlyOnce("rb-00000001/20-put-revision");
    }

    @Test
    void a_world_that_moved_before_the_first_change_ends_the_run_with_production_untouched() {
        open("rollback: rolling");
        world.platform.somebodyPuts("web", revision("v6"));

        drive();

        assertThat(state().status()).isEqualTo(Status.FAILED);
        assertThat(state().closed().orElseThrow().why()).contains("production was not changed");
        assertThat(world.platform.landed()).isEmpty();
        assertThat(world.locks.holder(SERVICE)).isEmpty();
    }

    @Test
    void a_removed_workload_is_said_and_not_made_again() {
        open("rollback: rolling");
        world.platform.nobodyWatches();

        drive(RUN, whenWaiting(() -> world.platform.somebodyRemoves("web")), new AtomicBoolean());

        assertThat(state().unknown().orElseThrow().question()).contains("no longer exists");
    }

    @Test
    void a_person_who_put_it_right_lets_the_run_go_on_from_there() {
        open("rollback: rolling");
        drive(RUN, whenWaiting(() -> world.platform.somebodyPuts("web", revision("v6"))), new AtomicBoolean());
        world.platform.somebodyPuts("web", revision("v4"));

        control().resume(RUN, MAYA, "v6 was my mistake");
        drive();

        assertThat(state().status()).isEqualTo(Status.RECOVERED);
    }

    @Test
    void stops_at_the_next_safe_point_and_goes_on_later_without_doing_anything_twice() {
        open("rollback: rolling");
        var stop = new AtomicBoolean();

        drive(RUN, whenWaiting(() -> stop.set(true)), stop);
        assertThat(state().status()).isEqualTo(Status.PAUSED);
        control().resume(RUN, MAYA, "go on");
        drive();

        assertThat(state().status()).isEqualTo(Status.RECOVERED);
        assertThat(world.platform.landed()).doesNotHaveDuplicates();
    }

    @Test
    void a_pause_from_another_process_is_obeyed() {
        open("rollback: rolling");

        drive(RUN, whenWaiting(() -> control().pause(RUN, LEAD, "wait")), new AtomicBoolean());

        assertThat(state().status()).isEqualTo(Status.PAUSED);
        assertThat(world.locks.holder(SERVICE)).contains(RUN);
    }

    @Test
    void an_abort_says_how_the_step_was_left_and_frees_the_service() {
        open("rollback: rolling");

        drive(RUN, whenWaiting(() -> control().cancel(RUN, MAYA, "wrong service")), new AtomicBoolean());

        assertThat(state().status()).isEqualTo(Status.CANCELLED);
        assertThat(state().words("20-put-revision")).contains("cancelled while underway");
        assertThat(state().closed().orElseThrow().why()).contains("what was done so far stays");
        assertThat(world.locks.holder(SERVICE)).isEmpty();
    }

    @Test
    void an_abort_behind_the_maintenance_page_takes_the_page_down() {
        open("rollback: rolling, behind maintenance");

        drive(RUN, whenWaiting(() -> control().cancel(RUN, MAYA, "no")), new AtomicBoolean());

        assertThat(state().status()).isEqualTo(Status.CANCELLED);
        assertThat(world.platform.maintenance()).isFalse();
    }

    @Test
    void a_timeout_pauses_the_run_and_a_resume_ends_it_well() {
        open(RUN, "rollback: rolling", Duration.ofMillis(600));

        drive();
        assertThat(state().status()).isEqualTo(Status.PAUSED);
        assertThat(state().paused().orElseThrow().why()).isEqualTo(RunState.DEADLINE_PASSED);
        control().resume(RUN, MAYA, "more time");
        drive();

        assertThat(state().status()).isEqualTo(Status.RECOVERED);
    }

    @Test
    void instances_that_crash_again_and_again_are_noticed_long_before_the_deadline() {
        world = new SimWorld(new lastgood.core.Strategy.Rolling("web"))
                .release(1, "v4-" + SimPlatform.NEVER_READY, SimWorld.Standing.GOOD)
                .release(2, "v5", SimWorld.Standing.LIVE);
        world.platform.runs("web", revision("v5"), 3);
        world.platform.routes(SimWorld.weights("web", 100));
        var began = world.clock.now();
        open(RUN, "rollback: rolling", Duration.ZERO);

        drive();

        assertThat(state().status()).isEqualTo(Status.NEEDS_HUMAN);
        assertThat(state().unknown().orElseThrow().question()).contains("exited with 1");
        assertThat(Duration.between(began, world.clock.now())).isLessThan(Duration.ofSeconds(60));
        assertThat(world.platform.broken()).isEmpty();
    }

    @Test
    void waits_for_an_approval_by_somebody_else_and_takes_no_other() {
        open("rollback: rolling, approved first");

        assertThat(drive()).isEqualTo(new Parked.At(Status.AWAITING_APPROVAL));
        assertThat(world.platform.landed()).isEmpty();
        assertThat(control().approve(RUN, MAYA))
                .isInstanceOfSatisfying(Said.No.class, n -> assertThat(n.why()).contains("a second person"));
        assertThat(control().approve(RUN, LEAD)).isInstanceOf(Said.Ok.class);
        drive();

        assertThat(state().status()).isEqualTo(Status.RECOVERED);
    }

    @Test
    void an_approval_that_comes_too_late_approves_nothing() {
        open("rollback: rolling, approved first");
        drive();
        world.clock.jump(Duration.ofMinutes(16));

        assertThat(control().approve(RUN, LEAD))
                .isInstanceOfSatisfying(Said.No.class, n -> assertThat(n.why()).contains("expired"));
        drive();
        assertThat(state().status()).isEqualTo(Status.AWAITING_APPROVAL);
        assertThat(control().approve(RUN, LEAD)).isInstanceOf(Said.Ok.class);
    }

    @Test
    void a_rejection_ends_the_run_with_production_untouched() {
        open("rollback: rolling, approved first");
        drive();

        control().reject(RUN, LEAD, "we fix forward");
        drive();

        assertThat(state().status()).isEqualTo(Status.CANCELLED);
        assertThat(state().closed().orElseThrow().why()).contains("nothing was changed");
        assertThat(world.platform.landed()).isEmpty();
    }

    @Test
    void an_emergency_owes_an_approval_that_someone_else_gives_afterwards() {
        open("rollback: rolling, emergency");
        drive();
        var now = world.clock.now();
        assertThat(state().ratification(now)).isEqualTo(RunState.Ratification.PENDING);
        assertThat(state().ratification(now.plus(Duration.ofDays(2)))).isEqualTo(RunState.Ratification.OVERDUE);

        assertThat(control().ratify(RUN, MAYA)).isInstanceOf(Said.No.class);
        assertThat(control().ratify(RUN, LEAD)).isInstanceOf(Said.Ok.class);

        assertThat(state().ratification(now.plus(Duration.ofDays(2)))).isEqualTo(RunState.Ratification.RATIFIED);
    }

    @Test
    void a_second_run_for_the_service_steps_back_and_names_the_first() {
        open("rollback: rolling");
        drive(RUN, whenWaiting(() -> control().pause(RUN, MAYA, "wait")), new AtomicBoolean());
        world.platform.somebodyPuts("web", revision("v5"));
        open(OTHER, "rollback: rolling", Duration.ZERO);

        assertThat(drive(OTHER, Progress.NONE, new AtomicBoolean())).isEqualTo(new Parked.Locked(RUN));

        assertThat(Journal.open(world.journals, OTHER)
                        .state()
                        .closed()
                        .orElseThrow()
                        .why())
                .contains("nothing was changed");
    }

    @Test
    void an_owner_who_was_replaced_stops_at_once() {
        open("rollback: rolling");

        var parked = drive(RUN, whenWaiting(this::drive), new AtomicBoolean());

        assertThat(parked).isInstanceOf(Parked.TakenOverBy.class);
        assertThat(state().status()).isEqualTo(Status.RECOVERED);
        assertThat(world.platform.landed()).doesNotHaveDuplicates();
    }

    @Test
    void a_clock_that_jumps_forward_can_only_pause_and_never_skips_the_watch() {
        open("rollback: rolling");

        drive(RUN, whenWaiting(() -> world.clock.jump(Duration.ofHours(3))), new AtomicBoolean());
        if (state().status() == Status.NEEDS_HUMAN) {
            control().resume(RUN, MAYA, "the clock was set");
            drive();
        }

        assertThat(state().status()).isEqualTo(Status.RECOVERED);
        assertThat(state().tally("40-watch-recovery").inARow()).isEqualTo(3);
    }

    @Test
    void a_clock_that_jumps_back_changes_nothing() {
        open("rollback: rolling");

        drive(RUN, whenWaiting(() -> world.clock.jump(Duration.ofHours(-3))), new AtomicBoolean());

        assertThat(state().status()).isEqualTo(Status.RECOVERED);
    }

    @Test
    void a_sink_that_is_down_is_given_up_and_delays_nothing() {
        open("rollback: rolling");
        var deaf = new lastgood.engine.Outbox(
                world.journals,
                (_, _, _) -> {
                    throw new IllegalStateException("503");
                },
                Runnable::run,
                world.clock,
                "host:9");

        try {
            new Engine(world.ports(), new lastgood.engine.Owner("host:9", new Person("maya")), Progress.NONE, deaf)
                    .drive(RUN, () -> false);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }

        assertThat(state().status()).isEqualTo(Status.RECOVERED);
        assertThat(Journal.open(world.journals, RUN).records())
                .anyMatch(r -> r.entry() instanceof Entry.GaveUp g && g.why().equals("503"));
    }

    @Test
    void nobody_who_can_measure_means_unproved_and_never_well() {
        open("rollback: rolling, nobody can measure");
        drive();

        assertThat(state().status()).isEqualTo(Status.NOT_RECOVERED);
        assertThat(state().verdict().orElseThrow().judgement()).isEqualTo(Entry.Judgement.UNPROVED);
    }

    @Test
    void a_rollback_that_does_not_help_says_so_and_parks_nothing() {
        open("rollback: rolling, and users do not recover");
        drive();

        assertThat(state().status()).isEqualTo(Status.NOT_RECOVERED);
        assertThat(state().verdict().orElseThrow().judgement()).isEqualTo(Entry.Judgement.REFUTED);
    }

    @Test
    void a_worker_a_cron_job_and_the_configuration_go_back_with_the_server() {
        open("rollback: all parts");

        drive();

        assertThat(state().status()).isEqualTo(Status.RECOVERED);
        assertThat(world.platform.summary())
                .contains("web v4", "worker worker-v4", "nightly nightly-v4")
                .doesNotContain("v5");
        assertThat(world.platform.landed())
                .containsExactly(
                        "rb-00000001/20-restore-config",
                        "rb-00000001/30-put-revision",
                        "rb-00000001/40-put-revision",
                        "rb-00000001/50-put-revision");
    }

    @Test
    void instances_that_keep_their_revision_are_started_anew_to_read_what_was_put_back() {
        open("rollback: only the configuration is bad");

        drive();

        assertThat(state().status()).isEqualTo(Status.RECOVERED);
        assertThat(world.platform.landed())
                .containsExactly("rb-00000001/20-restore-config", "rb-00000001/30-restart", "rb-00000001/40-restart");
    }

    @Test
    void does_not_overwrite_a_config_object_that_someone_edited_meanwhile() {
        open("rollback: all parts");
        world.platform.somebodyEdits("web-config", Digest.of("a fix"));

        drive();

        assertThat(state().status()).isEqualTo(Status.FAILED);
        assertThat(state().closed().orElseThrow().why())
                .contains("config web-config was changed after this plan was made", "production was not changed");
        assertThat(world.platform.landed()).isEmpty();
    }

    @Test
    void does_not_fight_with_whoever_puts_the_bad_configuration_back() {
        open("rollback: only the configuration is bad");
        world.fuse.set(indexOfFirstChange(), Fuse.Fault.ANSWER_LOST);

        drive(
                RUN,
                whenWaiting(() -> world.platform.somebodyEdits("web-config", Digest.of("log=v5"))),
                new AtomicBoolean());

        assertThat(state().status()).isEqualTo(Status.NEEDS_HUMAN);
        assertThat(state().unknown().orElseThrow().question()).contains("config web-config was put back after");
    }

    /// The evidence is the first touch that is not a look or an append, the configuration the second.
    private int indexOfFirstChange() {
        var other = Corpus.named("rollback: only the configuration is bad");
        var touches = new Crashes(other).undisturbed().touches();
        var evidence = touches.indexOf(Fuse.Touch.ACT);
        return evidence + 1 + touches.subList(evidence + 1, touches.size()).indexOf(Fuse.Touch.ACT);
    }

    @Test
    void capacity_that_an_autoscaler_would_take_away_is_held_until_the_end_and_then_left_to_it_again() {
        open("rollback: blue-green, all parts, scales itself");

        drive();

        assertThat(state().status()).isEqualTo(Status.RECOVERED);
        assertThat(world.platform.broken()).isEmpty();
        assertThat(world.platform.summary()).contains("web-green v4", "x3 of 1 to 6");
    }

    @Test
    void bounds_that_someone_set_meanwhile_are_theirs_also_at_the_end() {
        open("rollback: blue-green, all parts, scales itself");

        drive(
                RUN,
                whenWaiting(() -> world.platform.somebodyBounds("web-green", new Capacity(3, 9))),
                new AtomicBoolean());

        assertThat(world.platform.summary()).contains("of 3 to 9");
    }

    /// Everything that asks for a change of an instance's revision.
    private static boolean isPut(Fuse.Touch touch, String what) {
        return touch == Fuse.Touch.ACT && what.equals("put");
    }

    @Test
    void a_change_that_gets_no_answer_is_asked_for_until_it_gets_through() {
        open("rollback: rolling");
        world.fuse.away(EngineTest::isPut, Duration.ofMinutes(4));

        drive();

        assertThat(state().status()).isEqualTo(Status.RECOVERED);
        assertThat(state().attempts("20-put-revision")).isBetween(8, 30);
        assertThat(world.platform.landed()).doesNotHaveDuplicates();
    }

    @Test
    void a_change_that_never_gets_an_answer_is_not_said_to_have_met_a_world_that_moved() {
        open("rollback: rolling");
        world.fuse.away(EngineTest::isPut, Duration.ofHours(2));

        drive();

        assertThat(state().status()).isEqualTo(Status.NEEDS_HUMAN);
        assertThat(state().unknown().orElseThrow().question())
                .matches("not done within 5m: no answer \\(no route for put\\); the change was asked for"
                        + " \\d+ times, and what became of it is not known; last seen: not changed");
    }

    @Test
    void a_world_that_falls_silent_after_the_change_is_not_said_to_be_unchanged() {
        open("rollback: rolling");

        drive(
                RUN,
                whenWaiting(() -> world.fuse.away((touch, _) -> touch == Fuse.Touch.LOOK, Duration.ofHours(2))),
                new AtomicBoolean());

        assertThat(state().status()).isEqualTo(Status.NEEDS_HUMAN);
        assertThat(state().unknown().orElseThrow().question())
                .contains("no answer (no route for find web)", "asked for once", "last seen: ")
                .doesNotContain("not changed");
    }

    @Test
    void a_world_that_is_silent_before_the_first_change_ends_the_run_with_production_untouched() {
        open("rollback: rolling");
        world.fuse.away((_, what) -> what.equals("find web"), Duration.ofHours(2));

        drive();

        assertThat(state().status()).isEqualTo(Status.FAILED);
        assertThat(state().closed().orElseThrow().why())
                .contains("no answer (no route for find web); the change was never asked for")
                .contains("production was not changed");
        assertThat(world.platform.landed()).isEmpty();
    }

    @Test
    void a_look_that_is_refused_after_the_change_was_asked_for_does_not_say_that_nothing_was_changed() {
        open("rollback: rolling");

        drive(
                RUN,
                whenWaiting(() -> world.fuse.refuse(
                        (_, what) -> what.equals("find web"),
                        Duration.ofHours(1),
                        lastgood.engine.port.Forbidden::new)),
                new AtomicBoolean());

        assertThat(state().status()).isEqualTo(Status.NEEDS_HUMAN);
        assertThat(state().mayHaveChangedProduction()).isTrue();
    }

    @Test
    void a_change_that_is_refused_again_and_again_is_left_to_a_person_who_can_have_it_tried_anew() {
        open("rollback: rolling");
        world.fuse.refuse(EngineTest::isPut, Duration.ofMinutes(1), lastgood.engine.port.WorldMoved::new);

        drive();
        assertThat(state().unknown().orElseThrow().question()).contains("refused 20 times", "the world had moved");
        world.clock.jump(Duration.ofMinutes(2));
        control().resume(RUN, MAYA, "the other program is stopped");
        drive();

        assertThat(state().status()).isEqualTo(Status.RECOVERED);
    }

    @Test
    void a_change_that_its_owners_die_of_is_not_asked_for_for_ever() {
        open("rollback: rolling");
        world.fuse.refuse(EngineTest::isPut, Duration.ofHours(1), what -> {
            throw new Crash(what);
        });

        var owners = 0;
        while (state().status().active() && state().unknown().isEmpty() && owners < 40) {
            owners++;
            try {
                drive();
            } catch (Crash _) {
                // the next owner comes
            }
        }

        assertThat(state().unknown().orElseThrow().question()).contains("20 processes asked for it");
        assertThat(owners).isEqualTo(21);
    }
}
