package lastgood.postgres.points;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.data.LogKept;
import lastgood.core.data.Migrations;
import lastgood.core.data.Migrations.Applied;
import lastgood.core.data.RestorePoint;
import lastgood.core.data.SchemaProof;
import lastgood.core.data.SchemaProof.AfterUndo;
import lastgood.core.data.SchemaProof.UndoProof.Standing;
import lastgood.core.data.SchemaProof.Verdict;
import lastgood.core.schema.Item;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import lastgood.postgres.catalog.CatalogReader;
import lastgood.postgres.prove.MigrationSql;
import lastgood.postgres.prove.Prover;
import lastgood.postgres.prove.Shadows;
import lastgood.postgres.server.Server;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Address;
import lastgood.postgres.sql.Cutter;
import lastgood.postgres.sql.Sessions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RestorePointsTest {

    static final ServiceRef SHOP = ServiceRef.parse("prod/shop");

    @TempDir
    static Path folder;

    static Server server;
    static Sessions admin;
    static int databases;

    Sessions live;
    final List<Applied> applied = new ArrayList<>();
    RestorePoints points;

    @BeforeAll
    static void start() {
        server = Servers.create(folder.resolve("data"));
        admin = new Sessions(
                server.start(Server.Durability.FAST, Map.of("shared_preload_libraries", "pg_stat_statements")), "test");
        run(admin, "CREATE ROLE app LOGIN");
    }

    @AfterAll
    static void stop() {
        server.stop();
    }

    @BeforeEach
    void a_shop_in_use() {
        var name = "shop" + ++databases;
        run(admin, "CREATE DATABASE " + name);
        live = admin.on(name);
        run(live, """
                CREATE EXTENSION pg_stat_statements SCHEMA public;
                CREATE TABLE public.orders (id bigserial PRIMARY KEY, total numeric NOT NULL);
                GRANT SELECT, INSERT ON public.orders TO app;
                GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO app""");
        var app = new Sessions(live.address().as("app", new Address.Password("")), "app");
        app.in(
                "use",
                Duration.ofSeconds(5),
                s -> s.createStatement()
                        .execute("INSERT INTO orders (total) VALUES (5); SELECT id, total FROM orders WHERE id = 1"));
        points = points(live);
    }

    RestorePoints points(Sessions sessions) {
        return new RestorePoints(
                _ -> new RestorePoints.Marked(sessions, Set.of("app")),
                _ -> new Migrations("sql", "", applied, List.of()));
    }

    static void run(Sessions on, String sql) {
        on.in("run", Duration.ofSeconds(20), s -> s.createStatement().execute(sql));
    }

    static Fence fence() {
        return new Fence(new RunId("rb-0k3f9a2c"), "s1", 1);
    }

    @Test
    void a_role_with_just_the_documented_rights_marks_a_point_and_with_one_less_is_told_which() {
        var name = live.address().database();
        var role = "marker_" + name;
        run(live, """
                CREATE ROLE %1$s LOGIN;
                GRANT CREATE ON DATABASE %2$s TO %1$s;
                GRANT pg_read_all_stats, app TO %1$s""".formatted(role, name));
        var ours = points(new Sessions(live.address().as(role, new Address.Password("")), "lastgood"));

        assertThatThrownBy(() -> ours.mark(SHOP, "lg-1", "v2", fence()))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining(
                        "GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO \"%s\"".formatted(role))
                .hasMessageContaining("nothing was changed");

        run(live, "GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO " + role);
        ours.mark(SHOP, "lg-1", "v2", fence());

        var recorded = ours.recorded(SHOP, "lg-1").orElseThrow();
        assertThat(recorded.statements().gap()).isEmpty();
        assertThat(recorded.statements().all())
                .filteredOn(s -> s.sql().contains("orders"))
                .hasSizeGreaterThanOrEqualTo(2)
                .allMatch(s -> s.typed());
    }

    @Test
    void a_point_holds_where_it_is_and_what_the_schema_and_the_application_were() {
        points.mark(SHOP, "lg-1", "v2", fence());

        var point = points.find(SHOP, "lg-1").orElseThrow();
        assertThat(point.schema()).isEqualTo(CatalogReader.read(live).fingerprint());
        assertThat(point.lsn()).matches("[0-9A-F]+/[0-9A-F]+");
        assertThat(point.timeline()).isEqualTo(1);
        assertThat(point.xids()).isEmpty();
        var recorded = points.recorded(SHOP, "lg-1").orElseThrow();
        assertThat(recorded.catalog().fingerprint()).isEqualTo(point.schema());
        assertThat(recorded.statements().gap()).isEmpty();
        assertThat(recorded.statements().all()).hasSize(2).allMatch(s -> s.typed());
    }

    @Test
    void marking_twice_leaves_the_first_one_as_it_is() {
        points.mark(SHOP, "lg-1", "v2", fence());
        var first = points.find(SHOP, "lg-1");
        run(live, "ALTER TABLE public.orders ADD COLUMN note text");

        points.mark(SHOP, "lg-1", "v2", fence());

        assertThat(points.find(SHOP, "lg-1")).isEqualTo(first);
    }

    @Test
    void closing_adds_the_transactions_of_what_followed_and_is_refused_when_nothing_did() {
        points.mark(SHOP, "lg-1", "v2", fence());
        assertThatThrownBy(() -> points.close(SHOP, "lg-1", fence())).isInstanceOf(Forbidden.class);
        applied.add(new Applied("m1", "", true, 4711, new Migrations.Undo.None("")));

        points.close(SHOP, "lg-1", fence());

        assertThat(points.find(SHOP, "lg-1").map(RestorePoint::xids).orElseThrow())
                .containsExactly(4711L);
    }

    @Test
    void a_point_holds_how_the_log_was_kept() {
        points.mark(SHOP, "lg-1", "v2", fence());

        var point = points.find(SHOP, "lg-1").orElseThrow();
        assertThat(point.log()).isEqualTo(new LogKept("replica", LogKept.Archive.OFF, ""));
        assertThat(point.doubt().orElseThrow()).contains("archive off");
    }

    @Test
    void a_point_of_an_earlier_version_reads_as_one_of_which_that_is_not_known_and_the_next_one_as_known() {
        points.mark(SHOP, "lg-1", "v2", fence());
        run(live, """
                ALTER TABLE lastgood.restore_point DROP COLUMN wal_level, DROP COLUMN archive,
                  DROP COLUMN archive_detail""");
        assertThat(points.find(SHOP, "lg-1").orElseThrow().log()).isEqualTo(LogKept.unknown());
        assertThat(points.find(SHOP, "lg-1").orElseThrow().doubt()).isEmpty();

        points.mark(SHOP, "lg-2", "v3", fence());

        assertThat(points.find(SHOP, "lg-1").orElseThrow().log()).isEqualTo(LogKept.unknown());
        assertThat(points.find(SHOP, "lg-2").orElseThrow().log().level()).isEqualTo("replica");
    }

    /// Whatever request or answer is lost, on whichever side: either nothing is written down or all of it, and whoever
    /// tries again ends with one point that holds its own moment.
    @ParameterizedTest
    @EnumSource(
            value = Cutter.Harm.class,
            names = {"LOST_REQUEST", "LOST_ANSWER"})
    void a_crash_between_any_two_acts_of_marking_leaves_none_or_a_whole_one(Cutter.Harm harm) throws Exception {
        var cuts = 0;
        for (var at = 1; ; at++) {
            var name = "lg-%s-%d".formatted(harm, at);
            try (var cutter = new Cutter(live.address().port(), harm, at, () -> {})) {
                var cut = points(through(cutter));
                try {
                    cut.mark(SHOP, name, "v2", fence());
                } catch (Unreachable | Forbidden | WorldMoved _) {
                    cuts++;
                }
                if (!cutter.wasReached()) {
                    break;
                }
            }
            points.recorded(SHOP, name).ifPresent(RestorePointsTest::assertWhole);

            points.mark(SHOP, name, "v2", fence());

            assertWhole(points.recorded(SHOP, name).orElseThrow());
            assertThat(points.all(SHOP)).filteredOn(p -> p.name().equals(name)).hasSize(1);
        }
        assertThat(cuts).isGreaterThan(5);
    }

    private Sessions through(Cutter cutter) {
        var to = live.address();
        return new Sessions(
                new Address("127.0.0.1", cutter.port(), to.database(), to.role(), to.password(), Map.of()), "cut");
    }

    private static void assertWhole(Prover.Recorded recorded) {
        assertThat(recorded.catalog().find(Item.Kind.TABLE, List.of("public", "orders")))
                .isPresent();
        assertThat(recorded.statements().all()).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Cutter.Harm.class,
            names = {"LOST_REQUEST", "LOST_ANSWER"})
    void a_crash_while_closing_leaves_no_transactions_or_all_of_them(Cutter.Harm harm) throws Exception {
        applied.add(new Applied("m1", "", true, 4711, new Migrations.Undo.None("")));
        applied.add(new Applied("m2", "", true, 4712, new Migrations.Undo.None("")));
        var before = List.copyOf(applied);
        for (var at = 1; ; at++) {
            var name = "lg-%s-%d".formatted(harm, at);
            applied.clear();
            points.mark(SHOP, name, "v2", fence());
            applied.addAll(before);
            try (var cutter = new Cutter(live.address().port(), harm, at, () -> {})) {
                var cut = points(through(cutter));
                try {
                    cut.close(SHOP, name, fence());
                } catch (Unreachable | Forbidden | WorldMoved _) {
                    // that is what is meant to happen
                }
                if (!cutter.wasReached()) {
                    break;
                }
            }
            assertThat(points.find(SHOP, name).orElseThrow().xids()).isIn(List.of(), List.of(4711L, 4712L));

            points.close(SHOP, name, fence());

            assertThat(points.find(SHOP, name).orElseThrow().xids()).containsExactly(4711L, 4712L);
        }
    }

    @Test
    void a_role_without_the_right_is_told_which_grant_it_needs() {
        run(live, "GRANT CREATE ON DATABASE %s TO app".formatted(live.address().database()));
        var poor = points(new Sessions(live.address().as("app", new Address.Password("")), "lastgood"));

        assertThatThrownBy(() -> poor.mark(SHOP, "lg-1", "v2", fence()))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO \"app\"");
        assertThat(points.find(SHOP, "lg-1")).isEmpty();
    }

    @Test
    void what_was_written_down_proves_later_that_a_column_may_stay() {
        points.mark(SHOP, "lg-1", "v2", fence());
        run(live, "ALTER TABLE public.orders ADD COLUMN note text; UPDATE public.orders SET note = 'a gift'");

        var proof = prove("ALTER TABLE public.orders DROP COLUMN note");

        assertThat(proof.verdict()).as(proof.reasons().toString()).isEqualTo(Verdict.COMPATIBLE);
        assertThat(proof.undo()).singleElement().satisfies(u -> {
            assertThat(u.standing()).as(u.detail()).isEqualTo(Standing.EXACT);
            assertThat(u.lost()).containsExactly("column public.orders.note: 1 values");
        });
    }

    @Test
    void what_was_written_down_proves_later_that_a_rename_breaks() {
        points.mark(SHOP, "lg-1", "v2", fence());
        run(live, "ALTER TABLE public.orders RENAME COLUMN total TO amount");

        var proof = prove("ALTER TABLE public.orders RENAME COLUMN amount TO price");

        assertThat(proof.verdict()).isEqualTo(Verdict.BREAKING);
        assertThat(proof.reasons().getFirst()).contains("\"total\"");
        assertThat(proof.undo())
                .singleElement()
                .satisfies(u -> assertThat(u.standing()).isEqualTo(Standing.INEXACT));
    }

    @Test
    void an_undo_that_leaves_something_harmless_is_foretold_to_the_letter() {
        points.mark(SHOP, "lg-1", "v2", fence());
        run(live, "ALTER TABLE public.orders DROP COLUMN total, ADD COLUMN price numeric");
        var down = "ALTER TABLE public.orders DROP COLUMN price, ADD COLUMN total numeric NOT NULL DEFAULT 0";

        var proof = prove(down);
        run(live, down);

        assertThat(proof.verdict()).isEqualTo(Verdict.BREAKING);
        assertThat(proof.after()).isInstanceOfSatisfying(AfterUndo.Different.class, left -> {
            assertThat(left.works()).as(left.reasons().toString()).isEqualTo(Verdict.COMPATIBLE);
            assertThat(left.differences()).singleElement().asString().contains("total", "default");
            assertThat(left.schema()).isEqualTo(CatalogReader.read(live).fingerprint());
        });
    }

    @Test
    void an_undo_that_leaves_what_the_older_release_stumbles_over_is_judged_by_the_same_rules() {
        points.mark(SHOP, "lg-1", "v2", fence());
        run(live, "ALTER TABLE public.orders RENAME COLUMN total TO amount");

        var proof = prove("""
                ALTER TABLE public.orders RENAME COLUMN amount TO total;
                ALTER TABLE public.orders ADD CONSTRAINT big CHECK (total > 100)""");

        assertThat(proof.after()).isInstanceOfSatisfying(AfterUndo.Different.class, left -> {
            assertThat(left.works()).isEqualTo(Verdict.BREAKING);
            assertThat(left.reasons()).anyMatch(r -> r.startsWith("R5"));
        });
    }

    @Test
    void an_exact_undo_is_foretold_as_what_was_written_down_and_one_that_fails_as_nothing() {
        points.mark(SHOP, "lg-1", "v2", fence());
        run(live, "ALTER TABLE public.orders RENAME COLUMN total TO amount");

        assertThat(prove("ALTER TABLE public.orders RENAME COLUMN amount TO total")
                        .after())
                .isInstanceOfSatisfying(
                        AfterUndo.Same.class,
                        same -> assertThat(same.schema())
                                .isEqualTo(
                                        points.find(SHOP, "lg-1").orElseThrow().schema()));
        assertThat(prove("ALTER TABLE nowhere RENAME TO somewhere").after()).isEqualTo(new AfterUndo.Untried());
    }

    /// Whoever undoes it owns what the way down makes, and a shadow whose superuser bears another name would foretell
    /// another catalog.
    @Test
    void what_a_way_down_makes_is_foretold_with_the_owner_that_it_will_have() {
        run(live, "CREATE TABLE public.old (a int)");
        run(admin, "DROP ROLE IF EXISTS keeper; CREATE ROLE keeper SUPERUSER LOGIN");
        var keeper = new Sessions(live.address().as("keeper", new Address.Password("")), "lastgood");
        points.mark(SHOP, "lg-1", "v2", fence());
        run(live, "DROP TABLE public.old");
        var down = "CREATE TABLE public.old (a int)";
        var prover = new Prover(
                new Shadows(Servers.ours().bin().getParent().getParent(), Optional.empty(), InstantSource.system()),
                new Prover.Settings(Set.of("app"), "sql", false),
                InstantSource.system());

        var proof = prover.back(
                points.recorded(SHOP, "lg-1").orElseThrow(), keeper, List.of(new MigrationSql("m1", "", down, false)));
        run(keeper, down);

        assertThat(proof.after())
                .isInstanceOfSatisfying(
                        AfterUndo.Different.class,
                        left -> assertThat(left.schema())
                                .as(left.differences().toString())
                                .isEqualTo(CatalogReader.read(live).fingerprint()));
    }

    @Test
    void a_release_of_the_past_is_proved_on_the_schema_of_another_whatever_is_there_now() {
        points.mark(SHOP, "lg-1", "v2", fence());
        run(live, "ALTER TABLE public.orders RENAME COLUMN total TO amount");
        points.mark(SHOP, "lg-2", "v3", fence());
        run(live, "DROP TABLE public.orders");
        var migration = new MigrationSql("m1", "", "ALTER TABLE public.orders RENAME COLUMN amount TO total", false);

        var proof = prover().between(
                        points.recorded(SHOP, "lg-1").orElseThrow(),
                        points.recorded(SHOP, "lg-2").orElseThrow().catalog(),
                        live,
                        List.of(migration));

        assertThat(proof.verdict()).isEqualTo(Verdict.BREAKING);
        assertThat(proof.reasons().getFirst()).contains("\"total\"");
        assertThat(proof.after()).isInstanceOf(AfterUndo.Same.class);
    }

    private Prover prover() {
        return new Prover(
                new Shadows(folder, Optional.of(admin), InstantSource.system()),
                new Prover.Settings(Set.of("app"), "sql", false),
                InstantSource.system());
    }

    private SchemaProof prove(String down) {
        return prover().back(
                        points.recorded(SHOP, "lg-1").orElseThrow(),
                        live,
                        List.of(new MigrationSql("m1", "", down, false)));
    }
}
