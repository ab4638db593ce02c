package lastgood.postgres.prove;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import lastgood.core.data.SchemaProof;
import lastgood.core.data.SchemaProof.Statement.Answer;
import lastgood.core.data.SchemaProof.UndoProof.Standing;
import lastgood.core.data.SchemaProof.Verdict;
import lastgood.core.schema.AppRoles;
import lastgood.postgres.catalog.CatalogReader;
import lastgood.postgres.server.Binaries;
import lastgood.postgres.server.Server;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Sessions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProverTest {

    @TempDir
    static Path folder;

    static Server server;
    static Sessions sessions;
    static int databases;

    @BeforeAll
    static void start() {
        server = Servers.create(folder.resolve("data"));
        sessions = new Sessions(server.start(Server.Durability.FAST, Map.of()), "test");
        run(sessions, "CREATE ROLE app; CREATE ROLE reader");
    }

    @AfterAll
    static void stop() {
        server.stop();
    }

    static void run(Sessions on, String sql) {
        on.in("run", Duration.ofSeconds(20), s -> s.createStatement().execute(sql));
    }

    static Sessions shop() {
        var name = "d" + ++databases;
        run(sessions, "CREATE DATABASE " + name);
        run(sessions.on(name), Battery.base());
        return sessions.on(name);
    }

    static Prover prover(Set<String> roles, String tool, boolean startsWithMigrations) {
        return new Prover(
                new Shadows(folder, Optional.of(sessions), InstantSource.system()),
                new Prover.Settings(roles, tool, startsWithMigrations),
                InstantSource.system());
    }

    static SchemaProof prove(String up, String down, String... says) {
        return prover(Set.of("app"), "none", false)
                .ahead(
                        new Prover.Base.Scripts(List.of(Battery.base())),
                        List.of(says),
                        List.of(new MigrationSql("m1", up, down, false)));
    }

    @Test
    void a_clone_made_without_pg_dump_has_the_original_s_fingerprint() {
        var shop = shop();
        run(shop, """
                SET search_path = public;
                CREATE TABLE parent (a int); CREATE TABLE child (b int) INHERITS (parent);
                CREATE TABLE region (id int, name text, PRIMARY KEY (id, name)) PARTITION BY LIST (name);
                CREATE TABLE region_eu PARTITION OF region FOR VALUES IN ('eu');
                CREATE TABLE region_rest PARTITION OF region DEFAULT;
                CREATE INDEX ON region (name);
                CREATE TYPE address AS (street text, zip text);
                CREATE TABLE "Odd ""Names" ("Sp ace" address, t tsvector GENERATED ALWAYS AS (to_tsvector('simple', 'x')) STORED);
                ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
                CREATE POLICY own ON orders FOR SELECT TO app USING (customer > 0);
                CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
                CREATE TRIGGER touch BEFORE UPDATE OF note ON orders FOR EACH ROW WHEN (OLD.note IS NULL) EXECUTE FUNCTION touch();
                ALTER TABLE orders ADD CONSTRAINT later CHECK (note <> 'x') NOT VALID;
                GRANT SELECT (id, note) ON orders TO reader WITH GRANT OPTION;
                REVOKE ALL ON FUNCTION gross(numeric) FROM PUBLIC;
                CREATE PROCEDURE tidy() LANGUAGE sql AS 'DELETE FROM settings';
                ALTER TABLE settings OWNER TO reader""");
        var wanted = CatalogReader.read(shop);

        try (var shadow = new Shadows(folder, Optional.of(sessions), InstantSource.system()).open(18)) {
            var made = shadow.sessions()
                    .in(
                            "clone",
                            Duration.ofSeconds(20),
                            s -> Clone.make(s, wanted, new AppRoles(Set.of("app"), Set.of("app"), false, false)));

            assertThat(made.differences()).as(made.failed().toString()).isEmpty();
            assertThat(CatalogReader.read(shadow.sessions()).fingerprint()).isEqualTo(wanted.fingerprint());
        }
    }

    @Test
    void a_way_down_that_runs_and_leaves_something_behind_is_not_exact() {
        var proof = prove(
                "ALTER TABLE settings DROP COLUMN value",
                "ALTER TABLE settings ADD COLUMN value text; REVOKE DELETE ON settings FROM app",
                "SELECT key FROM settings");

        assertThat(proof.verdict()).isEqualTo(Verdict.COMPATIBLE);
        assertThat(proof.undo()).singleElement().satisfies(u -> {
            assertThat(u.standing()).isEqualTo(Standing.INEXACT);
            assertThat(u.detail()).contains("table public.settings: rights changed");
        });
    }

    @Test
    void a_statement_that_its_own_schema_refuses_is_unproven_and_never_a_pass() {
        var proof = prove(
                "ALTER TABLE settings ADD COLUMN owner text",
                "ALTER TABLE settings DROP COLUMN owner",
                "SELECT nothing FROM settings",
                "SELECT value FROM settings");

        assertThat(proof.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(proof.statements())
                .extracting(SchemaProof.Statement::answer)
                .containsExactly(Answer.UNPROVEN, Answer.WORKS);
    }

    @Test
    void without_statements_or_roles_nothing_is_proved_and_a_hint_says_what_to_do() {
        var silent = prove("CREATE TABLE more (a int)", "DROP TABLE more");
        var nobody = prover(Set.of(), "none", false)
                .ahead(
                        new Prover.Base.Scripts(List.of(Battery.base())),
                        List.of("SELECT value FROM settings"),
                        List.of(new MigrationSql("m1", "CREATE TABLE more (a int)", "DROP TABLE more", false)));

        assertThat(silent.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(silent.reasons()).anyMatch(r -> r.contains("hint: give its statements"));
        assertThat(nobody.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(nobody.reasons()).anyMatch(r -> r.contains("which role"));
    }

    @Test
    void a_tool_that_refuses_unknown_migrations_breaks_a_release_that_runs_it_at_its_start() {
        var migrations = List.of(new MigrationSql("m1", "CREATE TABLE more (a int)", "DROP TABLE more", false));
        var base = new Prover.Base.Scripts(List.of(Battery.base()));
        var says = List.of("SELECT value FROM settings");

        var starting = prover(Set.of("app"), "alembic", true).ahead(base, says, migrations);
        var separate = prover(Set.of("app"), "alembic", false).ahead(base, says, migrations);

        assertThat(starting.verdict()).isEqualTo(Verdict.BREAKING);
        assertThat(starting.reasons()).anyMatch(r -> r.contains("Can't locate revision"));
        assertThat(separate.verdict()).isEqualTo(Verdict.COMPATIBLE);
    }

    @Test
    void a_migration_without_a_way_down_and_one_that_does_not_run_are_told_apart() {
        var proof = prove("ALTER TABLE settings ADD COLUMN a int", "", "SELECT value FROM settings");
        var broken = prove("ALTER TABLE nowhere ADD COLUMN a int", "", "SELECT value FROM settings");

        assertThat(proof.undo())
                .singleElement()
                .satisfies(u -> assertThat(u.standing()).isEqualTo(Standing.MISSING));
        assertThat(broken.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(broken.reasons()).anyMatch(r -> r.contains("the way up of m1 does not run"));
    }

    @Test
    void a_bulk_load_is_asked_for_as_the_insert_that_it_is() {
        var proof = prove(
                "ALTER TABLE settings RENAME COLUMN value TO content",
                "ALTER TABLE settings RENAME COLUMN content TO value",
                "COPY settings (key, value) FROM STDIN WITH (FORMAT csv)",
                "COPY settings FROM STDIN");

        assertThat(proof.statements())
                .extracting(SchemaProof.Statement::answer)
                .containsExactly(Answer.FAILS, Answer.UNPROVEN);
    }

    @Test
    void no_scratch_database_is_left_behind() {
        prove("CREATE TABLE more (a int)", "DROP TABLE more", "SELECT value FROM settings");
        run(sessions, "CREATE DATABASE lg_shadow_1000_crashed");
        prove("CREATE TABLE more (a int)", "DROP TABLE more", "SELECT value FROM settings");

        var left = sessions.look("look", s -> {
            var row = s.createStatement()
                    .executeQuery("SELECT count(*) FROM pg_database WHERE datname LIKE 'lg\\_shadow%'");
            row.next();
            return row.getInt(1);
        });
        assertThat(left).isZero();
    }

    @Test
    void two_hundred_statements_are_proved_on_a_clone_of_a_live_database_within_seconds() {
        var shop = shop();
        var says = new ArrayList<String>();
        for (var i = 0; i < 100; i++) {
            says.add("SELECT id, state, total, note FROM orders WHERE customer = $1 AND qty > %d".formatted(i));
            says.add("UPDATE orders SET note = $1 WHERE id = $2 AND qty > %d".formatted(i));
        }
        var shadows =
                new Shadows(Servers.ours().bin().getParent().getParent(), Optional.empty(), InstantSource.system());
        var prover = new Prover(shadows, new Prover.Settings(Set.of("app"), "none", false), InstantSource.system());
        var migrations = List.of(new MigrationSql(
                "m1", "ALTER TABLE orders ADD COLUMN channel text", "ALTER TABLE orders DROP COLUMN channel", false));
        prover.ahead(new Prover.Base.Live(shop), List.of("SELECT 1"), migrations);

        var proof = prover.ahead(new Prover.Base.Live(shop), says, migrations);

        System.out.printf("proof of one migration with 200 statements: %d ms%n", proof.millis());
        assertThat(proof.reasons()).hasSize(1);
        assertThat(proof.verdict()).as(proof.reasons().toString()).isEqualTo(Verdict.COMPATIBLE);
        // The target is 5 s; a busy machine is given more.
        assertThat(proof.millis()).isLessThan(20_000);
    }

    @Test
    void an_installed_server_of_the_same_version_is_preferred(@TempDir Path elsewhere) {
        Assumptions.assumeTrue(
                Binaries.installed(15).isPresent() || "1".equals(System.getenv("LASTGOOD_POSTGRES_REQUIRED")),
                "PostgreSQL 15 is not installed");

        try (var shadow = new Shadows(elsewhere, Optional.empty(), InstantSource.system()).open(15)) {
            assertThat(shadow.what()).isEqualTo("installed PostgreSQL 15");
            assertThat(Shadows.major(shadow.sessions())).isEqualTo(15);
        }
        assertThat(elsewhere.toFile().list()).containsExactly("initialised-15");
    }
}
