package lastgood.postgres.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import lastgood.core.ServiceRef;
import lastgood.core.data.Backup;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.backup.Catalogue;
import lastgood.postgres.backup.FileBackups;
import lastgood.postgres.backup.FolderArchive;
import lastgood.postgres.backup.Notes;
import lastgood.postgres.embedded.EmbeddedServer;
import lastgood.postgres.server.Server;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Sessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole way back on the server that lastgood keeps itself, passwords and all.
class EmbeddedStoryTest {

    @TempDir
    Path folder;

    @Test
    void damage_is_undone_by_a_rehearsed_backup_and_nobody_starts_the_server_in_between() {
        var embedded = new EmbeddedServer(folder.resolve("postgres"), Servers.ours());
        var app = new Sessions(embedded.database(new ServiceRef("demo", "web")), "lastgood");
        var archive = new FolderArchive(embedded.archive());
        var catalogue = new Catalogue(
                new FileBackups(app, embedded.server().data(), archive, folder.resolve("backups")),
                new Notes(folder.resolve("backups")),
                InstantSource.system(),
                Catalogue.Circumstances::unknown);
        var scratches = new Scratches(
                folder.resolve("scratches"),
                catalogue,
                (FileBackups) catalogue.provider(),
                app,
                Servers.ours(),
                Landmarks.none(),
                InstantSource.system());
        try {
            change(app, "CREATE TABLE public.orders AS SELECT 'good' AS what");
            catalogue.take("lg-rb-00000001-20", "", "test", Lab.FENCE);
            assertThat(new Rehearsals(catalogue, scratches, InstantSource.system())
                            .rehearse(Optional.empty(), _ -> {})
                            .rehearsal())
                    .isInstanceOf(Backup.Rehearsal.Restored.class);
            assertThat(scratches.all()).isEmpty();
            var bad = Long.parseLong(Lab.one(app, """
                    WITH damage AS (UPDATE public.orders SET what = 'bad' RETURNING 1)
                    SELECT pg_current_xact_id()::text FROM damage"""));
            var scratch = scratches.make(
                    RecoveryTarget.before(new Point.Xid(bad)), Optional.empty(), Optional.empty(), _ -> {});
            // The rehearsal and the restore that was needed, each once.
            assertThat(catalogue.notes().rehearsals()).hasSize(2);
            assertThat(Rehearsals.predict(catalogue, catalogue.stored().getFirst(), 1 << 20))
                    .satisfies(p -> assertThat(p.measured()).isEqualTo(2))
                    .satisfies(p -> assertThat(p.worst()).isGreaterThanOrEqualTo(p.median()))
                    .satisfies(p -> assertThat(p.words()).contains("at worst", "1.0 MB of log to replay"));
            var live = new LiveFolder(embedded.server(), archive.settings(), embedded::ensure, app.address());

            new FolderSwap(live, scratches, step -> {
                        if ("kept".equals(step)) {
                            assertThatThrownBy(embedded::ensure)
                                    .isInstanceOf(Forbidden.class)
                                    .hasMessageContaining("is being exchanged");
                        }
                    })
                    .swap(scratch.name(), "kept", Lab.FENCE, _ -> {});

            assertThat(Lab.one(app, "SELECT what FROM public.orders")).isEqualTo("good");
            assertThat(Lab.one(app, "SHOW archive_mode")).isEqualTo("on");
            assertThat(folder.resolve("postgres/kept/PG_VERSION")).exists();
        } finally {
            scratches.all().forEach(m -> scratches.drop(m.name()));
            ScratchServer.end(new Server(Servers.ours(), embedded.server().data()));
        }
    }

    private static void change(Sessions app, String sql) {
        app.change("change", Duration.ofSeconds(10), s -> s.createStatement().execute(sql));
    }
}
