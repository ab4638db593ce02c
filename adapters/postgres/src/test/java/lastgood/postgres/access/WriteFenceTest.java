package lastgood.postgres.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.data.WriteAccess;
import lastgood.core.schema.Quoted;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Access;
import lastgood.postgres.server.Programs;
import lastgood.postgres.server.Server;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Address;
import lastgood.postgres.sql.Cutter;
import lastgood.postgres.sql.Sessions;
import lastgood.testkit.Sweep;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class WriteFenceTest {

    private static final ServiceRef SHOP = new ServiceRef("production", "shop");
    private static final Fence FENCE = new Fence(new RunId("rb-aaaaaaaa"), "20-fence", 1);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    static Path folder;

    static Server server;
    static Address owner;
    static int number;

    Sessions admin;
    String database;
    String app;

    @BeforeAll
    static void a_server() {
        server = Servers.create(folder.resolve("data"));
        owner = server.start(
                Server.Durability.FAST,
                Map.of("max_connections", "130", "max_prepared_transactions", "5", "shared_buffers", "64MB"));
    }

    @AfterAll
    static void no_server() {
        server.crash();
    }

    @BeforeEach
    void a_database_with_an_app_that_writes() {
        number++;
        database = "shop " + number;
        app = "app-" + number;
        var root = new Sessions(owner, "lastgood/test");
        sql(root, "CREATE DATABASE " + Quoted.name(database), "CREATE ROLE %s LOGIN".formatted(Quoted.name(app)));
        admin = root.on(database);
        sql(
                admin,
                "CREATE TABLE public.orders (id bigserial PRIMARY KEY, note text)",
                "GRANT INSERT, SELECT ON public.orders TO " + Quoted.name(app),
                "GRANT USAGE ON SEQUENCE public.orders_id_seq TO " + Quoted.name(app));
    }

    @Test
    void after_the_fence_no_row_is_written_by_a_hundred_clients_that_keep_coming_back() throws Exception {
        try (var clients = new Clients(url(owner.port()), app, 100, 5)) {
            await(() -> clients.inside.get() == 100);
            var seen = fence().look(SHOP);
            var since = System.nanoTime();
            fence().set(seen, seen.access().closed(), FENCE);
            var took = Duration.ofNanos(System.nanoTime() - since);
            var rows = rows();

            var refused = clients.refused.get();
            await(() -> clients.refused.get() > refused + 500);

            assertThat(rows()).isEqualTo(rows).isGreaterThanOrEqualTo(clients.acknowledged.get());
            assertThat(fence().look(SHOP).isQuiet()).isTrue();
            System.out.printf("100 connections: fence closed in %d ms, 0 rows after it%n", took.toMillis());
            fence().set(fence().look(SHOP), seen.access(), FENCE);
            await(() -> clients.inside.get() == 100);
        }
        assertThat(rows()).isGreaterThan(0);
    }

    @Test
    @EnabledIfSystemProperty(named = "lastgood.big", matches = "true")
    void after_the_fence_no_row_is_written_by_a_thousand_clients() throws Exception {
        var big = Servers.create(folder.resolve("big"));
        var address = big.start(Server.Durability.SAFE, Map.of("max_connections", "1010", "shared_buffers", "128MB"));
        try {
            var root = new Sessions(address, "lastgood/test");
            sql(root, "CREATE ROLE %s LOGIN".formatted(Quoted.name(app)));
            sql(
                    root,
                    "CREATE TABLE public.orders (id bigserial PRIMARY KEY, note text)",
                    "GRANT ALL ON public.orders, public.orders_id_seq TO " + Quoted.name(app));
            var fence = new WriteFence(_ -> new Guarded(root, Set.of(app)), new Random(1));
            var url = "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(address.port());
            try (var clients = new Clients(url, app, 1000, 500)) {
                await(() -> clients.inside.get() == 1000);
                var seen = fence.look(SHOP);
                var since = System.nanoTime();
                fence.set(seen, seen.access().closed(), FENCE);
                var took = Duration.ofNanos(System.nanoTime() - since);
                var rows = rows(root);
                var refused = clients.refused.get();
                await(() -> clients.refused.get() > refused + 3000);

                assertThat(rows(root)).isEqualTo(rows).isGreaterThanOrEqualTo(clients.acknowledged.get());
                System.out.printf(
                        "1000 connections: fence closed in %d ms, %d rows after it%n",
                        took.toMillis(), rows(root) - rows);
            }
        } finally {
            big.crash();
        }
    }

    @Test
    void a_pooler_that_holds_sessions_and_reconnects_for_its_clients_does_not_get_through() throws Exception {
        try (var _ = pooler();
                var clients = new Clients(url(poolerPort) + "&prepareThreshold=0&socketTimeout=5", app, 100, 5)) {
            await(() -> clients.acknowledged.get() > 200);
            var seen = fence().look(SHOP);

            fence().set(seen, seen.access().closed(), FENCE);
            var rows = rows();
            var refused = clients.refused.get();
            await(() -> clients.refused.get() > refused + 100);

            assertThat(rows()).isEqualTo(rows).isGreaterThanOrEqualTo(clients.acknowledged.get());
            assertThat(fence().look(SHOP).isQuiet()).isTrue();
        }
    }

    @Test
    void a_long_transaction_is_ended_and_what_it_had_written_is_gone() throws Exception {
        try (var app = session(this.app)) {
            app.setAutoCommit(false);
            app.createStatement().execute("INSERT INTO public.orders (note) VALUES ('not committed')");
            var seen = fence().look(SHOP);
            assertThat(seen.writers()).isEqualTo(1);

            fence().set(seen, seen.access().closed(), FENCE);

            assertThatThrownBy(app::commit).isInstanceOf(SQLException.class);
        }
        assertThat(rows()).isZero();
        assertThat(fence().look(SHOP).isQuiet()).isTrue();
    }

    @Test
    void a_prepared_transaction_is_named_and_left_for_its_owner_to_decide() throws Exception {
        try (var app = session(this.app)) {
            app.setAutoCommit(false);
            app.createStatement().execute("INSERT INTO public.orders (note) VALUES ('prepared')");
            app.createStatement().execute("PREPARE TRANSACTION 'pay 42'");
        }
        var seen = fence().look(SHOP);

        fence().set(seen, seen.access().closed(), FENCE);
        var closed = fence().look(SHOP);

        assertThat(closed.access().isClosed()).isTrue();
        assertThat(closed.prepared()).isEqualTo(1);
        assertThat(closed.isQuiet()).isFalse();
        assertThat(closed.remarks()).anyMatch(r -> r.contains("pay 42") && r.contains("ROLLBACK PREPARED 'pay 42'"));
        sql(admin, "ROLLBACK PREPARED 'pay 42'");
        assertThat(fence().look(SHOP).isQuiet()).isTrue();
    }

    @Test
    void gets_in_through_the_reserved_slots_when_all_others_are_taken() throws Exception {
        var crowd = new ArrayList<Connection>();
        try {
            fill(crowd);
            var seen = fence().look(SHOP);
            fence().set(seen, seen.access().closed(), FENCE);

            assertThat(seen.writers()).isGreaterThan(100);
            assertThat(fence().look(SHOP).isQuiet()).isTrue();
        } finally {
            closeAll(crowd);
        }
    }

    @Test
    void says_how_to_get_in_when_there_is_no_slot_for_us() throws Exception {
        sql(admin, "CREATE ROLE %s LOGIN".formatted(Quoted.name("plain-" + number)));
        var crowd = new ArrayList<Connection>();
        try {
            fill(crowd);
            var plain = new Sessions(
                    owner.withDatabase(database).as("plain-" + number, new Address.Password("")), "lastgood/test");

            assertThatThrownBy(() -> new WriteFence(_ -> new Guarded(plain, Set.of()), new Random(1)).look(SHOP))
                    .isInstanceOf(Unreachable.class)
                    .hasMessageContaining("pg_use_reserved_connections");
        } finally {
            closeAll(crowd);
        }
    }

    @Test
    void everything_is_given_back_as_it_was_also_limits_and_roles_that_could_not_log_in() {
        sql(
                admin,
                "CREATE ROLE %s NOLOGIN".formatted(Quoted.name("old-" + number)),
                "GRANT INSERT ON public.orders TO " + Quoted.name("old-" + number),
                "CREATE ROLE %s LOGIN IN ROLE %s".formatted(Quoted.name("member-" + number), Quoted.name(app)),
                "ALTER DATABASE %s CONNECTION LIMIT 77".formatted(Quoted.name(database)));
        var before = fence().look(SHOP);
        assertThat(before.access())
                .isEqualTo(new WriteAccess(
                        77, new TreeMap<>(Map.of(app, true, "old-" + number, false, "member-" + number, true))));

        fence().set(before, before.access().closed(), FENCE);
        var closed = fence().look(SHOP);
        fence().set(closed, before.access(), FENCE);

        assertThat(closed.access()).isEqualTo(before.access().closed());
        assertThat(closed.mark()).isEqualTo(FENCE.key());
        assertThat(fence().look(SHOP).access()).isEqualTo(before.access());
    }

    @Test
    void no_limit_stays_no_limit() {
        var before = fence().look(SHOP);

        fence().set(before, before.access().closed(), FENCE);
        fence().set(fence().look(SHOP), before.access(), FENCE);

        assertThat(fence().look(SHOP).access().connectionLimit()).isEqualTo(WriteAccess.NO_LIMIT);
    }

    @Test
    void a_fence_of_which_only_half_is_closed_is_seen_and_finished() throws Exception {
        sql(admin, "CREATE ROLE %s LOGIN IN ROLE %s".formatted(Quoted.name("worker-" + number), Quoted.name(app)));
        try (var worker = session("worker-" + number)) {
            var before = fence().look(SHOP).access();
            sql(admin, "ALTER ROLE %s NOLOGIN".formatted(Quoted.name(app)));
            var half = fence().look(SHOP);

            fence().set(half, before.closed(), FENCE);

            assertThat(half.isQuiet()).isFalse();
            assertThat(half.access().logins()).containsEntry(app, false).containsEntry("worker-" + number, true);
            assertThat(fence().look(SHOP).isQuiet()).isTrue();
            assertThat(worker.isValid(1)).isFalse();
        }
    }

    @Test
    void a_second_try_ends_the_sessions_that_the_first_one_did_not_get_to() throws Exception {
        var before = fence().look(SHOP);
        try (var left = session(app)) {
            // as after a crash between the commit and the end of the sessions
            fence().set(before, before.access().closed(), FENCE);
            sql(admin, "ALTER ROLE %s LOGIN".formatted(Quoted.name(app)), limit(-1));
            try (var back = session(app)) {
                sql(admin, "ALTER ROLE %s NOLOGIN".formatted(Quoted.name(app)), limit(0));
                var seen = fence().look(SHOP);
                assertThat(seen.access().isClosed()).isTrue();
                assertThat(seen.writers()).isEqualTo(1);
                assertThat(seen.remarks()).anyMatch(r -> r.contains("role " + app) && r.contains("could still write"));

                fence().set(seen, before.access().closed(), FENCE);

                assertThat(back.isValid(1)).isFalse();
            }
            assertThat(left.isValid(1)).isFalse();
        }
        assertThat(fence().look(SHOP).isQuiet()).isTrue();
    }

    @Test
    void a_role_that_somebody_changed_meanwhile_is_not_overwritten() {
        var seen = fence().look(SHOP);
        sql(admin, "ALTER ROLE %s NOLOGIN".formatted(Quoted.name(app)));

        assertThatThrownBy(() -> fence().set(seen, seen.access().closed(), FENCE))
                .isInstanceOf(WorldMoved.class)
                .hasMessageContaining("nothing was changed");
        assertThat(fence().look(SHOP).access().connectionLimit()).isEqualTo(-1);
    }

    @Test
    void a_limit_that_somebody_set_meanwhile_is_not_overwritten() {
        var seen = fence().look(SHOP);
        sql(admin, limit(5));

        assertThatThrownBy(() -> fence().set(seen, seen.access().closed(), FENCE))
                .isInstanceOf(WorldMoved.class);
        assertThat(fence().look(SHOP).access())
                .isEqualTo(new WriteAccess(5, seen.access().logins()));
    }

    @Test
    void an_owner_that_was_replaced_changes_nothing_any_more() {
        var seen = fence().look(SHOP);
        fence().set(seen, seen.access().closed(), new Fence(FENCE.run(), FENCE.step(), 2));

        assertThatThrownBy(() -> fence().set(fence().look(SHOP), seen.access(), FENCE))
                .isInstanceOf(WorldMoved.class);
        assertThat(fence().look(SHOP).access().isClosed()).isTrue();
    }

    @Test
    void a_repeat_after_a_lost_answer_is_no_second_change() {
        var seen = fence().look(SHOP);
        fence().set(seen, seen.access().closed(), FENCE);

        fence().set(seen, seen.access().closed(), FENCE);

        assertThat(fence().look(SHOP).isQuiet()).isTrue();
    }

    @Test
    void a_superuser_that_the_service_enters_as_is_shut_out_too() throws Exception {
        sql(admin, "ALTER ROLE %s SUPERUSER".formatted(Quoted.name(app)));
        try (var session = session(app)) {
            var seen = fence().look(SHOP);
            fence().set(seen, seen.access().closed(), FENCE);

            assertThat(session.isValid(1)).isFalse();
        }
        assertThatThrownBy(() -> session(app)).hasMessageContaining("not permitted to log in");
        assertThat(fence().look(SHOP).isQuiet()).isTrue();
    }

    @Test
    void a_superuser_that_came_back_counts_as_a_writer_and_is_named() throws Exception {
        sql(admin, "CREATE ROLE %s LOGIN SUPERUSER".formatted(Quoted.name("dba-" + number)));
        var seen = fence().look(SHOP);
        fence().set(seen, seen.access().closed(), FENCE);
        try (var _ = session("dba-" + number)) {

            var closed = fence().look(SHOP);

            assertThat(closed.isQuiet()).isFalse();
            assertThat(closed.remarks()).anyMatch(r -> r.contains("dba-" + number) && r.contains("superuser"));
        }
    }

    @Test
    void roles_of_replication_and_readers_keep_their_login() {
        sql(
                admin,
                "CREATE ROLE %s LOGIN REPLICATION IN ROLE %s"
                        .formatted(Quoted.name("standby-" + number), Quoted.name(app)),
                "CREATE ROLE %s LOGIN".formatted(Quoted.name("reader-" + number)),
                "GRANT SELECT ON public.orders TO " + Quoted.name("reader-" + number));

        assertThat(fence().look(SHOP).access().logins()).containsOnlyKeys(app);
    }

    @Test
    void roles_that_write_by_a_column_a_function_or_an_ownership_are_writers_too() {
        for (var role : List.of("column", "function", "owner", "schema")) {
            sql(admin, "CREATE ROLE %s LOGIN".formatted(Quoted.name(role + number)));
        }
        sql(
                admin,
                "GRANT UPDATE (note) ON public.orders TO " + Quoted.name("column" + number),
                "CREATE FUNCTION public.pay() RETURNS void LANGUAGE sql SECURITY DEFINER AS"
                        + " 'INSERT INTO public.orders (note) VALUES (1)'",
                "REVOKE ALL ON FUNCTION public.pay() FROM PUBLIC",
                "GRANT EXECUTE ON FUNCTION public.pay() TO " + Quoted.name("function" + number),
                "CREATE TABLE public.mine (a int)",
                "ALTER TABLE public.mine OWNER TO " + Quoted.name("owner" + number),
                "GRANT CREATE ON SCHEMA public TO " + Quoted.name("schema" + number));

        assertThat(fence().look(SHOP).access().logins())
                .containsOnlyKeys(app, "column" + number, "function" + number, "owner" + number, "schema" + number);
    }

    @Test
    void what_everybody_may_write_does_not_shut_everybody_out_of_the_whole_server() throws Exception {
        sql(
                admin,
                "CREATE ROLE %s LOGIN".formatted(Quoted.name("other-" + number)),
                "CREATE TABLE public.free (a int)",
                "GRANT INSERT ON public.free TO PUBLIC");
        try (var other = session("other-" + number)) {
            var seen = fence().look(SHOP);

            fence().set(seen, seen.access().closed(), FENCE);

            assertThat(seen.access().logins()).containsOnlyKeys(app);
            assertThat(seen.remarks()).anyMatch(r -> r.contains("PUBLIC may write here"));
            assertThat(other.isValid(1)).isFalse();
            assertThatThrownBy(() -> session("other-" + number)).hasMessageContaining("too many connections");
        }
    }

    @Test
    void says_in_which_other_databases_a_role_works() {
        sql(admin, "CREATE DATABASE %s OWNER %s".formatted(Quoted.name("billing " + number), Quoted.name(app)));

        assertThat(fence().look(SHOP).remarks())
                .anyMatch(r -> r.contains("role " + app + " also works in billing " + number));
    }

    @Test
    void without_the_right_it_says_which_one_is_missing_and_changes_nothing() {
        sql(admin, "CREATE ROLE %s LOGIN CREATEROLE".formatted(Quoted.name("managed-" + number)));
        var managed = new WriteFence(
                _ -> new Guarded(
                        new Sessions(
                                owner.withDatabase(database).as("managed-" + number, new Address.Password("")),
                                "lastgood/test"),
                        Set.of(app)),
                new Random(1));
        var seen = managed.look(SHOP);

        assertThatThrownBy(() -> managed.set(seen, seen.access().closed(), FENCE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("ALTER ROLE \"managed-%d\" SUPERUSER".formatted(number))
                .hasMessageContaining("nothing was changed");
        assertThat(seen.remarks()).anyMatch(r -> r.contains("no superuser"));
        assertThat(managed.look(SHOP).access()).isEqualTo(seen.access());
    }

    @Test
    void an_owner_who_is_no_superuser_stops_every_write_too_and_gives_back_who_could_connect() throws Exception {
        var managed = managed();
        sql(
                admin,
                "CREATE ROLE %s LOGIN".formatted(Quoted.name("unknown-" + number)),
                "GRANT INSERT ON public.orders TO PUBLIC",
                "GRANT USAGE ON SEQUENCE public.orders_id_seq TO PUBLIC",
                "REVOKE CONNECT ON DATABASE %s FROM PUBLIC".formatted(Quoted.name(database)),
                "GRANT CONNECT ON DATABASE %s TO %s, %s"
                        .formatted(Quoted.name(database), Quoted.name(app), Quoted.name("unknown-" + number)));
        var before = holders();
        try (var clients = new Clients(url(owner.port()), app, 50, 5);
                var others = new Clients(url(owner.port()), "unknown-" + number, 10, 5)) {
            await(() -> clients.inside.get() == 50 && others.inside.get() == 10);
            var seen = managed.look(SHOP);
            managed.set(seen, seen.access().closed(), FENCE);
            var rows = rows();
            var refused = clients.refused.get();
            await(() -> clients.refused.get() > refused + 300);

            assertThat(rows())
                    .isEqualTo(rows)
                    .isGreaterThanOrEqualTo(clients.acknowledged.get() + others.acknowledged.get());
            // Somebody who is about to be refused is a session for a moment.
            await(() -> managed.look(SHOP).isQuiet());
            assertThat(managed.look(SHOP).access()).isEqualTo(seen.access().closed());
            managed.set(seen, seen.access().closed(), FENCE);

            managed.set(managed.look(SHOP), seen.access(), new Fence(FENCE.run(), "open", 1));

            await(() -> clients.inside.get() == 50 && others.inside.get() == 10);
            assertThat(managed.look(SHOP).access()).isEqualTo(seen.access());
        }
        assertThat(holders()).isEqualTo(before);
    }

    @Test
    void an_owner_s_fence_holds_against_a_pooler() throws Exception {
        var managed = managed();
        try (var _ = pooler();
                var clients = new Clients(url(poolerPort) + "&prepareThreshold=0&socketTimeout=5", app, 50, 5)) {
            await(() -> clients.acknowledged.get() > 100);
            var seen = managed.look(SHOP);

            managed.set(seen, seen.access().closed(), FENCE);
            var rows = rows();
            var refused = clients.refused.get();
            await(() -> clients.refused.get() > refused + 50);

            assertThat(rows()).isEqualTo(rows).isGreaterThanOrEqualTo(clients.acknowledged.get());
            assertThat(managed.look(SHOP).isQuiet()).isTrue();
        }
    }

    @Test
    void an_owner_s_fence_that_a_member_of_our_role_could_pass_is_not_closed() {
        var managed = managed();
        sql(
                admin,
                "CREATE ROLE %s LOGIN IN ROLE %s"
                        .formatted(Quoted.name("friend-" + number), Quoted.name("managed-" + number)));
        var seen = managed.look(SHOP);
        var before = holders();

        assertThatThrownBy(() -> managed.set(seen, seen.access().closed(), FENCE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("friend-" + number)
                .hasMessageContaining("nothing was changed");
        assertThat(holders()).isEqualTo(before);
        assertThat(managed.look(SHOP).access()).isEqualTo(seen.access());
    }

    @Test
    void a_superuser_behind_an_owner_s_fence_is_named_and_a_role_that_was_let_in_again_is_seen() throws Exception {
        var managed = managed();
        try (var _ = session("postgres")) {
            var seen = managed.look(SHOP);
            managed.set(seen, seen.access().closed(), FENCE);

            var closed = managed.look(SHOP);
            assertThat(closed.isQuiet()).isFalse();
            assertThat(closed.remarks()).anyMatch(r -> r.contains("role postgres") && r.contains("superuser"));
        }
        sql(admin, "GRANT CONNECT ON DATABASE %s TO %s".formatted(Quoted.name(database), Quoted.name(app)));

        assertThat(managed.look(SHOP).access().logins()).containsEntry(app, true);
        managed.set(managed.look(SHOP), managed.look(SHOP).access().closed(), FENCE);
        assertThat(managed.look(SHOP).isQuiet()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "owner, ALTER DATABASE",
        "pg_read_all_stats, GRANT pg_read_all_stats",
        "pg_signal_backend, GRANT pg_signal_backend"
    })
    void with_one_right_less_an_owner_s_fence_names_just_that(String without, String named) {
        var managed = managed();
        sql(
                admin,
                without.equals("owner")
                        ? "ALTER DATABASE %s OWNER TO postgres".formatted(Quoted.name(database))
                        : "REVOKE %s FROM %s".formatted(without, Quoted.name("managed-" + number)));
        var seen = managed.look(SHOP);

        assertThatThrownBy(() -> managed.set(seen, seen.access().closed(), FENCE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("hint: " + named)
                .hasMessageContaining("nothing was changed");
    }

    /// As managed databases have it: the owner, with what docs/reference/database.md says.
    private Access managed() {
        var role = "managed-" + number;
        sql(
                admin,
                "CREATE ROLE %s LOGIN".formatted(Quoted.name(role)),
                "GRANT pg_read_all_stats, pg_signal_backend TO " + Quoted.name(role),
                "ALTER DATABASE %s OWNER TO %s".formatted(Quoted.name(database), Quoted.name(role)));
        var sessions = new Sessions(owner.withDatabase(database).as(role, new Address.Password("")), "lastgood/test");
        return new WriteFence(_ -> new Guarded(sessions, Set.of(app)), new Random(1));
    }

    private String holders() {
        return new Sessions(owner, "lastgood/test").look("read who may connect", session -> {
            var row = session.createStatement().executeQuery("""
                    SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM pg_database d,
                           aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a WHERE d.datname = %s""".formatted(Quoted.text(database)));
            row.next();
            return row.getString(1);
        });
    }

    @Test
    void a_role_that_was_dropped_behind_the_fence_does_not_keep_the_others_out() {
        sql(admin, "CREATE ROLE %s LOGIN IN ROLE %s".formatted(Quoted.name("temp-" + number), Quoted.name(app)));
        var before = fence().look(SHOP);
        fence().set(before, before.access().closed(), FENCE);
        sql(admin, "DROP ROLE " + Quoted.name("temp-" + number));

        fence().set(fence().look(SHOP), before.access(), FENCE);

        assertThat(fence().look(SHOP).access().logins()).isEqualTo(new TreeMap<>(Map.of(app, true)));
    }

    @ParameterizedTest
    @EnumSource(Cutter.Harm.class)
    void wherever_the_connection_breaks_logins_and_limit_change_together_and_a_second_try_closes(Cutter.Harm harm)
            throws Exception {
        sql(admin, "CREATE ROLE %s LOGIN IN ROLE %s".formatted(Quoted.name("second-" + number), Quoted.name(app)));
        var before = fence().look(SHOP).access();
        // with -Dlastgood.full at every message that we send; else at some, others for each harm
        var step = Sweep.isFull() ? 1 : 9;
        for (var at = step == 1 ? 1 : 1 + harm.ordinal(); ; at += step) {
            var key = new Fence(FENCE.run(), "fence-" + at, 1);
            try (var _ = session(app);
                    var cutter = new Cutter(owner.port(), harm, at, this::endOurs)) {
                var through = new Sessions(
                        new Address("127.0.0.1", cutter.port(), database, "postgres", owner.password(), Map.of()),
                        "lastgood/crash");
                var broken = new WriteFence(_ -> new Guarded(through, Set.of(app)), new Random(1));
                try {
                    broken.set(broken.look(SHOP), before.closed(), key);
                } catch (Unreachable _) {
                    // nobody can tell whether it was made
                }
                if (!cutter.wasReached()) {
                    assertThat(at).isGreaterThan(15);
                    return;
                }
                awaitNobody();
                var found = fence().look(SHOP);
                assertThat(found.access()).isIn(before, before.closed());
                assertThat(found.mark().equals(key.key()))
                        .isEqualTo(found.access().isClosed());

                fence().set(found, before.closed(), key);

                assertThat(fence().look(SHOP).isQuiet()).isTrue();
                fence().set(fence().look(SHOP), before, new Fence(FENCE.run(), "open-" + at, 1));
                assertThat(fence().look(SHOP).access()).isEqualTo(before);
            }
        }
    }

    private void endOurs() {
        sql(
                admin,
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name = 'lastgood/crash'");
    }

    private void awaitNobody() throws InterruptedException {
        await(() -> admin.<Boolean>look("count", session -> {
            var row = session.createStatement()
                    .executeQuery(
                            "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'lastgood/crash'");
            row.next();
            return row.getBoolean(1);
        }));
    }

    private Access fence() {
        return new WriteFence(_ -> new Guarded(admin, Set.of(app)), new Random(1));
    }

    private String limit(int limit) {
        return "ALTER DATABASE %s CONNECTION LIMIT %d".formatted(Quoted.name(database), limit);
    }

    private void fill(List<Connection> crowd) {
        try {
            while (crowd.size() < 200) {
                crowd.add(session(app));
            }
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("53300");
        }
    }

    private static void closeAll(List<Connection> crowd) throws SQLException {
        for (var session : crowd) {
            session.close();
        }
    }

    private Connection session(String role) throws SQLException {
        return java.sql.DriverManager.getConnection(url(owner.port()), role, "");
    }

    private String url(int port) {
        return "jdbc:postgresql://127.0.0.1:%d/%s?connectTimeout=5".formatted(port, database.replace(" ", "%20"));
    }

    private static void sql(Sessions sessions, String... statements) {
        sessions.in("prepare the test", LIMIT, session -> {
            for (var statement : statements) {
                session.createStatement().execute(statement);
            }
            return "";
        });
    }

    private long rows() {
        return rows(admin);
    }

    private static long rows(Sessions sessions) {
        return sessions.look("count", session -> {
            var row = session.createStatement().executeQuery("SELECT count(*) FROM public.orders");
            row.next();
            return row.getLong(1);
        });
    }

    private static void await(BooleanSupplier happened) throws InterruptedException {
        // Seen once is enough: somebody who is being refused is a session again in the next moment.
        for (var i = 0; i < 3000; i++) {
            if (happened.getAsBoolean()) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("it did not happen within a minute");
    }

    private int poolerPort;

    /// Debian's pgbouncer, which keeps server sessions between its clients' transactions.
    private AutoCloseable pooler() throws IOException {
        var program = Path.of("/usr/sbin/pgbouncer");
        if (!Files.isExecutable(program)) {
            assertThat(System.getenv("LASTGOOD_POSTGRES_REQUIRED"))
                    .as("pgbouncer is required")
                    .isNotEqualTo("1");
        }
        assumeTrue(Files.isExecutable(program), "pgbouncer is not installed");
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            poolerPort = socket.getLocalPort();
        }
        var home = Files.createDirectory(folder.resolve("pooler" + number));
        Files.writeString(home.resolve("users"), "\"%s\" \"\"%n".formatted(app), UTF_8);
        Files.writeString(home.resolve("ini"), """
                [databases]
                * = host=127.0.0.1 port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = trust
                auth_file = %s
                pool_mode = transaction
                default_pool_size = 20
                max_client_conn = 500
                ignore_startup_parameters = extra_float_digits
                server_login_retry = 1
                query_wait_timeout = 1
                """.formatted(owner.port(), poolerPort, home.resolve("users")), UTF_8);
        var process = new ProcessBuilder(Programs.unprivileged(
                        List.of(program.toString(), home.resolve("ini").toString())))
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start();
        return () -> {
            process.destroy();
            process.waitFor(30, TimeUnit.SECONDS);
            process.destroyForcibly();
        };
    }
}
