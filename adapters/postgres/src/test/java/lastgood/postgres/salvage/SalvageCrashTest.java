package lastgood.postgres.salvage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import lastgood.core.Digest;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Repairs.Salvaged;
import lastgood.postgres.server.Server;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Address;
import lastgood.postgres.sql.Sessions;
import lastgood.testkit.Sweep;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The salvage is killed at every statement that it sends, by its connection and by its server, and repeated.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SalvageCrashTest {

    private static final String TAMPER = "UPDATE t SET a = 'later' WHERE id = 1";

    @TempDir
    static Path folder;

    static Server server;
    static Sessions admin;

    Incident shop;
    Digest digest;

    @BeforeAll
    static void start() {
        server = Servers.create(folder.resolve("data"));
        admin = new Sessions(server.start(Server.Durability.SAFE, Servers.withoutSync(Map.of())), "test");
    }

    @AfterAll
    static void stop() {
        server.stop();
    }

    @BeforeEach
    void arrange() {
        var name = Servers.name("shop");
        shop = new Incident(admin, name, folder.resolve(name))
                .sql(
                        "CREATE TABLE p (id int PRIMARY KEY)",
                        "CREATE TABLE t (id serial PRIMARY KEY, a text, p int REFERENCES p)",
                        "INSERT INTO p SELECT g FROM generate_series(1, 9) g",
                        "INSERT INTO t (a, p) SELECT 'x', 1 + g % 9 FROM generate_series(1, 60) g")
                .damage(
                        "UPDATE t SET a = 'bad' WHERE id < 20",
                        "DELETE FROM t WHERE id > 50",
                        "INSERT INTO t VALUES (99, 'junk')");
        digest = shop.assess().digest();
    }

    List<String> content() {
        return shop.rows("SELECT * FROM t ORDER BY id");
    }

    @Test
    void killed_at_each_statement_it_is_done_exactly_once() throws Exception {
        var damaged = content();
        var outcomes = new ArrayList<String>();

        // Each try gets further before the proxy cuts the line; all places, one by one, with -Dlastgood.full=true.
        int stride = Sweep.isFull() ? 1 : 2;
        for (int statement = 1; outcomes.size() < 400; statement += stride) {
            try (var line = new CutLine(admin.address().port(), statement)) {
                var through = through(line.port());
                try {
                    through.salvage(digest);
                    outcomes.add("done");
                    break;
                } catch (RuntimeException e) {
                    outcomes.add(e.getClass().getSimpleName());
                }
            }
            var look = settled();
            if (look instanceof Salvaged.Done) {
                outcomes.add("done, answer lost");
                break;
            }
            assertThat(look).as("after statement %d", statement).isInstanceOf(Salvaged.NotYet.class);
            assertThat(content()).isEqualTo(damaged);
        }

        System.out.println("salvages cut: " + outcomes.size());
        assertThat(outcomes).hasSizeGreaterThan(10);
        assertThat(settled()).isInstanceOf(Salvaged.Done.class);
        assertThat(content()).isEqualTo(shop.before("SELECT * FROM t ORDER BY id"));
        shop.sql(TAMPER);
        shop.salvage(digest);
        assertThat(content()).contains("1|later|2");
        assertThat(shop.rows("SELECT count(*) FROM lastgood.mark")).containsExactly("1");
    }

    /// The same story, entered through a line of ours.
    Incident through(int port) {
        return new Incident(
                new Sessions(
                        new Address(
                                "127.0.0.1",
                                port,
                                "postgres",
                                "postgres",
                                new Address.Password(""),
                                Map.of("sslmode", "disable", "gssEncMode", "disable")),
                        "lastgood/test"),
                shop);
    }

    /// The server takes a moment to notice that a client is gone.
    Salvaged settled() throws InterruptedException {
        for (int i = 0; i < 6_000; i++) {
            var look = shop.look(digest);
            if (!(look instanceof Salvaged.Underway)) {
                return look;
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return shop.look(digest);
    }

    @Test
    void a_server_that_loses_power_in_the_middle_has_done_nothing_or_all() throws Exception {
        var damaged = content();
        try (var line = new HeldLine(admin.address().port(), HeldLine.COMMIT)) {
            var salvage = CompletableFuture.runAsync(() -> through(line.port()).salvage(digest));
            line.awaitHeld();

            server.crash();

            assertThatThrownBy(() -> salvage.get(60, TimeUnit.SECONDS)).cause().isInstanceOf(RuntimeException.class);
        }
        server.start(admin.address().port(), Server.Durability.SAFE, Servers.withoutSync(Map.of()));
        assertThat(shop.look(digest)).isInstanceOf(Salvaged.NotYet.class);
        assertThat(content()).isEqualTo(damaged);

        shop.salvage(digest);
        server.crash();
        server.start(admin.address().port(), Server.Durability.SAFE, Servers.withoutSync(Map.of()));

        assertThat(shop.look(digest)).isInstanceOf(Salvaged.Done.class);
        assertThat(content()).isEqualTo(shop.before("SELECT * FROM t ORDER BY id"));
    }

    @Test
    void two_at_the_same_time_do_it_once() throws Exception {
        try (var line = new HeldLine(admin.address().port(), HeldLine.COMMIT)) {
            var first = CompletableFuture.runAsync(() -> through(line.port()).salvage(digest));
            line.awaitHeld();

            assertThat(shop.look(digest)).isInstanceOf(Salvaged.Underway.class);
            assertThatThrownBy(() -> shop.salvage(digest)).isInstanceOf(WorldMoved.class);

            line.release();
            first.get(60, TimeUnit.SECONDS);
        }
        assertThat(shop.look(digest)).isInstanceOf(Salvaged.Done.class);
        assertThat(shop.rows("SELECT count(*) FROM lastgood.mark")).containsExactly("1");
    }

    @Test
    void a_look_that_the_salvage_overtakes_does_not_take_it_for_somebody_elses_change() throws Exception {
        try (var line = new HeldLine(admin.address().port(), "unnest(")) {
            var look = CompletableFuture.supplyAsync(() -> through(line.port()).look(digest));
            line.awaitHeld();

            shop.salvage(digest);
            line.release();

            assertThat(look.get(60, TimeUnit.SECONDS)).isInstanceOf(Salvaged.Done.class);
        }
    }

    @Test
    void a_look_waits_for_nobody_who_has_locked_another_table() throws Exception {
        try (var migration = admin.on(shop.name()).open(Duration.ofSeconds(30))) {
            migration.setAutoCommit(false);
            migration.createStatement().execute("LOCK TABLE public.p IN ACCESS EXCLUSIVE MODE");

            assertThat(shop.look(digest)).isInstanceOf(Salvaged.NotYet.class);
        }
    }

    @Test
    void a_writer_that_holds_the_table_is_waited_for_only_briefly() throws Exception {
        try (var writer = admin.on(shop.name()).open(Duration.ofSeconds(30))) {
            writer.setAutoCommit(false);
            writer.createStatement().execute("UPDATE public.t SET a = 'mine' WHERE id = 40");

            assertThatThrownBy(() -> shop.salvage(digest))
                    .isInstanceOf(WorldMoved.class)
                    .hasMessageContaining("lock timeout");
            writer.rollback();
        }
        shop.salvage(digest);
        assertThat(shop.look(digest)).isInstanceOf(Salvaged.Done.class);
    }
}
