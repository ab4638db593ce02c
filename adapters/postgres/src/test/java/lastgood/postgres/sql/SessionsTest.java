package lastgood.postgres.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import lastgood.postgres.server.Server;
import lastgood.postgres.server.Servers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionsTest {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    static Path folder;

    static Server server;
    static Address owner;
    static Sessions admin;

    @BeforeAll
    static void a_server_that_wants_a_password_of_all_but_its_owner() throws Exception {
        server = Servers.create(folder.resolve("data"));
        Files.writeString(folder.resolve("data/pg_hba.conf"), """
                host all postgres 127.0.0.1/32 trust
                host all unwanted 127.0.0.1/32 reject
                host all all 127.0.0.1/32 scram-sha-256
                """);
        owner = server.start(Server.Durability.FAST, Map.of());
        admin = new Sessions(owner, "lastgood/test");
        sql(
                "CREATE TABLE public.t (a int)",
                "INSERT INTO public.t VALUES (1)",
                "CREATE ROLE app LOGIN PASSWORD 'right-one'",
                "CREATE ROLE unwanted LOGIN",
                "CREATE ROLE shut NOLOGIN PASSWORD 'right-one'");
    }

    @AfterAll
    static void no_server() {
        server.crash();
    }

    @Test
    void a_wrong_password_is_told_apart_from_a_server_that_is_away_and_is_not_shown() {
        assertThatThrownBy(() -> enter("app", "wrong-one"))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("password authentication failed")
                .hasMessageContaining("hint: is it the right password for role app")
                .hasMessageNotContaining("wrong-one");
    }

    @Test
    void a_missing_password_is_said() {
        assertThatThrownBy(() -> enter("app", ""))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("hint: is it the right password for role app");
    }

    @Test
    void a_role_that_may_not_come_in_is_said() {
        assertThatThrownBy(() -> enter("unwanted", "x"))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("pg_hba.conf");
        assertThatThrownBy(() -> enter("shut", "right-one"))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("not permitted to log in");
    }

    @Test
    void a_database_that_does_not_exist_is_said() {
        assertThatThrownBy(() -> admin.on("nowhere").look("look", _ -> ""))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("check the URL's last part");
    }

    @Test
    void nobody_listening_is_unreachable_and_says_where_it_was_tried() {
        var nobody = new Address("127.0.0.1", 1, "shop", "app", new Address.Password("secret-one"), Map.of());

        assertThatThrownBy(() -> new Sessions(nobody, "x").look("look", _ -> ""))
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining("does a PostgreSQL server listen on 127.0.0.1:1")
                .hasMessageNotContaining("secret-one");
    }

    @Test
    void a_server_that_falls_silent_is_unreachable_in_the_time_that_the_url_allows() throws Exception {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var mute = new Address(
                    "127.0.0.1",
                    silent.getLocalPort(),
                    "shop",
                    "app",
                    new Address.Password(""),
                    Map.of("socketTimeout", "1", "sslmode", "disable", "gssEncMode", "disable"));

            assertThatThrownBy(() -> new Sessions(mute, "x").look("look", _ -> ""))
                    .isInstanceOf(Unreachable.class);
        }
    }

    @Test
    void without_word_in_the_url_a_session_waits_for_its_limit_and_a_little() throws Exception {
        try (var session = admin.open(Duration.ofSeconds(50))) {
            assertThat(session.getNetworkTimeout()).isEqualTo(60_000);
        }
    }

    @Test
    void a_missing_right_points_to_where_the_grant_is_named() {
        assertThatThrownBy(() -> new Sessions(owner.as("app", new Address.Password("right-one")), "x")
                        .look("read orders", s -> s.createStatement().executeQuery("SELECT * FROM public.t")))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("permission denied for table t")
                .hasMessageContaining("lastgood db status");
    }

    @Test
    void a_look_cannot_write() {
        assertThatThrownBy(() -> admin.look("look", s -> s.createStatement().execute("DELETE FROM public.t")))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("give the URL of the primary");
    }

    @Test
    void a_standby_is_told_apart() throws Exception {
        var standby = Servers.create(folder.resolve("standby"));
        Files.createFile(folder.resolve("standby/standby.signal"));
        var sessions = new Sessions(standby.start(Server.Durability.FAST, Map.of("hot_standby", "on")), "x");
        try {
            assertThatThrownBy(() -> sessions.change(
                            "write", LIMIT, s -> s.createStatement().execute("CREATE TABLE public.x ()")))
                    .isInstanceOf(Forbidden.class)
                    .hasMessageContaining("that is a standby")
                    .hasMessageContaining("primary");
        } finally {
            standby.crash();
        }
    }

    @Test
    void what_takes_too_long_is_ended_by_the_server() {
        assertThatThrownBy(() -> admin.change(
                        "wait", Duration.ofMillis(200), s -> s.createStatement().execute("SELECT pg_sleep(30)")))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("statement timeout");
    }

    @Test
    void settings_that_would_make_us_read_only_or_wait_for_ever_do_not_count_for_us() {
        sql("ALTER ROLE postgres SET default_transaction_read_only = on", "ALTER ROLE postgres SET lock_timeout = 0");
        try {
            var written = admin.change(
                    "write", LIMIT, s -> s.createStatement().executeUpdate("INSERT INTO public.t VALUES (2)"));
            assertThat(written).isEqualTo(1);
        } finally {
            sql("ALTER ROLE postgres RESET ALL");
        }
    }

    @Test
    void a_lock_that_is_given_back_in_time_is_waited_for() throws Exception {
        try (var other = holder()) {
            var release = Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(Sessions.LOCK_WAIT.plusMillis(500));
                    other.rollback();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });

            new Patience(admin, new Random(1))
                    .change("alter", LIMIT, s -> s.createStatement().execute("ALTER TABLE public.t ADD b int"));

            release.join();
        }
        sql("ALTER TABLE public.t DROP b");
    }

    @Test
    void a_lock_that_is_not_given_back_is_given_up_and_its_holder_named_without_what_he_wrote() throws Exception {
        try (var other = holder()) {
            assertThatThrownBy(() -> new Patience(admin, new Random(1), 2)
                            .change(
                                    "alter orders",
                                    LIMIT,
                                    s -> s.createStatement().execute("ALTER TABLE public.t ADD b int")))
                    .isInstanceOf(WorldMoved.class)
                    .hasMessageContaining("could not alter orders")
                    .hasMessageContaining("nightly-job, role postgres), idle in transaction")
                    .hasMessageContaining("UPDATE PUBLIC . T SET A = ?")
                    .hasMessageNotContaining("4711")
                    .hasMessageContaining("nothing was changed")
                    .hasMessageContaining("SELECT pg_terminate_backend(");
            other.rollback();
        }
    }

    private static java.sql.Connection holder() throws Exception {
        var other = DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/postgres?ApplicationName=nightly-job".formatted(owner.port()),
                "postgres",
                "");
        other.setAutoCommit(false);
        other.createStatement().execute("UPDATE public.t SET a = 4711");
        return other;
    }

    private static void enter(String role, String password) {
        new Sessions(owner.as(role, new Address.Password(password)), "x").look("look", _ -> "");
    }

    private static void sql(String... statements) {
        admin.in("prepare the test", LIMIT, session -> {
            for (var statement : statements) {
                session.createStatement().execute(statement);
            }
            return "";
        });
    }
}
