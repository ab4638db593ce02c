package lastgood.postgres.restore;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import lastgood.core.RunId;
import lastgood.core.data.RecoveryTarget;
import lastgood.engine.port.Fence;
import lastgood.postgres.backup.BackupProvider;
import lastgood.postgres.backup.Catalogue;
import lastgood.postgres.backup.FolderArchive;
import lastgood.postgres.backup.Notes;
import lastgood.postgres.server.Binaries;
import lastgood.postgres.server.Server;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Sessions;

/// A live server with an archive, users that write numbered rows, and a migration that damages them.
public class Lab implements AutoCloseable {

    public static final Fence FENCE = new Fence(new RunId("rb-0k3f9a2c"), "20-backup", 1);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    public final Path folder;
    public final Server server;
    public final FolderArchive archive;
    public final Map<String, String> settings;
    public Sessions live;

    public Lab(Path folder, Binaries binaries, Map<String, String> more) {
        this.folder = folder;
        this.server = binaries.equals(Servers.ours())
                ? Servers.create(folder.resolve("live"))
                : Server.create(binaries, folder.resolve("live"));
        this.archive = new FolderArchive(folder.resolve("wal archive"));
        var all = new HashMap<>(archive.settings());
        all.putAll(more);
        this.settings = Servers.withoutSync(all);
        this.live = new Sessions(server.start(Server.Durability.SAFE, settings), "lastgood");
    }

    public Lab(Path folder, Binaries binaries) {
        this(folder, binaries, Map.of());
    }

    public Catalogue catalogue(BackupProvider provider) {
        return new Catalogue(
                provider,
                new Notes(folder.resolve("notes of " + provider.kind())),
                InstantSource.system(),
                () -> new Catalogue.Circumstances("v4.0.4", "sha256:schema"));
    }

    public Scratches scratches(Catalogue catalogue, Landmarks landmarks) {
        return new Scratches(
                folder.resolve("scratches"),
                catalogue,
                (BackupProvider.Physical) catalogue.provider(),
                live,
                server.binaries(),
                landmarks,
                InstantSource.system());
    }

    public void run(String sql) {
        live.in("run " + sql, LIMIT, s -> s.createStatement().execute(sql));
    }

    public String one(String sql) {
        return one(live, sql);
    }

    public static String one(Sessions sessions, String sql) {
        return sessions.in("ask", LIMIT, s -> {
            var row = s.createStatement().executeQuery(sql);
            row.next();
            return String.valueOf(row.getString(1));
        });
    }

    /// @return its xid
    public long committed(String sql) {
        return live.change("migrate", LIMIT, s -> {
            s.createStatement().execute(sql);
            var row = s.createStatement().executeQuery("SELECT pg_current_xact_id()::text");
            row.next();
            return row.getLong(1);
        });
    }

    public static RecoveryTarget before(RecoveryTarget.Point point) {
        return RecoveryTarget.before(point);
    }

    @Override
    public void close() {
        if (server.running().isPresent()) {
            server.crash();
        }
    }

    /// Commits rows 1, 2, 3, … one by one, and remembers for each when it was known to be committed.
    public final class Writer implements AutoCloseable {
        private final AtomicBoolean on = new AtomicBoolean(true);
        private final Thread thread;
        private volatile Optional<SQLException> failed = Optional.empty();

        public Writer(String table) {
            thread = Thread.ofVirtual().start(() -> {
                try (var session = live.open(LIMIT);
                        var insert = session.prepareStatement("INSERT INTO %s (good) VALUES (true)".formatted(table))) {
                    while (on.get()) {
                        insert.executeUpdate();
                    }
                } catch (SQLException e) {
                    failed = Optional.of(e);
                }
            });
        }

        @Override
        public void close() {
            on.set(false);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
            if (failed.isPresent()) {
                throw new AssertionError(failed.get());
            }
        }
    }
}
