package lastgood.postgres.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import lastgood.core.ServiceRef;
import lastgood.core.data.IntegrityReport;
import lastgood.core.data.IntegrityReport.Finding;
import lastgood.core.data.IntegrityReport.Standing;
import lastgood.postgres.server.Binaries;
import lastgood.postgres.server.Programs;
import lastgood.postgres.server.Server;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Address;
import lastgood.postgres.sql.Sessions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PostgresIntegrityTest {

    private static final ServiceRef SHOP = ServiceRef.parse("test/shop");
    private static final int PAGE = 8192;

    static Sessions admin;
    static int databases;

    @TempDir
    Path own;

    @BeforeAll
    static void start() {
        admin = new Sessions(Servers.shared(), "test");
    }

    static Sessions database(String... statements) {
        var name = "db" + ++databases;
        run(admin, "CREATE DATABASE " + name);
        run(admin.on(name), "CREATE EXTENSION amcheck SCHEMA public");
        run(admin.on(name), statements);
        return admin.on(name);
    }

    static void run(Sessions on, String... statements) {
        on.in("arrange", Duration.ofMinutes(1), s -> {
            s.createStatement().execute("SET search_path = public");
            for (var sql : statements) {
                s.createStatement().execute(sql);
            }
            return true;
        });
    }

    static IntegrityReport check(Sessions on, boolean comprehensive, Invariant... holds) {
        return new PostgresIntegrity(_ -> on, _ -> List.of(holds)).check(SHOP, comprehensive);
    }

    /// `check object` of those that failed.
    static List<String> failing(IntegrityReport report) {
        return report.findings().stream()
                .filter(f -> f.standing() == Standing.FAIL)
                .map(f -> f.check() + " " + f.object())
                .toList();
    }

    static Finding finding(IntegrityReport report, String check, String object) {
        return report.findings().stream()
                .filter(f -> f.check().equals(check) && f.object().equals(object))
                .findFirst()
                .orElseThrow(() -> new AssertionError(report.toString()));
    }

    @Test
    void a_sound_database_passes_everything_also_with_odd_names() {
        var on = database(
                "CREATE SCHEMA \"Odd %s\"",
                "CREATE TABLE \"Odd %s\".\"a\"\"b\" (id bigserial PRIMARY KEY, a text UNIQUE, up bigint REFERENCES \"Odd %s\".\"a\"\"b\")",
                "INSERT INTO \"Odd %s\".\"a\"\"b\" (a, up) SELECT g::text, nullif(g - 1, 0) FROM generate_series(1, 300) g",
                "CREATE TABLE parted (id int PRIMARY KEY, a int) PARTITION BY HASH (id)",
                "CREATE TABLE parted0 PARTITION OF parted FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
                "CREATE TABLE child (id int REFERENCES parted)",
                "INSERT INTO parted VALUES (1, 1)",
                "INSERT INTO child VALUES (1), (NULL)",
                "CREATE MATERIALIZED VIEW mv AS SELECT 1 AS a");

        var report = check(on, true, new Invariant("there is nothing", "SELECT 1 WHERE false"));

        assertThat(report.findings()).allMatch(f -> f.standing() == Standing.PASS);
        assertThat(report.findings())
                .extracting(Finding::check)
                .contains(
                        "btree",
                        "heap",
                        "checksum",
                        "invalid-index",
                        "not-valid",
                        "sequence",
                        "foreign-key",
                        "duplicate",
                        "invariant",
                        "rows",
                        "table-checksum");
        assertThat(check(on, false).isSound()).isTrue();
    }

    @Test
    void without_amcheck_nobody_claims_that_indexes_are_sound() {
        var on = database("DROP EXTENSION amcheck", "CREATE TABLE t (id int PRIMARY KEY)");

        var report = check(on, true);

        assertThat(finding(report, "btree", "all indexes").standing()).isEqualTo(Standing.UNKNOWN);
        assertThat(finding(report, "btree", "all indexes").detail()).contains("CREATE EXTENSION amcheck");
        assertThat(finding(report, "heap", "all tables").standing()).isEqualTo(Standing.UNKNOWN);
        assertThat(report.isSound()).isTrue();
    }

    @Test
    void a_role_that_may_not_look_gets_unknown_and_the_grant() {
        var on = database(
                "DO $$ BEGIN CREATE ROLE looker LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
                "CREATE TABLE t (id int PRIMARY KEY)");
        var looker = new Sessions(on.address().as("looker", new Address.Password("")), "test");

        var report = check(looker, true);

        assertThat(finding(report, "btree", "public.t_pkey").standing()).isEqualTo(Standing.UNKNOWN);
        assertThat(finding(report, "btree", "public.t_pkey").detail()).contains("GRANT");
        assertThat(finding(report, "table-checksum", "public.t").standing()).isEqualTo(Standing.UNKNOWN);
    }

    @Test
    void an_index_that_does_not_have_what_its_table_has_is_found() {
        var on = database(
                "CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1'",
                "CREATE TABLE t (a int)",
                "INSERT INTO t SELECT generate_series(1, 1000)",
                "CREATE INDEX lying ON t (public.f(a))",
                "CREATE OR REPLACE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT -$1'");

        var report = check(on, true);

        assertThat(failing(report)).containsExactly("btree public.lying");
        assertThat(finding(report, "btree", "public.lying").detail()).contains("lacks matching index tuple");
    }

    @Test
    void rows_without_a_parent_are_found_and_half_empty_keys_count_as_their_constraint_says() {
        var on = database(
                "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b))",
                "CREATE TABLE simple (id int, a int, b int, FOREIGN KEY (a, b) REFERENCES p)",
                "CREATE TABLE whole (id int, a int, b int, FOREIGN KEY (a, b) REFERENCES p MATCH FULL)",
                "CREATE TABLE parted (id int, a int, b int, FOREIGN KEY (a, b) REFERENCES p) PARTITION BY LIST (id)",
                "CREATE TABLE parted1 PARTITION OF parted DEFAULT",
                "INSERT INTO p VALUES (1, 1)",
                "SET session_replication_role = replica",
                "INSERT INTO simple VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, NULL)",
                "INSERT INTO whole VALUES (1, 1, 1), (2, NULL, NULL), (3, 3, NULL), (4, 9, 9)",
                "INSERT INTO parted VALUES (1, 1, 1), (2, 7, 7)");

        var report = check(on, true);

        assertThat(failing(report))
                .containsExactlyInAnyOrder(
                        "foreign-key public.simple", "foreign-key public.whole", "foreign-key public.parted");
        assertThat(finding(report, "foreign-key", "public.simple").count()).isEqualTo(2);
        assertThat(finding(report, "foreign-key", "public.whole").count()).isEqualTo(2);
        assertThat(finding(report, "foreign-key", "public.parted").count()).isEqualTo(1);
        assertThat(finding(report, "foreign-key", "public.simple").detail()).contains("no public.p for (");
    }

    @Test
    void sequences_behind_their_rows_and_near_their_end_are_found() {
        var on = database(
                "CREATE TABLE t (id serial PRIMARY KEY, no bigint GENERATED BY DEFAULT AS IDENTITY, down int)",
                "INSERT INTO t (id, no) VALUES (7, 3)",
                "CREATE TABLE u (id serial PRIMARY KEY)",
                "SELECT setval('u_id_seq', 1800000000)",
                "CREATE SEQUENCE loose INCREMENT -1 MAXVALUE -1",
                "ALTER TABLE t ALTER down SET DEFAULT nextval('public.loose')",
                "UPDATE t SET down = -5",
                "CREATE TABLE fine (id serial PRIMARY KEY)",
                "INSERT INTO fine DEFAULT VALUES",
                "CREATE TABLE fresh (id serial PRIMARY KEY)");

        var report = check(on, false);

        assertThat(failing(report))
                .containsExactlyInAnyOrder(
                        "sequence public.t_id_seq",
                        "sequence public.t_no_seq",
                        "sequence public.loose",
                        "sequence-end public.u_id_seq");
        assertThat(finding(report, "sequence", "public.t_id_seq").count()).isEqualTo(7);
        assertThat(finding(report, "sequence-end", "public.u_id_seq").detail()).startsWith("83 %");
    }

    @Test
    void invalid_indexes_and_constraints_that_nobody_validated_are_found() {
        var on = database(
                "CREATE TABLE t (a int)",
                "INSERT INTO t VALUES (1), (1)",
                "ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 1) NOT VALID");
        try {
            run(on, "CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)");
        } catch (RuntimeException expected) {
            assertThat(expected).hasMessageContaining("unique");
        }

        var report = check(on, false);

        assertThat(failing(report)).containsExactlyInAnyOrder("invalid-index public.broken", "not-valid public.t");
        assertThat(finding(report, "not-valid", "public.t").detail()).contains("positive");
        assertThat(failing(check(on, true))).contains("duplicate public.broken");
    }

    @Test
    void what_the_team_says_must_hold_is_asked() {
        var on = database("CREATE TABLE t (a int)", "INSERT INTO t VALUES (-1), (-2), (3)");

        var report = check(
                on,
                false,
                new Invariant("none below zero", "SELECT a FROM t WHERE a < 0 ORDER BY a"),
                new Invariant("a boolean that holds", "SELECT count(*) = 3 FROM t"),
                new Invariant("a boolean that does not", "SELECT count(*) = 4 FROM t"),
                new Invariant("neither", "SELECT NULL::boolean"),
                new Invariant("nonsense", "SELEC"),
                new Invariant("a write", "DELETE FROM t RETURNING a"),
                new Invariant("a write behind our back", "SELECT 1 WHERE false; COMMIT; DELETE FROM t"),
                new Invariant("no query", "SET work_mem = '1MB'"));

        assertThat(finding(report, "invariant", "none below zero"))
                .isEqualTo(new Finding(Standing.FAIL, "invariant", "none below zero", 2, "such as a=-2"));
        assertThat(finding(report, "invariant", "a boolean that holds").standing())
                .isEqualTo(Standing.PASS);
        assertThat(finding(report, "invariant", "a boolean that does not").standing())
                .isEqualTo(Standing.FAIL);
        assertThat(List.of("neither", "nonsense", "a write", "no query"))
                .allSatisfy(
                        name -> assertThat(finding(report, "invariant", name).standing())
                                .isEqualTo(Standing.UNKNOWN));
        assertThat(finding(report, "invariant", "a write behind our back").standing())
                .isNotEqualTo(Standing.PASS);
        assertThat(on.<Boolean>look("read", s -> {
                    var rows = s.createStatement().executeQuery("SELECT count(*) = 3 FROM public.t");
                    return rows.next() && rows.getBoolean(1);
                }))
                .isTrue();
    }

    @Test
    void a_check_that_takes_too_long_is_unknown_and_the_others_are_made() {
        var on = database("CREATE TABLE t (a int)");

        var report = new PostgresIntegrity(
                        _ -> on,
                        _ -> List.of(
                                new Invariant("slow", "SELECT pg_sleep(60)"), new Invariant("quick", "SELECT true")),
                        Duration.ofMillis(700))
                .check(SHOP, false);

        assertThat(finding(report, "invariant", "slow").standing()).isEqualTo(Standing.UNKNOWN);
        assertThat(finding(report, "invariant", "slow").detail()).contains("longer than it may");
        assertThat(finding(report, "invariant", "quick").standing()).isEqualTo(Standing.PASS);
    }

    /// Bytes that nobody wrote, in a table's and in an index's file.
    private static void spoil(Server on, Sessions sessions, String relation, int page, int offset, int... bytes)
            throws IOException {
        var path = sessions.look("find the file", s -> {
            var row = s.createStatement().executeQuery("SELECT pg_relation_filepath('%s')".formatted(relation));
            row.next();
            return row.getString(1);
        });
        on.stop();
        try (var file = new RandomAccessFile(on.data().resolve(path).toFile(), "rw")) {
            file.seek((long) page * PAGE + offset);
            for (var b : bytes) {
                file.write(b);
            }
        }
    }

    private static Sessions started(Server on) {
        return new Sessions(on.start(Server.Durability.FAST, Map.of()), "test");
    }

    private static final String[] ROWS = {
        "CREATE EXTENSION amcheck SCHEMA public",
        "CREATE TABLE t (id int PRIMARY KEY, a text)",
        "INSERT INTO t SELECT g, 'row ' || g FROM generate_series(1, 2000) g",
        "CHECKPOINT"
    };

    @Test
    void spoiled_pages_are_found_with_checksums() throws Exception {
        var other = Servers.create(own.resolve("data"));
        try {
            run(started(other), ROWS);
            spoil(other, new Sessions(other.running().orElseThrow(), "test"), "public.t", 2, 5000, 1, 2, 3);
            var on = started(other);

            assertThat(check(on, false).isSound()).isTrue();
            var report = check(on, true);

            assertThat(failing(report)).contains("heap public.t", "table-checksum public.t");
            assertThat(finding(report, "heap", "public.t").detail()).contains("invalid page in block 2");
            on.in(
                    "let statistics arrive",
                    Duration.ofSeconds(5),
                    s -> s.createStatement().execute("SELECT pg_stat_force_next_flush()"));
            assertThat(failing(check(on, false))).contains("checksum this database");
        } finally {
            other.stop();
        }
    }

    @Test
    void spoiled_pages_are_found_without_checksums() throws Exception {
        var binaries = Servers.ours();
        var data = own.resolve("data");
        Programs.run(
                        Programs.unprivileged(List.of(
                                binaries.program("initdb").toString(),
                                "--pgdata=" + data,
                                "--username=postgres",
                                "--auth=trust",
                                "--no-data-checksums",
                                "--no-sync")),
                        Map.of(),
                        Duration.ofMinutes(1))
                .orRefuse("make a cluster");
        var other = new Server(binaries, data);
        try {
            run(started(other), ROWS);
            // A line pointer of the table that leads nowhere; a key of the index that is out of order.
            spoil(
                    other,
                    new Sessions(other.running().orElseThrow(), "test"),
                    "public.t",
                    2,
                    24,
                    0xff,
                    0x7f,
                    0xff,
                    0xff);
            spoil(other, started(other), "public.t_pkey", 1, PAGE - 16 - 160 + 8, 0xff, 0xff, 0xff, 0x7f);
            var on = started(other);

            var quick = check(on, false);
            var report = check(on, true);

            assertThat(failing(quick)).contains("btree public.t_pkey");
            assertThat(failing(report)).contains("btree public.t_pkey", "heap public.t");
            assertThat(finding(report, "checksum", "this database").standing()).isEqualTo(Standing.UNKNOWN);
        } finally {
            other.stop();
        }
    }

    @Test
    void a_stopped_server_s_pages_are_all_read() throws Exception {
        var installed = Binaries.installed(15);
        if (installed.isEmpty() && "1".equals(System.getenv("LASTGOOD_POSTGRES_REQUIRED"))) {
            throw new AssertionError("Debian's PostgreSQL 15 is required here");
        }
        Assumptions.assumeTrue(installed.isPresent(), "PostgreSQL 15 is not installed");
        var other = Server.create(installed.get(), own.resolve("data"));
        run(started(other), ROWS);
        var sessions = new Sessions(other.running().orElseThrow(), "test");

        assertThat(StoppedChecksums.check(installed.get(), other.data()).standing())
                .isEqualTo(Standing.UNKNOWN);
        spoil(other, sessions, "public.t", 0, 4000, 9);

        var found = StoppedChecksums.check(installed.get(), other.data());
        assertThat(found.standing()).isEqualTo(Standing.FAIL);
        assertThat(found.count()).isEqualTo(1);
        assertThat(StoppedChecksums.check(Servers.ours(), other.data()).standing())
                .isEqualTo(Standing.UNKNOWN);
    }
}
