package lastgood.testkit.signals;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.LedgerEntry;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.Version;
import lastgood.core.data.IntegrityReport;
import lastgood.core.data.IntegrityReport.Standing;
import lastgood.core.data.Migrations;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.decide.Signal;
import lastgood.core.decide.Signal.Weight;
import lastgood.core.decide.Trigger;
import lastgood.core.decide.TriggerRules;
import lastgood.core.plan.Plan;
import lastgood.core.plan.PlannedStep;
import lastgood.core.plan.Step;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.Sample;
import lastgood.engine.Ports;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.Journal;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Signals;
import lastgood.engine.port.Signals.Heard;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.database.Databases;
import lastgood.engine.port.database.Schemas;
import lastgood.engine.signals.AllSignals;
import lastgood.engine.signals.CheckSignals;
import lastgood.engine.signals.IntegrityMemory;
import lastgood.engine.signals.Revocations;
import lastgood.testkit.sim.SimClock;
import lastgood.testkit.sim.SimStores;
import lastgood.testkit.sim.SimWorld;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AllSignalsTest {

    private static final ServiceRef SHOP = SimWorld.SERVICE;

    private final SimClock clock = new SimClock();
    private final SimStores.SimLedgers ledgers = new SimStores.SimLedgers();
    private final SimStores.Journals journals = new SimStores.Journals();
    private final IntegrityMemory memory = IntegrityMemory.ofThisProcess();
    private final List<CheckResult> answers = new ArrayList<>();
    private final List<IntegrityReport.Finding> findings = new ArrayList<>();
    private final List<Migrations.Applied> migrations = new ArrayList<>();
    private final Instant putOut = clock.now();
    private final Release v2 = new Release(
            2,
            new Revision(Digest.of("v2"), new Version("v2")),
            List.of("20260102_weights"),
            putOut,
            new Person("maya"));
    private boolean databaseIsDown;
    private int looks;

    @BeforeEach
    void the_release_is_put_out() {
        ledgers.append(ledgers.read(SHOP), List.of(new LedgerEntry.Deployed(v2, "ro-00000002/10-write-ledger/0")));
        found(Standing.PASS, "invariant");
        answer(CheckResult.pass(Check.AUTH, "200", "", ""));
    }

    private Ports ports() {
        var none = Databases.none();
        var ports = new SimWorld(new lastgood.core.Strategy.Rolling("web")).ports();
        return new Ports(
                journals,
                ports.locks(),
                ports.drivers(),
                ports.workloads(),
                ports.configs(),
                ports.traffic(),
                ledgers,
                ports.evidence(),
                (service, release, since, full) -> new Sample(answers, full),
                new Databases(
                        none.access(),
                        new OneSchema(),
                        none.points(),
                        none.backups(),
                        none.repairs(),
                        (service, comprehensive) -> {
                            looks++;
                            up();
                            return new IntegrityReport(comprehensive, findings);
                        }),
                clock);
    }

    private void up() {
        if (databaseIsDown) {
            throw new Unreachable("could not connect to db:5432\nhint: is it up?");
        }
    }

    private final class OneSchema implements Schemas {
        @Override
        public State look(ServiceRef service) {
            up();
            return new State(service, Digest.of("schema"), List.of(), "", List.of(), "");
        }

        @Override
        public Migrations migrations(ServiceRef service) {
            up();
            return new Migrations("flyway", "flyway_schema_history", migrations, List.of());
        }

        @Override
        public void undo(State seen, List<String> names, Digest to, Fence fence) {
            throw new AssertionError("a look changes nothing");
        }

        @Override
        public void apply(State seen, String migration, Fence fence) {
            throw new AssertionError("a look changes nothing");
        }
    }

    private AllSignals signals(CheckSignals.Pace pace, Signals reports) {
        return AllSignals.of(
                TriggerRules.runbook(),
                ports(),
                new AllSignals.Parts(Set.of(Check.AUTH, Check.PODS), true, memory, reports, Runnable::run, pace));
    }

    private AllSignals watching() {
        return signals(CheckSignals.Pace.WATCHING, Signals.NONE);
    }

    private void answer(CheckResult auth) {
        answers.clear();
        answers.add(auth);
        answers.add(CheckResult.pass(Check.PODS, "3 of 3", "", ""));
    }

    private void found(Standing standing, String check) {
        findings.clear();
        findings.add(new IntegrityReport.Finding(standing, check, "orders", 3, "orders 7, 8, 9"));
    }

    private Signals.Asked asked(Instant since, boolean suspected) {
        return new Signals.Asked(SHOP, v2, since, suspected);
    }

    private Heard hear(AllSignals all) {
        return all.hear(asked(putOut, false));
    }

    /// A quarter of a minute later.
    private Heard later(AllSignals all) {
        clock.jump(Duration.ofSeconds(15));
        return hear(all);
    }

    @Test
    void a_release_that_nothing_speaks_against_is_heard_as_such() {
        assertThat(hear(watching())).isEqualTo(new Heard(List.of(), List.of()));
    }

    // ---- critical functionality

    @Test
    void a_critical_check_that_fails_three_times_in_a_row_is_a_suspicion_since_the_first() {
        var all = watching();
        answer(CheckResult.fail(Check.AUTH, "500", "200", "POST /login"));

        assertThat(hear(all).signals()).isEmpty();
        assertThat(later(all).signals()).isEmpty();
        var heard = later(all);

        assertThat(heard.signals()).singleElement().satisfies(s -> {
            assertThat(s.trigger()).isEqualTo(Trigger.CRITICAL);
            assertThat(s.source()).isEqualTo(Signal.AUTH);
            assertThat(s.since()).isEqualTo(putOut);
            assertThat(s.weight()).isEqualTo(Weight.SUSPICION);
            assertThat(s.words()).contains("3 times in a row", "500 (200)");
        });
    }

    @Test
    void a_check_that_flaps_is_none_and_one_that_passes_again_is_none_any_more() {
        var all = watching();
        for (var n = 0; n < 4; n++) {
            answer(CheckResult.fail(Check.AUTH, "500", "", ""));
            assertThat(later(all).signals()).isEmpty();
            assertThat(later(all).signals()).isEmpty();
            answer(CheckResult.pass(Check.AUTH, "200", "", ""));
            assertThat(later(all).signals()).isEmpty();
        }
    }

    @Test
    void a_check_that_cannot_be_asked_is_deaf_and_neither_fails_nor_passes() {
        var all = watching();
        answer(CheckResult.fail(Check.AUTH, "500", "", ""));
        hear(all);
        later(all);
        answer(CheckResult.unknown(Check.AUTH, "no answer within 5 s"));
        assertThat(later(all)).isEqualTo(new Heard(List.of(), List.of("check auth: no answer within 5 s")));

        answer(CheckResult.fail(Check.AUTH, "500", "", ""));

        assertThat(later(all).signals()).hasSize(1);
    }

    @Test
    void however_often_somebody_listens_the_checks_are_asked_at_most_every_fifteen_seconds() {
        var all = watching();
        answer(CheckResult.fail(Check.AUTH, "500", "", ""));

        for (var n = 0; n < 10; n++) {
            assertThat(hear(all).signals()).isEmpty();
        }
    }

    @Test
    void once_the_counts_speak_against_the_release_checks_are_asked_at_once_and_failing_ones_again_soon() {
        var all = watching();
        hear(all);
        answer(CheckResult.fail(Check.AUTH, "500", "", ""));

        for (var second = 1; second <= 6; second++) {
            assertThat(suspected(all).signals()).as("second " + second).hasSize(second < 6 ? 0 : 1);
        }
    }

    @Test
    void checks_that_pass_are_not_asked_more_often_because_of_a_suspicion() {
        var all = watching();
        hear(all);
        suspected(all);
        suspected(all);
        // Asked by now, and well. What fails from here on is not seen before its usual time.
        answer(CheckResult.fail(Check.AUTH, "500", "", ""));

        for (var second = 3; second <= 16; second++) {
            assertThat(suspected(all).signals()).isEmpty();
        }
    }

    /// A second later.
    private Heard suspected(AllSignals all) {
        clock.jump(Duration.ofSeconds(1));
        return all.hear(asked(putOut, true));
    }

    @Test
    void a_single_question_asks_as_often_as_it_takes_and_no_longer() {
        var all = signals(CheckSignals.Pace.ONCE, Signals.NONE);
        assertThat(hear(all)).isEqualTo(new Heard(List.of(), List.of()));
        assertThat(clock.now()).isEqualTo(putOut);

        answer(CheckResult.fail(Check.AUTH, "500", "", ""));

        assertThat(hear(all).signals()).hasSize(1);
        assertThat(clock.now()).isEqualTo(putOut.plusSeconds(2));
    }

    @Test
    void instances_that_are_still_starting_are_not_unhealthy() {
        var all = watching();
        answers.set(1, CheckResult.fail(Check.PODS, "1 of 3 ready", "", ""));
        for (var n = 0; n < 5; n++) {
            assertThat(later(all).signals()).isEmpty();
        }

        clock.jump(Duration.ofMinutes(10));

        assertThat(later(all).signals()).extracting(Signal::source).containsExactly("check health");
    }

    // ---- corruption

    @Test
    void an_invariant_that_held_with_the_release_running_and_does_not_any_more_is_a_fact() {
        var all = watching();
        hear(all);
        found(Standing.FAIL, "invariant");
        clock.jump(Duration.ofMinutes(5));

        assertThat(hear(all).signals()).singleElement().satisfies(s -> {
            assertThat(s.trigger()).isEqualTo(Trigger.CORRUPTION);
            assertThat(s.weight()).isEqualTo(Weight.PROOF);
        });
        found(Standing.PASS, "invariant");
        clock.jump(Duration.ofMinutes(5));
        assertThat(hear(all).signals()).as("mended").isEmpty();
    }

    @Test
    void what_was_broken_before_the_release_is_not_its_fault() {
        found(Standing.FAIL, "invariant");
        var all = watching();
        hear(all);
        clock.jump(Duration.ofMinutes(6));

        assertThat(all.hear(asked(putOut.plusSeconds(60), false)).signals()).isEmpty();
    }

    @Test
    void what_was_never_seen_whole_and_what_disks_break_are_suspicions() {
        found(Standing.FAIL, "invariant");
        assertThat(hear(watching()).signals()).singleElement().satisfies(s -> {
            assertThat(s.weight()).isEqualTo(Weight.SUSPICION);
            assertThat(s.words()).contains("cannot be told");
        });

        found(Standing.PASS, "btree");
        var all = watching();
        hear(all);
        found(Standing.FAIL, "btree");
        clock.jump(Duration.ofMinutes(5));
        assertThat(hear(all).signals()).singleElement().satisfies(s -> {
            assertThat(s.weight()).isEqualTo(Weight.SUSPICION);
            assertThat(s.words()).contains("storage");
        });
    }

    @Test
    void data_that_cannot_be_looked_at_is_deaf_and_never_sound_and_the_look_is_not_made_more_often() {
        databaseIsDown = true;
        var all = watching();

        assertThat(hear(all).deaf())
                .containsExactly(
                        "migrations: could not connect to db:5432", "integrity quick: could not connect to db:5432");
        assertThat(later(all).deaf()).hasSize(2);
        assertThat(looks).isEqualTo(1);
    }

    @Test
    void an_invariant_that_cannot_be_asked_is_deaf_and_what_never_could_be_is_no_news() {
        findings.add(new IntegrityReport.Finding(Standing.UNKNOWN, "btree", "all indexes", 0, "no amcheck"));
        assertThat(hear(watching()).deaf()).isEmpty();

        found(Standing.UNKNOWN, "invariant");

        assertThat(hear(watching()).deaf()).singleElement().asString().contains("invariant of orders");
    }

    // ---- security

    @Test
    void a_persons_revocation_is_a_fact_and_a_programs_is_a_suspicion() {
        new Revocations(ledgers, clock).revoke(SHOP, List.of("v2", "v9"), "trivy", "CVE-1", "security/1");
        new Revocations(ledgers, clock).revoke(SHOP, List.of("v2"), "trivy", "CVE-1", "security/1");
        assertThat(ledgers.read(SHOP).entries()).hasSize(2);
        assertThat(hear(watching()).signals()).extracting(Signal::weight).containsExactly(Weight.SUSPICION);

        ledgers.append(
                ledgers.read(SHOP), List.of(new LedgerEntry.Revoked(2, true, "maya", "CVE-1", clock.now(), "m")));

        assertThat(hear(watching()).signals()).extracting(Signal::weight).containsExactly(Weight.PROOF);
    }

    @Test
    void what_was_revoked_before_it_was_put_out_again_is_for_a_person() {
        ledgers.append(
                ledgers.read(SHOP),
                List.of(new LedgerEntry.Revoked(2, true, "maya", "CVE-1", putOut.minusSeconds(60), "m")));

        assertThat(hear(watching()).signals()).singleElement().satisfies(s -> {
            assertThat(s.weight()).isEqualTo(Weight.SUSPICION);
            assertThat(s.words()).contains("put out again");
        });
    }

    // ---- migrations

    @Test
    void a_failed_migration_is_a_fact_only_about_the_release_that_brought_it() {
        migrations.add(failed("20260102_weights"));
        assertThat(hear(watching()).signals()).extracting(Signal::weight).containsExactly(Weight.PROOF);

        migrations.set(0, failed("20260103_somebodys"));

        assertThat(hear(watching()).signals()).singleElement().satisfies(s -> {
            assertThat(s.trigger()).isEqualTo(Trigger.MIGRATION);
            assertThat(s.weight()).isEqualTo(Weight.SUSPICION);
        });
    }

    @Test
    void a_migration_that_failed_in_the_run_that_put_the_release_out_is_a_fact() {
        var run = new RunId("ro-00000002");
        var step = new PlannedStep(
                "30-apply-migration",
                new Step.ApplyMigration(
                        SHOP, "20260102_weights", new Step.ApplyMigration.After.Schema(Digest.of("schema"))),
                Duration.ofMinutes(5),
                PlannedStep.OnFailure.STOP,
                PlannedStep.Phase.MAIN);
        var plan = new Plan(
                Plan.Kind.ROLLOUT,
                SHOP,
                "rolling",
                "v1",
                "v2",
                Plan.Type.TYPE_1,
                "",
                List.of(step),
                new ApprovalRule.None(),
                List.of());
        write(run, new Entry.Opened(Plan.Kind.ROLLOUT, SHOP, new Person("maya"), "a release", false));
        write(run, new Entry.Planned("digest", plan, List.of()));
        write(run, new Entry.Intent(step.id(), 1, run + "/" + step.id(), new TreeMap<>()));
        assertThat(hear(watching()).signals()).isEmpty();

        write(run, new Entry.Failed(step.id(), "division by zero", true));

        assertThat(hear(watching()).signals()).singleElement().satisfies(s -> {
            assertThat(s.trigger()).isEqualTo(Trigger.MIGRATION);
            assertThat(s.weight()).isEqualTo(Weight.PROOF);
            assertThat(s.words()).contains("20260102_weights", "division by zero");
        });
    }

    private void write(RunId run, Entry entry) {
        var journal = Journal.open(journals, run);
        assertThat(journal.append(entry, journal.state().epoch(), clock.now(), "maya@here"))
                .isTrue();
    }

    @Test
    void a_journal_of_that_run_that_cannot_be_read_is_deaf() {
        journals.append(new RunId("ro-00000002"), 0, "not a record");

        assertThat(hear(watching()).deaf()).singleElement().asString().contains("ro-00000002", "cannot be read");
    }

    private static Migrations.Applied failed(String name) {
        return new Migrations.Applied(name, "", false, 0, new Migrations.Undo.None("it failed"));
    }

    // ---- all of them

    @Test
    void a_source_that_breaks_is_deaf_and_silences_no_other() {
        migrations.add(failed("20260102_weights"));

        var heard = hear(signals(CheckSignals.Pace.WATCHING, _ -> {
            throw new IllegalStateException("a mistake of ours");
        }));

        assertThat(heard.deaf()).containsExactly("inbox: a mistake of ours");
        assertThat(heard.signals()).hasSize(1);
    }
}
