package lastgood.postgres.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import lastgood.core.data.Connections;
import lastgood.core.recover.CheckResult.Finding;
import lastgood.engine.port.database.DatabaseQuestions.Fact;
import lastgood.postgres.server.Server;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Address;
import lastgood.postgres.sql.Sessions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusTest {

    @TempDir
    static Path folder;

    static Server server;
    static Address owner;
    static Sessions admin;

    @BeforeAll
    static void a_server() {
        server = Servers.create(folder.resolve("data"));
        owner = server.start(
                Server.Durability.FAST,
                Map.of(
                        "max_prepared_transactions", "2",
                        "wal_level", "logical",
                        "archive_mode", "on",
                        "archive_command", "/bin/false",
                        "max_connections", "20",
                        "superuser_reserved_connections", "3"));
        admin = new Sessions(owner, "lastgood");
        sql("CREATE TABLE public.t (a int)", "INSERT INTO t VALUES (1), (1)", "CREATE ROLE plain LOGIN");
    }

    @AfterAll
    static void no_server() {
        server.crash();
    }

    @Test
    void every_question_has_an_answer_on_a_server_that_is_well() {
        assertThat(StatusFacts.read(admin)).extracting(Fact::standing).doesNotContain("unknown");
        assertThat(fact("server").value()).startsWith("PostgreSQL ");
        assertThat(fact("role").value()).isEqualTo("postgres, superuser");
        assertThat(fact("standing").value()).isEqualTo("primary");
        assertThat(fact("checksums")).isEqualTo(new Fact("checksums", "on", "ok", ""));
        assertThat(fact("wal_level").value()).isEqualTo("logical");
        assertThat(fact("fence").value()).isEqualTo("open");
        assertThat(fact("pg_stat_statements").hint()).contains("shared_preload_libraries");
    }

    @Test
    void each_missing_right_is_named_with_what_gives_it() {
        var plain = new Sessions(owner.as("plain", new Address.Password("")), "lastgood");

        var role = StatusFacts.read(plain).stream()
                .filter(f -> f.what().equals("role"))
                .findFirst()
                .orElseThrow();

        assertThat(role.standing()).isEqualTo("warning");
        assertThat(role.hint())
                .contains("GRANT pg_read_all_stats TO \"plain\"")
                .contains("GRANT pg_signal_backend TO \"plain\"")
                .contains("GRANT CREATE ON DATABASE \"postgres\" TO \"plain\"");
    }

    @Test
    void a_session_that_waits_is_shown_with_who_blocks_it() throws Exception {
        try (var holder = DriverManager.getConnection(url("holder"), "postgres", "");
                var waiter = DriverManager.getConnection(url("waiter"), "postgres", "")) {
            holder.setAutoCommit(false);
            holder.createStatement().execute("UPDATE t SET a = 4711");
            var waiting = Thread.ofVirtual().start(() -> {
                try {
                    waiter.createStatement().execute("UPDATE t SET a = 3");
                } catch (java.sql.SQLException _) {
                    // it is ended with the test
                }
            });
            for (var i = 0; i < 6_000 && fact("blocked sessions").standing().equals("ok"); i++) {
                Thread.sleep(10);
            }

            assertThat(fact("blocked sessions").value())
                    .contains("holder, role postgres")
                    .contains("idle in transaction")
                    .contains("UPDATE T SET A = ?")
                    .doesNotContain("4711");
            assertThat(ConnectionCounts.count(admin).groups())
                    .anyMatch(g ->
                            g.application().equals("waiter") && g.waitsFor().startsWith("Lock"));
            holder.rollback();
            waiting.join();
        }
    }

    @Test
    void prepared_transactions_slots_and_invalid_indexes_are_counted() throws Exception {
        try (var session = DriverManager.getConnection(url("x"), "postgres", "")) {
            session.setAutoCommit(false);
            session.createStatement().execute("CREATE TABLE public.p (a int)");
            session.createStatement().execute("PREPARE TRANSACTION 'pay 7'");
        }
        try {
            assertThat(fact("prepared transactions").value()).contains("1: pay 7 of postgres");
        } finally {
            sql("ROLLBACK PREPARED 'pay 7'");
        }
        sql("SELECT pg_create_logical_replication_slot('feed', 'pgoutput')");
        try {
            admin.in(
                    "break an index",
                    Duration.ofSeconds(5),
                    s -> s.createStatement().execute("CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)"));
        } catch (lastgood.engine.port.Forbidden _) {
            // two rows are the same, which is what leaves it invalid
        }

        assertThat(fact("invalid indexes").value()).contains("broken");
        assertThat(fact("logical slots").value()).contains("feed");
        sql("SELECT pg_drop_replication_slot('feed')", "DROP INDEX broken");
    }

    @Test
    void an_archive_that_fails_is_failing() throws InterruptedException {
        sql("SELECT pg_switch_wal()");
        for (var i = 0; i < 3_000 && !fact("archive").standing().equals("failing"); i++) {
            Thread.sleep(20);
        }

        assertThat(fact("archive").value()).startsWith("failing at 0000000");
    }

    @Test
    void connections_are_held_against_what_ordinary_roles_may_use() {
        var used = new Connections(100, 3, 78, List.of());

        assertThat(ConnectionsCheck.judge(used, 80).finding()).isEqualTo(Finding.FAIL);
        assertThat(ConnectionsCheck.judge(used, 81).finding()).isEqualTo(Finding.PASS);
        assertThat(ConnectionsCheck.ask(admin, 80).finding()).isEqualTo(Finding.PASS);
        assertThat(ConnectionsCheck.ask(
                                new Sessions(
                                        new Address("127.0.0.1", 1, "x", "x", new Address.Password(""), Map.of()), "x"),
                                80)
                        .finding())
                .isEqualTo(Finding.UNKNOWN);
    }

    private static Fact fact(String what) {
        return StatusFacts.read(admin).stream()
                .filter(f -> f.what().equals(what))
                .findFirst()
                .orElseThrow();
    }

    private static String url(String application) {
        return "jdbc:postgresql://127.0.0.1:%d/postgres?ApplicationName=%s".formatted(owner.port(), application);
    }

    private static void sql(String... statements) {
        admin.in("prepare the test", Duration.ofSeconds(10), session -> {
            for (var statement : statements) {
                session.createStatement().execute(statement);
            }
            return "";
        });
    }
}
