package lastgood.postgres.points;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.data.LogKept;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.PostgresParts;
import lastgood.postgres.PostgresService;
import lastgood.postgres.server.Server;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Sessions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Points that nobody can go back to in time, because of how the server kept its log when they were marked.
class TooLittleLogTest {

    private static final ServiceRef SHOP = ServiceRef.parse("prod/shop");
    private static final Fence FENCE = new Fence(new RunId("rb-0k3f9a2c"), "s1", 1);

    @TempDir
    Path folder;

    private Server server;

    @BeforeEach
    void a_server() {
        server = Server.create(Servers.ours(), folder.resolve("data"));
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private PostgresParts parts(Map<String, String> settings) {
        var address = server.start(Server.Durability.FAST, settings);
        var service = new PostgresService(
                SHOP,
                () -> address,
                () -> Set.of(address.role()),
                Optional.empty(),
                new PostgresService.Migrating(
                        "auto", Optional.empty(), List.of(), List.of(), List.of(), false, () -> ""),
                new PostgresService.BackingUp(
                        PostgresService.BackingUp.Kind.PG_BASEBACKUP,
                        "",
                        folder.resolve("backups"),
                        folder.resolve("archive")),
                List.of(),
                List.of(),
                List.of(),
                folder.resolve("kept"));
        return PostgresParts.of(
                Map.of(SHOP, service),
                (_, _, _, _, _, _) -> {
                    throw new AssertionError("no command");
                },
                folder,
                InstantSource.system(),
                new Random(1));
    }

    @Test
    void with_wal_level_minimal_no_point_in_time_is_tried_and_status_says_so() {
        var parts = parts(Map.of("wal_level", "minimal", "max_wal_senders", "0"));
        parts.databases().points().mark(SHOP, "lg-1", "v2", FENCE);

        assertThat(parts.databases().points().find(SHOP, "lg-1").orElseThrow().log())
                .isEqualTo(new LogKept("minimal", LogKept.Archive.OFF, ""));
        assertThat(parts.questions().status(SHOP)).anySatisfy(f -> {
            assertThat(f.what()).isEqualTo("restore point");
            assertThat(f.value()).contains("lg-1, before v2", "wal_level minimal");
            assertThat(f.standing()).isEqualTo("failing");
        });
        assertThatThrownBy(
                        () -> parts.questions().assess(SHOP, RecoveryTarget.before(new Point.Named("lg-1")), _ -> {}))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("wal_level was minimal when lg-1 was marked")
                .hasMessageContaining("nothing was restored")
                .hasMessageContaining("--backup NAME");
    }

    @Test
    void an_archive_that_failed_at_that_time_is_said_and_what_is_there_decides() {
        var parts = parts(Map.of("archive_mode", "on", "archive_command", "false"));
        failed(parts.sessions().apply(SHOP));
        parts.databases().points().mark(SHOP, "lg-1", "v2", FENCE);

        assertThat(parts.databases()
                        .points()
                        .find(SHOP, "lg-1")
                        .orElseThrow()
                        .log()
                        .archive())
                .isEqualTo(LogKept.Archive.FAILING);
        var said = new ArrayList<String>();
        assertThatThrownBy(
                        () -> parts.questions().assess(SHOP, RecoveryTarget.before(new Point.Named("lg-1")), said::add))
                .isInstanceOf(RuntimeException.class);
        assertThat(said.getFirst()).contains("when lg-1 was marked", "archive failing (at 0000000100000000");
    }

    /// The archiver tries by itself, a moment after a segment is full.
    private static void failed(Sessions live) {
        live.in("fill", Duration.ofSeconds(20), s -> s.createStatement().execute("SELECT pg_switch_wal()"));
        for (var looks = 0; looks < 600; looks++) {
            var count = live.look("ask", s -> {
                try (var row = s.createStatement().executeQuery("SELECT failed_count FROM pg_stat_archiver")) {
                    row.next();
                    return row.getLong(1);
                }
            });
            if (count > 0) {
                return;
            }
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        throw new AssertionError("the archiver never tried");
    }
}
