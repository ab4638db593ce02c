package lastgood.postgres;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.core.data.Backup;
import lastgood.core.data.IntegrityReport;
import lastgood.engine.port.Checks;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.TeamCommands;
import lastgood.engine.port.database.Backups;
import lastgood.engine.port.database.DatabaseQuestions;
import lastgood.engine.port.database.Databases;
import lastgood.engine.port.database.Integrity;
import lastgood.engine.port.database.Repairs;
import lastgood.postgres.access.Guarded;
import lastgood.postgres.access.WriteFence;
import lastgood.postgres.backup.ServiceBackups;
import lastgood.postgres.integrity.PostgresIntegrity;
import lastgood.postgres.migrate.CatalogFingerprints;
import lastgood.postgres.migrate.Migrated;
import lastgood.postgres.migrate.PostgresSchemas;
import lastgood.postgres.migrate.Scripts;
import lastgood.postgres.migrate.StatusCommand;
import lastgood.postgres.points.RestorePoints;
import lastgood.postgres.restore.Operator;
import lastgood.postgres.salvage.Salvager;
import lastgood.postgres.sql.Sessions;

/// Everything that speaks to the databases of some services.
public record PostgresParts(Databases databases, DatabaseQuestions questions, Function<ServiceRef, Sessions> sessions) {

    /// A migration may rewrite a large table; nobody should wait longer than this behind a maintenance page.
    private static final Duration MIGRATION_MAX = Duration.ofMinutes(30);

    /// @param cache where our own PostgreSQL is unpacked, for shadows
    /// @param random for waiting times, so that two do not try again in step
    public static PostgresParts of(
            Map<ServiceRef, PostgresService> services,
            TeamCommands commands,
            Path cache,
            InstantSource clock,
            RandomGenerator random) {
        var all = new HashMap<ServiceRef, Database>();
        Function<ServiceRef, Database> one = service -> Optional.ofNullable(all.get(service))
                .orElseThrow(() -> new Forbidden("no database is configured for %s".formatted(service)));
        var schemas = new PostgresSchemas(
                service -> migrated(one.apply(service)),
                new CatalogFingerprints(RestorePoints::catalog),
                commands,
                random);
        var points = new RestorePoints(
                service -> new RestorePoints.Marked(
                        one.apply(service).sessions(),
                        one.apply(service).settings().roles().get()),
                schemas::migrations);
        services.forEach((ref, settings) -> all.put(ref, new Database(settings, cache, () -> points.all(ref), clock)));
        var databases = new Databases(
                new WriteFence(
                        service -> new Guarded(
                                one.apply(service).sessions(),
                                one.apply(service).settings().roles().get()),
                        random),
                schemas,
                points,
                new EachBackups(
                        one, new ServiceBackups(service -> one.apply(service).catalogue())),
                new Mending(one),
                new Soundness(one));
        return new PostgresParts(
                databases,
                new PostgresQuestions(one, schemas, points, new StatusCommand(commands, random), clock),
                service -> one.apply(service).sessions());
    }

    /// The platform's checks, with what the databases say in them.
    ///
    /// @param percentMax for each service that has a database, how many of its connections may be used
    public Checks checks(Checks platform, Map<ServiceRef, Double> percentMax) {
        return new DatabaseChecks(platform, sessions, percentMax);
    }

    private static Migrated migrated(Database database) {
        var settings = database.settings();
        var migrating = settings.migrating();
        return new Migrated(
                settings.service(),
                database.sessions(),
                migrating.tool().equals("auto") ? "" : migrating.tool(),
                migrating.folder().map(Scripts::in).orElseGet(Scripts::none),
                "",
                migrating.undo().isEmpty() ? "" : migrating.image().get(),
                migrating.undo(),
                migrating.apply(),
                MIGRATION_MAX);
    }

    /// @param ours of the services whose backups we take ourselves
    private record EachBackups(Function<ServiceRef, Database> databases, Backups ours) implements Backups {

        private Backups of(ServiceRef service) {
            return databases.apply(service).operator().map(Operator::backups).orElse(ours);
        }

        @Override
        public List<Backup> all(ServiceRef service) {
            return of(service).all(service);
        }

        @Override
        public State look(ServiceRef service, String name) {
            return of(service).look(service, name);
        }

        @Override
        public void take(ServiceRef service, String name, String alias, String reason, Fence fence) {
            of(service).take(service, name, alias, reason, fence);
        }

        @Override
        public void verify(ServiceRef service, String name, Fence fence) {
            of(service).verify(service, name, fence);
        }
    }

    /// @param databases by service
    private record Mending(Function<ServiceRef, Database> databases) implements Repairs {

        private Salvager salvager(ServiceRef service) {
            return new Salvager(
                    s -> databases.apply(s).sessions(), databases.apply(service).spools());
        }

        @Override
        public Salvaged salvaged(ServiceRef service, String scratch, Digest assessment) {
            return salvager(service).salvaged(service, scratch, assessment);
        }

        @Override
        public void salvage(ServiceRef service, String scratch, Digest assessment, Fence fence) {
            salvager(service).salvage(service, scratch, assessment, fence);
        }

        @Override
        public Swapped swapped(ServiceRef service, String scratch) {
            return databases.apply(service).swap().look(scratch);
        }

        @Override
        public void swap(ServiceRef service, String scratch, String keepAs, Fence fence) {
            var database = databases.apply(service);
            var begun = System.nanoTime();
            var _ = database.swap().swap(scratch, keepAs, fence, _ -> {});
            database.swapped(Duration.ofNanos(System.nanoTime() - begun));
        }
    }

    private record Soundness(Function<ServiceRef, Database> databases) implements Integrity {
        @Override
        public IntegrityReport check(ServiceRef service, boolean comprehensive) {
            return new PostgresIntegrity(s -> databases.apply(s).sessions(), s -> {
                        var settings = databases.apply(s).settings();
                        return comprehensive
                                ? Stream.concat(settings.quick().stream(), settings.comprehensive().stream())
                                        .toList()
                                : settings.quick();
                    })
                    .check(service, comprehensive);
        }
    }
}
