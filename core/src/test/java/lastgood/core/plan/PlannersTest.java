package lastgood.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Autoscaler;
import lastgood.core.Capacity;
import lastgood.core.ConfigState;
import lastgood.core.Digest;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry;
import lastgood.core.Parts;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.RevisionSelector;
import lastgood.core.ServiceRef;
import lastgood.core.ServiceState;
import lastgood.core.Severity;
import lastgood.core.Strategy;
import lastgood.core.TrafficState;
import lastgood.core.Verdict;
import lastgood.core.Version;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.decide.SeverityMatrix;
import lastgood.core.recover.WatchRules;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PlannersTest {

    private static final ServiceRef SERVICE = new ServiceRef("production", "checkout");
    private static final Instant T = Instant.parse("2026-01-02T14:00:00Z");
    private static final Person MAYA = new Person("maya");
    private static final Strategy ROLLING = new Strategy.Rolling("web");
    private static final Strategy BLUE_GREEN =
            new Strategy.BlueGreen(List.of("blue", "green"), List.of("web-blue", "web-green"));

    private Ledger ledger = Ledger.empty(SERVICE);
    private final SortedMap<String, WorkloadState> workloads = new TreeMap<>();
    private final SortedMap<String, ConfigState> config = new TreeMap<>();
    private final SortedMap<String, Integer> weights = new TreeMap<>();
    private final Map<Digest, String> missing = new TreeMap<>();
    private Strategy strategy = ROLLING;

    private static Revision revision(String version) {
        return new Revision(Digest.of(version), new Version(version));
    }

    private void released(int number, String version, boolean good, String... migrations) {
        add(new LedgerEntry.Deployed(
                new Release(number, revision(version), List.of(migrations), T, MAYA), "d" + number));
        add(new LedgerEntry.Live(number, T, "l" + number));
        if (good) {
            add(new LedgerEntry.Judged(number, new Verdict.Pass(), "bake", "", T, "j" + number));
        }
    }

    private static Parts parts(String main, String worker, String content) {
        return new Parts(
                revision(main),
                new TreeMap<>(Map.of("worker", revision(worker))),
                new TreeMap<>(Map.of("settings", Digest.of(content))));
    }

    private void released(int number, Parts parts, boolean good) {
        add(new LedgerEntry.Deployed(
                new Release(number, parts.main(), parts.others(), parts.config(), List.of(), T, MAYA), "d" + number));
        add(new LedgerEntry.Live(number, T, "l" + number));
        if (good) {
            add(new LedgerEntry.Judged(number, new Verdict.Pass(), "bake", "", T, "j" + number));
        }
    }

    private void runsBeside(String worker, String content) {
        runs("worker", worker, 2, 0);
        weights.remove("worker");
        config.put("settings", new ConfigState("settings", "uid", "1", Digest.of(content), ""));
    }

    private void scalesItself(String name, int min, int max) {
        workloads.computeIfPresent(
                name,
                (_, w) -> new WorkloadState(
                        w.workload(),
                        w.uid(),
                        w.stamp(),
                        w.requested(),
                        w.mark(),
                        w.wanted(),
                        w.updated(),
                        w.ready(),
                        w.old(),
                        w.paused(),
                        w.observed(),
                        new Autoscaler.Bounds("HPA", name, "uid", "1", new Capacity(min, max), ""),
                        w.trouble(),
                        w.stuck()));
    }

    private static Workload workload(String name) {
        return new Workload(SERVICE, name);
    }

    private static Step.RestoreConfig restore(String from, String to) {
        return new Step.RestoreConfig(
                SERVICE, "settings", new Step.RestoreConfig.Held.Content(Digest.of(from)), Digest.of(to));
    }

    private static List<Step> changes(Plan plan) {
        return plan.steps().stream()
                .map(PlannedStep::step)
                .filter(Step::changesProduction)
                .toList();
    }

    private static List<String> remarks(Planned planned) {
        assertThat(planned).isInstanceOf(Planned.Ready.class);
        return ((Planned.Ready) planned).remarks();
    }

    private void add(LedgerEntry entry) {
        ledger = ledger.with(entry);
    }

    private void runs(String name, String version, int wanted, int weight) {
        workloads.put(
                name,
                new WorkloadState(
                        new Workload(SERVICE, name),
                        "uid",
                        "1",
                        revision(version),
                        "",
                        wanted,
                        wanted,
                        wanted,
                        0,
                        false,
                        true,
                        List.of()));
        weights.put(name, weight);
    }

    private Facts facts() {
        var traffic = new TrafficState(SERVICE, "1", "", weights, new TreeMap<>(), false);
        var policy = new Policy(
                SeverityMatrix.runbook(),
                Duration.ofMinutes(5),
                WatchRules.window(Duration.ofMinutes(30), WatchRules.alwaysRequired()),
                Policy.EVIDENCE,
                Duration.ofHours(24),
                Duration.ofHours(24));
        return new Facts(ledger, new ServiceState(SERVICE, strategy, workloads, config, traffic), policy, missing);
    }

    private Planned rollback(String to) {
        return RollbackPlanner.plan(
                facts(),
                new RollbackPlanner.Request(
                        RevisionSelector.parse(to), Optional.empty(), false, WithDatabase.AUTO, false, false));
    }

    private static Plan plan(Planned planned) {
        assertThat(planned).isInstanceOf(Planned.Ready.class);
        return ((Planned.Ready) planned).plan();
    }

    private static List<String> ids(Plan plan) {
        return plan.steps().stream().map(PlannedStep::id).toList();
    }

    private void v4_is_good_and_v5_is_live() {
        released(1, "v3", true);
        released(2, "v4", true);
        released(3, "v5", false);
        runs("web", "v5", 3, 100);
    }

    @Test
    void keeps_evidence_first_proves_recovery_last_and_names_both_revisions() {
        v4_is_good_and_v5_is_live();

        var plan = plan(rollback("previous"));

        assertThat(ids(plan))
                .containsExactly("10-capture-evidence", "20-put-revision", "30-write-ledger", "40-watch-recovery");
        assertThat(plan.step("20-put-revision").step())
                .isEqualTo(new Step.PutRevision(new Workload(SERVICE, "web"), revision("v5"), revision("v4")));
        assertThat(plan.type()).isEqualTo(Plan.Type.TYPE_1);
    }

    @Test
    void does_not_depend_on_when_it_was_made() {
        v4_is_good_and_v5_is_live();

        assertThat(plan(rollback("previous"))).isEqualTo(plan(rollback("v4")));
    }

    @Test
    void brings_capacity_before_traffic_and_parks_the_failed_colour_only_after_the_proof() {
        strategy = BLUE_GREEN;
        released(1, "v4", true);
        released(2, "v5", false);
        runs("web-blue", "v5", 3, 100);
        runs("web-green", "v4", 1, 0);

        var plan = plan(rollback("good"));

        assertThat(ids(plan))
                .containsExactly(
                        "10-capture-evidence",
                        "20-scale",
                        "30-shift-traffic",
                        "40-write-ledger",
                        "50-watch-recovery",
                        "60-scale");
        assertThat(plan.step("20-scale").step()).isEqualTo(new Step.Scale(new Workload(SERVICE, "web-green"), 1, 3));
        assertThat(plan.step("60-scale").step()).isEqualTo(new Step.Scale(new Workload(SERVICE, "web-blue"), 3, 0));
    }

    @Test
    void refuses_old_code_on_a_schema_nobody_proved_until_a_person_accepts_it() {
        released(1, "v4", true);
        released(2, "v5", false, "20260102_drop_column");
        runs("web", "v5", 3, 100);

        assertThat(rollback("previous")).isInstanceOfSatisfying(Planned.Refused.class, r -> {
            assertThat(r.details()).containsExactly("migration since then: 20260102_drop_column");
            assertThat(r.hint()).contains("--with-db never --confirm checkout");
        });
        var accepted = RollbackPlanner.plan(
                facts(),
                new RollbackPlanner.Request(
                        new RevisionSelector.Previous(), Optional.empty(), true, WithDatabase.NEVER, false, false));
        assertThat(plan(accepted).type()).isEqualTo(Plan.Type.TYPE_3);
    }

    @Test
    void an_emergency_does_not_skip_the_schema() {
        released(1, "v4", true);
        released(2, "v5", false, "20260102_drop_column");
        runs("web", "v5", 3, 100);

        var emergency = RollbackPlanner.plan(
                facts(),
                new RollbackPlanner.Request(
                        new RevisionSelector.Previous(), Optional.empty(), true, WithDatabase.AUTO, false, false));

        assertThat(emergency).isInstanceOf(Planned.Refused.class);
    }

    @Test
    void an_emergency_owes_its_approval_and_gets_less_time_for_evidence() {
        v4_is_good_and_v5_is_live();

        var plan = plan(RollbackPlanner.plan(
                facts(),
                new RollbackPlanner.Request(
                        new RevisionSelector.Previous(), Optional.empty(), true, WithDatabase.AUTO, false, false)));

        assertThat(plan.approval()).isInstanceOf(ApprovalRule.After.class);
        assertThat(plan.step("10-capture-evidence").step())
                .isEqualTo(new Step.CaptureEvidence(SERVICE, Duration.ofSeconds(3)));
    }

    @Test
    void a_severity_decides_who_approves_first() {
        v4_is_good_and_v5_is_live();

        var plan = plan(RollbackPlanner.plan(
                facts(),
                new RollbackPlanner.Request(
                        new RevisionSelector.Previous(),
                        Optional.of(Severity.SEV2),
                        false,
                        WithDatabase.AUTO,
                        false,
                        false)));

        assertThat(plan.approval()).isEqualTo(new ApprovalRule.Before("platform-lead", List.of(), false));
    }

    @Test
    void says_what_there_is_when_there_is_nothing_to_go_back_to() {
        released(1, "v4", false);
        released(2, "v5", false);
        runs("web", "v5", 3, 100);

        assertThat(rollback("previous")).isInstanceOfSatisfying(Planned.Refused.class, r -> {
            assertThat(r.why()).isEqualTo("there is no good release to go back to");
            assertThat(r.details()).singleElement().asString().contains("v4").contains("not yet judged");
            assertThat(r.hint()).contains("--revision v4");
        });
    }

    @Test
    void a_release_that_cannot_be_put_back_is_refused_before_anything_happens() {
        v4_is_good_and_v5_is_live();
        missing.put(revision("v4").digest(), "its artefact is gone");

        assertThat(rollback("previous"))
                .isInstanceOfSatisfying(
                        Planned.Refused.class, r -> assertThat(r.why()).contains("its artefact is gone"));
    }

    @Test
    void going_where_one_is_already_changes_nothing() {
        v4_is_good_and_v5_is_live();

        assertThat(rollback("v5")).isInstanceOf(Planned.NothingToDo.class);
    }

    @Test
    void a_revision_in_quarantine_does_not_come_back_unnoticed() {
        v4_is_good_and_v5_is_live();
        add(new LedgerEntry.Quarantined(3, T.plusSeconds(3600), "was rolled back", T, "q"));
        runs("web", "v4", 3, 100);

        assertThat(rollout("v5", false))
                .isInstanceOfSatisfying(
                        Planned.Refused.class, r -> assertThat(r.why()).contains("quarantine"));
        assertThat(rollout("v5", true)).isInstanceOf(Planned.Ready.class);
    }

    @Test
    void a_revoked_release_is_neither_gone_back_to_even_by_name_nor_deployed_again_without_force() {
        v4_is_good_and_v5_is_live();
        add(new LedgerEntry.Revoked(2, true, "maya", "CVE-2026-1", T, "r"));

        assertThat(rollback("v4")).isInstanceOfSatisfying(Planned.Refused.class, r -> {
            assertThat(r.why()).contains("v4", "revoked for security by maya: CVE-2026-1");
            assertThat(r.hint()).contains("release mark good 2 --security");
        });
        assertThat(plan(rollback("previous")).to()).isEqualTo("v3");
        assertThat(rollout("v4", false)).isInstanceOf(Planned.Refused.class);
        assertThat(rollout("v4", true)).isInstanceOf(Planned.Ready.class);
    }

    private Planned rollout(String version, boolean force) {
        return RolloutPlanner.plan(
                facts(), new RolloutPlanner.Request(revision(version), List.of(), MAYA, 3, force, T.plusSeconds(60)));
    }

    @Test
    void a_rollout_is_in_the_ledger_before_its_first_instance_starts() {
        v4_is_good_and_v5_is_live();

        assertThat(ids(plan(rollout("v6", false))))
                .containsExactly("10-write-ledger", "20-put-revision", "30-write-ledger");
    }

    @Test
    void the_active_colour_is_not_decommissioned() {
        strategy = BLUE_GREEN;
        runs("web-blue", "v5", 3, 100);
        runs("web-green", "v4", 3, 0);

        assertThat(ChangePlanner.plan(facts(), new ChangePlanner.Request.Decommission("blue")))
                .isInstanceOfSatisfying(
                        Planned.Refused.class, r -> assertThat(r.why()).contains("active"));
        assertThat(ids(plan(ChangePlanner.plan(facts(), new ChangePlanner.Request.Decommission("green")))))
                .containsExactly("10-capture-evidence", "20-scale", "30-remove-workload");
    }

    @Test
    void a_revoked_release_comes_back_neither_by_undo_nor_by_a_switch_of_colours() {
        strategy = BLUE_GREEN;
        released(1, "v4", true);
        released(2, "v5", false);
        runs("web-blue", "v5", 3, 100);
        runs("web-green", "v4", 3, 0);
        var done = plan(rollback("good"));
        var toGreen = new ChangePlanner.Request.SwitchTo("green");
        assertThat(ChangePlanner.plan(facts(), toGreen)).isInstanceOf(Planned.Ready.class);

        add(new LedgerEntry.Revoked(1, true, "maya", "CVE-2026-1", T, "r1"));
        assertThat(ChangePlanner.plan(facts(), toGreen))
                .isInstanceOfSatisfying(
                        Planned.Refused.class, r -> assertThat(r.why()).contains("v4", "revoked"));

        add(new LedgerEntry.Revoked(2, true, "maya", "CVE-2026-1", T, "r2"));
        assertThat(ChangePlanner.undo(facts(), done)).isInstanceOf(Planned.Refused.class);
    }

    @Test
    void undo_turns_each_change_round_in_the_opposite_order() {
        strategy = BLUE_GREEN;
        released(1, "v4", true);
        released(2, "v5", false);
        runs("web-blue", "v5", 3, 100);
        runs("web-green", "v4", 1, 0);
        var done = plan(rollback("good"));

        var undo = plan(ChangePlanner.undo(facts(), done));

        assertThat(undo.steps().stream().map(PlannedStep::step).filter(Step::changesProduction))
                .containsExactly(
                        new Step.Scale(new Workload(SERVICE, "web-blue"), 0, 3),
                        new Step.ShiftTraffic(
                                SERVICE,
                                new TreeMap<>(Map.of("web-green", 100)),
                                new TreeMap<>(Map.of("web-blue", 100, "web-green", 0))),
                        new Step.Scale(new Workload(SERVICE, "web-green"), 3, 1));
    }

    @Test
    void without_its_proof_a_plan_parks_nothing() {
        strategy = BLUE_GREEN;
        released(1, "v4", true);
        released(2, "v5", false);
        runs("web-blue", "v5", 3, 100);
        runs("web-green", "v4", 3, 0);

        assertThat(ids(plan(rollback("good")).withoutProof()))
                .containsExactly("10-capture-evidence", "20-shift-traffic", "30-write-ledger");
    }

    @Test
    void what_was_removed_cannot_be_brought_back() {
        strategy = BLUE_GREEN;
        runs("web-blue", "v5", 3, 100);
        runs("web-green", "v4", 3, 0);
        var done = plan(ChangePlanner.plan(facts(), new ChangePlanner.Request.Decommission("green")));

        assertThat(done.oneWay()).containsExactly("web-green was removed");
        assertThat(ChangePlanner.undo(facts(), done)).isInstanceOf(Planned.Refused.class);
    }

    @Test
    void predicts_from_runs_like_it_or_not_at_all() {
        assertThat(Prediction.from(List.of()).words()).startsWith("no history");
        assertThat(Prediction.from(List.of(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(20))))
                .isEqualTo(new Prediction.FromRuns(3, Duration.ofSeconds(20), Duration.ofSeconds(30)));
    }

    @Test
    void configuration_goes_back_first_then_the_server_then_its_companions() {
        released(1, parts("v4", "w4", "c4"), true);
        released(2, parts("v5", "w5", "c5"), false);
        runs("web", "v5", 3, 100);
        runsBeside("w5", "c5");

        var plan = plan(rollback("previous"));

        assertThat(changes(plan))
                .containsExactly(
                        restore("c5", "c4"),
                        new Step.PutRevision(workload("web"), revision("v5"), revision("v4")),
                        new Step.PutRevision(workload("worker"), revision("w5"), revision("w4")));
        assertThat(ids(plan)).endsWith("50-write-ledger", "60-watch-recovery");
    }

    @Test
    void what_keeps_its_revision_is_started_anew_to_read_the_restored_configuration() {
        released(1, parts("v4", "w4", "c4"), true);
        released(2, parts("v5", "w4", "c5"), false);
        runs("web", "v5", 3, 100);
        runsBeside("w4", "c5");

        assertThat(changes(plan(rollback("previous"))))
                .containsExactly(
                        restore("c5", "c4"),
                        new Step.PutRevision(workload("web"), revision("v5"), revision("v4")),
                        new Step.Restart(workload("worker"), revision("w4")));
    }

    @Test
    void a_worker_that_is_bad_alone_goes_back_alone() {
        strategy = BLUE_GREEN;
        released(1, parts("v4", "w4", "c4"), true);
        released(2, parts("v4", "w5", "c4"), false);
        runs("web-blue", "v4", 3, 100);
        runs("web-green", "v3", 3, 0);
        runsBeside("w5", "c4");

        assertThat(changes(plan(rollback("previous"))))
                .containsExactly(new Step.PutRevision(workload("worker"), revision("w5"), revision("w4")));
    }

    @Test
    void a_config_object_that_is_gone_is_made_anew() {
        released(1, parts("v4", "w4", "c4"), true);
        released(2, parts("v5", "w4", "c4"), false);
        runs("web", "v5", 3, 100);
        runsBeside("w4", "c4");
        config.clear();

        var plan = plan(rollback("previous"));

        assertThat(changes(plan))
                .contains(new Step.RestoreConfig(
                        SERVICE, "settings", new Step.RestoreConfig.Held.Nothing(), Digest.of("c4")));
        assertThat(remarks(ChangePlanner.undo(facts(), plan)))
                .singleElement()
                .asString()
                .contains("stays");
    }

    @Test
    void companions_of_which_nothing_is_recorded_stay_and_those_that_are_gone_are_not_made() {
        released(1, "v4", true);
        released(2, parts("v5", "w5", "c5"), false);
        runs("web", "v5", 3, 100);
        runsBeside("w5", "c5");

        var planned = rollback("previous");

        assertThat(changes(plan(planned)))
                .containsExactly(new Step.PutRevision(workload("web"), revision("v5"), revision("v4")));
        assertThat(remarks(planned))
                .contains(
                        "worker stays at w5: what it ran with v4 is not recorded",
                        "config settings stays as it is: what it held with v4 is not recorded");

        ledger = Ledger.empty(SERVICE);
        released(1, parts("v4", "w4", "c5"), true);
        released(2, "v5", false);
        workloads.remove("worker");
        assertThat(remarks(rollback("previous")))
                .contains("worker ran w4 with v4 and no longer exists; it is not made anew");
    }

    @Test
    void a_paused_companion_goes_on() {
        released(1, parts("v4", "w4", "c4"), true);
        released(2, parts("v5", "w4", "c4"), false);
        runs("web", "v5", 3, 100);
        runsBeside("w4", "c4");
        workloads.computeIfPresent(
                "worker",
                (_, w) -> new WorkloadState(
                        w.workload(), "uid", "1", w.requested(), "", 2, 2, 2, 0, true, true, List.of()));

        assertThat(changes(plan(rollback("previous"))))
                .contains(new Step.PutRevision(workload("worker"), revision("w4"), revision("w4")));
    }

    @Test
    void a_companion_that_cannot_be_put_back_is_refused_before_anything_happens() {
        released(1, parts("v4", "w4", "c4"), true);
        released(2, parts("v5", "w5", "c4"), false);
        runs("web", "v5", 3, 100);
        runsBeside("w5", "c4");
        missing.put(revision("w4").digest(), "its template is gone");

        assertThat(rollback("previous"))
                .isInstanceOfSatisfying(
                        Planned.Refused.class, r -> assertThat(r.why()).contains("its template is gone"));
    }

    @Test
    void an_autoscaler_keeps_the_capacity_until_the_end_and_gets_its_own_bounds_back_whatever_happens() {
        strategy = BLUE_GREEN;
        released(1, "v4", true);
        released(2, "v5", false);
        runs("web-blue", "v5", 6, 100);
        runs("web-green", "v4", 1, 0);
        scalesItself("web-green", 1, 4);

        var plan = plan(rollback("good"));

        assertThat(ids(plan))
                .containsExactly(
                        "10-capture-evidence",
                        "20-pin-capacity",
                        "30-scale",
                        "40-shift-traffic",
                        "50-write-ledger",
                        "60-watch-recovery",
                        "70-scale",
                        "80-pin-capacity");
        assertThat(plan.step("20-pin-capacity").step())
                .isEqualTo(new Step.PinCapacity(workload("web-green"), new Capacity(1, 4), new Capacity(6, 6)));
        assertThat(plan.last())
                .singleElement()
                .satisfies(last -> assertThat(last.step())
                        .isEqualTo(
                                new Step.PinCapacity(workload("web-green"), new Capacity(6, 6), new Capacity(1, 4))));
    }

    @Test
    void undo_brings_the_configuration_back_before_the_instances_that_read_it() {
        released(1, parts("v4", "w4", "c4"), true);
        released(2, parts("v5", "w4", "c5"), false);
        runs("web", "v5", 3, 100);
        runsBeside("w4", "c5");
        var done = plan(rollback("previous"));

        assertThat(changes(plan(ChangePlanner.undo(facts(), done))))
                .containsExactly(
                        restore("c4", "c5"),
                        new Step.Restart(workload("worker"), revision("w4")),
                        new Step.PutRevision(workload("web"), revision("v4"), revision("v5")));
    }

    @Test
    void a_rollout_brings_the_configuration_and_who_reads_the_new_form_before_who_writes_it() {
        released(1, parts("v4", "w4", "c4"), true);
        runs("web", "v4", 3, 100);
        runsBeside("w4", "c4");

        var plan = plan(RolloutPlanner.plan(
                facts(), new RolloutPlanner.Request(parts("v5", "w5", "c5"), List.of(), MAYA, 3, false, T)));

        assertThat(changes(plan))
                .containsExactly(
                        restore("c4", "c5"),
                        new Step.PutRevision(workload("worker"), revision("w4"), revision("w5")),
                        new Step.PutRevision(workload("web"), revision("v4"), revision("v5")));
        assertThat(plan.step("10-write-ledger").step())
                .isEqualTo(new Step.WriteLedger(
                        SERVICE, List.of(new Note.Deploy(2, parts("v5", "w5", "c5"), List.of(), MAYA))));
    }

    @Test
    void a_rollout_of_the_same_image_with_another_configuration_is_something_to_do() {
        released(1, parts("v4", "w4", "c4"), true);
        runs("web", "v4", 3, 100);
        runsBeside("w4", "c4");

        assertThat(RolloutPlanner.plan(
                        facts(), new RolloutPlanner.Request(parts("v4", "w4", "c4"), List.of(), MAYA, 3, false, T)))
                .isInstanceOf(Planned.NothingToDo.class);
        assertThat(changes(plan(RolloutPlanner.plan(
                        facts(), new RolloutPlanner.Request(parts("v4", "w4", "c5"), List.of(), MAYA, 3, false, T)))))
                .containsExactly(
                        restore("c4", "c5"),
                        new Step.Restart(workload("worker"), revision("w4")),
                        new Step.Restart(workload("web"), revision("v4")));
    }

    @Test
    void half_of_a_rollout_is_the_release_that_comes_and_leaves_with_a_rollback() {
        released(1, parts("v4", "w4", "c4"), true);
        add(new LedgerEntry.Deployed(
                new Release(
                        2,
                        revision("v5"),
                        parts("v5", "w5", "c5").others(),
                        parts("v5", "w5", "c5").config(),
                        List.of(),
                        T,
                        MAYA),
                "d2"));
        runs("web", "v4", 3, 100);
        runsBeside("w5", "c5");

        var planned = rollback("previous");

        assertThat(facts().current().orElseThrow().number()).isEqualTo(2);
        assertThat(changes(plan(planned)))
                .containsExactly(
                        restore("c5", "c4"),
                        new Step.Restart(workload("web"), revision("v4")),
                        new Step.PutRevision(workload("worker"), revision("w5"), revision("w4")));
        assertThat(plan(planned).step("50-write-ledger").step())
                .isInstanceOfSatisfying(
                        Step.WriteLedger.class,
                        w -> assertThat(w.notes())
                                .contains(new Note.Leave(2, LedgerEntry.Leaving.ROLLED_BACK), new Note.GoLive(1)));
        assertThat(remarks(planned)).anyMatch(r -> r.contains("only in part"));
    }

    @Test
    void the_image_put_back_by_hand_is_not_yet_the_release() {
        released(1, parts("v4", "w4", "c4"), true);
        released(2, parts("v5", "w5", "c5"), false);
        runs("web", "v4", 3, 100);
        runsBeside("w5", "c5");

        for (var word : List.of("previous", "good", "v4")) {
            assertThat(changes(plan(rollback(word))))
                    .as(word)
                    .containsExactly(
                            restore("c5", "c4"),
                            new Step.Restart(workload("web"), revision("v4")),
                            new Step.PutRevision(workload("worker"), revision("w5"), revision("w4")));
        }
    }

    @Test
    void configuration_edited_by_hand_is_not_in_the_ledger_and_goes_back_to_what_is() {
        released(1, parts("v4", "w4", "c4"), true);
        runs("web", "v4", 3, 100);
        runsBeside("w4", "edited");

        var planned = rollback("good");

        assertThat(facts().current()).isEmpty();
        assertThat(changes(plan(planned)))
                .containsExactly(
                        restore("edited", "c4"),
                        new Step.Restart(workload("web"), revision("v4")),
                        new Step.Restart(workload("worker"), revision("w4")));
        assertThat(remarks(planned)).anyMatch(r -> r.contains("not in the ledger"));
    }

    @Test
    void a_release_that_nobody_proved_is_presumed_good_and_the_plan_says_so() {
        add(new LedgerEntry.Deployed(new Release(1, revision("v4"), List.of(), T, MAYA), "d1"));
        add(new LedgerEntry.Live(1, T, "l1"));
        add(new LedgerEntry.Left(1, LedgerEntry.Leaving.SUPERSEDED, T.plus(Duration.ofDays(6)), "x1"));
        released(2, "v5", false);
        runs("web", "v5", 3, 100);

        var planned = rollback("previous");

        assertThat(plan(planned).to()).isEqualTo("v4");
        assertThat(remarks(planned))
                .contains(
                        "v4 is presumed good: never proved; served 6d before it was replaced, and nothing was ever judged");
    }
}
