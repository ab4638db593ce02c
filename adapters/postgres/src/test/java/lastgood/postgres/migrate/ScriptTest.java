package lastgood.postgres.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE INDEX CONCURRENTLY i ON t (a)",
                "create unique index concurrently i on t (a)",
                "DROP INDEX CONCURRENTLY IF EXISTS i",
                "REINDEX TABLE CONCURRENTLY t",
                "VACUUM t",
                "ALTER SYSTEM SET work_mem = '1MB'",
                "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
                "CREATE DATABASE d",
                "DROP SUBSCRIPTION s"
            })
    void what_the_server_refuses_in_a_transaction_is_told_apart(String sql) {
        assertThat(Script.of("x.sql", "SELECT 1; " + sql + ";").transactional()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TYPE mood ADD VALUE 'ok'",
                "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
                "SELECT 'VACUUM'",
                "-- VACUUM\nSELECT 1",
                "CREATE TABLE database (subscription int)",
                "DO $$ BEGIN PERFORM 1; END $$",
                "COMMENT ON TABLE t IS 'CREATE INDEX CONCURRENTLY'"
            })
    void what_only_looks_like_it_is_not(String sql) {
        assertThat(Script.of("x.sql", sql).transactional()).isTrue();
        assertThat(Script.of("x.sql", sql).refusal()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1; COMMIT; SELECT 2",
                "BEGIN; SELECT 1; COMMIT; SELECT 2",
                "\\connect other",
                "SELECT 1 \\gset",
                "COPY t FROM STDIN",
                "PREPARE TRANSACTION 'x'",
                "ROLLBACK"
            })
    void what_would_end_our_transaction_or_is_for_psql_is_refused(String sql) {
        assertThat(Script.of("x.sql", sql).refusal()).isPresent();
    }

    @Test
    void a_transaction_around_all_of_it_is_ours_to_make() {
        var script = Script.of("x.sql", "BEGIN;\nDROP TABLE t;\nSAVEPOINT a; ROLLBACK TO a;\nCOMMIT;\n");

        assertThat(script.refusal()).isEmpty();
        assertThat(script.statements()).hasSize(3);
    }

    @Test
    void files_are_found_in_each_usual_form_and_in_the_order_of_their_numbers(@TempDir Path folder) throws IOException {
        write(folder, "0010_ten.up.sql", "u");
        write(folder, "0010_ten.down.sql", "d");
        write(folder, "2_two.up.sql", "u");
        write(folder, "V1.2__first.sql", "u");
        write(folder, "U1.2__back.sql", "d");
        write(folder, "20260102_prisma/migration.sql", "u");
        write(folder, "20260102_prisma/down.sql", "d");
        write(folder, "100_node.sql", "-- Up Migration\nCREATE\n-- Down Migration\nDROP\n");

        var all = Scripts.in(folder).all();

        assertThat(all.stream()
                        .map(p -> p.name()
                                + (p.up().isPresent() ? "+" : "")
                                + (p.down().isPresent() ? "-" : "")))
                .containsExactly("V1.2__first+-", "2_two+", "0010_ten+-", "100_node+-", "20260102_prisma+-");
        assertThat(all.get(3).down().orElseThrow().sql().strip()).isEqualTo("DROP");
        assertThat(all.get(3).up().orElseThrow().sql().strip()).isEqualTo("CREATE");
    }

    private static void write(Path folder, String name, String text) throws IOException {
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
