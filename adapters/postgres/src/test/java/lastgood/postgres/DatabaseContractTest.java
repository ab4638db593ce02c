package lastgood.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import lastgood.core.Digest;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Fence;
import lastgood.engine.port.database.Databases;
import lastgood.postgres.PostgresService.BackingUp;
import lastgood.postgres.PostgresService.BackingUp.Kind;
import lastgood.postgres.PostgresService.Migrating;
import lastgood.postgres.embedded.EmbeddedServer;
import lastgood.postgres.salvage.Assessor;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Address;
import lastgood.postgres.sql.Sessions;
import lastgood.testkit.contract.AccessContract;
import lastgood.testkit.contract.BackupsContract;
import lastgood.testkit.contract.DatabaseHarness;
import lastgood.testkit.contract.PointsContract;
import lastgood.testkit.contract.RepairsContract;
import lastgood.testkit.contract.SchemasContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// What the simulator's database has to pass, passed by a real server with the parts as the program puts them together:
/// a proof by simulation is worth as much as the simulation is like this.
class DatabaseContractTest {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    static Path folder;

    static EmbeddedServer server;

    @BeforeAll
    static void one_server_for_all() {
        server = new EmbeddedServer(folder.resolve("postgres"), Servers.ours());
        server.ensure();
        run(new Sessions(server.admin(), "test"), "ALTER SYSTEM SET max_prepared_transactions = 5");
        server.stop();
        server.ensure();
    }

    @AfterAll
    static void no_server() {
        server.stop();
    }

    private static void run(Sessions on, String... statements) {
        on.in("arrange", LIMIT, session -> {
            for (var sql : statements) {
                session.createStatement().execute(sql);
            }
            return true;
        });
    }

    /// A database of its own on the server that all share.
    private static final class Real implements DatabaseHarness, AutoCloseable {

        private final List<Connection> clients = new ArrayList<>();
        private final ServiceRef service =
                ServiceRef.parse("test/" + Servers.name("shop").replace('_', '-'));
        private final String name = EmbeddedServer.name(service);
        private final Path home = folder.resolve(name);
        private final Address admin = server.database(service);
        private final Sessions live = new Sessions(admin, "test");
        private final Databases databases;
        private final Digest schemaBefore;

        /// @param kind files of the whole server, or dumps, after which a database is exchanged and not the server
        Real(Kind kind) {
            migration("m1", "CREATE TABLE orders (id int PRIMARY KEY, total int)", "DROP TABLE orders");
            migration("m2", "ALTER TABLE orders ADD note text", "ALTER TABLE orders DROP note");
            databases = PostgresParts.of(
                            Map.of(service, settings(kind)),
                            (_, _, _, _, _, _) -> {
                                throw new AssertionError("nothing here is a command of the team's");
                            },
                            folder.resolve("cache"),
                            InstantSource.system(),
                            new Random(1))
                    .databases();
            apply("m1");
            schemaBefore = databases.schemas().look(service).schema();
            apply("m2");
            migration("m3", "ALTER TABLE orders ADD price int", "ALTER TABLE orders DROP price");
        }

        private PostgresService settings(Kind kind) {
            return new PostgresService(
                    service,
                    () -> admin,
                    () -> Set.of(name),
                    Optional.of(server),
                    new Migrating(
                            "auto",
                            Optional.of(home.resolve("migrations")),
                            List.of(),
                            List.of(),
                            List.of(),
                            false,
                            () -> "v1"),
                    new BackingUp(kind, "", home.resolve("backups"), server.archive()),
                    List.of(),
                    List.of(),
                    List.of(),
                    home.resolve("data"));
        }

        private void migration(String migration, String up, String down) {
            try {
                var scripts = Files.createDirectories(home.resolve("migrations"));
                Files.writeString(scripts.resolve(migration + ".up.sql"), up, UTF_8);
                Files.writeString(scripts.resolve(migration + ".down.sql"), down, UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void apply(String migration) {
            var schemas = databases.schemas();
            schemas.apply(
                    schemas.look(service), migration, new Fence(new RunId("op-arranged"), migration + "-apply", 1));
        }

        @Override
        public Databases databases() {
            return databases;
        }

        @Override
        public ServiceRef service() {
            return service;
        }

        private Connection client() {
            try {
                var url = URI.create(Files.readString(server.url(service)).strip());
                var entry = url.getUserInfo().split(":", 2);
                var client = new Sessions(admin.as(entry[0], new Address.Password(entry[1])), "shop").open(LIMIT);
                clients.add(client);
                return client;
            } catch (IOException | SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void connect() {
            client();
        }

        @Override
        public void prepare() {
            try (var client = client()) {
                client.createStatement()
                        .execute("BEGIN; INSERT INTO orders VALUES (77); PREPARE TRANSACTION '%s'".formatted(name));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void somebodyChangesRoles() {
            run(live, "CREATE ROLE %1$s_other LOGIN IN ROLE %1$s".formatted(name));
        }

        @Override
        public void somebodyChangesSchema() {
            run(live, "ALTER TABLE public.orders ADD hotfix int");
        }

        @Override
        public Digest schemaBefore() {
            return schemaBefore;
        }

        @Override
        public void damage(String backup) {
            try (var files = Files.walk(home.resolve("backups").resolve(backup))) {
                var largest = files.filter(Files::isRegularFile)
                        .filter(f -> !f.toString().contains("pg_wal"))
                        .max(Comparator.comparingLong(f -> f.toFile().length()))
                        .orElseThrow();
                try (var file = new RandomAccessFile(largest.toFile(), "rw")) {
                    file.seek(file.length() / 2);
                    var was = file.read();
                    file.seek(file.length() / 2);
                    file.write(was ^ 1);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Counted corrupt() {
            var scratch = name + "_scratch";
            var root = live.on("template1");
            run(live, "INSERT INTO public.orders SELECT g, g FROM generate_series(1, 7) g");
            run(root, "CREATE DATABASE %s TEMPLATE %s".formatted(scratch, name));
            run(live, "UPDATE public.orders SET total = -1 WHERE id <= 3");
            run(root, "CREATE DATABASE %1$s_after TEMPLATE %1$s".formatted(name));
            var counted = new Assessor(home.resolve("data/spools"), InstantSource.system())
                    .assess(
                            new Assessor.Case(
                                    scratch,
                                    "before the damage",
                                    live.on(scratch),
                                    live.on(name + "_after"),
                                    live,
                                    0,
                                    Set.of()),
                            _ -> {});
            return new Counted(scratch, counted.digest());
        }

        @Override
        public void somebodyWritesDamagedRow() {
            run(live, "UPDATE public.orders SET note = 'mine' WHERE id = 2");
        }

        @Override
        public boolean isDamaged() {
            return live.in("ask", LIMIT, session -> {
                try (var row = session.createStatement()
                        .executeQuery("SELECT EXISTS (SELECT FROM public.orders WHERE total < 0)")) {
                    row.next();
                    return row.getBoolean(1);
                }
            });
        }

        @Override
        public void close() throws SQLException {
            for (var client : clients) {
                client.close();
            }
            var prepared = live.in("ask", LIMIT, session -> {
                try (var row = session.createStatement()
                        .executeQuery("SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()")) {
                    row.next();
                    return row.getInt(1);
                }
            });
            if (prepared > 0) {
                run(live, "ROLLBACK PREPARED '%s'".formatted(name));
            }
        }
    }

    @Nested
    class AccessTest extends AccessContract {
        private final Real real = new Real(Kind.FILES);

        @Override
        protected DatabaseHarness harness() {
            return real;
        }

        @AfterEach
        void leave() throws SQLException {
            real.close();
        }
    }

    @Nested
    class SchemasTest extends SchemasContract {
        private final Real real = new Real(Kind.FILES);

        @Override
        protected DatabaseHarness harness() {
            return real;
        }
    }

    @Nested
    class BackupsTest extends BackupsContract {
        private final Real real = new Real(Kind.FILES);

        @Override
        protected DatabaseHarness harness() {
            return real;
        }

        @Override
        protected void pause() {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        protected Instant now() {
            return Instant.now();
        }
    }

    @Nested
    class PointsTest extends PointsContract {
        private final Real real = new Real(Kind.FILES);

        @Override
        protected DatabaseHarness harness() {
            return real;
        }
    }

    @Nested
    class RepairsTest extends RepairsContract {
        private final Real real = new Real(Kind.PG_DUMP);

        @Override
        protected DatabaseHarness harness() {
            return real;
        }
    }
}
