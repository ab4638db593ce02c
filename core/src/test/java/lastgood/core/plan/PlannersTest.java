package lastgood.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry;
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
        return new Facts(ledger, new ServiceState(SERVICE, strategy, workloads, traffic), policy, missing);
    }

    private Planned rollback(String to) {
        return RollbackPlanner.plan(
                facts(),
                new RollbackPlanner.Request(RevisionSelector.parse(to), Optional.empty(), false, false, false));
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
                new RollbackPlanner.Request(new RevisionSelector.Previous(), Optional.empty(), true, true, false));
        assertThat(plan(accepted).type()).isEqualTo(Plan.Type.TYPE_3);
    }

    @Test
    void an_emergency_does_not_skip_the_schema() {
        released(1, "v4", true);
        released(2, "v5", false, "20260102_drop_column");
        runs("web", "v5", 3, 100);

        var emergency = RollbackPlanner.plan(
                facts(),
                new RollbackPlanner.Request(new RevisionSelector.Previous(), Optional.empty(), true, false, false));

        assertThat(emergency).isInstanceOf(Planned.Refused.class);
    }

    @Test
    void an_emergency_owes_its_approval_and_gets_less_time_for_evidence() {
        v4_is_good_and_v5_is_live();

        var plan = plan(RollbackPlanner.plan(
                facts(),
                new RollbackPlanner.Request(new RevisionSelector.Previous(), Optional.empty(), true, false, false)));

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
                        new RevisionSelector.Previous(), Optional.of(Severity.SEV2), false, false, false)));

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
}
