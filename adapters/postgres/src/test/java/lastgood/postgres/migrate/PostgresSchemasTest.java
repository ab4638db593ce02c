package lastgood.postgres.migrate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import lastgood.core.Digest;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.data.Migrations.Applied;
import lastgood.core.data.Migrations.Undo;
import lastgood.core.schema.Catalog;
import lastgood.core.schema.Quoted;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.TeamCommands;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Schemas;
import lastgood.postgres.catalog.CatalogReader;
import lastgood.postgres.server.Server;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Address;
import lastgood.postgres.sql.Cutter;
import lastgood.postgres.sql.Sessions;
import lastgood.testkit.Sweep;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PostgresSchemasTest {

    private static final ServiceRef SHOP = new ServiceRef("production", "shop");
    private static final RunId RUN = new RunId("rb-aaaaaaaa");
    private static final Fence FENCE = new Fence(RUN, "50-undo", 1);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Map<Digest, Catalog> kept = new HashMap<>();

    /// Columns, their types and owners, and indexes: enough to tell the schemas of these tests apart, and quick.
    private Fingerprints fingerprints = session -> {
        try (var ask = session.createStatement();
                var row = ask.executeQuery("""
                        SELECT coalesce(string_agg(line, '|' ORDER BY line), '') FROM (
                          SELECT concat(c.oid::regclass, c.relkind, c.relowner::regrole, a.attname, a.attnum, a.atttypid)
                                 AS line
                            FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND NOT attisdropped
                           WHERE relnamespace = 'public'::regnamespace) all_lines""")) {
            row.next();
            return Digest.of(row.getString(1));
        }
    };

    /// What was committed must be there after a crash of the server; the machine itself does not crash here.
    private static final Map<String, String> SETTINGS =
            Map.of("synchronous_commit", "on", "full_page_writes", "on", "shared_buffers", "64MB");

    private static final boolean FULL = Sweep.isFull();

    @TempDir
    static Path folder;

    static Server server;
    static Address owner;
    static int number;

    Sessions admin;
    String database;
    Path scripts;
    List<String> ran = new ArrayList<>();

    @BeforeAll
    static void a_server() {
        server = Servers.create(folder.resolve("data"));
        owner = server.start(Server.Durability.FAST, SETTINGS);
    }

    @AfterAll
    static void no_server() {
        server.crash();
    }

    @BeforeEach
    void an_empty_database() throws IOException {
        database = "shop_" + ++number;
        sql(new Sessions(owner, "lastgood"), "CREATE DATABASE " + Quoted.name(database));
        admin = new Sessions(owner, "lastgood").on(database);
        scripts = Files.createDirectory(folder.resolve(database));
    }

    @Test
    void all_migrations_of_a_release_are_undone_in_one_transaction_with_a_mark() throws IOException {
        fingerprints = new CatalogFingerprints((_, digest) -> Optional.ofNullable(kept.get(digest)));
        var before = threeMigrations();

        schemas().undo(look(), List.of("003_index", "002_column"), before, FENCE);
        var after = look();

        assertThat(after.schema()).isEqualTo(before);
        assertThat(after.applied()).containsExactly("001_orders");
        assertThat(after.marks()).contains(FENCE.key());
        assertThat(after.halfDone()).isEmpty();
    }

    @Test
    void a_second_try_after_a_lost_answer_undoes_nothing_more() throws IOException {
        var before = threeMigrations();
        var seen = look();
        schemas().undo(seen, List.of("003_index", "002_column"), before, FENCE);

        schemas().undo(seen, List.of("003_index", "002_column"), before, FENCE);

        assertThat(look().applied()).containsExactly("001_orders");
    }

    @Test
    void an_undo_that_does_not_lead_back_changes_nothing_and_says_so() throws IOException {
        fingerprints = new CatalogFingerprints((_, digest) -> Optional.ofNullable(kept.get(digest)));
        apply("001_orders", "CREATE TABLE orders (id int)", "DROP TABLE orders");
        var before = look().schema();
        kept.put(before, CatalogReader.read(admin));
        apply("002_wrong", "ALTER TABLE orders ADD a int; ALTER TABLE orders ADD b int", "ALTER TABLE orders DROP a");
        var seen = look();

        assertThatThrownBy(() -> schemas().undo(seen, List.of("002_wrong"), before, FENCE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("would not be as it was before")
                .hasMessageContaining("column public.orders.b added (integer)")
                .hasMessageContaining("nothing was changed");
        assertThat(look()).isEqualTo(seen);
    }

    @Test
    void a_statement_that_fails_is_named_and_everything_before_it_is_taken_back() throws IOException {
        apply("001_orders", "CREATE TABLE orders (id int)", "ALTER TABLE orders ADD x int; DROP TABLE missing");
        var seen = look();

        assertThatThrownBy(() -> schemas().undo(seen, List.of("001_orders"), seen.schema(), FENCE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("statement 2 of 2 of")
                .hasMessageContaining("table \"missing\" does not exist");
        assertThat(look()).isEqualTo(seen);
    }

    @Test
    void a_schema_that_somebody_changed_meanwhile_is_left_alone() throws IOException {
        var before = threeMigrations();
        var seen = look();
        sql(admin, "CREATE TABLE public.hotfix (a int)");
        var changed = look();

        assertThatThrownBy(() -> schemas().undo(seen, List.of("003_index"), before, FENCE))
                .isInstanceOf(WorldMoved.class);
        assertThat(look()).isEqualTo(changed);
    }

    @Test
    void only_the_newest_migration_comes_off() throws IOException {
        var before = threeMigrations();
        var seen = look();

        assertThatThrownBy(() -> schemas().undo(seen, List.of("002_column"), before, FENCE))
                .isInstanceOf(WorldMoved.class)
                .hasMessageContaining("002_column is not the newest migration, 003_index is");
        assertThat(look()).isEqualTo(seen);
    }

    @Test
    void a_migration_without_a_way_down_says_so() throws IOException {
        write("001_orders.up.sql", "CREATE TABLE orders (id int)");
        schemas().apply(look(), "001_orders", fence("a"));

        assertThat(only().undo())
                .isInstanceOfSatisfying(
                        Undo.None.class, n -> assertThat(n.why()).contains("001_orders has no way down"));
        assertThatThrownBy(() -> undo("001_orders"))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("nothing was changed");
    }

    @Test
    void an_index_that_is_dropped_concurrently_is_undone_outside_of_a_transaction() throws IOException {
        apply("001_orders", "CREATE TABLE orders (id int)", "DROP TABLE orders");
        var before = look().schema();
        apply("002_index", "CREATE INDEX CONCURRENTLY i ON orders (id)", "DROP INDEX CONCURRENTLY i");
        assertThat(schemas().migrations(SHOP).applied().getLast().undo())
                .isEqualTo(new Undo.Sql(scripts.resolve("002_index.down.sql").toString(), false));

        schemas().undo(look(), List.of("002_index"), before, FENCE);

        assertThat(look().schema()).isEqualTo(before);
        assertThat(look().applied()).containsExactly("001_orders");
        assertThat(look().marks()).contains(FENCE.key());
        assertThat(look().halfDone()).isEmpty();
    }

    @Test
    void a_migration_that_stops_half_way_is_reported_with_what_is_done_and_not_gone_on_with() throws IOException {
        apply("001_orders", "CREATE TABLE orders (id int)", "DROP TABLE orders");
        apply(
                "002_index",
                "CREATE INDEX CONCURRENTLY i ON orders (id)",
                "DROP INDEX CONCURRENTLY i; DROP INDEX CONCURRENTLY missing");
        var seen = look();

        assertThatThrownBy(() -> schemas().undo(seen, List.of("002_index"), seen.schema(), FENCE))
                .isInstanceOf(Forbidden.class);
        var half = look();

        assertThat(half.halfDone())
                .contains("statement 2 of 2 of")
                .contains("002_index.down.sql (DROP INDEX CONCURRENTLY MISSING)")
                .contains("the 1 before it are done")
                .contains("DELETE FROM lastgood.mark");
        assertThat(half.applied()).containsExactly("001_orders", "002_index");
        assertThatThrownBy(() -> schemas().undo(half, List.of("002_index"), seen.schema(), FENCE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("statement 2 of 2");
    }

    @Test
    void what_a_script_makes_belongs_to_the_role_that_migrates() throws IOException {
        sql(admin, "CREATE ROLE migrator_" + number, "GRANT CREATE ON SCHEMA public TO migrator_" + number);
        write("001_orders.up.sql", "CREATE TABLE orders (id int)");
        new PostgresSchemas(
                        _ -> setup(admin, "", "migrator_" + number, List.of()), fingerprints, this::run, new Random(1))
                .apply(look(), "001_orders", FENCE);

        assertThat(text("SELECT relowner::regrole FROM pg_class WHERE oid = 'public.orders'::regclass"))
                .isEqualTo("migrator_" + number);
    }

    @Test
    void only_the_next_migration_is_applied_and_only_once() throws IOException {
        write("001_a.up.sql", "CREATE TABLE a (id int)");
        write("002_b.up.sql", "CREATE TABLE b (id int)");
        var seen = look();

        assertThatThrownBy(() -> schemas().apply(seen, "002_b", FENCE)).hasMessageContaining("001_a is");
        schemas().apply(seen, "001_a", FENCE);
        schemas().apply(seen, "001_a", FENCE);

        assertThat(look().applied()).containsExactly("001_a");
    }

    @ParameterizedTest
    @EnumSource(Cutter.Harm.class)
    void wherever_the_connection_breaks_a_second_look_and_try_ends_in_the_same_state(Cutter.Harm harm)
            throws IOException, InterruptedException {
        var before = threeMigrations();
        var whole = look();
        // with -Dlastgood.full at every message that we send; else at some, others for each harm
        for (var at = FULL ? 1 : 1 + harm.ordinal(); ; at += FULL ? 1 : 12) {
            var fence = fence("undo-" + at);
            try (var cutter = new Cutter(owner.port(), harm, at, this::endSessions)) {
                var broken = schemas(through(cutter.port()));
                var failed = false;
                try {
                    broken.undo(broken.look(SHOP), List.of("003_index", "002_column"), before, fence);
                } catch (Unreachable _) {
                    failed = true;
                }
                if (!cutter.wasReached()) {
                    assertThat(at).isGreaterThan(15);
                    break;
                }
                assertThat(failed
                                || harm == Cutter.Harm.LOST_ANSWER
                                || look().marks().contains(fence.key()))
                        .isTrue();
            }
            awaitNobody();
            var found = look();
            if (!found.marks().contains(fence.key())) {
                assertThat(found.applied()).isEqualTo(whole.applied());
                assertThat(found.schema()).isEqualTo(whole.schema());
                schemas().undo(found, List.of("003_index", "002_column"), before, fence);
            }

            assertThat(look().applied()).containsExactly("001_orders");
            assertThat(look().schema()).isEqualTo(before);
            assertThat(look().marks().stream().filter(fence.key()::equals)).hasSize(1);
            again(at);
        }
    }

    @Test
    void a_server_that_dies_in_the_middle_has_undone_all_or_nothing() throws IOException, InterruptedException {
        var before = threeMigrations();
        for (var at : FULL ? List.of(20, 24, 28, 32, 36) : List.of(28)) {
            var fence = fence("undo-" + at);
            try (var cutter = new Cutter(owner.port(), Cutter.Harm.SOMETHING_ELSE, at, server::crash)) {
                var broken = schemas(through(cutter.port()));
                try {
                    broken.undo(broken.look(SHOP), List.of("003_index", "002_column"), before, fence);
                } catch (Unreachable _) {
                    // as it should be
                }
                assertThat(cutter.wasReached()).isTrue();
            }
            server.start(owner.port(), Server.Durability.FAST, SETTINGS);
            if (!look().marks().contains(fence.key())) {
                assertThat(look().applied()).hasSize(3);
                schemas().undo(look(), List.of("003_index", "002_column"), before, fence);
            }
            assertThat(look().applied()).containsExactly("001_orders");
            assertThat(look().schema()).isEqualTo(before);
            again(at);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "liquibase | databasechangelog (id text, author text, filename text, dateexecuted timestamp, orderexecuted"
                        + " int, exectype text) | ('7', 'ann', 'db.xml', now(), 1, 'EXECUTED') | db.xml::7::ann",
                "ecto | schema_migrations (version bigint, inserted_at timestamp) | (7, now()) | 7",
                "knex | knex_migrations (id serial, name text, batch int, migration_time timestamptz) | (1, '7_x.js', 1,"
                        + " now()) | 7_x.js",
                "alembic | alembic_version (version_num text) | ('ae1027a6acf') | ae1027a6acf",
                "django | django_migrations (id serial, app text, name text, applied timestamptz) | (1, 'shop', '0007_x',"
                        + " now()) | shop.0007_x",
                "atlas | atlas_schema_revisions (version text, description text, applied int, total int, executed_at"
                        + " timestamptz, error text) | ('7', 'x', 2, 2, now(), '') | 7",
                "node-pg-migrate | pgmigrations (id serial, name text, run_on timestamp) | (1, '7_x', now()) | 7_x",
                "golang-migrate | schema_migrations (version bigint primary key, dirty boolean) | (7, false) | 7",
                "prisma | _prisma_migrations (id text, checksum text, finished_at timestamptz, migration_name text, logs"
                        + " text, rolled_back_at timestamptz, started_at timestamptz, applied_steps_count int)"
                        + " | ('a', 'b', now(), '7_x', null, null, now(), 1) | 7_x"
            })
    void a_tool_is_known_by_its_history_table(String tool, String table, String row, String name) {
        sql(admin, "CREATE TABLE public." + table);
        sql(admin, "INSERT INTO public.%s VALUES %s".formatted(table.substring(0, table.indexOf(' ')), row));

        var found = schemas().migrations(SHOP);

        assertThat(found.tool()).isEqualTo(tool);
        assertThat(found.applied().stream().map(Applied::name)).containsExactly(name);
        assertThat(found.applied().getFirst().done()).isTrue();
        assertThat(found.applied().getFirst().xid()).isPositive();
        assertThat(found.applied().getFirst().undo()).isInstanceOf(Undo.None.class);
    }

    @Test
    void pgroll_is_known_by_its_schema() {
        sql(
                admin,
                "CREATE SCHEMA pgroll",
                "CREATE TABLE pgroll.migrations (schema text, name text, migration jsonb, created_at timestamp, parent"
                        + " text, done boolean)",
                "INSERT INTO pgroll.migrations VALUES ('public', '7_x', '{}', now(), null, false)");

        assertThat(schemas().migrations(SHOP).tool()).isEqualTo("pgroll");
        assertThat(look().halfDone()).contains("7_x was begun and failed");
    }

    @Test
    void a_list_of_nothing_but_versions_is_rails_only_beside_its_other_table() {
        sql(
                admin,
                "CREATE TABLE public.schema_migrations (version text)",
                "INSERT INTO schema_migrations VALUES ('7')");
        assertThat(schemas().migrations(SHOP).tool()).isEqualTo("unknown");
        assertThat(schemas().migrations(SHOP).remarks())
                .anyMatch(r -> r.contains("\"schema_migrations\"") && r.contains("does not know"));
        assertThatThrownBy(() -> undo("7")).isInstanceOf(Forbidden.class);

        sql(admin, "CREATE TABLE public.ar_internal_metadata (key text)");

        assertThat(schemas().migrations(SHOP).tool()).isEqualTo("rails");
    }

    @Test
    void two_histories_are_not_chosen_between_unless_one_is_named() {
        sql(
                admin,
                "CREATE TABLE public.alembic_version (version_num text)",
                "CREATE TABLE public.knex_migrations (id serial, name text, batch int, migration_time timestamptz)");

        assertThat(schemas().migrations(SHOP).remarks()).anyMatch(r -> r.contains("more than one history"));
        assertThat(new PostgresSchemas(_ -> setup(admin, "knex", "", List.of()), fingerprints, this::run, new Random(1))
                        .migrations(SHOP)
                        .tool())
                .isEqualTo("knex");
    }

    @Test
    void flyway_finds_no_row_after_its_undo_script_was_run_by_us() throws IOException {
        flyway();
        write("V2__price.sql", "ALTER TABLE orders ADD price int");
        write("U2__price.sql", "ALTER TABLE public.orders DROP price;\n");
        assertThat(look().applied()).containsExactly("V1__orders", "V2__price");
        sql(admin, "CREATE TABLE public.orders (id int)");
        var before = look().schema();
        sql(admin, "ALTER TABLE public.orders ADD price int");

        schemas().undo(look(), List.of("V2__price"), before, FENCE);

        assertThat(look().applied()).containsExactly("V1__orders");
        assertThat(text("SELECT string_agg(concat_ws(' ', installed_rank, version, type), ',')"
                        + " FROM flyway_schema_history"))
                .isEqualTo("1 1 SQL");
    }

    @Test
    void the_transaction_of_a_migration_is_known_by_its_history_row() {
        flyway();
        var xid = admin.change("migrate", LIMIT, session -> {
            session.createStatement()
                    .execute("INSERT INTO public.flyway_schema_history VALUES"
                            + " (9, '9', 'x', 'SQL', 'V9__x.sql', 1, 'me', now(), 1, true)");
            var row = session.createStatement().executeQuery("SELECT pg_current_xact_id()::text::bigint");
            row.next();
            return row.getLong(1);
        });

        assertThat(schemas().migrations(SHOP).applied().getLast().xid()).isEqualTo(xid);
    }

    @Test
    void a_failed_flyway_migration_is_half_done_and_not_undone() {
        flyway();
        sql(admin, "UPDATE public.flyway_schema_history SET success = false WHERE version = '2'");

        assertThat(look().applied()).containsExactly("V1__orders");
        assertThat(look().halfDone()).contains("V2__price was begun and failed");
        assertThatThrownBy(() -> undo("V2__price")).hasMessageContaining("begun and failed");
    }

    @Test
    void golang_migrate_stands_at_the_version_before() throws IOException {
        sql(
                admin,
                "CREATE TABLE public.schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)",
                "INSERT INTO public.schema_migrations VALUES (2, false)",
                "CREATE TABLE public.orders (id int)");
        write("000001_orders.up.sql", "CREATE TABLE orders (id int)");
        write("000001_orders.down.sql", "DROP TABLE orders");
        write("000002_price.up.sql", "ALTER TABLE orders ADD price int");
        write("000002_price.down.sql", "ALTER TABLE orders DROP price");
        write("000003_later.up.sql", "SELECT 1");
        var before = look().schema();
        sql(admin, "ALTER TABLE public.orders ADD price int");
        assertThat(look().applied()).containsExactly("000001_orders", "000002_price");

        schemas().undo(look(), List.of("000002_price"), before, FENCE);

        assertThat(look().applied()).containsExactly("000001_orders");
        assertThat(text("SELECT concat_ws(' ', version, dirty) FROM public.schema_migrations"))
                .isEqualTo("1 f");
    }

    @Test
    void a_dirty_golang_migration_is_half_done() throws IOException {
        sql(
                admin,
                "CREATE TABLE public.schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)",
                "INSERT INTO public.schema_migrations VALUES (2, true)");
        write("000001_orders.up.sql", "");
        write("000002_price.up.sql", "");

        assertThat(look().applied()).containsExactly("000001_orders");
        assertThat(look().halfDone()).contains("000002_price was begun and failed");
    }

    @Test
    void node_pg_migrate_and_prisma_forget_what_was_undone() throws IOException {
        sql(
                admin,
                "CREATE TABLE public.pgmigrations (id serial, name text, run_on timestamp)",
                "INSERT INTO public.pgmigrations (name, run_on) VALUES ('1_a', now())");
        write("1_a.sql", "-- Up Migration\nCREATE TABLE a (a int);\n-- Down Migration\nDROP TABLE a;\n");
        var before = look().schema();
        sql(admin, "CREATE TABLE public.a (a int)");

        schemas().undo(look(), List.of("1_a"), before, FENCE);
        assertThat(look().applied()).isEmpty();

        sql(
                admin,
                "DROP TABLE public.pgmigrations",
                "CREATE TABLE public._prisma_migrations (id text, checksum text, finished_at timestamptz, migration_name"
                        + " text, logs text, rolled_back_at timestamptz, started_at timestamptz)",
                "INSERT INTO public._prisma_migrations VALUES ('x', '', now(), '2_b', null, null, now())",
                "INSERT INTO public._prisma_migrations VALUES ('y', '', null, '2_b', null, now(), now())");
        write("2_b/migration.sql", "CREATE TABLE b (a int)");
        write("2_b/down.sql", "DROP TABLE b");
        var without = look().schema();
        sql(admin, "CREATE TABLE public.b (a int)");

        schemas().undo(look(), List.of("2_b"), without, fence("prisma"));

        assertThat(look().applied()).isEmpty();
        assertThat(look().halfDone()).isEmpty();
        assertThat(text("SELECT count(*) FROM _prisma_migrations WHERE rolled_back_at IS NOT NULL"))
                .isEqualTo("2");
    }

    @Test
    void a_command_of_the_teams_undoes_each_migration_once_and_the_history_has_the_last_word() {
        knex();
        var before = look().schema();

        schemas("rollback").undo(look(), List.of("2_b.js", "1_a.js"), before, FENCE);

        assertThat(ran)
                .containsExactly(
                        "[npx, knex, rollback, 2_b.js] key rb-aaaaaaaa/50-undo.2_b.js",
                        "[npx, knex, rollback, 1_a.js] key rb-aaaaaaaa/50-undo.1_a.js");
        assertThat(look().applied()).isEmpty();
        assertThat(look().marks()).contains(FENCE.key());
    }

    @Test
    void a_command_that_says_done_and_did_nothing_is_not_believed() {
        knex();

        assertThatThrownBy(() -> schemas("pretend").undo(look(), List.of("2_b.js"), look().schema(), FENCE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("ended with 0, but the history still has it");
    }

    @Test
    void a_command_that_fails_is_quoted() {
        knex();

        assertThatThrownBy(() -> schemas("fail").undo(look(), List.of("2_b.js"), look().schema(), FENCE))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("ended with 3: cannot find knexfile");
    }

    @Test
    void whoever_alters_something_right_now_is_named_as_busy() throws Exception {
        sql(admin, "CREATE TABLE public.orders (id int)");
        try (var other = admin.named("deploy").open(LIMIT)) {
            other.setAutoCommit(false);
            other.createStatement().execute("ALTER TABLE public.orders ADD secret int DEFAULT 12345");

            assertThat(look().busy())
                    .contains("deploy")
                    .contains("ALTER TABLE PUBLIC")
                    .doesNotContain("12345");
            other.rollback();
        }
        assertThat(look().busy()).isEmpty();
    }

    private Digest threeMigrations() throws IOException {
        apply("001_orders", "CREATE TABLE orders (id int)", "DROP TABLE orders");
        var before = look().schema();
        apply("002_column", "ALTER TABLE orders ADD price int", "ALTER TABLE orders DROP price");
        apply("003_index", "CREATE INDEX i ON orders (price)", "DROP INDEX i");
        return before;
    }

    private void again(int at) {
        schemas().apply(look(), "002_column", fence("again-2-" + at));
        schemas().apply(look(), "003_index", fence("again-3-" + at));
        // a column that was dropped leaves its number behind; a new table has it back
        sql(admin, "DROP TABLE public.orders", "CREATE TABLE public.orders (id int)");
        sql(admin, "ALTER TABLE public.orders ADD price int", "CREATE INDEX i ON public.orders (price)");
    }

    private void flyway() {
        sql(
                admin,
                "CREATE TABLE public.flyway_schema_history (installed_rank int PRIMARY KEY, version text, description"
                        + " text, type text, script text, checksum int, installed_by text, installed_on timestamp"
                        + " DEFAULT now(), execution_time int, success boolean)",
                "INSERT INTO public.flyway_schema_history VALUES"
                        + " (1, '1', 'orders', 'SQL', 'V1__orders.sql', 1, 'me', now(), 1, true),"
                        + " (2, '2', 'price', 'SQL', 'V2__price.sql', 1, 'me', now(), 1, true)");
    }

    private void knex() {
        sql(
                admin,
                "CREATE TABLE public.knex_migrations (id serial, name text, batch int, migration_time timestamptz)",
                "INSERT INTO public.knex_migrations (name) VALUES ('1_a.js'), ('2_b.js')");
    }

    private void apply(String name, String up, String down) throws IOException {
        write(name + ".up.sql", up);
        write(name + ".down.sql", down);
        schemas().apply(look(), name, fence("apply-" + name));
    }

    private void write(String name, String text) throws IOException {
        var file = scripts.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text, UTF_8);
    }

    /// For an undo that does not come as far as to check where it leads.
    private void undo(String migration) {
        schemas().undo(look(), List.of(migration), Digest.of("nowhere"), FENCE);
    }

    private Schemas.State look() {
        return schemas().look(SHOP);
    }

    private Applied only() {
        return schemas().migrations(SHOP).applied().getFirst();
    }

    private Fence fence(String step) {
        return new Fence(RUN, step, 1);
    }

    private Schemas schemas() {
        return schemas(admin);
    }

    private Schemas schemas(Sessions sessions) {
        return new PostgresSchemas(_ -> setup(sessions, "", "", List.of()), fingerprints, this::run, new Random(1));
    }

    private Schemas schemas(String verb) {
        return new PostgresSchemas(
                _ -> setup(admin, "", "", List.of("npx", "knex", verb, "{migration}")),
                fingerprints,
                this::run,
                new Random(1));
    }

    private Migrated setup(Sessions sessions, String tool, String role, List<String> undo) {
        return new Migrated(SHOP, sessions, tool, Scripts.in(scripts), role, "shop@sha256:0", undo, List.of(), LIMIT);
    }

    /// The team's tool, as far as these tests need one.
    private TeamCommands.Ended run(
            ServiceRef service,
            String image,
            List<String> words,
            Map<String, String> extra,
            Duration limit,
            Fence fence) {
        ran.add("%s key %s".formatted(words, fence.key()));
        return switch (words.get(2)) {
            case "rollback" -> {
                sql(admin, "DELETE FROM public.knex_migrations WHERE name = " + Quoted.text(words.get(3)));
                yield new TeamCommands.Ended(0, List.of("ok"));
            }
            case "fail" -> new TeamCommands.Ended(3, List.of("cannot find knexfile"));
            default -> new TeamCommands.Ended(0, List.of());
        };
    }

    private Sessions through(int port) {
        return new Sessions(
                new Address("127.0.0.1", port, database, owner.role(), owner.password(), Map.of()), "lastgood/crash");
    }

    private void endSessions() {
        sql(
                admin,
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                        + " WHERE application_name = 'lastgood/crash' AND datname = current_database()");
    }

    private void awaitNobody() throws InterruptedException {
        for (var i = 0; i < 6_000; i++) {
            if (text("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lastgood/crash'")
                    .equals("0")) {
                return;
            }
            Thread.sleep(10);
        }
        throw new AssertionError("the broken session is still there");
    }

    private String text(String sql) {
        return admin.in("ask", LIMIT, session -> {
            var row = session.createStatement().executeQuery(sql);
            row.next();
            return String.valueOf(row.getString(1));
        });
    }

    private static void sql(Sessions sessions, String... statements) {
        sessions.in("prepare the test", LIMIT, session -> {
            for (var statement : statements) {
                session.createStatement().execute(statement);
            }
            return "";
        });
    }
}
