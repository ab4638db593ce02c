package lastgood.postgres.migrate;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/// The migration tools that we know by their history table.
///
/// For each: the table, columns that it must have and must not have, and how its rows are read as
/// (name, when, ended well, xmin, key), oldest first. What is not listed is not guessed.
enum Tool {
    OURS(
            "lastgood",
            "migration",
            Set.of("name", "position", "applied_at"),
            Set.of(),
            true,
            "SELECT name, applied_at::text, true, xmin, name FROM %s ORDER BY position"),
    /// The newest row of a version counts: a row of type UNDO takes an earlier one back.
    FLYWAY(
            "flyway",
            "flyway_schema_history",
            Set.of("installed_rank", "version", "script", "success", "type"),
            Set.of(),
            true,
            """
            SELECT regexp_replace(script, '[.]sql$', ''), installed_on::text, success, x, version
              FROM (SELECT DISTINCT ON (version) *, xmin AS x FROM %s WHERE version IS NOT NULL
                     ORDER BY version, installed_rank DESC) newest
             WHERE type !~ '(UNDO|DELETE|SCHEMA|BASELINE)' ORDER BY installed_rank"""),
    LIQUIBASE(
            "liquibase",
            "databasechangelog",
            Set.of("id", "author", "filename", "orderexecuted"),
            Set.of(),
            false,
            """
            SELECT filename || '::' || id || '::' || author, dateexecuted::text, exectype <> 'FAILED', xmin, id
              FROM %s ORDER BY dateexecuted, orderexecuted"""),
    /// One row: the version that the database is at.
    GOLANG_MIGRATE(
            "golang-migrate",
            "schema_migrations",
            Set.of("version", "dirty"),
            Set.of(),
            true,
            "SELECT version::text, '', NOT dirty, xmin, version::text FROM %s"),
    ECTO(
            "ecto",
            "schema_migrations",
            Set.of("version", "inserted_at"),
            Set.of("dirty"),
            false,
            "SELECT version::text, inserted_at::text, true, xmin, version::text FROM %s ORDER BY version"),
    /// Others have a `schema_migrations` with nothing but a version too; Rails is known by its second table.
    RAILS(
            "rails",
            "schema_migrations",
            Set.of("version"),
            Set.of("dirty", "inserted_at"),
            true,
            "SELECT version, '', true, xmin, version FROM %s ORDER BY version"),
    NODE_PG_MIGRATE(
            "node-pg-migrate",
            "pgmigrations",
            Set.of("name", "run_on"),
            Set.of(),
            true,
            "SELECT name, run_on::text, true, xmin, name FROM %s ORDER BY run_on, id"),
    PRISMA(
            "prisma",
            "_prisma_migrations",
            Set.of("migration_name", "finished_at", "rolled_back_at"),
            Set.of(),
            true,
            """
            SELECT migration_name, coalesce(finished_at, started_at)::text, finished_at IS NOT NULL, xmin, id
              FROM %s WHERE rolled_back_at IS NULL ORDER BY started_at"""),
    KNEX(
            "knex",
            "knex_migrations",
            Set.of("name", "batch"),
            Set.of(),
            false,
            "SELECT name, migration_time::text, true, xmin, name FROM %s ORDER BY id"),
    SEQUELIZE(
            "sequelize",
            "SequelizeMeta",
            Set.of("name"),
            Set.of(),
            false,
            "SELECT name, '', true, xmin, name FROM %s ORDER BY name"),
    /// Its table has a name that many have: it must look just like it.
    TYPEORM(
            "typeorm",
            "migrations",
            Set.of("id", "timestamp", "name"),
            Set.of("batch", "schema", "done"),
            false,
            "SELECT name, '', true, xmin, name FROM %s ORDER BY id"),
    ALEMBIC(
            "alembic",
            "alembic_version",
            Set.of("version_num"),
            Set.of(),
            false,
            "SELECT version_num, '', true, xmin, version_num FROM %s ORDER BY 1"),
    DJANGO(
            "django",
            "django_migrations",
            Set.of("app", "name", "applied"),
            Set.of(),
            false,
            "SELECT app || '.' || name, applied::text, true, xmin, id::text FROM %s ORDER BY id"),
    ATLAS("atlas", "atlas_schema_revisions", Set.of("version", "applied", "total"), Set.of(), false, """
            SELECT version, executed_at::text, applied = total AND coalesce(error, '') = '', xmin, version
              FROM %s WHERE version !~ '^[.]' ORDER BY executed_at"""),
    PGROLL(
            "pgroll",
            "migrations",
            Set.of("schema", "name", "migration", "parent", "done"),
            Set.of(),
            false,
            "SELECT name, created_at::text, done, xmin, name FROM %s ORDER BY created_at");

    private final String label;
    private final String table;
    // `Set.of` below: nobody can change them, which their type does not say
    @SuppressWarnings("ImmutableEnumChecker")
    private final Set<String> has;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Set<String> lacks;

    private final boolean runsDownScripts;
    private final String rows;

    Tool(String label, String table, Set<String> has, Set<String> lacks, boolean runsDownScripts, String rows) {
        this.label = label;
        this.table = table;
        this.has = has;
        this.lacks = lacks;
        this.runsDownScripts = runsDownScripts;
        this.rows = rows;
    }

    /// What configuration and people call it.
    String label() {
        return label;
    }

    String table() {
        return table;
    }

    /// Whether that is its history table.
    boolean fits(String name, Set<String> columns, boolean besideRails) {
        return table.equals(name)
                && columns.containsAll(has)
                && lacks.stream().noneMatch(columns::contains)
                && (this != RAILS || besideRails);
    }

    /// Whether the down SQL of a file and our entry in its history are all that its own undo would do.
    boolean runsDownScripts() {
        return runsDownScripts;
    }

    /// @param quoted the table with its schema
    String rows(String quoted) {
        return rows.formatted(quoted);
    }

    static Optional<Tool> called(String label) {
        return Arrays.stream(values()).filter(t -> t.label.equals(label)).findFirst();
    }
}
