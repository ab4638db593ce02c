package lastgood.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
import lastgood.core.Strategy;
import lastgood.core.TrafficState;
import lastgood.core.Verdict;
import lastgood.core.Version;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.core.data.Assessment;
import lastgood.core.data.Assessment.Way;
import lastgood.core.data.SchemaProof;
import lastgood.core.data.SchemaProof.AfterUndo;
import lastgood.core.data.SchemaProof.UndoProof;
import lastgood.core.data.SchemaProof.UndoProof.Standing;
import lastgood.core.data.WriteAccess;
import lastgood.core.decide.SeverityMatrix;
import lastgood.core.plan.DatabaseFacts.Damage;
import lastgood.core.plan.DatabaseFacts.Fingerprint;
import lastgood.core.recover.WatchRules;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What becomes of the database, by what is proved. v4 is good, v5 is live and brought `m5`.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DatabasePlansTest {

    private static final ServiceRef SERVICE = new ServiceRef("production", "checkout");
    private static final Instant T = Instant.parse("2026-01-02T14:00:00Z");
    private static final Person MAYA = new Person("maya");
    private static final Digest OLD = Digest.of("old schema");
    private static final Digest NEW = Digest.of("new schema");
    private static final Digest TRIED = Digest.of("what the way down left on the shadow");
    private static final WriteAccess OPEN = new WriteAccess(50, new TreeMap<>(Map.of("app", true, "batch", false)));

    private SchemaProof.Verdict verdict = SchemaProof.Verdict.BREAKING;
    private final List<UndoProof> undo = new ArrayList<>(List.of(undo(Standing.EXACT)));
    private Fingerprint target = new Fingerprint.Of(OLD);
    private final List<SchemaProof.Finding> findings = new ArrayList<>();
    private AfterUndo after = new AfterUndo.Untried();
    private Damage damage = new Damage.NotAssessed();
    private WriteAccess access = OPEN;
    private Strategy strategy = new Strategy.Rolling("web");
    private final SortedMap<String, WorkloadState> workloads = new TreeMap<>(Map.of("web", runs("web", "v5", 3)));
    private SortedMap<String, Integer> weights = new TreeMap<>(Map.of("web", 100));
    private boolean maintenance;
    private Policy.BackupFirst backupFirst = Policy.BackupFirst.CHANGING_DATA;

    private static UndoProof undo(Standing standing, String... lost) {
        return new UndoProof("m5", standing, "orders.note is at another place", List.of(lost));
    }

    private static Revision revision(String version) {
        return new Revision(Digest.of(version), new Version(version));
    }

    private static WorkloadState runs(String name, String version, int wanted) {
        return new WorkloadState(
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
                List.of());
    }

    private DatabaseFacts.Known known() {
        return new DatabaseFacts.Known(
                access,
                NEW,
                new SchemaProof(
                        verdict, List.of("orders.total is gone"), List.of(), List.of(), findings, undo, after, 900),
                target,
                List.of("m5"),
                damage,
                DatabaseFacts.Times.unmeasured(),
                List.of("the newest verified backup is 2h old"));
    }

    private Facts facts(DatabaseFacts database) {
        var ledger = Ledger.empty(SERVICE);
        for (var number : List.of(4, 5)) {
            ledger = ledger.with(new LedgerEntry.Deployed(
                            new Release(
                                    number, revision("v" + number), number == 5 ? List.of("m5") : List.of(), T, MAYA),
                            "d" + number))
                    .with(new LedgerEntry.Live(number, T, "l" + number));
        }
        ledger = ledger.with(new LedgerEntry.Judged(4, new Verdict.Pass(), "bake", "", T, "j4"));
        var policy = new Policy(
                SeverityMatrix.runbook(),
                Duration.ofMinutes(5),
                WatchRules.window(Duration.ofMinutes(30), WatchRules.alwaysRequired()),
                Policy.EVIDENCE,
                Duration.ofHours(24),
                Duration.ofHours(24),
                backupFirst);
        var traffic = new TrafficState(SERVICE, "1", "", weights, new TreeMap<>(), maintenance);
        return new Facts(
                ledger, new ServiceState(SERVICE, strategy, workloads, traffic), policy, new TreeMap<>(), database);
    }

    private Planned rollback(WithDatabase with) {
        return rollback(known(), with, false, false);
    }

    private Planned rollback(DatabaseFacts database, WithDatabase with, boolean emergency, boolean confirmed) {
        return RollbackPlanner.plan(
                facts(database),
                new RollbackPlanner.Request(
                        new RevisionSelector.Previous(), Optional.empty(), emergency, with, confirmed, false));
    }

    private static Plan plan(Planned planned) {
        assertThat(planned).isInstanceOf(Planned.Ready.class);
        return ((Planned.Ready) planned).plan();
    }

    private static Planned.Refused refused(Planned planned) {
        assertThat(planned).isInstanceOf(Planned.Refused.class);
        return (Planned.Refused) planned;
    }

    private static List<String> ids(List<PlannedStep> steps) {
        return steps.stream()
                .map(s -> s.id().substring(s.id().indexOf('-') + 1))
                .toList();
    }

    private static <S extends Step> List<S> steps(Plan plan, Class<S> kind) {
        return plan.steps().stream()
                .map(PlannedStep::step)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    private void assessed(Way.Kind kind, long lost, long conflicts) {
        damage = new Damage.Assessed(new Assessment(
                "lg_scratch",
                "before m5",
                List.of(),
                List.of(),
                List.of(new Way(kind, lost, conflicts, Duration.ZERO, true)),
                Digest.of("counted")));
    }

    @Test
    void the_same_schema_is_type_1_and_stays() {
        verdict = SchemaProof.Verdict.SAME;

        var plan = plan(rollback(WithDatabase.AUTO));

        assertThat(plan.type()).isEqualTo(Plan.Type.TYPE_1);
        assertThat(steps(plan, Step.OfDatabase.class)).isEmpty();
    }

    @Test
    void a_schema_that_the_older_release_works_on_is_type_2_and_stays() {
        verdict = SchemaProof.Verdict.COMPATIBLE;

        var plan = plan(rollback(WithDatabase.AUTO));

        assertThat(plan.type()).isEqualTo(Plan.Type.TYPE_2);
        assertThat(plan.typeReason()).contains("proved to work on the schema");
        assertThat(steps(plan, Step.OfDatabase.class)).isEmpty();
    }

    @Test
    void unproven_is_refused_with_the_reasons_and_the_ways_on() {
        verdict = SchemaProof.Verdict.UNPROVEN;

        var no = refused(rollback(WithDatabase.AUTO));

        assertThat(no.details()).contains("orders.total is gone", "migration since then: m5 (undo: exact)");
        assertThat(no.hint()).contains("--with-db undo").contains("--with-db never --confirm checkout");
    }

    @Test
    void a_database_that_could_not_be_looked_at_proves_nothing() {
        var no = refused(rollback(new DatabaseFacts.Unknown("connection refused"), WithDatabase.AUTO, false, false));

        assertThat(no.details()).containsExactly("connection refused");
        assertThat(plan(rollback(new DatabaseFacts.Unknown("connection refused"), WithDatabase.NEVER, false, false))
                        .type())
                .isEqualTo(Plan.Type.TYPE_3);
    }

    @Test
    void leaving_a_breaking_schema_as_it_is_takes_a_word_and_is_type_3() {
        var plan = plan(rollback(WithDatabase.NEVER));

        assertThat(plan.type()).isEqualTo(Plan.Type.TYPE_3);
        assertThat(plan.typeReason()).contains("accepted by the requester");
        assertThat(steps(plan, Step.OfDatabase.class)).isEmpty();
    }

    @Test
    void a_breaking_schema_whose_undo_is_exact_goes_back_behind_closed_doors() {
        var plan = plan(rollback(WithDatabase.AUTO));

        assertThat(plan.type()).isEqualTo(Plan.Type.TYPE_3);
        assertThat(plan.lost()).isEmpty();
        assertThat(ids(plan.main()))
                .containsExactly(
                        "capture-evidence",
                        "set-maintenance",
                        "scale",
                        "set-write-access",
                        "take-backup",
                        "undo-migrations",
                        "check-integrity",
                        "put-revision",
                        "set-write-access",
                        "scale",
                        "set-maintenance",
                        "write-ledger",
                        "watch-recovery");
        assertThat(steps(plan, Step.UndoMigrations.class))
                .containsExactly(new Step.UndoMigrations(SERVICE, List.of("m5"), NEW, OLD));
        assertThat(steps(plan, Step.SetWriteAccess.class))
                .startsWith(
                        new Step.SetWriteAccess(SERVICE, OPEN, OPEN.closed()),
                        new Step.SetWriteAccess(SERVICE, OPEN.closed(), OPEN));
        assertThat(ids(plan.ifCalledOff())).containsExactly("set-write-access", "scale", "set-maintenance");
        assertThat(ids(plan.last())).containsExactly("set-write-access", "set-maintenance");
    }

    @Test
    void an_undo_that_loses_rows_is_never_planned_unasked_and_says_what_is_lost() {
        undo.set(0, undo(Standing.EXACT, "12 values of orders.weight"));

        assertThat(refused(rollback(WithDatabase.AUTO)).details().toString()).contains("12 values of orders.weight");
        assertThat(plan(rollback(WithDatabase.UNDO)).lost()).containsExactly("m5: 12 values of orders.weight");
    }

    private void undoLeaves(SchemaProof.Verdict works) {
        undo.set(0, undo(Standing.INEXACT, "12 values of orders.weight"));
        after = new AfterUndo.Different(
                TRIED, List.of("orders.note is at another place"), works, List.of("the reason"), 20);
    }

    @Test
    void an_undo_that_leaves_something_harmless_needs_a_word_of_its_own_and_says_what_stays_different() {
        undoLeaves(SchemaProof.Verdict.COMPATIBLE);

        assertThat(refused(rollback(WithDatabase.AUTO)).hint()).contains("--with-db undo-inexact");
        assertThat(refused(rollback(WithDatabase.UNDO)).hint()).contains("--with-db undo-inexact --confirm checkout");
        assertThat(refused(rollback(WithDatabase.UNDO)).details().toString()).contains("stays different: orders.note");
        var plan = plan(rollback(WithDatabase.UNDO_INEXACT));

        assertThat(steps(plan, Step.UndoMigrations.class).getFirst().to()).isEqualTo(TRIED);
        assertThat(plan.type()).isEqualTo(Plan.Type.TYPE_3);
        assertThat(plan.lost())
                .containsExactly(
                        "m5: 12 values of orders.weight", "the schema as it was: orders.note is at another place");
    }

    @ParameterizedTest
    @EnumSource(
            value = SchemaProof.Verdict.class,
            names = {"BREAKING", "UNPROVEN"})
    void an_undo_that_leaves_what_the_older_release_is_not_proved_to_work_on_is_refused_whoever_asks(
            SchemaProof.Verdict works) {
        undoLeaves(works);

        for (var with : List.of(WithDatabase.AUTO, WithDatabase.UNDO, WithDatabase.UNDO_INEXACT)) {
            assertThat(rollback(with)).isInstanceOf(Planned.Refused.class);
        }
        assertThat(refused(rollback(WithDatabase.UNDO_INEXACT)).details().toString())
                .contains("after the undo: the reason", "stays different: orders.note");
    }

    @Test
    void values_that_a_migration_rewrote_do_not_come_back_by_an_exact_undo_so_nobody_undoes_it_unasked() {
        findings.add(new SchemaProof.Finding("R16", "column orders.total", "the migration rewrites its values", true));

        assertThat(rollback(WithDatabase.AUTO)).isInstanceOf(Planned.Refused.class);
        assertThat(((Planned.Ready) rollback(WithDatabase.UNDO)).remarks().toString())
                .contains("column orders.total", "and not the rows");
    }

    @Test
    void an_undo_that_is_not_exact_is_not_mixed_with_a_salvage() {
        undoLeaves(SchemaProof.Verdict.COMPATIBLE);
        assessed(Way.Kind.SALVAGE, 0, 0);

        assertThat(rollback(WithDatabase.SALVAGE)).isInstanceOf(Planned.Refused.class);
    }

    @Test
    void an_undo_that_leads_nobody_knows_where_is_refused() {
        undo.set(0, undo(Standing.INEXACT));
        assertThat(refused(rollback(WithDatabase.UNDO)).why()).contains("not exact");
        assertThat(rollback(WithDatabase.UNDO_INEXACT)).isInstanceOf(Planned.Refused.class);

        undo.set(0, undo(Standing.UNTRIED));
        target = new Fingerprint.Unrecorded();
        assertThat(refused(rollback(WithDatabase.UNDO)).why()).contains("is not recorded");
    }

    @Test
    void a_migration_without_a_way_down_cannot_be_undone_whoever_asks() {
        for (var standing : List.of(Standing.MISSING, Standing.FAILS)) {
            undo.set(0, undo(standing));

            assertThat(refused(rollback(WithDatabase.UNDO)).hint()).contains("forward");
            assertThat(rollback(WithDatabase.AUTO)).isInstanceOf(Planned.Refused.class);
        }
    }

    @Test
    void an_emergency_proves_the_schema_too_and_changes_no_data_without_a_word() {
        verdict = SchemaProof.Verdict.UNPROVEN;
        assertThat(rollback(known(), WithDatabase.AUTO, true, false)).isInstanceOf(Planned.Refused.class);

        verdict = SchemaProof.Verdict.BREAKING;
        assertThat(refused(rollback(known(), WithDatabase.AUTO, true, false)).hint())
                .contains("--with-db undo --confirm checkout");
        assertThat(rollback(known(), WithDatabase.UNDO, true, false)).isInstanceOf(Planned.Refused.class);

        var plan = plan(rollback(known(), WithDatabase.UNDO, true, true));
        assertThat(steps(plan, Step.TakeBackup.class)).hasSize(1);
    }

    @Test
    void rows_are_put_back_only_as_they_were_counted() {
        verdict = SchemaProof.Verdict.COMPATIBLE;
        assertThat(refused(rollback(WithDatabase.SALVAGE)).why()).contains("nobody has counted");

        assessed(Way.Kind.SALVAGE, 0, 7);
        var planned = rollback(WithDatabase.SALVAGE);

        assertThat(steps(plan(planned), Step.SalvageRows.class))
                .containsExactly(new Step.SalvageRows(SERVICE, "lg_scratch", Digest.of("counted")));
        assertThat(steps(plan(planned), Step.UndoMigrations.class)).isEmpty();
        assertThat(((Planned.Ready) planned).remarks().toString())
                .contains("7 rows left as found")
                .contains("UNPROVEN")
                .contains("backup is 2h old");
    }

    @Test
    void rows_are_put_back_after_the_schema_where_the_release_needs_the_old_one() {
        assessed(Way.Kind.SALVAGE, 0, 0);

        var plan = plan(rollback(WithDatabase.SALVAGE));

        assertThat(ids(plan.main()))
                .containsSubsequence("take-backup", "undo-migrations", "salvage-rows", "check-integrity");
    }

    @Test
    void a_swap_is_checked_for_its_schema_says_what_it_loses_and_is_backed_up() {
        assessed(Way.Kind.SWAP, 3513, 0);

        var plan = plan(rollback(WithDatabase.SWAP));

        assertThat(ids(plan.main()))
                .containsSubsequence(
                        "take-backup",
                        "swap-database",
                        "check-schema",
                        "check-integrity",
                        "put-revision",
                        "watch-recovery",
                        "take-backup");
        assertThat(steps(plan, Step.CheckSchema.class).getFirst().proved()).containsExactly(OLD);
        assertThat(plan.lost()).containsExactly("3513 good rows, counted in the assessment");
        assertThat(plan.oneWay().toString()).contains("kept as lg_kept_");
        assertThat(ids(plan.withoutProof().main())).endsWith("take-backup").doesNotContain("watch-recovery");
    }

    @Test
    void a_colour_that_is_taken_out_stays_parked_and_the_other_one_gets_its_capacity() {
        strategy = new Strategy.BlueGreen(List.of("blue", "green"), List.of("web-blue", "web-green"));
        workloads.clear();
        workloads.put("web-blue", runs("web-blue", "v5", 4));
        workloads.put("web-green", runs("web-green", "v4", 1));
        weights = new TreeMap<>(Map.of("web-blue", 100));

        var plan = plan(rollback(WithDatabase.AUTO));

        assertThat(plan.main().stream()
                        .map(PlannedStep::step)
                        .filter(Step.Scale.class::isInstance)
                        .toList())
                .containsExactly(
                        new Step.Scale(new Workload(SERVICE, "web-blue"), 4, 0),
                        new Step.Scale(new Workload(SERVICE, "web-green"), 1, 0),
                        new Step.Scale(new Workload(SERVICE, "web-green"), 0, 4));
        assertThat(ids(plan.main()))
                .containsSubsequence("set-write-access", "scale", "shift-traffic", "set-maintenance");
    }

    @Test
    void a_page_and_a_fence_that_were_there_before_stay_there() {
        maintenance = true;
        access = OPEN.closed();

        var plan = plan(rollback(WithDatabase.AUTO));

        assertThat(steps(plan, Step.SetMaintenance.class)).isEmpty();
        assertThat(steps(plan, Step.SetWriteAccess.class)).isEmpty();
    }

    @Test
    void without_a_database_nothing_can_be_done_to_it() {
        assertThat(refused(rollback(new DatabaseFacts.None(), WithDatabase.UNDO, false, false))
                        .why())
                .contains("no database is configured");
        assertThat(DatabasePlanner.plan(facts(new DatabaseFacts.None()), new DatabasePlanner.Request.Fence()))
                .isInstanceOf(Planned.Refused.class);
    }

    @Test
    void what_undoing_leaves_for_what_runs_nobody_knows_so_it_is_stopped() {
        var plan = plan(DatabasePlanner.plan(facts(known()), new DatabasePlanner.Request.Undo(1)));

        assertThat(ids(plan.main()))
                .containsExactly(
                        "set-maintenance",
                        "scale",
                        "set-write-access",
                        "take-backup",
                        "undo-migrations",
                        "check-integrity",
                        "set-write-access");
    }

    @Test
    void instances_are_not_started_without_their_database() {
        access = OPEN.closed();
        var request = new DatabasePlanner.Request.Restore(new TreeMap<>(Map.of("web", 5)));

        assertThat(refused(DatabasePlanner.plan(facts(known()), request)).hint())
                .isEqualTo("db unfence first");

        access = OPEN;
        assertThat(ids(plan(DatabasePlanner.plan(facts(known()), request)).main()))
                .containsExactly("scale");
    }

    @Test
    void a_rollout_marks_a_point_and_applies_what_it_was_told_to() {
        var request = new RolloutPlanner.Request(
                lastgood.core.Parts.of(revision("v6")), List.of("m6", "m7"), true, MAYA, 3, false, T);

        var plan = plan(RolloutPlanner.plan(facts(known()), request));

        assertThat(steps(plan, Step.OfDatabase.class))
                .containsExactly(
                        new Step.MarkPoint(SERVICE, "v6"),
                        new Step.ApplyMigration(SERVICE, "m6", new Step.ApplyMigration.After.Schema(NEW)),
                        new Step.ApplyMigration(SERVICE, "m7", new Step.ApplyMigration.After.Migration("m6")),
                        new Step.ClosePoint(SERVICE));
        assertThat(refused(RolloutPlanner.plan(facts(new DatabaseFacts.Unknown("no route")), request))
                        .why())
                .contains("migrations to apply");
    }

    @Test
    void half_way_begins_with_the_first_change_of_data_and_ends_with_the_last_door() {
        var plan = plan(rollback(WithDatabase.AUTO));
        var undo = plan.main().get(5);
        var page = plan.main().get(10);

        assertThat(plan.isHalfWay(s -> !s.equals(undo), _ -> false)).isFalse();
        assertThat(plan.isHalfWay(s -> s.equals(undo), s -> !s.equals(page))).isTrue();
        assertThat(plan.isHalfWay(s -> s.equals(undo), _ -> true)).isFalse();
    }

    // ---- backup.beforeRollback

    private static List<String> words(Plan plan) {
        return plan.main().stream().map(s -> StepList.name(s.step())).toList();
    }

    @Test
    void always_means_that_a_rollback_which_changes_no_data_begins_with_a_backup_too() {
        verdict = SchemaProof.Verdict.COMPATIBLE;
        backupFirst = Policy.BackupFirst.ALWAYS;

        for (var emergency : List.of(false, true)) {
            assertThat(rollback(known(), WithDatabase.AUTO, emergency, false))
                    .isInstanceOfSatisfying(Planned.Ready.class, ready -> {
                        assertThat(ready.plan().type()).isEqualTo(Plan.Type.TYPE_2);
                        assertThat(words(ready.plan())).startsWith("capture-evidence", "take-backup", "put-revision");
                        assertThat(ready.remarks()).anyMatch(r -> r.startsWith("a verified backup is taken first"));
                    });
        }
    }

    @Test
    void always_says_it_loudly_when_the_database_cannot_be_looked_at_and_does_not_stop_the_rollback() {
        backupFirst = Policy.BackupFirst.ALWAYS;

        assertThat(rollback(new DatabaseFacts.Unknown("no answer"), WithDatabase.NEVER, false, true))
                .isInstanceOfSatisfying(Planned.Ready.class, ready -> {
                    assertThat(words(ready.plan())).doesNotContain("take-backup");
                    assertThat(ready.remarks())
                            .anyMatch(
                                    r -> r.startsWith("NO BACKUP is taken, though backup.beforeRollback says always"));
                });
    }

    @Test
    void never_leaves_out_the_backup_of_a_rollback_and_says_so() {
        backupFirst = Policy.BackupFirst.NEVER;

        assertThat(rollback(known(), WithDatabase.UNDO, false, true))
                .isInstanceOfSatisfying(Planned.Ready.class, ready -> {
                    assertThat(words(ready.plan())).contains("undo-migrations").doesNotContain("take-backup");
                    assertThat(ready.remarks())
                            .anyMatch(r -> r.startsWith("NO BACKUP is taken before data is changed"));
                });
    }

    @Test
    void without_a_word_only_a_rollback_that_changes_data_takes_one() {
        assertThat(rollback(known(), WithDatabase.UNDO, false, true))
                .isInstanceOfSatisfying(
                        Planned.Ready.class,
                        ready -> assertThat(words(ready.plan())).contains("take-backup"));
        verdict = SchemaProof.Verdict.COMPATIBLE;
        assertThat(rollback(WithDatabase.AUTO))
                .isInstanceOfSatisfying(
                        Planned.Ready.class,
                        ready -> assertThat(words(ready.plan())).doesNotContain("take-backup"));
    }
}
