package lastgood.postgres.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.core.data.Backup;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.sql.Sessions;

/// Copies the data folder of a running server that lies on this machine, between `pg_backup_start` and
/// `pg_backup_stop`, with a checksum for each file. Needs none of PostgreSQL's tools, which is why the embedded server
/// uses it.
///
/// The copy is torn and inconsistent by itself; the log between start and stop makes it whole. So that log is part of
/// the backup, and a backup without it is none.
public final class FileBackups implements BackupProvider.Physical {

    /// The session stays open while files are copied; a statement in it is the wait for the archive at the end.
    private static final Duration ARCHIVED_WITHIN = Duration.ofMinutes(2);

    private static final String DATA = "data";
    private static final int BEFORE_RENAMED = 15_00_00;

    private final Sessions live;
    private final Path data;
    private final FolderArchive archive;
    private final Shelf shelf;

    /// @param live the server, as a superuser or with the right to `pg_backup_start`
    /// @param data its data folder, readable here
    /// @param folder where backups go
    public FileBackups(Sessions live, Path data, FolderArchive archive, Path folder) {
        this.live = live;
        this.data = data;
        this.archive = archive;
        this.shelf = new Shelf(folder);
    }

    @Override
    public String kind() {
        return "files";
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
        return shelf.make(name, partial -> copied(name, partial));
    }

    private Stored copied(String name, Path partial) {
        var present = Present.of(live);
        return live.in("take backup " + name, ARCHIVED_WITHIN, session -> {
            refuseWhatCannotBeCopied(session);
            var old = present.version() < BEFORE_RENAMED;
            var started = now(session);
            var start = one(
                    session, old ? "SELECT pg_start_backup(?, true, false)" : "SELECT pg_backup_start(?, true)", name);
            var files = DataFolder.copy(data, partial.resolve(DATA));
            var stop = stopped(session, old, partial.resolve(DATA), files);
            var nextXid = Long.parseLong(one(session, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text || ?", ""));
            addLog(partial.resolve(DATA), files, start, stop, present);
            Documents.write(partial.resolve(Manifest.FILE), files);
            var bytes = Shelf.bytes(partial);
            return new Stored(
                    name,
                    name,
                    present.system(),
                    present.timeline(),
                    start,
                    stop,
                    nextXid,
                    started,
                    now(session),
                    bytes,
                    bytes,
                    Map.of("manifest", files.digest().text(), "version", Integer.toString(present.version())));
        });
    }

    /// Outside the data folder we would copy a link and not what it leads to.
    private void refuseWhatCannotBeCopied(Connection session) throws SQLException {
        var spaces = one(session, "SELECT count(*)::text || ? FROM pg_tablespace WHERE spcname !~ '^pg_'", "");
        if (!"0".equals(spaces)) {
            throw new Forbidden("""
                    the server has tablespaces outside its data folder, which a copy of that folder does not hold
                    no backup was taken
                    hint: use pg_basebackup or pgBackRest for it""");
        }
        var archiving = one(session, "SELECT current_setting('archive_mode') || ?", "");
        if ("off".equals(archiving)) {
            throw new Forbidden("""
                    the server does not archive its log (archive_mode = off), so a copy of its files could not be made whole
                    no backup was taken
                    hint: set archive_mode and archive_command, and start it again""");
        }
    }

    private static String stopped(Connection session, boolean old, Path copy, Manifest files) throws SQLException {
        var sql = old
                ? "SELECT lsn, labelfile, spcmapfile FROM pg_stop_backup(false, true)"
                : "SELECT lsn, labelfile, spcmapfile FROM pg_backup_stop(true)";
        try (var stop = session.createStatement();
                var row = stop.executeQuery(sql)) {
            row.next();
            try {
                files.add("backup_label", DataFolder.write(copy.resolve("backup_label"), row.getString(2)));
            } catch (IOException e) {
                throw new Forbidden("could not write the backup's label: " + e.getMessage());
            }
            return row.getString(1);
        }
    }

    /// From the archive, where the server has put it by now.
    private void addLog(Path copy, Manifest files, String start, String stop, Present present) {
        var history = archive.story(present.timeline());
        var first = Wal.position(start);
        // What stops at a border needs nothing of the segment that begins there.
        var last = Wal.position(stop) - 1;
        var missing = Wal.gap(archive.names(), history, first, last, present.segmentBytes());
        if (missing.isPresent()) {
            throw new Forbidden("segment %s of the log is not in the archive %s, so the backup would not be whole"
                    .formatted(missing.get(), archive.folder()));
        }
        try {
            for (var at = first - Long.remainderUnsigned(first, present.segmentBytes());
                    Long.compareUnsigned(at, last) <= 0;
                    at += present.segmentBytes()) {
                var name = Wal.segment(history.at(at, present.segmentBytes()), at, present.segmentBytes());
                files.add(
                        "pg_wal/" + name,
                        DataFolder.copyFile(
                                archive.folder().resolve(name),
                                copy.resolve("pg_wal").resolve(name)));
            }
        } catch (IOException e) {
            throw new Forbidden("could not copy the log of the backup: " + e.getMessage());
        }
    }

    private static Instant now(Connection session) throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery("SELECT clock_timestamp()")) {
            row.next();
            return row.getObject(1, OffsetDateTime.class).toInstant();
        }
    }

    private static String one(Connection session, String sql, String argument) throws SQLException {
        try (var ask = session.prepareStatement(sql)) {
            ask.setString(1, argument);
            try (var row = ask.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    @Override
    public Backup.Proof verify(Stored backup, Instant now) {
        var folder = shelf.at(backup.label());
        if (Documents.isGarbled(folder.resolve(Manifest.FILE), Manifest.class)) {
            return new Backup.Proof.Broken(now, "its manifest is not as it was written when it was taken");
        }
        return Documents.read(folder.resolve(Manifest.FILE), Manifest.class)
                .flatMap(manifest ->
                        manifest.digest().text().equals(backup.extra().get("manifest"))
                                ? manifest.firstDifference(folder.resolve(DATA))
                                : Optional.of("its manifest is not the one that was written when it was taken"))
                .or(() -> Files.exists(folder.resolve(Manifest.FILE))
                        ? Optional.empty()
                        : Optional.of("its manifest is gone"))
                .<Backup.Proof>map(why -> new Backup.Proof.Broken(now, why))
                .orElseGet(() -> new Backup.Proof.Verified(now, "sha256 of every file"));
    }

    @Override
    public void restore(Stored backup, Path into) {
        DataFolder.restore(shelf.at(backup.label()).resolve(DATA), into);
    }
}
