package lastgood.postgres.migrate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import lastgood.core.Digest;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.data.Migrations.Applied;
import lastgood.core.data.Migrations.Undo;
import lastgood.core.schema.Attitude;
import lastgood.core.schema.Quoted;
import lastgood.engine.port.Fence;
import lastgood.engine.port.TeamCommands;
import lastgood.engine.port.database.Schemas;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Sessions;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.DirectoryResourceAccessor;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What we believe of migration tools, against the tools: Flyway and Liquibase themselves, and the history tables that
/// the others made when `scripts/try-migration-tools` ran them.
class RealToolsTest {

    private static final ServiceRef SHOP = new ServiceRef("production", "shop");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Logger LIQUIBASE = Logger.getLogger("liquibase");

    @TempDir
    Path files;

    Sessions admin;
    Path older;
    Path newer;

    @BeforeEach
    void a_database_and_two_releases() throws IOException {
        var database = Servers.name("tools");
        var root = new Sessions(Servers.shared(), "lastgood/test");
        sql(root, "CREATE DATABASE " + Quoted.name(database));
        admin = root.on(database);
        older = Files.createDirectory(files.resolve("older"));
        newer = Files.createDirectory(files.resolve("newer"));
    }

    @ParameterizedTest
    @CsvSource({
        "alembic, alembic, bb2",
        "django, django, shop.0001_a shop.0002_b",
        "knex, knex, 20240101000000_a.js 20240102000000_b.js",
        "node-pg-migrate, node-pg-migrate, 1700000000001_a 1700000000002_b",
        "prisma, prisma, 20240101000000_a 20240102000000_b",
        "prisma.failed, prisma, 20240101000000_a 20240102000000_b!",
        "rails, rails, 20240101000000 20240102000000",
        "sequelize, sequelize, 20240101000000-a.js 20240102000000-b.js",
        "typeorm, typeorm, A1700000000001 B1700000000002"
    })
    void the_history_that_a_real_tool_made_is_read_as_it_was_meant(String file, String tool, String names)
            throws IOException {
        try (var golden = java.util.Objects.requireNonNull(
                RealToolsTest.class.getResourceAsStream("/migration-tools/%s.sql".formatted(file)))) {
            sql(admin, new String(golden.readAllBytes(), UTF_8));
        }

        var found = schemas().migrations(SHOP);

        assertThat(found.tool()).isEqualTo(tool);
        assertThat(found.applied().stream().map(a -> a.name() + (a.done() ? "" : "!")))
                .containsExactly(names.split(" "));
        assertThat(found.applied()).extracting(Applied::undo).allMatch(Undo.None.class::isInstance);
    }

    @Test
    void a_table_of_an_application_that_is_called_migrations_is_no_history() {
        sql(admin, "CREATE TABLE public.migrations (bird text, gone_to text)");

        assertThat(schemas().migrations(SHOP).tool()).isEqualTo("none");
    }

    @Test
    void flyway_starts_on_a_newer_history_and_again_after_we_undid_and_applies_anew() throws IOException {
        Files.writeString(older.resolve("V1__orders.sql"), "CREATE TABLE public.orders (id int);", UTF_8);
        Files.writeString(newer.resolve("V1__orders.sql"), "CREATE TABLE public.orders (id int);", UTF_8);
        flyway(older).migrate();
        var before = schemas().look(SHOP).schema();
        Files.writeString(newer.resolve("V2__price.sql"), "ALTER TABLE public.orders ADD price int;", UTF_8);
        Files.writeString(newer.resolve("U2__price.sql"), "ALTER TABLE public.orders DROP price;", UTF_8);
        flyway(newer).migrate();

        assertThat(flyway(older).migrate().migrationsExecuted).isZero();
        assertThat(Attitude.of("flyway").standing()).isEqualTo(Attitude.Standing.IGNORES);
        assertThat(schemas().migrations(SHOP).tool()).isEqualTo("flyway");
        assertThat(schemas().look(SHOP).applied()).containsExactly("V1__orders", "V2__price");

        schemas()
                .undo(
                        schemas().look(SHOP),
                        List.of("V2__price"),
                        before,
                        new Fence(new RunId("rb-aaaaaaaa"), "30-undo", 1));

        assertThat(schemas().look(SHOP).applied()).containsExactly("V1__orders");
        assertThat(flyway(older).migrate().migrationsExecuted).isZero();
        assertThat(flyway(newer).migrate().migrationsExecuted).isEqualTo(1);
        assertThat(flyway(newer).info().current().getState()).isEqualTo(MigrationState.SUCCESS);
        assertThat(schemas().look(SHOP).applied()).containsExactly("V1__orders", "V2__price");
    }

    @Test
    void liquibase_starts_on_a_newer_history_and_its_undo_is_its_own() throws Exception {
        var first = """
                --liquibase formatted sql
                --changeset ann:1
                CREATE TABLE public.orders (id int);
                --rollback DROP TABLE public.orders;
                """;
        Files.writeString(older.resolve("db.sql"), first, UTF_8);
        Files.writeString(newer.resolve("db.sql"), first + """
                --changeset ann:2
                ALTER TABLE public.orders ADD price int;
                --rollback ALTER TABLE public.orders DROP price;
                """, UTF_8);
        LIQUIBASE.setLevel(Level.OFF);
        liquibase(newer, l -> l.update(new Contexts()));

        liquibase(older, l -> l.update(new Contexts()));

        assertThat(Attitude.of("liquibase").standing()).isEqualTo(Attitude.Standing.IGNORES);
        assertThat(schemas().migrations(SHOP).tool()).isEqualTo("liquibase");
        assertThat(schemas().look(SHOP).applied()).containsExactly("db.sql::1::ann", "db.sql::2::ann");
        liquibase(newer, l -> l.rollback(1, ""));
        assertThat(schemas().look(SHOP).applied()).containsExactly("db.sql::1::ann");
        liquibase(older, l -> l.update(new Contexts()));
    }

    @FunctionalInterface
    private interface Asked {
        void of(Liquibase liquibase) throws LiquibaseException;
    }

    private void liquibase(Path release, Asked asked) throws Exception {
        try (var session = admin.open(LIMIT);
                var liquibase = new Liquibase(
                        "db.sql", new DirectoryResourceAccessor(release), new JdbcConnection(plain(session)))) {
            asked.of(liquibase);
        }
    }

    private static java.sql.Connection plain(java.sql.Connection session) throws java.sql.SQLException {
        try (var set = session.createStatement()) {
            set.execute("RESET search_path");
        }
        return session;
    }

    private Flyway flyway(Path release) {
        var address = admin.address();
        return Flyway.configure()
                .dataSource(
                        "jdbc:postgresql://%s:%d/%s".formatted(address.host(), address.port(), address.database()),
                        address.role(),
                        address.password().value())
                .locations("filesystem:" + release)
                .load();
    }

    private Schemas schemas() {
        return new PostgresSchemas(
                _ -> new Migrated(SHOP, admin, "", Scripts.in(newer), "", "shop@sha256:0", List.of(), List.of(), LIMIT),
                new CatalogFingerprints((_, _) -> java.util.Optional.empty()),
                (_, _, _, _, _, _) -> new TeamCommands.Ended(1, List.of("no command in this test")),
                new Random(1));
    }

    private static void sql(Sessions sessions, String... statements) {
        sessions.in("prepare the test", LIMIT, session -> {
            for (var statement : statements) {
                session.createStatement().execute(statement);
            }
            return Digest.of("");
        });
    }
}
