package lastgood.postgres;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import lastgood.core.data.Backup;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RestorePoint;
import lastgood.core.data.RestoreTime;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.postgres.backup.BackupProvider;
import lastgood.postgres.backup.BaseBackups;
import lastgood.postgres.backup.Catalogue;
import lastgood.postgres.backup.Dumps;
import lastgood.postgres.backup.FileBackups;
import lastgood.postgres.backup.FolderArchive;
import lastgood.postgres.backup.Notes;
import lastgood.postgres.backup.Notes.Rehearsed;
import lastgood.postgres.backup.PgBackRest;
import lastgood.postgres.backup.Present;
import lastgood.postgres.backup.Stored;
import lastgood.postgres.backup.Wal;
import lastgood.postgres.catalog.CatalogReader;
import lastgood.postgres.embedded.EmbeddedServer;
import lastgood.postgres.restore.DatabaseSwap;
import lastgood.postgres.restore.DumpScratches;
import lastgood.postgres.restore.FolderSwap;
import lastgood.postgres.restore.Landmarks;
import lastgood.postgres.restore.LiveFolder;
import lastgood.postgres.restore.OperatedScratches;
import lastgood.postgres.restore.OperatedSwap;
import lastgood.postgres.restore.Operator;
import lastgood.postgres.restore.Rehearsals;
import lastgood.postgres.restore.Scratch;
import lastgood.postgres.restore.Scratches;
import lastgood.postgres.restore.Swap;
import lastgood.postgres.server.Binaries;
import lastgood.postgres.sql.Sessions;

/// One service's database with all that belongs to it, put together when it is needed. Which parts there are depends
/// on how it is backed up: copies of the whole server lead to any point in time, a dump to its own only.
final class Database {

    private static final String NAME = "lastgood";

    private final PostgresService settings;
    private final Path cache;
    private final Supplier<List<RestorePoint>> points;
    private final InstantSource clock;

    /// @param cache where our own PostgreSQL is unpacked
    Database(PostgresService settings, Path cache, Supplier<List<RestorePoint>> points, InstantSource clock) {
        this.settings = settings;
        this.cache = cache;
        this.points = points;
        this.clock = clock;
    }

    PostgresService settings() {
        return settings;
    }

    Sessions sessions() {
        return new Sessions(settings.admin().get(), NAME);
    }

    // ---- backups

    Catalogue catalogue() {
        return new Catalogue(provider(), new Notes(settings.data().resolve("notes")), clock, this::circumstances);
    }

    private Catalogue.Circumstances circumstances() {
        try {
            var release =
                    points.get().stream().map(RestorePoint::release).findFirst().orElse("");
            return new Catalogue.Circumstances(
                    release, CatalogReader.read(sessions()).fingerprint().text());
        } catch (Unreachable | Forbidden _) {
            // A backup of what can hardly be read is needed most.
            return Catalogue.Circumstances.unknown();
        }
    }

    /// Newest first.
    List<Backup> backups() {
        return operator()
                .map(o -> o.backups().all(settings.service()))
                .orElseGet(() -> catalogue().all());
    }

    Optional<Operator> operator() {
        return settings.backingUp().operator();
    }

    private BackupProvider provider() {
        return hasHistory() ? physical() : dumps();
    }

    private Dumps dumps() {
        return new Dumps(sessions(), tools(), settings.backingUp().folder());
    }

    private BackupProvider.Physical physical() {
        var backingUp = settings.backingUp();
        return switch (backingUp.kind()) {
            case FILES -> new FileBackups(sessions(), embedded().server().data(), archive(), backingUp.folder());
            case PG_BASEBACKUP -> new BaseBackups(sessions(), tools(), archive(), backingUp.folder());
            case PGBACKREST ->
                new PgBackRest(
                        new PgBackRest.Setup(
                                Path.of("/usr/bin/pgbackrest"),
                                Path.of("/etc/pgbackrest.conf"),
                                backingUp.stanza(),
                                Map.of(),
                                List.of()),
                        sessions());
            case OPERATOR -> throw new IllegalStateException("an operator's backups are not ours to read");
            case PG_DUMP -> throw new Forbidden("""
                        a dump has no time but its own, so no other point can be reached
                        nothing was changed
                        hint: name a backup, or back up with pgbackrest or pg_basebackup""");
        };
    }

    private FolderArchive archive() {
        return new FolderArchive(settings.backingUp().archive());
    }

    private EmbeddedServer embedded() {
        return settings.embedded().orElseThrow(() -> new Forbidden("files are copied of an embedded server only"));
    }

    /// Of the server's version where they are installed; newer ones can do it, too.
    private Binaries tools() {
        return Binaries.installed(major())
                .or(Binaries::installed)
                .orElseThrow(() -> new Forbidden(
                        "there are no programs of PostgreSQL here\nhint: install postgresql-client-%d or newer"
                                .formatted(major())));
    }

    /// A scratch has to be of the live server's version, to the letter of its data format.
    private Binaries sameVersion() {
        if (settings.embedded().isPresent()) {
            return embedded().server().binaries();
        }
        return Binaries.installed(major())
                .orElseThrow(() -> new Forbidden(
                        "there is no PostgreSQL %d here to restore with\nnothing was changed\nhint: install postgresql-%d"
                                .formatted(major(), major())));
    }

    private int major() {
        return Present.of(sessions()).version() / 10_000;
    }

    // ---- scratches

    boolean hasHistory() {
        return settings.backingUp().kind() != PostgresService.BackingUp.Kind.PG_DUMP;
    }

    /// An earlier state beside the database.
    ///
    /// @param after the moment right behind the damage, if it is known
    Scratch earlier(RecoveryTarget target, Optional<RecoveryTarget> after, Consumer<String> progress) {
        return operator().isPresent()
                ? operated().make(target, after, Optional.empty(), progress)
                : scratches().make(target, after, Optional.empty(), progress);
    }

    OperatedScratches operated() {
        return new OperatedScratches(operator().orElseThrow(), sessions(), Landmarks.of(points), this::backups);
    }

    Scratches scratches() {
        return new Scratches(
                settings.data().resolve("scratch"),
                catalogue(),
                physical(),
                sessions(),
                sameVersion(),
                Landmarks.of(points),
                clock);
    }

    DumpScratches dumpScratches() {
        return new DumpScratches(dumps(), sessions(), new DumpScratches.Measured() {
            @Override
            public String predicted(Stored backup) {
                return Rehearsals.predict(catalogue(), backup, 0).words();
            }

            @Override
            public void restored(Stored backup, Duration took) {
                catalogue()
                        .rehearsed(
                                backup,
                                new Rehearsed(
                                        backup.name(),
                                        catalogue().provider().kind(),
                                        clock.instant().toString(),
                                        backup.restoredBytes(),
                                        took.toMillis(),
                                        0,
                                        0,
                                        0));
            }
        });
    }

    /// How long the newest backup that was read back would take to restore, with the log up to now.
    RestoreTime restoreTime() {
        if (operator().isPresent()) {
            return RestoreTime.unproven(0, 0);
        }
        var catalogue = catalogue();
        return catalogue.stored().stream()
                .filter(s -> catalogue.backup(s).proof() instanceof Backup.Proof.Verified)
                .findFirst()
                .map(s -> Rehearsals.predict(catalogue, s, logSince(s)))
                .orElseGet(() -> RestoreTime.unproven(0, 0));
    }

    /// How long exchanges took that were made here, in milliseconds. An operator keeps no notes of ours.
    List<Long> swaps() {
        return operator().isPresent() ? List.of() : catalogue().notes().swaps();
    }

    void swapped(Duration took) {
        if (operator().isEmpty()) {
            catalogue().notes().addSwap(took.toMillis());
        }
    }

    private long logSince(Stored backup) {
        return backup.startLsn().isEmpty()
                ? 0
                : Math.max(0, Wal.position(Present.of(sessions()).lsn()) - Wal.position(backup.startLsn()));
    }

    Swap swap() {
        if (operator().isPresent()) {
            return new OperatedSwap(operator().get(), sessions());
        }
        if (!hasHistory()) {
            return new DatabaseSwap(sessions());
        }
        if (settings.embedded().isEmpty()) {
            throw new Forbidden("""
                    this server's data folder is not ours to exchange
                    nothing was changed
                    hint: salvage the rows, or hand the scratch to whoever runs the server""");
        }
        var server = embedded();
        return new FolderSwap(
                new LiveFolder(server.server(), server.settings(), server::start, server.admin()), scratches());
    }

    Backup rehearse(Optional<String> backup, Consumer<String> progress) {
        if (operator().isPresent()) {
            var meant = Named.in(backups(), backup);
            operated().rehearse(meant, progress);
            return Named.in(backups(), Optional.of(meant.name()));
        }
        var rehearsals = hasHistory()
                ? new Rehearsals(catalogue(), scratches(), clock)
                : new Rehearsals(catalogue(), new DumpScratches(dumps(), sessions()), clock);
        return rehearsals.rehearse(backup, progress);
    }

    // ---- what is kept about it

    Path spools() {
        return settings.data().resolve("spools");
    }

    Path assessments() {
        return settings.data().resolve("assessments");
    }

    Path cache() {
        return cache;
    }
}
