package lastgood.postgres.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Repairs.Swapped;
import lastgood.postgres.backup.Catalogue;
import lastgood.postgres.backup.FileBackups;
import lastgood.postgres.server.Programs;
import lastgood.postgres.server.Server;
import lastgood.postgres.server.Servers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A scratch becomes the live server, and whoever dies in the middle is followed by somebody who ends it.
class SwapTest {

    @TempDir
    static Path root;

    /// Everything as it is before a swap, to begin each test from.
    static Path template;

    static Path folder;
    static Lab lab;
    static Catalogue catalogue;
    static Scratches scratches;
    static String scratch;
    static int port;

    LiveFolder live;

    final List<String> progress = new ArrayList<>();

    @BeforeAll
    static void damage_a_write_fence_and_a_scratch_from_before() {
        folder = root.resolve("used");
        template = root.resolve("template");
        lab = new Lab(folder, Servers.ours());
        port = lab.live.address().port();
        lab.run("CREATE ROLE app LOGIN");
        lab.run("CREATE TABLE public.orders AS SELECT 'good' AS what");
        catalogue = lab.catalogue(new FileBackups(lab.live, lab.server.data(), lab.archive, folder.resolve("backups")));
        catalogue.take("lg-rb-00000001-20", "", "test", Lab.FENCE);
        var bad = lab.committed("UPDATE public.orders SET what = 'bad'");
        lab.run("ALTER ROLE app NOLOGIN");
        lab.run("ALTER DATABASE postgres CONNECTION LIMIT 0");
        scratches = lab.scratches(catalogue, Landmarks.none());
        var made =
                scratches.make(RecoveryTarget.before(new Point.Xid(bad)), Optional.empty(), Optional.empty(), _ -> {});
        scratch = made.name();
        ((Scratch.Home.Servers) made.home()).before().stop();
        lab.server.stop();
        copy(folder, template);
    }

    static void copy(Path from, Path to) {
        Programs.run(
                        List.of("cp", "--archive", "--reflink=auto", from.toString(), to.toString()),
                        Map.of(),
                        Duration.ofMinutes(1))
                .orRefuse("copy");
    }

    @BeforeEach
    void as_it_was() {
        Programs.run(List.of("rm", "--recursive", "--force", folder.toString()), Map.of(), Duration.ofMinutes(1))
                .orRefuse("clear");
        copy(template, folder);
        lab.server.start(port, Server.Durability.SAFE, lab.settings);
        live = new LiveFolder(
                lab.server,
                lab.settings,
                () -> lab.server.start(port, Server.Durability.SAFE, lab.settings),
                lab.live.address());
    }

    @AfterEach
    void nothing_is_left_running() {
        for (var memo : scratches.all()) {
            scratches.drop(memo.name());
        }
        for (var data : List.of("live", "kept")) {
            ScratchServer.end(new Server(lab.server.binaries(), folder.resolve(data)));
        }
    }

    static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    void swap(FolderSwap.Faults faults) {
        new FolderSwap(live, scratches, faults).swap(scratch, "kept", Lab.FENCE, progress::add);
    }

    @Test
    void the_state_before_the_damage_is_live_the_old_one_is_kept_and_the_write_fence_stays_closed() {
        var swap = new FolderSwap(live, scratches);
        assertThat(swap.look(scratch)).isEqualTo(new Swapped.NotYet("timeline 1"));

        var said = swap.swap(scratch, "kept", Lab.FENCE, progress::add);

        assertThat(said).contains("kept as kept").contains("take a full backup now");
        assertSwapped();
        catalogue.take("lg-rb-00000002-40", "", "after the swap", Lab.FENCE);
        assertThat(catalogue.meant("lg-rb-00000002-40").timeline()).isEqualTo(2);
        var later = lab.committed("UPDATE public.orders SET what = 'bad again'");
        var again = scratches.make(
                RecoveryTarget.before(new Point.Xid(later)), Optional.empty(), Optional.empty(), progress::add);
        assertThat(Lab.one(again.before(), "SELECT what FROM public.orders"))
                .as("the new timeline can be restored too")
                .isEqualTo("good");
        var older = scratches.make(
                RecoveryTarget.before(new Point.Xid(later)),
                Optional.empty(),
                Optional.of(catalogue.meant("lg-rb-00000001-20")),
                progress::add);
        assertThat(Lab.one(older.before(), "SELECT what FROM public.orders"))
                .as("and from the backup before it, over the change of timelines")
                .isEqualTo("good");
    }

    @ParameterizedTest
    @ValueSource(strings = {"written down", "stopped", "prepared", "kept", "exchanged", "shut", "promoted"})
    void a_death_at_any_step_is_followed_by_the_same_end(String step) {
        assertThatThrownBy(() -> swap(at -> {
                    if (at.equals(step)) {
                        throw new Died();
                    }
                }))
                .isInstanceOf(Died.class);
        if (lab.server.data().toFile().exists() && lab.server.running().isPresent()) {
            lab.server.crash();
        }
        if (!"written down".equals(step)) {
            assertThat(new FolderSwap(live, scratches).look(scratch)).isInstanceOf(Swapped.NotYet.class);
        }
        assertThat(FolderSwap.underway(lab.server.data())).isTrue();

        swap(_ -> {});
        swap(_ -> {});

        assertSwapped();
    }

    private void assertSwapped() {
        assertThat(new FolderSwap(live, scratches).look(scratch)).isEqualTo(new Swapped.Done("kept"));
        assertThat(FolderSwap.underway(lab.server.data())).isFalse();
        assertThat(lab.one("SELECT what FROM public.orders")).isEqualTo("good");
        assertThat(lab.one("SELECT pg_is_in_recovery()")).isEqualTo("f");
        assertThat(lab.one("SHOW port")).isEqualTo(Integer.toString(port));
        assertThat(lab.one("SHOW archive_mode")).isEqualTo("on");
        assertThat(lab.one("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'app'"))
                .isEqualTo("f");
        assertThat(lab.one("SELECT datconnlimit FROM pg_database WHERE datname = 'postgres'"))
                .isEqualTo("0");
        var kept = new Server(lab.server.binaries(), folder.resolve("kept"));
        try {
            var old = new lastgood.postgres.sql.Sessions(
                    kept.start(Server.Durability.SAFE, Servers.withoutSync(Map.of())), "test");
            assertThat(Lab.one(old, "SELECT what FROM public.orders")).isEqualTo("bad");
        } finally {
            kept.crash();
        }
        assertThat(lab.archive.names()).contains("00000002.history");
    }

    @Test
    void an_old_server_that_cannot_be_asked_is_not_exchanged() {
        lab.server.crash();

        assertThatThrownBy(() -> swap(_ -> {}))
                .isInstanceOf(Unreachable.class)
                .hasMessageContaining("nothing was changed");

        assertThat(folder.resolve("kept")).doesNotExist();
        assertThat(FolderSwap.underway(lab.server.data())).isFalse();
    }

    @Test
    void a_folder_that_somebody_made_meanwhile_is_not_overwritten() throws Exception {
        assertThatThrownBy(() -> swap(at -> {
                    if (at.equals("kept")) {
                        throw new Died();
                    }
                }))
                .isInstanceOf(Died.class);
        Files.createDirectories(lab.server.data());

        assertThatThrownBy(() -> swap(_ -> {}))
                .isInstanceOf(WorldMoved.class)
                .hasMessageContaining("neither was touched");

        Files.delete(lab.server.data());
    }

    @Test
    void a_scratch_that_is_gone_is_stale() {
        scratches.drop(scratch);

        assertThat(new FolderSwap(live, scratches).look(scratch)).isInstanceOf(Swapped.Stale.class);
        assertThatThrownBy(() -> swap(_ -> {})).isInstanceOf(WorldMoved.class);
    }
}
