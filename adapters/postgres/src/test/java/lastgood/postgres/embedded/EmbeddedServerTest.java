package lastgood.postgres.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Address;
import lastgood.postgres.sql.Sessions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServerTest {

    private static final ServiceRef WEB = new ServiceRef("here", "web-shop");
    private static final Duration SHORT = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private EmbeddedServer embedded() {
        return new EmbeddedServer(folder.resolve("postgres"), Servers.ours());
    }

    @AfterEach
    void stop() {
        embedded().stop();
    }

    @Test
    void a_service_gets_a_database_that_it_may_use_and_may_not_change() throws IOException {
        var admin = new Sessions(embedded().database(WEB), "test");
        admin.change("migrate", SHORT, s -> s.createStatement().execute("CREATE TABLE public.t (a int)"));

        var service = new Sessions(Address.of(Files.readString(embedded().url(WEB), UTF_8)), "web");
        service.change("write", SHORT, s -> s.createStatement().execute("INSERT INTO t VALUES (1)"));

        assertThatThrownBy(() ->
                        service.change("drop", SHORT, s -> s.createStatement().execute("DROP TABLE t")))
                .isInstanceOf(Forbidden.class);
        assertThatThrownBy(() -> new Sessions(service.address().as("postgres", new Address.Password("guess")), "test")
                        .look("enter", s -> true))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("is it the right password")
                .hasMessageNotContaining("guess");
    }

    @Test
    void it_is_found_again_with_its_data_on_the_same_port_after_it_was_stopped() {
        var before = embedded().database(WEB);
        new Sessions(before, "test")
                .change("write", SHORT, s -> s.createStatement().execute("CREATE TABLE public.t AS SELECT 1 AS a"));
        embedded().stop();
        assertThat(embedded().running()).isEmpty();

        var after = embedded().database(WEB);

        assertThat(after).isEqualTo(before);
        assertThat(new Sessions(after, "test")
                        .<Boolean>look(
                                "read",
                                s -> s.createStatement()
                                        .executeQuery("SELECT FROM t")
                                        .next()))
                .isTrue();
    }

    @Test
    void one_that_died_is_started_again_and_one_that_was_stopped_only_if_it_is_needed() throws IOException {
        embedded().database(WEB);
        assertThat(embedded().revive(() -> true)).isEmpty();
        embedded().server().crash();
        assertThat(embedded().revive(() -> false)).isEmpty();
        assertThat(embedded().running()).isEmpty();
        // a rollback in the middle of a swap holds it stopped
        var note = folder.resolve("postgres/main.swap.json");
        Files.writeString(note, "{}");
        assertThat(embedded().revive(() -> true)).isEmpty();
        Files.delete(note);
        assertThat(embedded().revive(() -> true)).contains("had been stopped by somebody");
        assertThat(embedded().running()).isPresent();

        var postmaster = ProcessHandle.of(pid()).orElseThrow();
        assertThat(postmaster.destroyForcibly()).isTrue();
        postmaster.onExit().join();

        assertThat(embedded().revive(() -> false)).contains("had died");
        assertThat(embedded().running()).isPresent();
    }

    /// The agent's rounds and its runs.
    @Test
    void two_threads_may_ask_for_it_at_once() throws Exception {
        try (var threads = java.util.concurrent.Executors.newFixedThreadPool(2)) {
            var both = threads.invokeAll(
                    List.of(() -> embedded().database(WEB), () -> embedded().database(WEB)));

            assertThat(both.get(0).get()).isEqualTo(both.get(1).get());
        }
    }

    private long pid() {
        try (var lines = Files.lines(embedded().server().data().resolve("postmaster.pid"))) {
            return Long.parseLong(lines.findFirst().orElseThrow().strip());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void its_write_ahead_log_is_archived() throws IOException {
        var admin = new Sessions(embedded().database(WEB), "test");

        admin.in("switch", SHORT, s -> s.createStatement().execute("SELECT pg_switch_wal()"));
        var archived = admin.<String>in("wait", SHORT, s -> {
            for (var i = 0; i < 200; i++) {
                var stat = s.createStatement()
                        .executeQuery("SELECT last_archived_wal, failed_count, pg_sleep(0.05) FROM pg_stat_archiver");
                stat.next();
                if (stat.getString(1) != null) {
                    return stat.getString(1);
                }
            }
            return "nothing";
        });

        assertThat(embedded().archive().resolve(archived)).exists();
    }
}
