package lastgood.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import lastgood.core.ServiceRef;
import lastgood.core.data.Assessment;
import lastgood.core.data.Assessment.Way;
import lastgood.core.data.Backup;
import lastgood.core.data.Connections;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.core.data.RestorePoint;
import lastgood.core.data.RestoreTime;
import lastgood.core.data.SchemaProof;
import lastgood.core.schema.Sql;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.TeamCommands;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.database.DatabaseQuestions;
import lastgood.postgres.backup.Wal;
import lastgood.postgres.migrate.PostgresSchemas;
import lastgood.postgres.migrate.Scripts;
import lastgood.postgres.migrate.StatusCommand;
import lastgood.postgres.points.RestorePoints;
import lastgood.postgres.prove.MigrationSql;
import lastgood.postgres.prove.Prover;
import lastgood.postgres.prove.Prover.Recorded;
import lastgood.postgres.prove.Shadows;
import lastgood.postgres.restore.Scratch;
import lastgood.postgres.restore.Targets;
import lastgood.postgres.salvage.Assessor;
import lastgood.postgres.status.ConnectionCounts;
import lastgood.postgres.status.StatusFacts;

/// Answers what people and plans ask about a database.
final class PostgresQuestions implements DatabaseQuestions {

    private final Function<ServiceRef, Database> databases;
    private final PostgresSchemas schemas;
    private final RestorePoints points;
    private final StatusCommand status;
    private final InstantSource clock;

    PostgresQuestions(
            Function<ServiceRef, Database> databases,
            PostgresSchemas schemas,
            RestorePoints points,
            StatusCommand status,
            InstantSource clock) {
        this.databases = databases;
        this.schemas = schemas;
        this.points = points;
        this.status = status;
        this.clock = clock;
    }

    @Override
    public List<Fact> status(ServiceRef service) {
        var database = databases.apply(service);
        var facts = new ArrayList<>(StatusFacts.read(database.sessions()));
        facts.add(backups(database));
        facts.add(point(service));
        return facts;
    }

    /// A backup that is there and was never read back or restored is a hope.
    private static Fact backups(Database database) {
        try {
            var newest = database.backups().stream().findFirst();
            if (newest.isEmpty()) {
                return new Fact("backup", "none", "failing", "lastgood db backup --reason TEXT takes one");
            }
            var backup = newest.get();
            var proved = switch (backup.proof()) {
                case Backup.Proof.Verified(var at, var how) -> "verified %s (%s)".formatted(at, how);
                case Backup.Proof.Unverified() -> "never read back";
                case Backup.Proof.Vouched(var at, var word) -> "on trust since %s (%s)".formatted(at, word);
                case Backup.Proof.Broken(var at, var why) -> "BROKEN (%s): %s".formatted(at, why);
            };
            var rehearsed = switch (backup.rehearsal()) {
                case Backup.Rehearsal.Never() -> "never rehearsed: UNPROVEN";
                case Backup.Rehearsal.Restored(var at, var took, var _) ->
                    "rehearsed %s in %s".formatted(at, lastgood.core.Words.duration(took));
            };
            var standing = backup.proof() instanceof Backup.Proof.Broken
                    ? "failing"
                    : backup.proof() instanceof Backup.Proof.Verified
                                    && backup.rehearsal() instanceof Backup.Rehearsal.Restored
                            ? "ok"
                            : "warning";
            return new Fact(
                    "backup",
                    "%s, %s; %s; %s".formatted(backup.name(), backup.finished(), proved, rehearsed),
                    standing,
                    standing.equals("ok") ? "" : "lastgood db rehearse restores it and throws the result away");
        } catch (Forbidden | Unreachable e) {
            return new Fact("backup", firstLine(e), "unknown", "");
        }
    }

    /// The one that the next rollback would go back to.
    private Fact point(ServiceRef service) {
        try {
            return points.all(service).stream()
                    .findFirst()
                    .map(p -> new Fact(
                            "restore point",
                            "%s, before %s, %s; %s"
                                    .formatted(
                                            p.name(),
                                            p.release(),
                                            p.at(),
                                            p.log().words()),
                            p.log().isTooLittle() ? "failing" : p.doubt().isPresent() ? "warning" : "ok",
                            p.doubt().isPresent()
                                    ? "what is kept of the log decides whether one can go back there"
                                    : ""))
                    .orElseGet(() -> new Fact(
                            "restore point",
                            "none",
                            "warning",
                            "lastgood release deploy marks one each time; release record --before for another tool"));
        } catch (Forbidden | Unreachable e) {
            return new Fact("restore point", firstLine(e), "unknown", "");
        }
    }

    private static String firstLine(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("no answer");
    }

    @Override
    public Connections connections(ServiceRef service) {
        return ConnectionCounts.count(databases.apply(service).sessions());
    }

    @Override
    public Optional<TeamCommands.Ended> migrationStatus(ServiceRef service) {
        var migrating = databases.apply(service).settings().migrating();
        return migrating.status().isEmpty()
                ? Optional.empty()
                : status.run(service, migrating.image().get(), migrating.status());
    }

    // ---- proof

    @Override
    public SchemaProof prove(ServiceRef service, Optional<String> from, List<String> migrations) {
        var recorded = from.flatMap(name -> points.recorded(service, name));
        if (recorded.isEmpty()) {
            return new SchemaProof(
                    SchemaProof.Verdict.UNPROVEN,
                    List.of(
                            from.isEmpty()
                                    ? "nothing was written down before the newer release: neither its schema nor what the older one says"
                                    : "what was written down as %s is not in the database".formatted(from.get())),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    0);
        }
        var database = databases.apply(service);
        var settings = database.settings();
        var scripts = settings.migrating().folder().map(Scripts::in).orElseGet(Scripts::none);
        return prover(service, settings, database)
                .back(
                        recorded.get(),
                        database.sessions(),
                        migrations.stream().map(m -> sql(scripts, m, settings)).toList());
    }

    @Override
    public SchemaProof proveAhead(ServiceRef service, Path migrations, Optional<Path> statements) {
        var database = databases.apply(service);
        var settings = database.settings();
        var applied = schemas.look(service).applied();
        var scripts = Scripts.in(migrations);
        var coming = scripts.all().stream()
                .map(Scripts.Pair::name)
                .filter(name -> !applied.contains(name))
                .toList();
        if (coming.isEmpty()) {
            throw new Forbidden("every migration in %s is applied already, or there is none\nnothing was changed"
                    .formatted(migrations));
        }
        return prover(service, settings, database)
                .ahead(
                        new Prover.Base.Live(database.sessions()),
                        statements.map(PostgresQuestions::said).orElse(settings.statements()),
                        coming.stream()
                                .map(name -> sql(scripts, name, settings))
                                .toList());
    }

    @Override
    public SchemaProof proveBetween(ServiceRef service, String from, String to, List<String> migrations) {
        var database = databases.apply(service);
        var settings = database.settings();
        var scripts = settings.migrating().folder().map(Scripts::in).orElseGet(Scripts::none);
        return prover(service, settings, database)
                .between(
                        recorded(service, from),
                        recorded(service, to).catalog(),
                        database.sessions(),
                        migrations.stream().map(m -> sql(scripts, m, settings)).toList());
    }

    private Recorded recorded(ServiceRef service, String point) {
        return points.recorded(service, point)
                .orElseThrow(
                        () -> new Forbidden("what was written down as %s is not in the database".formatted(point)));
    }

    /// One statement ends with a semicolon at the end of a line, or with its file.
    private static List<String> said(Path folder) {
        try (var files = Files.list(folder)) {
            var all = new ArrayList<String>();
            for (var file :
                    files.filter(f -> f.toString().endsWith(".sql")).sorted().toList()) {
                all.addAll(Sql.statements(Files.readString(file)));
            }
            return all;
        } catch (IOException e) {
            throw new Forbidden("could not read the statements in %s: %s".formatted(folder, e.getMessage()));
        }
    }

    private Prover prover(ServiceRef service, PostgresService settings, Database database) {
        return new Prover(
                new Shadows(database.cache(), Optional.empty(), clock),
                new Prover.Settings(
                        settings.roles().get(),
                        schemas.migrations(service).tool(),
                        settings.migrating().atStart()),
                clock);
    }

    private static MigrationSql sql(Scripts scripts, String name, PostgresService settings) {
        var pair = scripts.all().stream().filter(p -> p.name().equals(name)).findFirst();
        return new MigrationSql(
                name,
                pair.flatMap(Scripts.Pair::up).map(Scripts.Side::sql).orElse(""),
                pair.flatMap(Scripts.Pair::down).map(Scripts.Side::sql).orElse(""),
                !settings.migrating().undo().isEmpty());
    }

    // ---- damage

    @Override
    public Assessment assess(ServiceRef service, RecoveryTarget target, Consumer<String> progress) {
        var database = databases.apply(service);
        refuseTooLittleLog(service, target, progress);
        var scratch = database.earlier(target, behind(service, target), progress);
        return assess(database, scratch, words(service, target), damage(target), progress);
    }

    /// What was seen of the log when the point was marked: with too little of it no backup leads there, and PostgreSQL
    /// would say so only after everything was copied. An archive that failed then may have caught up since: that is
    /// said, and the segments that are there decide.
    private void refuseTooLittleLog(ServiceRef service, RecoveryTarget target, Consumer<String> progress) {
        Optional<RestorePoint> point;
        try {
            point = points.all(service).stream()
                    .filter(p -> isAt(p, target.point()))
                    .findFirst();
        } catch (Unreachable _) {
            // The server may be what has to be replaced; what is archived decides.
            return;
        }
        var doubt = point.flatMap(RestorePoint::doubt);
        if (doubt.isPresent() && point.get().log().isTooLittle()) {
            throw new Forbidden(
                    "%s\nnothing was restored\nhint: --backup NAME restores what a backup holds; wal_level = replica and a new backup make later points reachable"
                            .formatted(doubt.get()));
        }
        doubt.ifPresent(progress);
    }

    /// Whether it was marked for that point, or is the last one before it.
    private static boolean isAt(RestorePoint p, Point point) {
        return switch (point) {
            case Point.Named(var name) -> p.name().equals(name);
            case Point.Xid(var xid) -> p.xids().contains(xid);
            case Point.Lsn(var lsn) -> Wal.compare(p.lsn(), lsn) <= 0;
            case Point.At(var time) -> !p.at().isAfter(time);
            case Point.Latest() -> false;
        };
    }

    @Override
    public Assessment assessBackup(ServiceRef service, String backup, Consumer<String> progress) {
        var database = databases.apply(service);
        if (database.operator().isPresent()) {
            return assessOperated(database, backup, progress);
        }
        var stored = database.catalogue().meant(backup);
        if (database.hasHistory()) {
            return assess(service, RecoveryTarget.upTo(new Point.Lsn(stored.stopLsn())), progress);
        }
        return assess(
                database,
                database.dumpScratches().make(stored, progress),
                "backup %s".formatted(stored.name()),
                0,
                progress);
    }

    private Assessment assessOperated(Database database, String name, Consumer<String> progress) {
        var backup = Named.in(database.backups(), Optional.of(name));
        if (backup.stopLsn().isEmpty()) {
            throw new Forbidden(
                    "nobody says where in the log the backup %s ended, so its state cannot be asked for\nnothing was restored\nhint: give the point as a time"
                            .formatted(backup.name()));
        }
        var target = RecoveryTarget.upTo(new Point.Lsn(backup.stopLsn()));
        var scratch = database.operated().make(target, Optional.empty(), Optional.of(backup), progress);
        return assess(database, scratch, "backup %s".formatted(backup.name()), 0, progress);
    }

    private Assessment assess(
            Database database, Scratch scratch, String point, long damage, Consumer<String> progress) {
        var counted = new Assessor(database.spools(), clock)
                .assess(
                        new Assessor.Case(
                                scratch.name(),
                                point,
                                scratch.before(),
                                scratch.after().orElse(null),
                                database.sessions(),
                                damage,
                                Set.of()),
                        progress);
        var assessment = timed(counted, database.swaps());
        new Assessments(database.assessments()).keep(assessment, clock.instant());
        return assessment;
    }

    /// The scratch is there already, so what is left of a restore is the exchange: as long as those took that were made
    /// here.
    private static Assessment timed(Assessment counted, List<Long> swaps) {
        if (swaps.isEmpty()) {
            return counted;
        }
        var sorted = swaps.stream().sorted().toList();
        var median = Duration.ofMillis(sorted.get((sorted.size() - 1) / 2));
        return counted.with(counted.ways().stream()
                .map(w -> w.kind() == Way.Kind.SWAP ? new Way(w.kind(), w.lost(), w.conflicts(), median, false) : w)
                .toList());
    }

    /// Right after the damage: the last transaction of the migrations whose first one is the target. Without it nobody
    /// could tell what was damaged from what was written since.
    private Optional<RecoveryTarget> behind(ServiceRef service, RecoveryTarget target) {
        if (target.inclusive()) {
            return Optional.empty();
        }
        return switch (target.point()) {
            case Point.Xid(var xid) ->
                Optional.of(RecoveryTarget.upTo(new Point.Xid(points.all(service).stream()
                        .filter(p -> p.xids().contains(xid))
                        .flatMap(p -> p.xids().stream())
                        .max(Comparator.naturalOrder())
                        .orElse(xid))));
            case Point.Named(var name) ->
                points.find(service, name)
                        .map(RestorePoint::xids)
                        .filter(x -> !x.isEmpty())
                        .map(x -> RecoveryTarget.upTo(new Point.Xid(
                                x.stream().max(Comparator.naturalOrder()).orElseThrow())));
            case Point.Lsn _, Point.At _, Point.Latest _ -> Optional.empty();
        };
    }

    private static long damage(RecoveryTarget target) {
        return target.point() instanceof Point.Xid(var xid) && !target.inclusive() ? xid : 0;
    }

    private String words(ServiceRef service, RecoveryTarget target) {
        var side = target.inclusive() ? "up to" : "before";
        return switch (target.point()) {
            case Point.Xid(var xid) ->
                points.all(service).stream()
                        .filter(p -> p.xids().contains(xid))
                        .findFirst()
                        .map(p -> "%s transaction %d, a migration of %s".formatted(side, xid, p.release()))
                        .orElse("%s transaction %d".formatted(side, xid));
            case Point.Lsn(var lsn) -> "%s %s".formatted(side, lsn);
            case Point.At(var time) -> "%s %s".formatted(side, Targets.words(time, ZoneOffset.UTC));
            case Point.Named(var name) -> "%s restore point %s".formatted(side, name);
            case Point.Latest() -> "as far as the archive goes";
        };
    }

    @Override
    public Optional<Assessment> assessed(ServiceRef service, Optional<String> scratch) {
        return new Assessments(databases.apply(service).assessments()).newest(scratch);
    }

    @Override
    public RestoreTime restoreTime(ServiceRef service) {
        try {
            return databases.apply(service).restoreTime();
        } catch (Forbidden | Unreachable _) {
            // Nobody's plan should wait for a prediction; without one it says UNPROVEN.
            return RestoreTime.unproven(0, 0);
        }
    }

    @Override
    public Backup rehearse(ServiceRef service, String backup, Consumer<String> progress) {
        return databases.apply(service).rehearse(Optional.of(backup).filter(b -> !b.isEmpty()), progress);
    }
}
