package lastgood.app;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import lastgood.config.DatabaseConfig;
import lastgood.config.Effective;
import lastgood.config.SecretReader;
import lastgood.config.SecretRef;
import lastgood.config.Template;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Checks;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.TeamCommands;
import lastgood.engine.port.database.DatabaseQuestions;
import lastgood.engine.port.database.Databases;
import lastgood.postgres.PostgresParts;
import lastgood.postgres.PostgresService;
import lastgood.postgres.PostgresService.BackingUp;
import lastgood.postgres.embedded.EmbeddedServer;
import lastgood.postgres.integrity.Invariant;
import lastgood.postgres.restore.Operator;
import lastgood.postgres.sql.Address;
import org.jspecify.annotations.Nullable;

/// The databases of the services of one platform, as the configuration says.
///
/// @param checks puts what the databases say into the platform's checklist
record ServiceDatabases(
        Databases databases, Function<ServiceRef, DatabaseQuestions> questions, UnaryOperator<Checks> checks) {

    /// Reads a secret where the platform keeps it.
    @FunctionalInterface
    interface Secrets {
        /// @throws Forbidden with what is missing
        String read(SecretRef ref);

        /// Variables and files of this machine.
        static Secrets here(Map<String, String> variables, Path folder) {
            return ref -> new SecretReader(variables, folder)
                    .read(ref)
                    .orElse(bad -> {
                        throw new Forbidden("%s\nhint: %s".formatted(bad.fact(), bad.hint()));
                    })
                    .reveal();
        }
    }

    /// @param kept the services of the platform
    /// @param folder of the configuration file
    /// @param operators who backs up and restores, where the platform has one
    /// @param images the release whose program can undo what the newest one brought, by its digest
    static ServiceDatabases of(
            Map<ServiceRef, Effective> kept,
            Path folder,
            Map<String, String> variables,
            Secrets secrets,
            TeamCommands commands,
            Function<ServiceRef, String> images,
            Function<ServiceRef, Optional<Operator>> operators,
            InstantSource clock) {
        var services = new HashMap<ServiceRef, PostgresService>();
        kept.forEach((ref, effective) -> {
            var config = effective.service().database();
            if (config != null) {
                services.put(
                        ref, service(ref, effective, config, folder, variables, secrets, images, operators.apply(ref)));
            }
        });
        if (services.isEmpty()) {
            return new ServiceDatabases(Databases.none(), _ -> DatabaseQuestions.none(), UnaryOperator.identity());
        }
        var cache = EmbeddedDatabases.cache(variables, folder);
        var parts = PostgresParts.of(services, commands, cache, clock, new SecureRandom());
        return new ServiceDatabases(
                parts.databases(),
                ref -> services.containsKey(ref) ? parts.questions() : DatabaseQuestions.none(),
                platform -> parts.checks(platform, percentMax(kept)));
    }

    /// The check's own limit, else the database's.
    private static Map<ServiceRef, Double> percentMax(Map<ServiceRef, Effective> kept) {
        var max = new HashMap<ServiceRef, Double>();
        kept.forEach((ref, effective) -> {
            var database = effective.service().database();
            if (database != null) {
                max.put(
                        ref,
                        effective.service().verify().checks().stream()
                                        .filter(lastgood.config.Check.Database.class::isInstance)
                                        .map(lastgood.config.Check.Database.class::cast)
                                        .map(lastgood.config.Check.Database::connectionsBelow)
                                        .findFirst()
                                        .orElse(database.maxConnections())
                                        .fraction()
                                * 100);
            }
        });
        return max;
    }

    private static PostgresService service(
            ServiceRef ref,
            Effective effective,
            DatabaseConfig config,
            Path folder,
            Map<String, String> variables,
            Secrets secrets,
            Function<ServiceRef, String> images,
            Optional<Operator> operator) {
        var data =
                effective.data().resolve("databases").resolve(ref.environment()).resolve(ref.service());
        var embedded = EmbeddedDatabases.isWanted(effective)
                ? Optional.of(new EmbeddedDatabases(effective.data(), variables).server())
                : Optional.<EmbeddedServer>empty();
        return new PostgresService(
                ref,
                admin(ref, config.where(), embedded, secrets),
                roles(ref, config, secrets),
                embedded,
                migrating(ref, config.migrations(), images),
                backingUp(config, embedded, operator, data),
                statements(config.statements()),
                invariants(config.integrity().quick(), folder),
                invariants(config.integrity().comprehensive(), folder),
                data);
    }

    private static Supplier<Address> admin(
            ServiceRef ref, DatabaseConfig.Where where, Optional<EmbeddedServer> embedded, Secrets secrets) {
        return switch (where) {
            case DatabaseConfig.Where.Embedded() ->
                () -> embedded.orElseThrow().admin().withDatabase(EmbeddedServer.name(ref));
            case DatabaseConfig.Where.At(var _, var admin) -> () -> Address.of(secrets.read(admin));
        };
    }

    /// Those that the service enters as. Without a word about it, the one in its own URL.
    private static Supplier<Set<String>> roles(ServiceRef ref, DatabaseConfig config, Secrets secrets) {
        return switch (config.where()) {
            case DatabaseConfig.Where.Embedded() -> () -> Set.of(EmbeddedServer.name(ref));
            case DatabaseConfig.Where.At(var url, var _) ->
                () -> config.roles().isEmpty()
                        ? Set.of(Address.of(secrets.read(url)).role())
                        : Set.copyOf(config.roles());
        };
    }

    private static PostgresService.Migrating migrating(
            ServiceRef ref, DatabaseConfig.Migrations migrations, Function<ServiceRef, String> images) {
        return new PostgresService.Migrating(
                migrations.tool(),
                Optional.ofNullable(migrations.dir()),
                command(ref, migrations.undo()),
                command(ref, migrations.apply()),
                command(ref, migrations.status()),
                migrations.atStart(),
                () -> images.apply(ref));
    }

    /// All but the migration, which is filled in when there is one.
    private static List<String> command(ServiceRef ref, List<Template> words) {
        return Template.fill(
                words,
                Map.of(
                        "migration",
                        "{migration}",
                        "version",
                        "{version}",
                        "environment",
                        ref.environment(),
                        "service",
                        ref.service()));
    }

    private static BackingUp backingUp(
            DatabaseConfig config, Optional<EmbeddedServer> embedded, Optional<Operator> operator, Path data) {
        var backup = config.backup();
        var written = backup.folder();
        var folder = written == null ? data.resolve("backups") : written;
        return switch (backup.kind()) {
            case AUTO ->
                embedded.map(server -> new BackingUp(BackingUp.Kind.FILES, "", folder, server.archive()))
                        .orElseGet(() -> new BackingUp(BackingUp.Kind.PG_DUMP, "", folder, folder.resolve("archive")));
            case FILES ->
                new BackingUp(
                        BackingUp.Kind.FILES, "", folder, embedded.orElseThrow().archive());
            case PG_DUMP -> new BackingUp(BackingUp.Kind.PG_DUMP, "", folder, folder.resolve("archive"));
            case PG_BASEBACKUP -> new BackingUp(BackingUp.Kind.PG_BASEBACKUP, "", folder, archive(backup, folder));
            case CNPG -> new BackingUp(BackingUp.Kind.OPERATOR, "", folder, folder.resolve("archive"), operator);
            case PGBACKREST ->
                new BackingUp(
                        BackingUp.Kind.PGBACKREST,
                        backup.stanza() == null ? "" : backup.stanza(),
                        folder,
                        folder.resolve("archive"));
        };
    }

    private static Path archive(DatabaseConfig.Backup backup, Path folder) {
        var written = backup.archive();
        return written == null ? folder.resolve("archive") : written;
    }

    // ---- files

    private static List<String> statements(@Nullable Path folder) {
        return folder == null
                ? List.of()
                : files(folder, "*.sql").stream()
                        .flatMap(f -> List.of(read(f).split(";\\s*\n")).stream())
                        .map(String::strip)
                        .filter(s -> !s.isEmpty())
                        .toList();
    }

    private static List<Invariant> invariants(List<DatabaseConfig.Sql> written, Path folder) {
        var all = new ArrayList<Invariant>();
        for (var one : written) {
            switch (one) {
                case DatabaseConfig.Sql.Text(var sql) -> all.add(new Invariant(sql, sql));
                case DatabaseConfig.Sql.Files(var pattern) -> {
                    var slash = pattern.lastIndexOf('/');
                    var where = slash < 0 ? folder : folder.resolve(pattern.substring(0, slash));
                    files(where, pattern.substring(slash + 1))
                            .forEach(f -> all.add(new Invariant(String.valueOf(f.getFileName()), read(f))));
                }
            }
        }
        return all;
    }

    /// A pattern that matches nothing is a mistake: what it was to guard would not be guarded.
    private static List<Path> files(Path folder, String pattern) {
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        try (var all = Files.list(folder)) {
            var found =
                    all.filter(f -> matcher.matches(f.getFileName())).sorted().toList();
            if (found.isEmpty()) {
                throw new Forbidden("no file in %s is called %s".formatted(folder, pattern));
            }
            return found;
        } catch (IOException e) {
            throw new Forbidden("could not read the files in %s: %s".formatted(folder, e.getMessage()));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new Forbidden("could not read %s: %s".formatted(file, e.getMessage()));
        }
    }
}
