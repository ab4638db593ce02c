package lastgood.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import lastgood.config.DatabaseConfig.Backup;
import lastgood.config.DatabaseConfig.Sql;
import lastgood.config.DatabaseConfig.Where;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DatabaseConfigTest {

    private static DatabaseConfig local(String database) {
        var effective = Texts.effective(Texts.web("database: " + database), "here", "web", Overrides.none());
        return requireNonNull(effective.service().database());
    }

    @Test
    void a_service_without_the_block_has_no_database_that_goes_back_with_it() {
        assertThat(Texts.effective(Texts.LOCAL, "here", "web", Overrides.none())
                        .service()
                        .database())
                .isNull();
    }

    @Test
    void an_embedded_server_needs_no_more_than_the_word() {
        var database = local("{ kind: embedded }");

        assertThat(database.where()).isEqualTo(new Where.Embedded());
        assertThat(database.backup().kind()).isEqualTo(Backup.Kind.AUTO);
        assertThat(database.maxConnections()).isEqualTo(Percent.of(80));
    }

    @Test
    void lastgood_enters_as_the_service_does_unless_it_gets_a_door_of_its_own() {
        var url = new SecretRef.Env("DATABASE_URL");
        var admin = new SecretRef.InFile("admin-url");

        assertThat(local("{ url: { env: DATABASE_URL } }").where()).isEqualTo(new Where.At(url, url));
        assertThat(local("{ url: { env: DATABASE_URL }, admin: { file: admin-url } }")
                        .where())
                .isEqualTo(new Where.At(url, admin));
    }

    @Test
    void the_runbooks_command_for_an_undo_becomes_a_list_of_words_with_places() {
        var database = local("""
                { kind: embedded, migrations: { dir: db, undo: "exec: npx tsx undo.ts --migration {migration}" } }""");

        assertThat(Template.fill(database.migrations().undo(), Map.of("migration", "20260102_x")))
                .isEqualTo(List.of("npx", "tsx", "undo.ts", "--migration", "20260102_x"));
        assertThat(database.migrations().dir()).isEqualTo(Texts.FOLDER.resolve("db"));
    }

    @Test
    void invariants_are_sql_or_files_below_the_configuration() {
        var database = local("""
                { kind: embedded, integrity: { quick: [select 1 where false],
                comprehensive: [amcheck, checksums, "file: integrity/*.sql"] } }""");

        assertThat(database.integrity().quick()).containsExactly(new Sql.Text("select 1 where false"));
        assertThat(database.integrity().comprehensive()).containsExactly(new Sql.Files("integrity/*.sql"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ kind: postgresql }|nothing says where the database is",
                "{ kind: embedded, url: { env: X } }|an embedded server has no url of its own",
                "{ kind: embedded, backup: { kind: pg_dump } }|an embedded server is backed up by copying its files",
                "{ url: { env: X }, backup: { kind: barman } }|this version takes no backups with barman",
                "{ url: { env: X }, backup: { kind: pgbackrest } }|pgBackRest keeps backups under a stanza",
                "{ url: { env: X }, backup: { kind: cnpg, resource: db } }|CloudNativePG is on a cluster",
                "{ url: { env: X }, backup: { resource: db } }|only CloudNativePG has a resource",
                "{ url: { env: X }, restore: { mode: in-place } }|restores nothing in place",
                "{ url: { env: X }, migrations: { status: 'exec: status {migration}' } }|{migration}",
                "{ url: { env: X }, migrations: { undo: npx undo } }|this does not say how to run it",
                "{ url: { env: X }, migrations: { undo: 'exec: undo {migraton}' } }|did you mean {migration}?",
                "{ url: { env: X }, integrity: { quick: ['file: ../x.sql'] } }|outside the folder"
            })
    void what_cannot_work_is_said_with_its_place(String database, String fact) {
        var problems = Texts.problems(Texts.web("database: " + database));

        assertThat(problems).hasSize(1).first().asString().contains(fact).contains("services.web.database");
    }

    @Test
    void a_cluster_has_no_embedded_server() {
        var problems = Texts.problems(ClusterConfigTest.SHOP.replace("web:", "web: { database: { kind: embedded } }"));

        assertThat(problems).first().asString().contains("an embedded server is for services on this machine");
    }

    @Test
    void on_a_cluster_cloudnativepg_is_named_by_its_resource() {
        var web = "web: { database: { url: { env: X }, backup: { kind: cnpg%s }, restore: { service: db } } }";

        assertThat(Texts.problems(ClusterConfigTest.SHOP.replace("web:", web.formatted(""))))
                .first()
                .asString()
                .contains("CloudNativePG keeps the database in a Cluster");
        assertThat(Texts.catalog(ClusterConfigTest.SHOP.replace("web:", web.formatted(", resource: shop-db")))
                        .notActedOn())
                .isEmpty();
    }

    @Test
    void what_a_rollback_and_a_restore_go_by_is_read() {
        var database = local("""
                { url: { env: X }, migrations: { status: "exec: npm run status -- {environment}" },
                  backup: { beforeRollback: always, maxAgeForRestore: 1h }, restore: { mode: side-by-side } }""");

        assertThat(database.backup().beforeRollback()).isEqualTo(Backup.When.ALWAYS);
        assertThat(database.backup().maxAgeForRestore()).isEqualTo(java.time.Duration.ofHours(1));
        assertThat(Template.fill(database.migrations().status(), Map.of("environment", "production")))
                .isEqualTo(List.of("npm", "run", "status", "--", "production"));
        assertThat(local("{ kind: embedded }").backup().maxAgeForRestore()).isNull();
        assertThat(local("{ kind: embedded }").backup().beforeRollback()).isEqualTo(Backup.When.TYPE_3);
    }
}
