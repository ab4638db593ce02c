package lastgood.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.data.Assessment;
import lastgood.core.data.SchemaProof.AfterUndo;
import lastgood.engine.port.Fence;
import lastgood.engine.port.TeamCommands;
import lastgood.engine.port.database.Repairs.Salvaged;
import lastgood.postgres.access.Guarded;
import lastgood.postgres.access.WriteFence;
import lastgood.postgres.migrate.CatalogFingerprints;
import lastgood.postgres.migrate.Migrated;
import lastgood.postgres.migrate.PostgresSchemas;
import lastgood.postgres.migrate.Scripts;
import lastgood.postgres.points.RestorePoints;
import lastgood.postgres.prove.MigrationSql;
import lastgood.postgres.prove.Prover;
import lastgood.postgres.prove.Shadows;
import lastgood.postgres.salvage.Assessor;
import lastgood.postgres.salvage.Salvager;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Sessions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever we leave behind in a database stands side by side there, whoever came first.
class OneDatabaseTest {

    private static final ServiceRef SHOP = ServiceRef.parse("prod/shop");
    private static final RunId RUN = new RunId("rb-0k3f9a2c");
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String POINT = "lg-rb-0k3f9a2c";
    private static final TeamCommands NOBODY = (_, _, _, _, _, _) -> {
        throw new AssertionError("nothing here is a command of the team's");
    };

    @TempDir
    Path folder;

    Sessions server;
    Sessions live;
    String database;
    String app;
    WriteFence access;
    PostgresSchemas schemas;
    RestorePoints points;
    Salvager salvager;

    @BeforeEach
    void a_shop() {
        server = new Sessions(Servers.shared(), "lastgood/test");
        database = Servers.name("one");
        app = database + "_app";
        run(server, "CREATE DATABASE " + database, "CREATE ROLE %s LOGIN".formatted(app));
        live = server.on(database);
        run(
                live,
                "CREATE TABLE public.orders (id int PRIMARY KEY, total int)",
                "INSERT INTO public.orders SELECT g, g FROM generate_series(1, 10) g",
                "GRANT SELECT, INSERT, UPDATE ON public.orders TO " + app);
        access = new WriteFence(_ -> new Guarded(live, Set.of(app)), new Random(1));
        schemas = new PostgresSchemas(
                _ -> new Migrated(SHOP, live, "", Scripts.in(folder), "", "", List.of(), List.of(), LIMIT),
                new CatalogFingerprints(RestorePoints::catalog),
                NOBODY,
                new Random(1));
        points = new RestorePoints(_ -> new RestorePoints.Marked(live, Set.of(app)), schemas::migrations);
        salvager = new Salvager(_ -> live, folder.resolve("spools"));
    }

    @Test
    void a_restore_point_a_migration_a_fence_an_undo_and_a_salvage_live_in_one_database() throws IOException {
        apply("001_note", "ALTER TABLE orders ADD note text", "ALTER TABLE orders DROP note");
        points.mark(SHOP, POINT, "v4.0.4", step("10-point"));
        var wanted = schemas.look(SHOP).schema();
        apply("002_price", "ALTER TABLE orders ADD price int", "ALTER TABLE orders DROP price");
        points.close(SHOP, POINT, step("12-xids"));

        var open = access.look(SHOP);
        access.set(open, open.access().closed(), step("20-fence"));
        schemas.undo(schemas.look(SHOP), List.of("002_price"), wanted, step("40-undo"));
        var assessment = damaged();
        salvager.salvage(SHOP, "scratch", assessment.digest(), step("50-salvage"));
        access.set(access.look(SHOP), open.access(), step("60-open"));

        assertThat(access.look(SHOP).access()).isEqualTo(open.access());
        assertThat(access.look(SHOP).mark()).isEqualTo(step("60-open").key());
        assertThat(schemas.look(SHOP).schema()).isEqualTo(wanted);
        assertThat(schemas.look(SHOP).marks()).contains(step("40-undo").key());
        assertThat(salvager.salvaged(SHOP, "scratch", assessment.digest())).isInstanceOf(Salvaged.Done.class);
        assertThat(points.find(SHOP, POINT).orElseThrow().xids()).hasSize(1);
        assertThat(text("SELECT sum(total) FROM public.orders")).isEqualTo("55");
    }

    @Test
    void it_is_the_same_when_the_salvage_comes_first() throws IOException {
        var assessment = damaged();
        salvager.salvage(SHOP, "scratch", assessment.digest(), step("10-salvage"));
        var open = access.look(SHOP);
        access.set(open, open.access().closed(), step("20-fence"));
        points.mark(SHOP, POINT, "v4.0.4", step("30-point"));
        apply("001_note", "ALTER TABLE orders ADD note text", "ALTER TABLE orders DROP note");

        assertThat(salvager.salvaged(SHOP, "scratch", assessment.digest())).isInstanceOf(Salvaged.Done.class);
        assertThat(access.look(SHOP).mark()).isEqualTo(step("20-fence").key());
        assertThat(points.all(SHOP)).hasSize(1);
        assertThat(schemas.look(SHOP).applied()).containsExactly("001_note");
    }

    @Test
    void an_undo_that_is_not_exact_is_done_when_the_schema_is_what_the_shadow_foretold_and_nothing_else()
            throws IOException {
        points.mark(SHOP, POINT, "v4.0.4", step("10-point"));
        var down = "ALTER TABLE orders DROP price, ALTER total SET DEFAULT 0";
        apply("001_price", "ALTER TABLE orders ADD price int", down);
        var proof = new Prover(
                        new Shadows(folder, Optional.of(server), InstantSource.system()),
                        new Prover.Settings(Set.of(app), "sql", false),
                        InstantSource.system())
                .back(
                        points.recorded(SHOP, POINT).orElseThrow(),
                        live,
                        List.of(new MigrationSql("001_price", "", down, false)));
        var foretold = ((AfterUndo.Different) proof.after()).schema();
        var seen = schemas.look(SHOP);
        var exact = points.find(SHOP, POINT).orElseThrow().schema();

        assertThatThrownBy(() -> schemas.undo(seen, List.of("001_price"), exact, step("40-undo")))
                .hasMessageContaining("nothing was changed");
        assertThat(schemas.look(SHOP)).isEqualTo(seen);
        schemas.undo(seen, List.of("001_price"), foretold, step("41-undo"));

        assertThat(schemas.look(SHOP).schema()).isEqualTo(foretold);
        assertThat(schemas.look(SHOP).applied()).isEmpty();
    }

    /// Copies from before and after, as two scratches have them.
    private Assessment damaged() {
        run(server, "CREATE DATABASE %1$s_before TEMPLATE %1$s".formatted(database));
        run(live, "UPDATE public.orders SET total = 0 WHERE id < 4");
        run(server, "CREATE DATABASE %1$s_after TEMPLATE %1$s".formatted(database));
        return new Assessor(folder.resolve("spools"), InstantSource.system())
                .assess(
                        new Assessor.Case(
                                "scratch",
                                "before the damage",
                                server.on(database + "_before"),
                                server.on(database + "_after"),
                                live,
                                0,
                                Set.of()),
                        _ -> {});
    }

    private void apply(String name, String up, String down) throws IOException {
        Files.writeString(folder.resolve(name + ".up.sql"), up, UTF_8);
        Files.writeString(folder.resolve(name + ".down.sql"), down, UTF_8);
        schemas.apply(schemas.look(SHOP), name, step("apply-" + name));
    }

    private static Fence step(String step) {
        return new Fence(RUN, step, 1);
    }

    private String text(String sql) {
        return live.in("ask", LIMIT, s -> {
            var row = s.createStatement().executeQuery(sql);
            row.next();
            return String.valueOf(row.getString(1));
        });
    }

    private static void run(Sessions on, String... statements) {
        on.in("arrange", LIMIT, s -> {
            for (var sql : statements) {
                s.createStatement().execute(sql);
            }
            return true;
        });
    }
}
