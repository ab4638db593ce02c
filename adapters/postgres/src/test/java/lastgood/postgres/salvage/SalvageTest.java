package lastgood.postgres.salvage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static lastgood.postgres.salvage.Incident.counts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import lastgood.core.data.Assessment.Way;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Repairs.Salvaged;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Address;
import lastgood.postgres.sql.Sessions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SalvageTest {

    static Sessions admin;
    static int databases;

    @TempDir
    Path spools;

    @BeforeAll
    static void start() {
        admin = new Sessions(Servers.shared(), "test");
    }

    Incident incident() {
        return new Incident(admin, "shop" + ++databases, spools);
    }

    @Test
    void a_measured_incident_loses_nothing() {
        var shop = incident()
                .sql(
                        "CREATE TABLE orders (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, status text NOT NULL, total numeric(12,2))",
                        "INSERT INTO orders (status, total) SELECT 'paid', g * 1.25 FROM generate_series(1, 10000) g")
                .damage("UPDATE orders SET total = 0 WHERE id % 5 = 0")
                .sql(
                        "INSERT INTO orders (status, total) SELECT 'later', g FROM generate_series(1, 3000) g",
                        "UPDATE orders SET status = 'shipped' WHERE id <= 1000",
                        "DELETE FROM orders WHERE id IN (9001, 9002, 9003)");

        var assessment = shop.mend();

        assertThat(assessment.tables()).containsExactly(counts("public.orders", 2000, 3803, 0, 0));
        assertThat(assessment.ways().getFirst().kind()).isEqualTo(Way.Kind.SALVAGE);
        assertThat(assessment.ways().getFirst().lost()).isZero();
        assertThat(assessment.ways().get(1).lost()).isEqualTo(4003);
        assertThat(shop.rows("SELECT count(*), sum(total) FROM orders WHERE status <> 'later'"))
                .isEqualTo(shop.before("SELECT count(*), sum(total) FROM orders WHERE id NOT IN (9001, 9002, 9003)"));
        assertThat(shop.rows("SELECT count(*) FROM orders WHERE status = 'later'"))
                .containsExactly("3000");
        assertThat(shop.rows("SELECT count(*) FROM orders WHERE status = 'shipped'"))
                .containsExactly("1000");
        assertThat(shop.look(assessment.digest()))
                .isInstanceOfSatisfying(
                        Salvaged.Done.class,
                        d -> assertThat(d.counts())
                                .startsWith("public.orders: 2000 repaired, 3803 kept, 0 in conflict, 0 lost"));
    }

    @Test
    void a_row_that_was_damaged_and_changed_in_the_same_column_is_left_to_a_human() {
        var shop = incident()
                .sql(
                        "CREATE TABLE t (id int PRIMARY KEY, a text, b text)",
                        "INSERT INTO t VALUES (1,'a','b'), (2,'a','b'), (3,'a','b'), (4,'a','b')")
                .damage("UPDATE t SET a = 'bad'")
                .sql(
                        "UPDATE t SET a = 'better' WHERE id = 1",
                        "UPDATE t SET b = 'new' WHERE id = 2",
                        "UPDATE t SET a = 'a' WHERE id = 3");

        var assessment = shop.mend();

        assertThat(assessment.tables()).containsExactly(counts("public.t", 2, 1, 1, 0));
        assertThat(assessment.conflicts()).singleElement().satisfies(c -> {
            assertThat(c.key()).isEqualTo("id=1");
            assertThat(c.before()).isEqualTo("{\"a\":\"a\"}");
            assertThat(c.damaged()).isEqualTo("{\"a\":\"bad\"}");
            assertThat(c.now()).isEqualTo("{\"a\":\"better\"}");
        });
        assertThat(shop.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|better|b", "2|a|new", "3|a|b", "4|a|b");
    }

    @Test
    void rows_that_the_damage_deleted_come_back_and_those_it_inserted_go() {
        var shop = incident()
                .sql(
                        "CREATE TABLE t (id int PRIMARY KEY, a text)",
                        "INSERT INTO t SELECT g, 'x' FROM generate_series(1, 6) g")
                .damage("DELETE FROM t WHERE id < 4", "INSERT INTO t VALUES (10, 'junk'), (11, 'junk')")
                .sql(
                        "INSERT INTO t VALUES (1, 'x'), (2, 'other')",
                        "UPDATE t SET a = 'mine' WHERE id = 11",
                        "DELETE FROM t WHERE id = 6");

        var assessment = shop.mend();

        assertThat(assessment.tables()).containsExactly(counts("public.t", 2, 1, 2, 0));
        assertThat(shop.rows("SELECT * FROM t ORDER BY id"))
                .containsExactly("1|x", "2|other", "3|x", "4|x", "5|x", "11|mine");
    }

    @Test
    void without_an_image_from_after_the_damage_only_its_own_rows_are_put_back() {
        var shop = incident()
                .sql(
                        "CREATE TABLE t (id int PRIMARY KEY, a text)",
                        "INSERT INTO t SELECT g, 'x' FROM generate_series(1, 4) g")
                .damage("UPDATE t SET a = 'bad' WHERE id < 3")
                .sql(
                        "UPDATE t SET a = 'y' WHERE id >= 2 AND id < 4",
                        "INSERT INTO t VALUES (9, 'new')",
                        "DELETE FROM t WHERE id = 4")
                .withoutAfter(true);

        var assessment = shop.mend();

        assertThat(assessment.tables()).containsExactly(counts("public.t", 1, 1, 3, 0));
        assertThat(assessment.remarks()).anyMatch(r -> r.startsWith("there is no image from right after"));
        assertThat(shop.rows("SELECT * FROM t ORDER BY id")).containsExactly("1|x", "2|y", "3|y", "9|new");
    }

    @Test
    void without_the_damage_s_number_either_nothing_is_guessed() {
        var shop = incident()
                .sql(
                        "CREATE TABLE t (id int PRIMARY KEY, a text)",
                        "INSERT INTO t SELECT g, 'x' FROM generate_series(1, 4) g")
                .damage("UPDATE t SET a = 'bad' WHERE id < 3")
                .withoutAfter(false);

        assertThat(shop.assess().tables()).containsExactly(counts("public.t", 0, 0, 2, 0));
    }

    @Test
    void a_table_without_a_key_is_counted_and_not_touched() {
        var shop = incident()
                .sql("CREATE TABLE t (a text, b int)", "INSERT INTO t VALUES ('x', 1), ('x', 1), ('y', 2)")
                .damage("UPDATE t SET b = 7 WHERE a = 'x'")
                .sql("INSERT INTO t VALUES ('z', 3)");

        var assessment = shop.mend();

        assertThat(assessment.tables()).containsExactly(counts("public.t", 0, 1, 0, 2));
        assertThat(assessment.remarks()).anyMatch(r -> r.contains("public.t has no primary key"));
        assertThat(shop.rows("SELECT * FROM t ORDER BY 1")).containsExactly("x|7", "x|7", "y|2", "z|3");
    }

    @Test
    void a_unique_key_that_is_never_null_serves_as_well() {
        var shop = incident()
                .sql(
                        "CREATE TABLE t (code text NOT NULL UNIQUE, region text NOT NULL, b int, UNIQUE (region, code))",
                        "INSERT INTO t VALUES ('x', 'eu', 1), ('y', 'us', 2)")
                .damage("UPDATE t SET b = 7");

        shop.mend();

        assertThat(shop.rows("SELECT * FROM t ORDER BY 1")).containsExactly("x|eu|1", "y|us|2");
    }

    @Test
    void a_column_that_was_dropped_and_made_again_gets_its_values_back() {
        var shop = incident()
                .sql(
                        "CREATE TABLE t (id int PRIMARY KEY, a text, s text NOT NULL DEFAULT 'new')",
                        "INSERT INTO t SELECT g, 'v' || g, 's' || g FROM generate_series(1, 4) g")
                .damage("ALTER TABLE t DROP COLUMN a, DROP COLUMN s")
                .sql(
                        "ALTER TABLE t ADD COLUMN s text NOT NULL DEFAULT 'new', ADD COLUMN a text",
                        "UPDATE t SET a = 'mine' WHERE id = 2",
                        "DELETE FROM t WHERE id = 4");

        var assessment = shop.mend();

        assertThat(assessment.tables()).containsExactly(counts("public.t", 2, 0, 2, 0));
        assertThat(shop.rows("SELECT id, a, s FROM t ORDER BY 1")).containsExactly("1|v1|s1", "2|mine|new", "3|v3|s3");
    }

    @Test
    void a_column_that_is_still_gone_is_counted_as_lost() {
        var shop = incident()
                .sql("CREATE TABLE t (id int PRIMARY KEY, a text)", "INSERT INTO t VALUES (1, 'v'), (2, NULL)")
                .damage("ALTER TABLE t DROP COLUMN a");

        var assessment = shop.assess();

        assertThat(assessment.tables()).containsExactly(counts("public.t", 0, 0, 0, 1));
        assertThat(assessment.remarks()).anyMatch(r -> r.contains("has no column a any more"));
    }

    @Test
    void a_table_that_is_gone_is_counted_as_lost() {
        var shop = incident().sql("CREATE TABLE t AS SELECT 1 AS a").damage("DROP TABLE t");

        assertThat(shop.assess().tables()).containsExactly(counts("public.t", 0, 0, 0, 1));
    }

    @Test
    void a_column_that_became_narrower_gets_back_what_it_can_hold() {
        var shop = incident()
                .sql(
                        "CREATE TABLE t (id int PRIMARY KEY, a numeric(10,2))",
                        "INSERT INTO t VALUES (1, 1.50), (2, 2.00)")
                .damage("ALTER TABLE t ALTER a TYPE int USING round(a)::int", "UPDATE t SET a = 5 WHERE id = 2");

        var assessment = shop.mend();

        assertThat(assessment.tables()).containsExactly(counts("public.t", 1, 0, 0, 1));
        assertThat(assessment.remarks()).anyMatch(r -> r.contains("a is integer now"));
        assertThat(shop.rows("SELECT * FROM t ORDER BY 1")).containsExactly("1|2", "2|2");
    }

    @Test
    void a_column_that_became_narrower_and_wide_again_is_whole() {
        var shop = incident()
                .sql(
                        "CREATE TABLE t (id int PRIMARY KEY, a numeric(10,2))",
                        "INSERT INTO t VALUES (1, 1.50), (2, 2.00)")
                .damage("ALTER TABLE t ALTER a TYPE int USING round(a)::int")
                .sql("ALTER TABLE t ALTER a TYPE numeric(10,2)");

        assertThat(shop.mend().tables()).containsExactly(counts("public.t", 1, 0, 0, 0));
        assertThat(shop.rows("SELECT * FROM t ORDER BY 1")).containsExactly("1|1.50", "2|2.00");
    }

    @Test
    void generated_and_identity_columns_and_triggers_are_left_in_peace() {
        var shop = incident()
                .sql(
                        "CREATE TABLE log (what text)",
                        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.log VALUES (TG_OP); NEW.a := NEW.a || '!'; RETURN NEW; END $$",
                        "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text, n int, twice int GENERATED ALWAYS AS (n * 2) STORED)",
                        "INSERT INTO t (a, n) VALUES ('x', 1), ('y', 2), ('z', 3)",
                        "CREATE TRIGGER plain BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note()",
                        "CREATE TRIGGER stubborn BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note()",
                        "ALTER TABLE t ENABLE ALWAYS TRIGGER stubborn")
                .damage(
                        "ALTER TABLE t DISABLE TRIGGER USER",
                        "UPDATE t SET a = 'bad', n = 0 WHERE id = 1",
                        "DELETE FROM t WHERE id = 2",
                        "ALTER TABLE t ENABLE TRIGGER plain",
                        "ALTER TABLE t ENABLE ALWAYS TRIGGER stubborn");

        shop.mend();

        assertThat(shop.rows("SELECT * FROM t ORDER BY 1")).containsExactly("1|x|1|2", "2|y|2|4", "3|z|3|6");
        assertThat(shop.rows("SELECT * FROM log")).isEmpty();
        assertThat(shop.rows("SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"))
                .containsExactly("plain|O", "stubborn|A");
    }

    @Test
    void an_ordinary_owner_salvages_in_the_order_of_the_foreign_keys_and_without_triggers() {
        var shop = incident()
                .sql(
                        "DO $$ BEGIN CREATE ROLE shopowner LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
                        "CREATE TABLE customers (id int PRIMARY KEY, name text)",
                        "CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL REFERENCES customers ON DELETE CASCADE, a text)",
                        "INSERT INTO customers SELECT g, 'c' || g FROM generate_series(1, 5) g",
                        "INSERT INTO orders SELECT g, 1 + g % 5, 'o' FROM generate_series(1, 20) g",
                        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a trigger acted'; END $$",
                        "ALTER TABLE customers OWNER TO shopowner",
                        "ALTER TABLE orders OWNER TO shopowner",
                        "GRANT CREATE ON DATABASE %s TO shopowner".formatted("shop" + databases))
                .damage(
                        "DELETE FROM customers WHERE id = 2",
                        "INSERT INTO customers VALUES (9, 'junk')",
                        "INSERT INTO orders VALUES (90, 9, 'junk')",
                        "UPDATE orders SET customer = 3 WHERE customer = 4")
                .sql("CREATE TRIGGER no BEFORE INSERT OR UPDATE OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION no()")
                .as(ownerOf("shop" + databases));

        var assessment = shop.mend();

        assertThat(assessment.tables())
                .containsExactly(counts("public.customers", 2, 0, 0, 0), counts("public.orders", 9, 0, 0, 0));
        assertThat(shop.rows("SELECT * FROM orders ORDER BY 1"))
                .isEqualTo(shop.before("SELECT * FROM orders ORDER BY 1"));
        assertThat(shop.rows("SELECT tgenabled FROM pg_trigger WHERE NOT tgisinternal"))
                .containsExactly("O");
    }

    private static Sessions ownerOf(String database) {
        return new Sessions(
                admin.address().withDatabase(database).as("shopowner", new Address.Password("")), "lastgood/test");
    }

    @Test
    void a_role_without_rights_is_told_so_and_changes_nothing() {
        var shop = incident()
                .sql(
                        "DO $$ BEGIN CREATE ROLE stranger LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
                        "CREATE TABLE t (id int PRIMARY KEY, a text)",
                        "INSERT INTO t VALUES (1, 'x')")
                .damage("UPDATE t SET a = 'bad'")
                .as(new Sessions(
                        admin.address().withDatabase("shop" + databases).as("stranger", new Address.Password("")),
                        "x"));

        assertThatThrownBy(shop::assess).isInstanceOf(Forbidden.class).hasMessageContaining("permission denied");
        assertThat(shop.rows("SELECT * FROM t")).containsExactly("1|bad");
    }

    @Test
    void what_hangs_on_later_rows_is_a_conflict_and_not_a_broken_foreign_key() {
        var shop = incident()
                .sql(
                        "CREATE TABLE customers (id int PRIMARY KEY, name text)",
                        "CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers, note text)",
                        "INSERT INTO customers VALUES (1, 'a'), (2, 'b'), (3, 'c')",
                        "INSERT INTO orders VALUES (1, 1, 'x'), (2, 2, 'x'), (3, 3, 'x')")
                .damage(
                        "INSERT INTO customers VALUES (8, 'junk'), (9, 'junk')",
                        "DELETE FROM orders WHERE id = 2",
                        "UPDATE orders SET customer = 9 WHERE id = 3")
                .sql("INSERT INTO orders VALUES (7, 8, 'later')", "DELETE FROM customers WHERE id = 2");

        var assessment = shop.mend();

        assertThat(assessment.tables())
                .containsExactly(counts("public.customers", 1, 1, 1, 0), counts("public.orders", 1, 1, 1, 0));
        assertThat(assessment.conflicts())
                .extracting(c -> c.key())
                .satisfiesExactlyInAnyOrder(
                        k -> assertThat(k).startsWith("id=8: rows of public.orders point to it"),
                        k -> assertThat(k).startsWith("id=2: its parent in public.customers is gone"));
        assertThat(shop.rows("SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer WHERE c.id IS NULL"))
                .isEmpty();
    }

    @Test
    void foreign_keys_in_a_circle_are_put_back_together() {
        var shop = incident()
                .sql(
                        "CREATE TABLE a (id int PRIMARY KEY, b int)",
                        "CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a, up int REFERENCES b)",
                        "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b",
                        "INSERT INTO a VALUES (1, NULL), (2, NULL)",
                        "INSERT INTO b VALUES (1, 1, NULL), (2, 2, 1)",
                        "UPDATE a SET b = id")
                .damage("UPDATE a SET b = NULL", "DELETE FROM b", "DELETE FROM a");

        assertThat(shop.mend().tables())
                .containsExactly(counts("public.a", 2, 0, 0, 0), counts("public.b", 2, 0, 0, 0));
        assertThat(shop.rows("SELECT * FROM b ORDER BY 1")).containsExactly("1|1|null", "2|2|1");
    }

    @Test
    void a_unique_value_that_somebody_took_is_a_conflict_and_the_others_are_put_back() {
        var shop = incident()
                .sql(
                        "CREATE TABLE users (id int PRIMARY KEY, email text, gone boolean DEFAULT false)",
                        "CREATE UNIQUE INDEX users_email ON users (lower(email)) WHERE NOT gone",
                        "INSERT INTO users VALUES (1, 'a@x'), (2, 'b@x'), (3, 'c@x')")
                .damage("UPDATE users SET email = NULL")
                .sql("INSERT INTO users VALUES (9, 'A@x')");

        var assessment = shop.mend();

        assertThat(assessment.tables()).containsExactly(counts("public.users", 2, 1, 1, 0));
        assertThat(assessment.conflicts())
                .singleElement()
                .satisfies(c -> assertThat(c.key()).contains("users_email"));
        assertThat(shop.rows("SELECT id, email FROM users ORDER BY 1"))
                .containsExactly("1|null", "2|b@x", "3|c@x", "9|A@x");
    }

    @Test
    void unique_values_that_changed_places_change_back() {
        var shop = incident()
                .sql(
                        "CREATE TABLE t (id int PRIMARY KEY, place int UNIQUE)",
                        "INSERT INTO t SELECT g, g FROM generate_series(1, 50) g")
                .damage("UPDATE t SET place = -place", "UPDATE t SET place = 1 + (-place) % 50");

        assertThat(shop.mend().tables()).containsExactly(counts("public.t", 50, 0, 0, 0));
        assertThat(shop.rows("SELECT count(*) FROM t WHERE id <> place")).containsExactly("0");
    }

    @Test
    void what_a_new_constraint_forbids_is_lost_and_said() {
        var shop = incident()
                .sql(
                        "CREATE TABLE t (id int PRIMARY KEY, a int)",
                        "INSERT INTO t SELECT g, g FROM generate_series(1, 10) g")
                .damage("UPDATE t SET a = 100 + a", "ALTER TABLE t ADD CONSTRAINT big CHECK (a > 3)");

        var assessment = shop.mend();

        assertThat(assessment.tables()).containsExactly(counts("public.t", 7, 0, 0, 3));
        assertThat(assessment.remarks())
                .anyMatch(r -> r.contains("3 rows of public.t cannot be put back") && r.contains("big"));
    }

    @Test
    void sequences_go_on_behind_what_was_put_back_and_never_back() {
        var shop = incident()
                .sql(
                        "CREATE TABLE t (id serial PRIMARY KEY, a text)",
                        "CREATE TABLE u (id int PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, a text)",
                        "INSERT INTO t (a) SELECT 'x' FROM generate_series(1, 10)",
                        "INSERT INTO u (a) SELECT 'x' FROM generate_series(1, 10)")
                .damage(
                        "DELETE FROM t",
                        "DELETE FROM u",
                        "ALTER SEQUENCE t_id_seq RESTART",
                        "ALTER SEQUENCE u_id_seq RESTART WITH 70");

        shop.mend();

        assertThat(shop.rows("SELECT nextval('t_id_seq'), nextval('u_id_seq')")).containsExactly("11|70");
    }

    @Test
    void a_partitioned_table_goes_through_its_root() {
        var shop = incident()
                .sql(
                        "CREATE TABLE t (id int, at date, a text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
                        "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
                        "CREATE TABLE t2 PARTITION OF t DEFAULT",
                        "INSERT INTO t SELECT g, DATE '2026-01-25' + g, 'x' FROM generate_series(1, 14) g")
                .damage(
                        "UPDATE t SET a = 'bad' WHERE id < 5",
                        "DELETE FROM t1 WHERE id = 6",
                        "DELETE FROM t2 WHERE id = 12");

        assertThat(shop.mend().tables()).containsExactly(counts("public.t", 6, 0, 0, 0));
        assertThat(shop.rows("SELECT * FROM t ORDER BY 1")).isEqualTo(shop.before("SELECT * FROM t ORDER BY 1"));
    }

    @Test
    void strange_values_and_strange_names_survive() {
        var columns =
                "SELECT id::text, f::text, d::text, b::text, j::text, jb::text, ar::text, ts::text, mood::text, md5(big), ch, iv::text, m::text, r::text FROM \"Odd \"\"schema\"\"\".\"t.a%b\" ORDER BY 1";
        var shop = incident()
                .sql(
                        "CREATE SCHEMA \"Odd \"\"schema\"\"\"",
                        "CREATE TYPE \"Odd \"\"schema\"\"\".\"Mood\" AS ENUM ('so so', 'it''s')",
                        "CREATE TABLE \"Odd \"\"schema\"\"\".\"t.a%b\" (id uuid PRIMARY KEY, f float8, d float4, b bytea, j json, jb jsonb, ar text[], ts timestamptz, mood \"Odd \"\"schema\"\"\".\"Mood\", big text, ch char(5), iv interval, m money, r int4range)",
                        "INSERT INTO \"Odd \"\"schema\"\"\".\"t.a%b\" SELECT gen_random_uuid(), v.f::float8, 0.1, '\\x00ff5c0a', '{\"a\":1, \"a\" :2}', '{\"b\": 1.0}', ARRAY['a', NULL, '', 'NULL', E'q\"\\\\ \\t\\n'], v.t::timestamptz, 'it''s', repeat(md5(random()::text), 20000), 'ab', '1 mon -3 days', 12.5, '[1,5)' FROM (VALUES ('NaN', 'infinity'), ('-0', '-infinity'), ('Infinity', '2026-03-29 02:30:00+01'), ('1e-300', '0044-03-15 12:00:00 BC'), (NULL, NULL)) v(f, t)")
                .damage(
                        "UPDATE \"Odd \"\"schema\"\"\".\"t.a%b\" SET f = 0, d = 1, b = '', j = '{}', jb = NULL, ar = '{}', ts = now(), mood = 'so so', big = E'\\\\N\\t', ch = '', iv = '0', m = 0, r = 'empty'");

        assertThat(shop.mend().tables()).extracting(t -> t.repaired()).containsExactly(5L);
        assertThat(shop.rows(columns)).isEqualTo(shop.before(columns));
    }

    @Test
    void minus_zero_and_a_json_s_blanks_are_differences() {
        var shop = incident()
                .sql(
                        "CREATE TABLE t (id int PRIMARY KEY, f float8, j json, c text COLLATE \"C\")",
                        "INSERT INTO t VALUES (1, '-0', '{ }', 'x')")
                .damage("UPDATE t SET f = 0, j = '{}'");

        shop.mend();

        assertThat(shop.rows("SELECT f::text, j::text FROM t")).containsExactly("-0|{ }");
    }

    /// PostgreSQL's hash of a record has the same number for both; found by the random tables' seed 3.
    @Test
    void null_and_not_a_number_are_different() {
        var shop = incident()
                .sql(
                        "CREATE TABLE t (id int PRIMARY KEY, a numeric(8,2))",
                        "INSERT INTO t VALUES (1, 'NaN'), (2, NULL)")
                .damage("UPDATE t SET a = CASE WHEN a IS NULL THEN 'NaN'::numeric END");

        assertThat(shop.mend().tables()).containsExactly(counts("public.t", 2, 0, 0, 0));
        assertThat(shop.rows("SELECT * FROM t ORDER BY 1")).containsExactly("1|NaN", "2|null");
    }

    @Test
    void another_encoding_is_read_as_what_it_is() {
        var shop = new Incident(admin, "shop" + ++databases, spools, "ENCODING 'LATIN1' TEMPLATE template0")
                .sql(
                        "CREATE TABLE t (name text PRIMARY KEY, a text)",
                        "INSERT INTO t VALUES ('Zoë', 'süß'), ('ÿ', 'é')")
                .damage("UPDATE t SET a = upper(a) || '§'");

        shop.mend();

        assertThat(shop.rows("SELECT * FROM t")).containsExactlyInAnyOrder("Zoë|süß", "ÿ|é");
    }

    @Test
    void the_migration_tool_s_history_is_left_to_it() {
        var shop = incident()
                .sql("CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY)")
                .damage("INSERT INTO flyway_schema_history VALUES (1)");

        assertThat(shop.mend().tables()).isEmpty();
        assertThat(shop.rows("SELECT * FROM flyway_schema_history")).containsExactly("1");
    }

    @Test
    void a_row_that_changed_after_the_assessment_stops_everything() {
        var shop = incident()
                .sql("CREATE TABLE t (id int PRIMARY KEY, a text)", "INSERT INTO t VALUES (1, 'x'), (2, 'y')")
                .damage("UPDATE t SET a = 'bad'");
        var digest = shop.assess().digest();
        assertThat(shop.look(digest)).isInstanceOf(Salvaged.NotYet.class);

        shop.sql("UPDATE t SET a = 'worse' WHERE id = 2");

        assertThat(shop.look(digest)).isInstanceOf(Salvaged.Stale.class);
        assertThatThrownBy(() -> shop.salvage(digest))
                .isInstanceOf(WorldMoved.class)
                .hasMessageContaining("1 of 2 rows of public.t are not as they were assessed");
        assertThat(shop.rows("SELECT * FROM t ORDER BY 1")).containsExactly("1|bad", "2|worse");
        assertThat(shop.rows("SELECT to_regclass('lastgood.mark')")).containsExactly("null");
    }

    @Test
    void an_altered_spool_is_not_used() throws Exception {
        var shop = incident()
                .sql("CREATE TABLE t (id int PRIMARY KEY, a text)", "INSERT INTO t VALUES (1, 'value')")
                .damage("UPDATE t SET a = 'bad'");
        var digest = shop.assess().digest();
        var file = new Spool(spools).fileOf(digest);

        Files.writeString(file, Files.readString(file, UTF_8).replace("value", "other"));

        assertThat(shop.look(digest)).isInstanceOf(Salvaged.Stale.class);
        assertThatThrownBy(() -> shop.salvage(digest)).isInstanceOf(WorldMoved.class);
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    }

    @Test
    void the_same_assessment_twice_is_the_same_digest_and_is_done_once() {
        var shop = incident()
                .sql("CREATE TABLE t (id int PRIMARY KEY, a int)", "INSERT INTO t VALUES (1, 1)")
                .damage("UPDATE t SET a = 2");
        var digest = shop.assess().digest();
        assertThat(shop.assess().digest()).isEqualTo(digest);

        shop.salvage(digest);
        shop.sql("UPDATE t SET a = 2");
        shop.salvage(digest);

        assertThat(shop.rows("SELECT * FROM t")).containsExactly("1|2");
    }

    @Test
    void nothing_damaged_is_nothing_to_do() {
        var shop = incident().sql("CREATE TABLE t (id int PRIMARY KEY)").damage("SELECT 1");

        var assessment = shop.mend();

        assertThat(assessment.tables()).isEmpty();
        assertThat(shop.look(assessment.digest())).isInstanceOf(Salvaged.Done.class);
    }
}
