package lastgood.cli.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import lastgood.cli.Bench;
import lastgood.cli.Exit;
import lastgood.cli.SimQuestions;
import lastgood.core.Digest;
import lastgood.core.data.Assessment;
import lastgood.core.data.Assessment.Conflict;
import lastgood.core.data.Assessment.Way;
import lastgood.core.data.IntegrityReport;
import lastgood.core.data.RestoreTime;
import lastgood.core.data.RowCounts;
import lastgood.core.data.SchemaProof.AfterUndo;
import lastgood.core.data.SchemaProof.UndoProof;
import lastgood.core.data.SchemaProof.Verdict;
import lastgood.core.data.WriteAccess;
import lastgood.engine.port.TeamCommands;
import lastgood.testkit.sim.SimDatabase;
import lastgood.testkit.sim.SimWorld;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DbTest {

    private static final String BACK = "rollback -e production --revision previous";
    private static final String PLAN = "plan -e production --revision previous";

    @TempDir
    Path folder;

    private Bench bench;
    private SimDatabase database;
    private SimQuestions questions;

    @BeforeEach
    void v2_came_with_a_migration_after_a_restore_point() throws InterruptedException {
        bench = Bench.rolling(folder);
        database = new SimDatabase(bench.world.clock).migrated("init");
        database.works(SimWorld.revision("v1"), "init").works(SimWorld.revision("v2"), "init", "add_weight");
        questions = bench.withDatabase(database);
        bench.world.clock.pause(Duration.ofMinutes(5));
        bench.say("release record -e production --before v2");
        database.somebodyApplies("add_weight");
        bench.say("release record -e production --after");
        bench.say("release record -e production --migration add_weight");
        questions.asked.clear();
    }

    private void v1AlsoWorksOnIt() {
        database.works(SimWorld.revision("v1"), "init", "add_weight");
    }

    private void v1DoesNotWorkOnIt() {
        questions.verdict = Verdict.BREAKING;
        questions.reasons = List.of("column orders.total is gone");
    }

    // ---- without a database

    @ParameterizedTest
    @ValueSource(
            strings = {
                "db status",
                "db connections",
                "db backup --reason x",
                "db backups",
                "db restore --backup x",
                "db migrations",
                "db undo --migration x",
                "db corruption assess",
                "db integrity",
                "db fence",
                "db unfence",
                "db prove",
                "db rehearse",
                "gate",
                "release record --before v3"
            })
    void a_service_without_a_database_is_told_which_setting_is_missing(String verb) {
        bench.write("lastgood.yaml", bench.catalog());

        assertThat(bench.say(verb + " -e production")).isEqualTo(3);

        assertThat(bench.err())
                .contains(
                        "no database is configured for production/checkout",
                        "nothing was changed",
                        "hint: say where it is: services.checkout.database.url");
    }

    // ---- going back

    @Test
    void an_additive_migration_stays_and_the_plan_says_why() {
        v1AlsoWorksOnIt();
        questions.reasons = List.of("all 12 statements of v1 work");

        assertThat(bench.say(PLAN)).isZero();

        assertThat(bench.out())
                .containsSubsequence(
                        "TYPE  2",
                        "proof: all 12 statements of v1 work",
                        "schema: add_weight  keep  [undo is exact]",
                        "DATA  nothing is lost",
                        "backup: there is none",
                        "UNPROVEN");
        assertThat(bench.err()).contains("asking the database whether v1 works");
    }

    @Test
    void the_proof_starts_at_the_point_before_the_newer_release() {
        bench.say(PLAN);

        assertThat(questions.asked).containsExactly("prove from lg-op-00000001 since [add_weight]");
    }

    @Test
    void a_breaking_migration_is_undone_behind_closed_doors_once_somebody_says_so_by_name() {
        v1DoesNotWorkOnIt();

        assertThat(bench.say(BACK + " --yes")).isEqualTo(4);
        assertThat(bench.err()).contains("the database goes back with it", "--confirm checkout");
        assertThat(bench.say(BACK + " --confirm checkout")).isZero();

        assertThat(database.schema()).isEqualTo(SimDatabase.fingerprint(List.of("init"), ""));
        assertThat(database.isOpen()).isTrue();
        assertThat(bench.out()).contains("ROLLED BACK", "undo: none: add_weight was undone");
    }

    @Test
    void what_undoing_would_lose_is_on_the_screen_before_anyone_is_asked() {
        v1DoesNotWorkOnIt();
        questions.lost = List.of("1204 values of orders.weight");

        assertThat(bench.say(PLAN)).isEqualTo(3);
        assertThat(bench.err()).contains("loses 1204 values of orders.weight", "--with-db undo");
        assertThat(bench.say(PLAN + " --with-db undo")).isZero();

        assertThat(bench.out()).contains("lost: add_weight: 1204 values of orders.weight");
    }

    @Test
    void an_emergency_changes_no_data_unless_the_name_is_said() {
        v1DoesNotWorkOnIt();

        assertThat(bench.say("rollback -e production --emergency --with-db undo"))
                .isEqualTo(3);
        assertThat(bench.err()).contains("an emergency changes no data by itself", "--with-db undo --confirm checkout");

        assertThat(bench.say("rollback -e production --emergency --with-db undo --confirm checkout"))
                .isZero();
        assertThat(database.dataChanged()).isTrue();
    }

    @Test
    void a_database_that_cannot_be_reached_proves_nothing() {
        questions.away = true;

        assertThat(bench.say(PLAN)).isEqualTo(3);
        assertThat(bench.err()).contains("could not reach the database at db:5432: connection refused");

        assertThat(bench.say(PLAN + " --with-db never")).isZero();
        assertThat(bench.out()).contains("TYPE  3");
    }

    @ParameterizedTest
    @CsvSource({"1,3", "2,0", "3,0", "4,2", "auto,0"})
    void a_person_may_state_a_higher_type_and_never_a_lower_one(String type, int exit) {
        v1AlsoWorksOnIt();

        assertThat(bench.say(PLAN + " --type " + type)).isEqualTo(exit);

        if (type.equals("3")) {
            assertThat(bench.out()).contains("TYPE  3  said by whoever asked; found is type 2");
            assertThat(bench.say(BACK + " --type 3 --yes")).isEqualTo(4);
        }
    }

    @Test
    void a_way_that_is_not_known_is_a_mistake() {
        assertThat(bench.say(PLAN + " --with-db sometimes")).isEqualTo(2);
        assertThat(bench.say(PLAN + " --scratch s")).isEqualTo(2);
        assertThat(bench.err()).contains("--with-db salvage");
    }

    @Test
    void salvage_with_the_release_needs_an_assessment_first() {
        v1AlsoWorksOnIt();
        database.damaged(1998, 3513, "init");

        assertThat(bench.say(BACK + " --with-db salvage --confirm checkout")).isEqualTo(3);
        assertThat(bench.err()).contains("nobody has counted what is damaged", "db corruption assess");
        bench.say("db corruption assess -e production");
        assertThat(bench.say(BACK + " --with-db salvage --confirm checkout")).isZero();

        assertThat(database.isDamaged()).isFalse();
    }

    @Test
    void an_emergency_does_not_wait_for_a_database_that_does_not_answer() {
        var never = new CountDownLatch(1);
        bench.executor = work -> Thread.ofVirtual().start(work);
        questions.connections = () -> null;
        questions.beforeProof = () -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        var began = System.nanoTime();

        assertThat(bench.say("rollback -e production --emergency --dry-run")).isEqualTo(3);

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
        assertThat(bench.err()).contains("it did not answer within 10s");
        never.countDown();
    }

    // ---- looking

    @Test
    void status_and_connections_are_a_screen_each() {
        assertThat(bench.say("db status -e production")).isZero();
        assertThat(bench.out()).contains("✔ ok      server", "✖ FAILING archive", "hint: look at archive_command");

        assertThat(bench.say("db connections -e production")).isZero();
        assertThat(bench.out()).contains("41 of 97 connections used (42%)", "Lock: transactionid", "1h06m");
    }

    @Test
    void watching_connections_ends_with_a_stop_signal_and_outlives_a_server_that_refuses() {
        bench.world.clock.later(Duration.ofSeconds(3), () -> questions.away = true);
        bench.world.clock.later(Duration.ofSeconds(5), () -> bench.stopSignal.run());

        assertThat(bench.say("db connections -e production --watch")).isZero();

        assertThat(bench.out().lines()).hasSize(3);
        assertThat(bench.out()).contains("41 of 97", "could not be asked: could not reach the database");
    }

    @Test
    void unreachable_is_exit_8() {
        questions.away = true;

        assertThat(bench.say("db status -e production")).isEqualTo(8);
        assertThat(bench.err()).contains("connection refused", "nothing was changed");
    }

    @Test
    void every_look_is_also_data() {
        for (var verb :
                List.of("status", "connections", "backups", "migrations", "prove", "corruption assess", "integrity")) {
            assertThat(bench.say("db %s -e production -o json".formatted(verb))).isZero();
            assertThat(bench.out()).contains("\"apiVersion\" : \"lastgood.dev/v1\"", "production/checkout");
        }
        assertThat(bench.say(PLAN + " -o json")).isZero();
        assertThat(bench.out()).contains("\"verdict\" : \"COMPATIBLE\"", "\"since\" : [ \"add_weight\" ]");
    }

    @Test
    void migrations_ask_the_teams_own_command_too_and_fail_with_it() {
        questions.status = Optional.of(new TeamCommands.Ended(0, List.of("2 applied, 1 pending")));
        assertThat(bench.say("db migrations -e production")).isZero();
        assertThat(bench.err()).contains("your own command for the status says:", "2 applied, 1 pending");

        questions.status = Optional.of(new TeamCommands.Ended(3, List.of("no such table")));
        assertThat(bench.say("db migrations -e production")).isEqualTo(Exit.FAILED.code());
        assertThat(bench.err()).contains("ended with 3 and said:", "no such table");
        assertThat(bench.say("db migrations -e production -o name"))
                .as("not asked for")
                .isZero();
    }

    @Test
    void migrations_say_which_release_brought_them() {
        assertThat(bench.say("db migrations -e production")).isZero();

        assertThat(bench.out().lines().toList().get(1)).startsWith("add_weight").contains("applied", "v2", "701");
    }

    @Test
    void integrity_with_a_finding_is_exit_11() {
        database.unsound(new IntegrityReport.Finding(
                IntegrityReport.Standing.FAIL, "foreign-key", "public.lines", 17, "17 rows point nowhere"));

        assertThat(bench.say("db integrity -e production --comprehensive")).isEqualTo(11);

        assertThat(bench.out()).contains("✖ FAIL", "public.lines  17 found", "UNSOUND: 1 finding");
    }

    // ---- proving

    @ParameterizedTest
    @CsvSource({"COMPATIBLE,0", "SAME,0", "BREAKING,11", "UNPROVEN,11"})
    void the_gate_is_open_only_if_what_runs_is_proved_on_the_new_schema(Verdict verdict, int exit)
            throws InterruptedException {
        bench.world.clock.pause(Duration.ofMinutes(5));
        bench.say("release record -e production --before v3");
        database.somebodyApplies("drop_total");
        questions.verdict = verdict;
        questions.asked.clear();

        assertThat(bench.say("gate -e production")).isEqualTo(exit);

        assertThat(bench.out()).startsWith(exit == 0 ? "gate OPEN" : "gate CLOSED");
    }

    @Test
    void a_proof_lists_the_statements_that_fail() {
        v1DoesNotWorkOnIt();

        assertThat(bench.say("db prove -e production")).isZero();

        assertThat(bench.out())
                .contains(
                        "BREAKING  v1 does not work",
                        "column orders.total is gone",
                        "0 work, 1 fail",
                        "FAILS    select id, total from orders where id = $1  (512 calls)",
                        "column \"total\" does not exist");
        assertThat(bench.say("db prove -e production --to v1")).isEqualTo(2);
        assertThat(bench.say("db prove -e production --from v9")).isEqualTo(2);
    }

    private void v3CameAfterAPointOfItsOwn() throws InterruptedException {
        bench.world.clock.pause(Duration.ofMinutes(5));
        bench.say("release record -e production --before v3");
        database.somebodyApplies("drop_total");
        bench.say("release record -e production --after");
        bench.world.release(3, "v3", SimWorld.Standing.LIVE);
        questions.asked.clear();
    }

    @Test
    void two_releases_of_the_past_are_proved_by_what_was_written_down() throws InterruptedException {
        v3CameAfterAPointOfItsOwn();
        var points = database.databases().points().all(bench.world.service);

        assertThat(bench.say("db prove -e production --from v1 --to v2")).isZero();

        assertThat(bench.out()).startsWith("COMPATIBLE  v1 works on the schema that v2 left: type 2");
        assertThat(questions.asked)
                .containsExactly("prove between %s and %s since [add_weight]"
                        .formatted(points.getLast().name(), points.getFirst().name()));
        assertThat(bench.say("db prove -e production --from v1 --to v2 -o json"))
                .isZero();
        assertThat(bench.out()).contains("\"older\" : \"v1\"", "\"newer\" : \"v2\"", "\"since\" : [ \"add_weight\" ]");
    }

    @Test
    void the_newer_release_has_to_be_newer_and_its_schema_written_down() {
        assertThat(bench.say("db prove -e production --from v2 --to v1")).isEqualTo(2);
        assertThat(bench.err()).contains("v1 came before v2", "the other way round");
        assertThat(bench.say("db prove -e production --from v1 --to v9")).isEqualTo(2);
        assertThat(bench.err()).contains("there is no release `v9`");
    }

    @Test
    void a_newer_release_without_a_point_behind_it_has_left_nothing_to_prove_on() throws InterruptedException {
        bench.world.clock.pause(Duration.ofMinutes(5));
        bench.world.release(3, "v3", SimWorld.Standing.LIVE);

        assertThat(bench.say("db prove -e production --from v1 --to v2")).isEqualTo(3);

        assertThat(bench.err()).contains("was never written down", "nothing was changed");
    }

    @Test
    void what_is_to_come_is_proved_for_what_runs_and_for_nothing_else() {
        assertThat(bench.say("db prove -e production --migrations db/next --statements sql"))
                .isZero();
        assertThat(bench.out()).contains("v2 works on the schema that the migrations of db/next would leave");
        assertThat(questions.asked).containsExactly("prove ahead next saying sql");
        assertThat(bench.say("db prove -e production --migrations db/next --from v1"))
                .isEqualTo(2);
        assertThat(bench.say("db prove -e production --migrations db/next --to v2"))
                .isEqualTo(2);
        assertThat(bench.say("db prove -e production --statements sql")).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"COMPATIBLE,0", "BREAKING,11", "UNPROVEN,11"})
    void the_gate_before_migrations_speaks_of_the_schema_to_come(Verdict verdict, int exit) {
        questions.verdict = verdict;

        assertThat(bench.say("gate -e production --migrations db/next")).isEqualTo(exit);

        assertThat(bench.out())
                .contains("the schema that the migrations of db/next would leave", "nothing was applied")
                .doesNotContain("the schema that is there");
    }

    // ---- backups

    @Test
    void the_name_of_a_backup_is_all_that_a_script_gets() {
        assertThat(bench.say("db backup -e production --reason pre-rollback-v2"))
                .isZero();

        assertThat(bench.out()).matches("lg-op-\\d{8}-10-take-backup\n");
        assertThat(bench.say("db backups -e production")).isZero();
        assertThat(bench.out()).contains("pre-rollback-v2", "yes (sim)", "never: UNPROVEN");
    }

    @Test
    void a_backup_that_does_not_read_back_has_no_name_on_stdout() {
        database.breakNextBackup();

        assertThat(bench.say("db backup -e production --reason x")).isNotZero();

        assertThat(bench.out()).isEmpty();
        assertThat(bench.err()).contains("cannot be read back");
    }

    @Test
    void an_alias_that_is_two_backups_is_not_guessed() {
        bench.say("db backup -e production --reason again --alias nightly");
        bench.say("db backup -e production --reason again --alias nightly");

        assertThat(bench.say("db restore -e production --backup nightly")).isEqualTo(2);

        assertThat(bench.err()).contains("`nightly` is 2 different backups", "name it by its name");
        assertThat(questions.asked).noneMatch(a -> a.startsWith("assess"));
    }

    @Test
    void a_rehearsal_takes_the_newest_that_was_read_back() {
        assertThat(bench.say("db rehearse -e production")).isEqualTo(3);
        bench.say("db backup -e production --reason nightly");

        assertThat(bench.say("db rehearse -e production")).isZero();

        assertThat(bench.out()).contains("was restored in 41s (4.2 MB)");
    }

    // ---- the fence

    @Test
    void a_fence_comes_down_to_exactly_what_was_there() {
        var before = database.access();

        assertThat(bench.say("db fence -e production")).isEqualTo(4);
        assertThat(bench.say("db fence -e production --yes")).isZero();
        assertThat(database.isOpen()).isFalse();
        assertThat(bench.say("db fence -e production --yes")).isZero();
        assertThat(bench.out()).contains("nothing to do", "op-0000", "db unfence");
        assertThat(bench.say("db unfence -e production --yes")).isZero();

        assertThat(database.access()).isEqualTo(before);
        assertThat(bench.err()).contains("as it was before op-");
    }

    @Test
    void a_fence_of_somebody_else_is_taken_down_only_to_what_a_person_says() {
        var closed = database.access().closed();
        database.somebodySets(closed);

        assertThat(bench.say("db unfence -e production --yes")).isEqualTo(3);
        assertThat(bench.err())
                .contains("no run of ours shut the writers out", "checkout_app, old_batch", "--logins ROLE,ROLE");
        assertThat(bench.say("db unfence -e production --logins nobody --yes")).isEqualTo(2);
        assertThat(bench.say("db unfence -e production --logins checkout_app --limit 20 --yes"))
                .isZero();

        var logins = new TreeMap<>(closed.logins());
        logins.put("checkout_app", true);
        assertThat(database.access()).isEqualTo(new WriteAccess(20, logins));
    }

    @Test
    void instances_come_back_in_the_number_that_there_was() {
        assertThat(bench.say("scale restore -e production --yes")).isEqualTo(3);
        assertThat(bench.say("scale stop-writes -e production --yes")).isZero();
        assertThat(bench.say("scale restore -e production --yes")).isZero();

        assertThat(bench.err()).contains("as it was before op-", "3 instances of checkout", "0 → 3 instances");
    }

    // ---- mending

    private static Assessment disputed() {
        return new Assessment(
                "lg_scratch",
                "before transaction 702",
                List.of(new RowCounts("public.orders", 1998, 3513, 1, 0)),
                List.of(new Conflict("public.orders", "id=17", "{\"total\":3}", "{\"total\":0}", "{\"total\":9}")),
                List.of(
                        new Way(Way.Kind.SALVAGE, 0, 1, Duration.ofSeconds(2), true),
                        new Way(Way.Kind.SWAP, 3513, 0, Duration.ZERO, true)),
                Digest.of("disputed"));
    }

    @Test
    void an_assessment_counts_names_conflicts_and_says_what_was_never_tried() {
        questions.assessment = DbTest::disputed;

        assertThat(bench.say("db corruption assess -e production")).isZero();

        assertThat(questions.asked.getLast()).contains("Xid[xid=702]", "inclusive=false");
        assertThat(bench.out())
                .containsSubsequence(
                        "public.orders  1998      3513  1          0",
                        "conflict public.orders id=17: was {\"total\":3}, damaged to {\"total\":0}, now {\"total\":9}",
                        "salvage   loses nothing, leaves 1 conflicting row to you; about 2s, UNPROVEN",
                        "restore   loses 3513 good rows; UNPROVEN: never rehearsed here",
                        "writers are let in",
                        "next: lastgood db salvage -e production -s checkout --scratch lg_scratch");
    }

    @Test
    void nothing_is_restored_without_the_name_and_the_counts_come_first() {
        questions.assessment = DbTest::disputed;

        assertThat(bench.say("db restore -e production --before-migration add_weight --yes"))
                .isEqualTo(4);
        assertThat(bench.err())
                .containsSubsequence(
                        "restoring the state before transaction 701",
                        "restore   loses 3513 good rows",
                        "3513 good rows are lost",
                        "--confirm checkout");
        assertThat(bench.say("db restore -e production --scratch lg_scratch --confirm web"))
                .isEqualTo(4);

        assertThat(database.dataChanged()).isFalse();
    }

    @Test
    void damaged_rows_are_put_back_and_later_ones_stay() {
        database.damaged(1998, 3513, "init");

        assertThat(bench.say("db salvage -e production --confirm checkout")).isZero();

        assertThat(database.isDamaged()).isFalse();
        assertThat(database.isOpen()).isTrue();
        assertThat(bench.out()).contains("damaged → salvaged", "undo: none", "db integrity");
    }

    @Test
    void undoing_a_migration_by_hand_says_what_it_does_and_needs_the_name() {
        questions.lost = List.of("3 values of orders.weight");

        assertThat(bench.say("db undo -e production --migration nope")).isEqualTo(2);
        assertThat(bench.say("db undo -e production --migration add_weight --yes"))
                .isEqualTo(4);
        assertThat(bench.err())
                .contains("add_weight: undoing it is exact; loses 3 values", "1 migration is taken away from under v2");
        assertThat(bench.say("db undo -e production --migration add_weight --confirm checkout"))
                .isZero();

        assertThat(database.schema()).isEqualTo(SimDatabase.fingerprint(List.of("init"), ""));
        assertThat(bench.out()).contains("next: put the release there that fits");
    }

    @Test
    void an_undo_that_is_not_exact_is_refused_because_nobody_knows_where_it_leads() {
        questions.undo = UndoProof.Standing.INEXACT;

        assertThat(bench.say("db undo -e production --migration add_weight --confirm checkout"))
                .isEqualTo(3);

        assertThat(bench.err()).contains("undoing it is not exact: column order", "nothing was changed");
    }

    @Test
    void a_plan_foretells_a_restore_by_what_was_measured_and_an_undo_by_its_trial() {
        undoLeaves(Verdict.COMPATIBLE);
        assertThat(bench.say(PLAN + " --with-db undo-inexact")).isZero();
        assertThat(bench.out())
                .contains("undo at least 20ms (on a copy without rows)", "a restore UNPROVEN: no backup of this kind");

        questions.restoreTime =
                new RestoreTime(Duration.ofSeconds(90), Duration.ofMinutes(4), 7, 2_000_000_000, 340_000_000);
        assertThat(bench.say(PLAN + " --with-db undo-inexact")).isZero();

        assertThat(bench.out())
                .contains("a restore about 1m30s, at worst 4m (of 7 measured restores; 340 MB of log to replay)");
        assertThat(bench.say(PLAN + " --with-db undo-inexact -o json")).isZero();
        assertThat(bench.out())
                .contains("\"restore\" : \"PT1M30S\"", "\"restoreWorst\" : \"PT4M\"", "\"undo\" : \"PT0.02S\"");
    }

    @Test
    void what_the_counts_do_not_say_is_said_beside_them() {
        database.damaged(1998, 3513, "init");
        var counted = database.assessment();
        questions.assessment = () -> new Assessment(
                counted.scratch(),
                counted.point(),
                counted.tables(),
                counted.conflicts(),
                counted.ways(),
                counted.digest(),
                List.of("public.t has no primary key"));

        assertThat(bench.say("db corruption assess -e production")).isZero();
        assertThat(bench.out()).contains("note: public.t has no primary key");
        assertThat(bench.say("db corruption assess -e production -o json")).isZero();
        assertThat(bench.out()).contains("\"remarks\" : [ \"public.t has no primary key\" ]");
    }

    private void undoLeaves(Verdict works) {
        v1DoesNotWorkOnIt();
        questions.undo = UndoProof.Standing.INEXACT;
        questions.lost = List.of("3 values of orders.weight");
        questions.after = new AfterUndo.Different(
                SimDatabase.fingerprint(List.of("init"), "a default"),
                List.of("column orders.total: default 0"),
                works,
                List.of("a reason"),
                20);
        database.undoLeaves("a default", SimWorld.revision("v1"), "init");
    }

    @Test
    void an_undo_that_leaves_something_harmless_is_done_with_a_word_of_its_own() {
        undoLeaves(Verdict.COMPATIBLE);

        assertThat(bench.say(BACK + " --with-db undo --confirm checkout")).isEqualTo(3);
        assertThat(bench.err())
                .contains("stays different: column orders.total: default 0", "--with-db undo-inexact --confirm");
        assertThat(bench.say(BACK + " --with-db undo-inexact --yes")).isEqualTo(4);
        assertThat(bench.err()).contains("3 values of orders.weight", "the schema as it was: column orders.total");
        assertThat(bench.say(BACK + " --with-db undo-inexact --confirm checkout --no-verify"))
                .isIn(0, 10);

        assertThat(database.schema()).isEqualTo(SimDatabase.fingerprint(List.of("init"), "a default"));
    }

    @Test
    void an_undo_by_hand_that_is_not_exact_says_first_what_stays_different() {
        undoLeaves(Verdict.COMPATIBLE);

        assertThat(bench.say("db undo -e production --migration add_weight --confirm checkout"))
                .isEqualTo(3);
        assertThat(bench.say("db undo -e production --migration add_weight --inexact --yes"))
                .isEqualTo(4);
        assertThat(bench.err())
                .contains(
                        "stays different after the undo: column orders.total: default 0",
                        "after the undo: the older release is proved to work on what is left",
                        "the schema stays different from what it was in 1 thing");
        assertThat(bench.say("db undo -e production --migration add_weight --inexact --confirm checkout"))
                .isZero();

        assertThat(database.schema()).isEqualTo(SimDatabase.fingerprint(List.of("init"), "a default"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Verdict.class,
            names = {"BREAKING", "UNPROVEN"})
    void an_undo_that_leaves_what_is_not_proved_is_refused_whatever_is_said(Verdict works) {
        undoLeaves(works);

        assertThat(bench.say(BACK + " --with-db undo-inexact --confirm checkout"))
                .isEqualTo(3);
        assertThat(bench.say("db undo -e production --migration add_weight --inexact --confirm checkout"))
                .isEqualTo(3);

        assertThat(bench.err()).contains("after the undo: a reason", "nothing was changed");
        assertThat(database.schema()).isEqualTo(SimDatabase.fingerprint(List.of("init", "add_weight"), ""));
    }

    @Test
    void a_state_to_restore_is_named_once_and_never_in_place() {
        assertThat(bench.say("db restore -e production")).isEqualTo(2);
        assertThat(bench.say("db restore -e production --xid 5 --lsn 0/1")).isEqualTo(2);
        assertThat(bench.say("db restore -e production --xid five")).isEqualTo(2);
        assertThat(bench.say("db restore -e production --lsn five")).isEqualTo(2);
        assertThat(bench.say("db restore -e production --name five")).isEqualTo(2);
        assertThat(bench.say("db restore -e production --in-place --xid 5")).isEqualTo(3);

        assertThat(bench.err()).contains("overwrites the only copy");
    }

    @Test
    void a_time_without_a_zone_is_said_in_both() {
        bench.write("lastgood.yaml", bench.databaseCatalog() + "defaults: { timezone: Europe/Vienna }\n");

        bench.run("db", "corruption", "assess", "-e", "production", "--point-in-time", "2026-01-02 14:30:00");

        assertThat(bench.err()).contains("2026-01-02 13:30:00 UTC (2026-01-02 14:30:00 in Europe/Vienna)");
        assertThat(questions.asked.getLast()).contains("At[time=2026-01-02T13:30:00Z]");
    }

    // ---- around a deploy

    @Test
    void a_deploy_marks_a_point_and_applies_what_it_was_told_to() {
        assertThat(bench.say("release deploy v3 -e production --migration add_color --apply --yes"))
                .isZero();

        assertThat(bench.err()).containsSubsequence("mark-point", "apply-migration", "close-point", "put-revision");
        assertThat(database.schema())
                .isEqualTo(SimDatabase.fingerprint(List.of("init", "add_weight", "add_color"), ""));
        assertThat(bench.say("release deploy v4 -e production --apply --yes")).isEqualTo(2);
    }

    @Test
    void a_deploy_leaves_migrations_to_others_unless_it_is_told() {
        assertThat(bench.say("release deploy v3 -e production --migration add_color --yes"))
                .isZero();

        assertThat(bench.err()).contains("mark-point").doesNotContain("apply-migration");
    }

    @Test
    void saying_before_and_after_twice_is_saying_it_once() {
        bench.say("release record -e production --before v3");
        var first = bench.out().lines().findFirst().orElseThrow().split(" ")[2];
        assertThat(bench.say("release record -e production --before v3")).isZero();
        assertThat(bench.out()).contains(first + " is there already");

        assertThat(bench.say("release record -e production --after")).isZero();
        assertThat(bench.out()).contains("nothing to write down");
        database.somebodyApplies("add_color");
        assertThat(bench.say("release record -e production --after")).isZero();
        assertThat(bench.say("release record -e production --after")).isZero();
        assertThat(bench.out()).contains("knows 1 transaction after it already");
        assertThat(bench.say("release record -e production --before v3 --after"))
                .isEqualTo(2);
    }

    @Test
    void migrations_that_are_told_later_belong_to_the_release_that_runs() {
        bench.say("release record -e production --migration add_weight --migration add_color");
        bench.say("release record -e production --migration add_color");

        bench.say("release list -e production");

        assertThat(bench.out()).contains("add_weight, add_color");
    }
}
