package lastgood.postgres.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.core.Digest;
import lastgood.core.data.Backup;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.server.Binaries;
import lastgood.postgres.server.Programs;
import lastgood.postgres.sql.Sessions;

/// `pg_basebackup`, with the log that it needs streamed along, and `pg_verifybackup`. Takes a copy of any server that
/// lets us in for replication; later points in time need an archive as well.
public final class BaseBackups implements BackupProvider.Physical {

    private static final String DATA = "data";
    private static final String MANIFEST = "backup_manifest";

    /// As long as copying a large server takes.
    private static final Duration LIMIT = Duration.ofHours(12);

    private final Sessions live;
    private final Binaries binaries;
    private final WalArchive archive;
    private final Shelf shelf;

    /// @param live as a role with REPLICATION
    /// @param binaries of the server's major version or newer
    public BaseBackups(Sessions live, Binaries binaries, WalArchive archive, Path folder) {
        this.live = live;
        this.binaries = binaries;
        this.archive = archive;
        this.shelf = new Shelf(folder);
    }

    @Override
    public String kind() {
        return "pg_basebackup";
    }

    @Override
    public List<Stored> list() {
        return shelf.list();
    }

    @Override
    public Optional<String> underway(String name) {
        return shelf.underway(name);
    }

    @Override
    public WalArchive archive() {
        return archive;
    }

    @Override
    public Stored take(String name) {
        return shelf.make(name, partial -> taken(name, partial));
    }

    private Stored taken(String name, Path partial) {
        var before = Present.of(live);
        var data = partial.resolve(DATA);
        new Client(binaries, live.address())
                .run(
                        "take backup " + name,
                        LIMIT,
                        "pg_basebackup",
                        "--pgdata=" + data,
                        "--wal-method=stream",
                        "--checkpoint=fast",
                        "--manifest-checksums=SHA256",
                        "--no-sync",
                        "--label=" + name);
        var nextXid = live.look("ask for the next transaction", s -> {
            try (var ask = s.createStatement();
                    var row = ask.executeQuery("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")) {
                row.next();
                return row.getLong(1);
            }
        });
        var after = Present.of(live);
        var ranges = Documents.tree(read(data.resolve(MANIFEST))).path("WAL-Ranges");
        if (ranges.isEmpty()) {
            throw new Forbidden("backup %s has no range of the log in its manifest".formatted(name));
        }
        var range = ranges.get(ranges.size() - 1);
        var bytes = Shelf.bytes(data);
        return new Stored(
                name,
                name,
                after.system(),
                range.path("Timeline").asInt(),
                ranges.get(0).path("Start-LSN").asText(),
                range.path("End-LSN").asText(),
                nextXid,
                before.now(),
                after.now(),
                bytes,
                bytes,
                Map.of("manifest", Digest.of(read(data.resolve(MANIFEST))).text()));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new Forbidden("could not read %s: %s".formatted(file, e.getMessage()));
        }
    }

    /// The manifest is compared with what was written down when it was taken; `pg_verifybackup` compares everything
    /// else with the manifest, and parses the log.
    @Override
    public Backup.Proof verify(Stored backup, Instant now) {
        var data = shelf.at(backup.label()).resolve(DATA);
        if (!Files.isReadable(data.resolve(MANIFEST))) {
            return new Backup.Proof.Broken(now, "its manifest is gone");
        }
        if (!Digest.of(read(data.resolve(MANIFEST)))
                .text()
                .equals(backup.extra().get("manifest"))) {
            return new Backup.Proof.Broken(now, "its manifest is not the one that was written when it was taken");
        }
        var ended = Programs.run(
                Programs.unprivileged(
                        List.of(binaries.program("pg_verifybackup").toString(), "--exit-on-error", data.toString())),
                Map.of(),
                LIMIT);
        return ended.code() == 0
                ? new Backup.Proof.Verified(now, "pg_verifybackup")
                : new Backup.Proof.Broken(now, ended.lastLine().replaceFirst("^pg_verifybackup: (error: )?", ""));
    }

    @Override
    public void restore(Stored backup, Path into) {
        DataFolder.restore(shelf.at(backup.label()).resolve(DATA), into);
    }
}
