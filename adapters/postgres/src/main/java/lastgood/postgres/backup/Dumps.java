package lastgood.postgres.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.core.data.Backup;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.server.Binaries;
import lastgood.postgres.server.Programs;
import lastgood.postgres.sql.Sessions;

/// `pg_dump` of one database in its custom format. Needs no rights on the server's files and no archive, and so has no
/// other point in time than the instant at which it began.
public final class Dumps implements BackupProvider.Logical {

    private static final String DUMP = "dump";

    /// As long as reading a large database takes.
    private static final Duration LIMIT = Duration.ofHours(12);

    private final Sessions live;
    private final Binaries binaries;
    private final Shelf shelf;

    /// @param live the database, as a role that may read all of it
    /// @param binaries of the server's major version or newer
    public Dumps(Sessions live, Binaries binaries, Path folder) {
        this.live = live;
        this.binaries = binaries;
        this.shelf = new Shelf(folder);
    }

    @Override
    public String kind() {
        return "pg_dump";
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
    public Stored take(String name) {
        return shelf.make(name, partial -> {
            var started = now();
            var dump = partial.resolve(DUMP);
            new Client(binaries, live.address())
                    .run("take backup " + name, LIMIT, "pg_dump", "--format=custom", "--file=" + dump);
            try {
                var entry = DataFolder.read(dump);
                return new Stored(
                        name,
                        name,
                        "",
                        0,
                        "",
                        "",
                        0,
                        started,
                        now(),
                        entry.bytes(),
                        size(),
                        Map.of(
                                "sha256",
                                entry.sha256(),
                                "database",
                                live.address().database()));
            } catch (IOException e) {
                throw new Forbidden("could not read the dump back: " + e.getMessage());
            }
        });
    }

    private Instant now() {
        return live.look("ask for the time", s -> {
            try (var ask = s.createStatement();
                    var row = ask.executeQuery("SELECT clock_timestamp()")) {
                row.next();
                return row.getObject(1, OffsetDateTime.class).toInstant();
            }
        });
    }

    private long size() {
        return live.look("ask for the size", s -> {
            try (var ask = s.createStatement();
                    var row = ask.executeQuery("SELECT pg_database_size(current_database())")) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    /// The same bytes as when it was written, and `pg_restore` makes SQL of every one of them.
    @Override
    public Backup.Proof verify(Stored backup, Instant now) {
        var dump = shelf.at(backup.label()).resolve(DUMP);
        try {
            if (!DataFolder.read(dump).sha256().equals(backup.extra().get("sha256"))) {
                return new Backup.Proof.Broken(now, "the dump is not as it was stored");
            }
        } catch (IOException e) {
            return new Backup.Proof.Broken(now, "the dump is missing or cannot be read");
        }
        var ended = Programs.run(
                Programs.unprivileged(
                        List.of(binaries.program("pg_restore").toString(), "--file=/dev/null", dump.toString())),
                Map.of(),
                LIMIT);
        return ended.code() == 0
                ? new Backup.Proof.Verified(now, "sha256, and pg_restore reads all of it")
                : new Backup.Proof.Broken(now, ended.lastLine());
    }

    /// All or nothing.
    @Override
    public void restore(Stored backup, Sessions into) {
        new Client(binaries, into.address())
                .run(
                        "load backup " + backup.name(),
                        LIMIT,
                        "pg_restore",
                        "--single-transaction",
                        "--exit-on-error",
                        "--dbname=" + into.address().database(),
                        shelf.at(backup.label()).resolve(DUMP).toString());
    }
}
