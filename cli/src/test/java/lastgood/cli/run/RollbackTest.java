package lastgood.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import lastgood.cli.Bench;
import lastgood.core.Digest;
import lastgood.core.RunId;
import lastgood.core.plan.Planned;
import lastgood.core.plan.RolloutPlanner;
import lastgood.engine.Engine;
import lastgood.engine.Ports;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.JournalStore;
import lastgood.testkit.sim.SimWorld;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RollbackTest {

    private static final String BACK = "rollback -e production --revision previous";

    @TempDir
    Path folder;

    private Bench bench;

    @BeforeEach
    void v1_is_good_and_v2_hurts() {
        bench = Bench.rolling(folder);
    }

    private Digest serving() {
        return bench.world.platform.serving().orElseThrow();
    }

    private static Digest digest(String version) {
        return SimWorld.revision(version).digest();
    }

    // ---- doing it

    @Test
    void goes_back_proves_it_and_says_how_to_undo_it() {
        var code = bench.say(BACK + " --yes");

        assertThat(code).isZero();
        assertThat(serving()).isEqualTo(digest("v1"));
        assertThat(bench.out())
                .startsWith("ROLLED BACK  production/checkout  v2 → v1   rb-00000001   exit 0")
                .contains("proof: ", "data lost: none", "undo: lastgood undo rb-00000001", " next: lastgood status");
        assertThat(bench.err()).contains("10-capture-evidence", "20-put-revision", "✔ ok");
    }

    @Test
    void says_nothing_on_stdout_but_the_report() {
        bench.say(BACK + " --yes");

        assertThat(bench.out()).doesNotContain("20-put-revision");
    }

    @Test
    void is_done_at_once_if_the_target_runs_already() {
        var code = bench.say("rollback -e production --revision v2 --yes");

        assertThat(code).isZero();
        assertThat(bench.out()).contains("nothing to do: v2 is what runs already");
        assertThat(bench.world.journals.runs()).isEmpty();
    }

    @Test
    void starts_the_agent_if_it_does_not_run() {
        bench.agent = java.util.Optional.empty();

        var code = bench.say(BACK + " --yes");

        assertThat(code).isZero();
        assertThat(bench.err()).contains("the agent does not run yet; starting it");
    }

    @Test
    void an_undo_brings_back_what_was_there() {
        bench.say(BACK + " --yes");

        bench.world.sick("none");
        var code = bench.say("undo rb-00000001 --yes");

        assertThat(serving()).isEqualTo(digest("v2"));
        assertThat(code).isEqualTo(5);
        assertThat(bench.out()).contains("NOT RECOVERED", "v1 → v2");
    }

    @Test
    void an_undo_without_a_run_takes_the_last_one() {
        bench.say(BACK + " --yes");

        bench.say("undo -e production --yes");

        assertThat(serving()).isEqualTo(digest("v2"));
    }

    @Test
    void exits_5_if_users_are_not_well_afterwards() {
        bench.world.sick("v1");

        var code = bench.say(BACK + " --yes");

        assertThat(code).isEqualTo(5);
        assertThat(bench.out()).contains("NOT RECOVERED", "users are not proved to be well", "exit 5");
    }

    @Test
    void does_not_watch_when_told_not_to_and_says_that_it_is_unproved() {
        bench.world.sick("v1");

        var code = bench.say(BACK + " --yes --no-verify");

        assertThat(code).isZero();
        assertThat(bench.out()).contains("ROLLED BACK (unproved)");
    }

    @Test
    void a_timeout_pauses_it_with_exit_6_and_resume_ends_it_well() {
        var code = bench.say(BACK + " --yes --timeout 1");

        assertThat(code).isEqualTo(6);
        assertThat(bench.out()).contains("TIMEOUT, paused", "lastgood resume rb-00000001");
        assertThat(bench.say("resume rb-00000001")).isZero();
        assertThat(serving()).isEqualTo(digest("v1"));
    }

    @Test
    void a_timeout_that_is_long_enough_for_the_change_does_not_cut_the_proof_short() {
        bench.world.blind(true);
        bench.world.clock.later(Duration.ofSeconds(7), () -> bench.world.blind(false));

        var code = bench.say(BACK + " --yes --timeout 5");

        assertThat(code).isZero();
    }

    @Test
    void hands_it_to_the_agent_when_told_not_to_wait() {
        var code = bench.say(BACK + " --yes --no-wait");

        assertThat(code).isZero();
        assertThat(bench.out()).isEqualTo("rb-00000001\n");
        assertThat(serving()).isEqualTo(digest("v2"));
    }

    // ---- the plan

    @Test
    void shows_the_plan_and_changes_nothing() {
        var code = bench.say(BACK + " --dry-run");

        assertThat(code).isZero();
        assertThat(serving()).isEqualTo(digest("v2"));
        assertThat(bench.out())
                .containsSubsequence(
                        "Rollback plan (dry run)",
                        "production / checkout",
                        "NOW   v2",
                        "errors 7.8% of 1000 requests  p95 1.2s",
                        "TO    v1",
                        "GOOD: since",
                        "WHY   the newest good release before what runs",
                        "TYPE  1",
                        "est. no history",
                        "DATA  nothing is lost",
                        "STEPS",
                        "20-put-revision",
                        "undo with: checkout back to v2",
                        "DIFF  env CACHE  v2 → v1",
                        "NEEDS nobody's approval",
                        "PLAN  sha256:",
                        "Nothing was changed. Run:  lastgood rollback -e production -s checkout --revision v1");
    }

    @Test
    void says_which_candidates_were_passed_over_and_why() {
        var world = bench.world;
        world.release(3, "v3", SimWorld.Standing.FAILED).release(4, "v4", SimWorld.Standing.LIVE);
        world.platform.somebodyPuts("checkout", SimWorld.revision("v4"));

        bench.say(BACK + " --dry-run");

        assertThat(bench.out()).contains("passed over 3  v3", "failed: errors", "passed over 2  v2", "TO    v1");
    }

    @Test
    void a_prediction_rests_on_runs_that_were_like_it() {
        bench.say(BACK + " --yes");
        bench.say("undo rb-00000001 --yes");

        bench.say(BACK + " --dry-run");

        assertThat(bench.out()).contains("median of 1 like it");
    }

    @Test
    void plan_says_by_its_exit_code_whether_there_is_something_to_do() {
        assertThat(bench.say("plan -e production --revision previous --detailed-exitcode"))
                .isEqualTo(10);
        assertThat(bench.say("plan -e production --revision v2 --detailed-exitcode"))
                .isZero();
    }

    @Test
    void a_saved_plan_is_carried_out_as_it_was_read() {
        bench.say("plan -e production --revision previous --out p.json");

        var code = bench.say("rollback --plan p.json --yes");

        assertThat(code).isZero();
        assertThat(serving()).isEqualTo(digest("v1"));
    }

    @Test
    void a_saved_plan_is_refused_if_the_world_moved() {
        bench.say("plan -e production --revision previous --out p.json");
        bench.world.release(3, "v3", SimWorld.Standing.LIVE);
        bench.world.platform.somebodyPuts("checkout", SimWorld.revision("v3"));

        var code = bench.say("rollback --plan p.json --yes");

        assertThat(code).isEqualTo(3);
        assertThat(bench.err()).contains("the world moved since this plan was made", "nothing was changed");
        assertThat(bench.world.platform.landed()).isEmpty();
    }

    @Test
    void a_plan_for_scripts_names_its_kind_and_digest() {
        bench.say("plan -e production --revision previous -o json");

        assertThat(bench.out()).contains("\"apiVersion\" : \"lastgood.dev/v1\"", "\"kind\" : \"Plan\"", "\"digest\"");
    }

    // ---- consent

    @Test
    void asks_nobody_where_nobody_is_and_prints_the_command_that_would_do_it() {
        var code = bench.say(BACK);

        assertThat(code).isEqualTo(4);
        assertThat(bench.err())
                .contains("nothing was changed", "lastgood rollback -e production -s checkout --revision v1 --yes");
        assertThat(serving()).isEqualTo(digest("v2"));
    }

    @Test
    void shows_the_plan_and_asks_on_a_terminal() {
        var code = bench.onTerminal("y\n").say(BACK);

        assertThat(code).isZero();
        assertThat(bench.err()).contains("STEPS", "Go ahead? [y/N]");
    }

    @Test
    void takes_silence_for_no() {
        assertThat(bench.onTerminal("").say(BACK)).isEqualTo(4);
        assertThat(bench.onTerminal("\n").say(BACK)).isEqualTo(4);
        assertThat(serving()).isEqualTo(digest("v2"));
    }

    @Test
    void wants_the_services_name_in_a_protected_environment() {
        bench.protect();

        assertThat(bench.onTerminal("y\n").say(BACK)).isEqualTo(4);
        assertThat(bench.onTerminal("checkout\n").say(BACK)).isZero();
    }

    @Test
    void a_wrong_name_is_no_confirmation() {
        assertThat(bench.say(BACK + " --confirm shop")).isEqualTo(4);
        assertThat(bench.say(BACK + " --confirm checkout")).isZero();
    }

    @Test
    void an_emergency_asks_nothing_and_owes_an_approval() {
        bench.protect();

        var code = bench.say("rollback -e production --emergency");

        assertThat(code).isZero();
        assertThat(serving()).isEqualTo(digest("v1"));
        assertThat(bench.out()).contains("owed: approval by platform-lead within 24h");
    }

    @Test
    void yes_is_not_enough_for_a_release_that_is_not_known_to_be_good_in_a_protected_environment() {
        bench.protect();
        bench.world.release(3, "v3", SimWorld.Standing.LIVE);
        bench.world.platform.somebodyPuts("checkout", SimWorld.revision("v3"));

        assertThat(bench.say("rollback -e production --revision v2 --yes")).isEqualTo(4);
        assertThat(bench.err()).contains("v2 is not known to be good", "--confirm checkout");
        assertThat(bench.world.platform.landed()).isEmpty();
    }

    // ---- approval

    @Test
    void waits_for_an_approval_that_the_severity_asks_for() {
        var code = bench.say(BACK + " --yes --severity SEV-2");

        assertThat(code).isEqualTo(4);
        assertThat(bench.out()).contains("WAITS FOR APPROVAL, nothing was changed", "lastgood approve rb-00000001");
        assertThat(serving()).isEqualTo(digest("v2"));
    }

    @Test
    void nobody_approves_his_own_and_a_second_person_carries_it_out() {
        bench.say(BACK + " --yes --severity SEV-2");

        assertThat(bench.say("approve rb-00000001")).isEqualTo(3);
        assertThat(bench.err()).contains("a second person has to approve");
        bench.person = SimWorld.LEAD;
        assertThat(bench.say("approvals")).isZero();
        assertThat(bench.out()).contains("rb-00000001", "waits for approval");
        assertThat(bench.say("approve rb-00000001")).isZero();
        assertThat(serving()).isEqualTo(digest("v1"));
    }

    @Test
    void a_rejection_closes_it_and_changes_nothing() {
        bench.say(BACK + " --yes --severity SEV-2");
        bench.person = SimWorld.LEAD;

        var code = bench.run("reject", "rb-00000001", "--reason", "not our fault");

        assertThat(code).isZero();
        assertThat(bench.out()).contains("CANCELLED, nothing was changed", "not our fault");
        assertThat(bench.say(BACK + " --dry-run")).isZero();
    }

    @Test
    void the_on_call_engineer_who_types_it_has_decided() {
        assertThat(bench.say(BACK + " --yes --severity SEV-3")).isZero();
    }

    // ---- somebody else

    @Test
    void exits_9_and_says_who_has_the_service() {
        bench.say(BACK + " --yes --severity SEV-2");

        var code = bench.say(BACK + " --yes");

        assertThat(code).isEqualTo(9);
        assertThat(bench.err())
                .contains(
                        "production/checkout is being changed by rb-00000001", "asked for by maya", "awaiting approval")
                .contains("lastgood approve rb-00000001");
    }

    @Test
    void cancels_a_rollout_that_is_underway_first() {
        bench.world.release(3, "v3", SimWorld.Standing.NEVER_LIVE);
        var rollout = rollout("v4");

        var code = bench.say(BACK + " --yes");

        assertThat(code).isZero();
        assertThat(bench.err()).contains("the rollout %s is underway: cancelling it first".formatted(rollout));
        assertThat(serving()).isEqualTo(digest("v1"));
    }

    /// Begun by somebody who is gone.
    private RunId rollout(String version) {
        var run = new RunId("ro-99999999");
        var world = bench.world;
        var request = new RolloutPlanner.Request(
                SimWorld.revision(version), java.util.List.of(), SimWorld.MAYA, 3, false, world.clock.now());
        var plan = ((Planned.Ready) RolloutPlanner.plan(world.facts(), request)).plan();
        var engine = world.engine();
        engine.open(new Engine.Order(run, plan, java.util.List.of(), "a release", false, Duration.ZERO));
        var stop = new AtomicBoolean();
        world.clock.later(Duration.ofMillis(300), () -> stop.set(true));
        try {
            engine.drive(run, stop::get);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return run;
    }

    @Test
    void attach_carries_on_what_nobody_drives_any_more() {
        bench.say(BACK + " --yes --no-wait");

        var code = bench.say("attach rb-00000001");

        assertThat(code).isZero();
        assertThat(bench.err()).contains("nobody carries it on any more; this process does now");
        assertThat(serving()).isEqualTo(digest("v1"));
    }

    @Test
    void abort_ends_a_paused_run_and_frees_the_service() {
        bench.say(BACK + " --yes --timeout 1");

        var code = bench.say("abort rb-00000001 --reason no");

        assertThat(code).isEqualTo(7);
        assertThat(bench.out()).contains("CANCELLED HALF-WAY", "undo: lastgood undo rb-00000001");
        assertThat(bench.world.locks.holder(SimWorld.SERVICE)).isEmpty();
    }

    @Test
    void unlock_refuses_while_somebody_carries_the_run_on() {
        bench.say(BACK + " --yes --timeout 1");
        bench.alive.put(new RunId("rb-00000001"), "process 1 on there");

        assertThat(bench.say("unlock production/checkout --reason stuck")).isEqualTo(3);
        bench.alive.clear();
        assertThat(bench.say("unlock production/checkout --reason stuck")).isZero();
        assertThat(bench.world.locks.holder(SimWorld.SERVICE)).isEmpty();
    }

    // ---- Ctrl-C

    @Test
    void the_first_ctrl_c_pauses_it_at_the_next_safe_point() {
        bench.world.clock.later(Duration.ofMillis(300), () -> bench.stopSignal.run());

        var code = bench.say(BACK + " --yes");

        assertThat(code).isEqualTo(130);
        assertThat(bench.err())
                .contains(
                        "stopping at the next safe point; the run rb-00000001 will be paused; press again to leave now");
        assertThat(bench.out()).contains("PAUSED", "lastgood resume rb-00000001");
        assertThat(bench.say("resume rb-00000001")).isZero();
    }

    @Test
    void the_second_ctrl_c_leaves_at_once() {
        bench.world.clock.later(Duration.ofMillis(300), () -> {
            bench.stopSignal.run();
            bench.world.clock.jump(Duration.ofSeconds(1));
            bench.stopSignal.run();
        });

        bench.say(BACK + " --yes");

        assertThat(bench.exits).containsExactly(130);
        assertThat(bench.err()).contains("lastgood attach rb-00000001");
    }

    @Test
    void a_signal_that_comes_twice_at_once_is_one_wish() {
        bench.world.clock.later(Duration.ofMillis(300), () -> {
            bench.stopSignal.run();
            bench.stopSignal.run();
        });

        assertThat(bench.say(BACK + " --yes")).isEqualTo(130);

        assertThat(bench.exits).isEmpty();
        assertThat(bench.out()).contains("PAUSED");
    }

    // ---- bad input

    @Test
    void an_environment_is_never_guessed() {
        var code = bench.say("rollback --revision previous --yes");

        assertThat(code).isEqualTo(2);
        assertThat(bench.err())
                .contains("it was not said which environment is meant", "production, staging", "nothing was changed");
    }

    @Test
    void says_what_there_is_when_a_name_is_not_known() {
        assertThat(bench.say("rollback -e prodution --revision previous")).isEqualTo(2);
        assertThat(bench.err()).contains("there is no environment `prodution`", "did you mean `production`?");

        assertThat(bench.say("rollback -e production -s chekout --revision previous"))
                .isEqualTo(2);
        assertThat(bench.err()).contains("there is no service `chekout`", "did you mean `checkout`?");

        assertThat(bench.say("rollback -e production --revision v9 --yes")).isEqualTo(2);
        assertThat(bench.err()).contains("there is no release `v9`", "1  v1", "2  v2", "nothing was changed");

        assertThat(bench.say("attach rb-nothere0")).isEqualTo(2);
        assertThat(bench.err()).contains("there is no run rb-nothere0");
    }

    @Test
    void a_missing_revision_lists_the_releases() {
        assertThat(bench.say("rollback -e production")).isEqualTo(2);
        assertThat(bench.err()).contains("it was not said where to go back to", "1  v1", "--revision previous");
    }

    @Test
    void refuses_when_there_is_nothing_good_to_go_back_to() {
        bench.say("release mark bad v1 -e production --reason slow");

        assertThat(bench.say(BACK + " --yes")).isEqualTo(3);
        assertThat(bench.err()).contains("there is no good release to go back to", "failed: slow", "--revision v1");
    }

    @Test
    void hostile_text_is_refused_as_text_and_shown_harmless() {
        for (var hostile : new String[] {"-", "$(touch x)", "v1;rm", "../v1", "v1\nv2", "\u001b[2J"}) {
            assertThat(bench.run("rollback", "-e", "production", "--revision", hostile, "--yes"))
                    .as(hostile)
                    .isEqualTo(2);
            assertThat(bench.err()).as(hostile).contains("is not valid").doesNotContain("\u001b", "Exception");
        }
        assertThat(bench.run("rollback", "-e", "production", "--revision", "-rf", "--yes"))
                .isEqualTo(2);
        assertThat(bench.err()).contains("expected parameter for option '--revision'", "nothing was changed");
        assertThat(bench.run("rollback", "-e", "production", "--revision", "previous", "--yes", "--reason", "a\nb"))
                .isEqualTo(2);
        assertThat(bench.err()).contains("the reason `a?b` has control characters");
        assertThat(bench.world.journals.runs()).isEmpty();
    }

    @Test
    void a_folder_that_cannot_be_written_to_is_said_so_without_a_stack_trace() {
        bench.ports = p -> new Ports(
                        readOnly(p.journals()),
                        p.locks(),
                        p.drivers(),
                        p.workloads(),
                        p.configs(),
                        p.traffic(),
                        p.ledgers(),
                        p.evidence(),
                        p.checks(),
                        p.databases(),
                        p.time())
                .counting(p.telemetry(), p.probes());

        var code = bench.say(BACK + " --yes");

        assertThat(code).isEqualTo(8);
        assertThat(bench.err())
                .contains("could not write the journal", "production was not touched", "hint: is the disk full")
                .doesNotContain("\tat ");
    }

    private static JournalStore readOnly(JournalStore real) {
        return new JournalStore() {
            @Override
            public java.util.List<RunId> runs() {
                return real.runs();
            }

            @Override
            public java.util.List<String> read(RunId run) {
                return real.read(run);
            }

            @Override
            public boolean append(RunId run, int seen, String line) {
                throw new Forbidden(
                        "could not write the journal /data: Read-only file system\nwithout a record nothing is changed: production was not touched by this step\nhint: is the disk full, or the folder read-only?");
            }
        };
    }

    @Test
    void a_mistyped_option_says_what_was_meant() {
        assertThat(bench.say("rollback -e production --revison previous")).isEqualTo(2);
        assertThat(bench.err()).contains("--revision", "nothing was changed");
    }

    @Test
    void nothing_moves_and_nothing_is_coloured_where_nobody_looks() throws IOException {
        bench.say(BACK + " --yes");

        assertThat(bench.out() + bench.err()).doesNotContain("\u001b");
        assertThat(Files.list(folder).count()).isEqualTo(1);
    }

    @Test
    void redraws_the_steps_where_somebody_looks_unless_told_not_to() {
        bench.onTerminal("");

        bench.say(BACK + " --yes");
        assertThat(bench.err()).contains("\u001b[");

        bench.variables.put("NO_COLOR", "1");
        bench.variables.put("TERM", "dumb");
        bench = again();
        bench.say(BACK + " --yes");
        assertThat(bench.out() + bench.err()).doesNotContain("\u001b");
    }

    private Bench again() {
        var next = Bench.rolling(folder);
        next.variables.putAll(bench.variables);
        return next.onTerminal("");
    }

    @Test
    void speaks_ascii_where_nothing_else_is_shown() {
        bench.unicode = false;

        bench.say(BACK + " --yes");

        assertThat((bench.out() + bench.err()).chars()).allMatch(c -> c < 128);
        assertThat(bench.out()).contains("v2 -> v1");
    }
}
