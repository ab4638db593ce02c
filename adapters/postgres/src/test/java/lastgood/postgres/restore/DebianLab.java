package lastgood.postgres.restore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import lastgood.postgres.backup.BackupProvider;
import lastgood.postgres.backup.BaseBackups;
import lastgood.postgres.backup.Dumps;
import lastgood.postgres.backup.FileBackups;
import lastgood.postgres.backup.FolderArchive;
import lastgood.postgres.backup.PgBackRest;
import lastgood.postgres.server.Binaries;
import lastgood.postgres.server.Programs;
import org.junit.jupiter.api.Assumptions;

/// A server of the distribution, with its tools, that archives both into a folder and to pgBackRest.
public final class DebianLab extends Lab {

    private static final Path PGBACKREST = Path.of("/usr/bin/pgbackrest");

    private final Path root;

    private DebianLab(Path folder, Binaries binaries, Map<String, String> settings) {
        super(folder, binaries, settings);
        this.root = folder;
    }

    public static DebianLab start(Path folder) {
        var binaries = Binaries.installed(15);
        var there = binaries.isPresent() && Files.isExecutable(PGBACKREST);
        if ("1".equals(System.getenv("LASTGOOD_POSTGRES_REQUIRED"))) {
            org.junit.jupiter.api.Assertions.assertTrue(there, "PostgreSQL 15 and pgbackrest are required here");
        }
        Assumptions.assumeTrue(there, "PostgreSQL 15 or pgbackrest is not installed");
        var push = "%s --config=%s --stanza=main archive-push %%p".formatted(PGBACKREST, config(folder));
        var lab = new DebianLab(
                folder,
                binaries.orElseThrow(),
                Map.of(
                        "archive_command",
                        "%s && { %s; }"
                                .formatted(
                                        push,
                                        new FolderArchive(folder.resolve("wal archive"))
                                                .settings()
                                                .get("archive_command"))));
        lab.createStanza();
        return lab;
    }

    private static Path config(Path folder) {
        return folder.resolve("pgbackrest.conf");
    }

    private void createStanza() {
        try {
            Files.writeString(config(root), """
                    [global]
                    repo1-path=%1$s/repo
                    repo1-retention-full=1
                    log-path=%1$s/pgbackrest/log
                    lock-path=%1$s/pgbackrest/lock
                    spool-path=%1$s/pgbackrest/spool
                    compress-type=none
                    [main]
                    pg1-path=%2$s
                    pg1-port=%3$d
                    pg1-user=postgres
                    """.formatted(
                            root, server.data(), live.address().port()));
            for (var each : List.of("log", "lock", "spool")) {
                Files.createDirectories(root.resolve("pgbackrest").resolve(each));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Programs.run(
                        Programs.unprivileged(List.of(
                                PGBACKREST.toString(), "--config=" + config(root), "--stanza=main", "stanza-create")),
                        variables(),
                        Duration.ofSeconds(20))
                .orRefuse("create the stanza");
    }

    /// There is no socket to find it at.
    private static Map<String, String> variables() {
        return Map.of("PGHOST", "127.0.0.1");
    }

    public Path backups(String kind) {
        return root.resolve("backups").resolve(kind);
    }

    public BackupProvider provider(String kind) {
        return switch (kind) {
            case "files" -> new FileBackups(live, server.data(), archive, backups(kind));
            case "pg_basebackup" -> new BaseBackups(live, server.binaries(), archive, backups(kind));
            case "pg_dump" -> new Dumps(live, server.binaries(), backups(kind));
            case "pgbackrest" ->
                new PgBackRest(new PgBackRest.Setup(PGBACKREST, config(root), "main", variables(), List.of()), live);
            default -> throw new IllegalArgumentException(kind);
        };
    }
}
