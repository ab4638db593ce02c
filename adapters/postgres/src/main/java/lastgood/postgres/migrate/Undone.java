package lastgood.postgres.migrate;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/// Writes into a tool's history what the tool itself would have written, after its down SQL was run by us: else it
/// would believe that the migration is still there, or run it twice.
final class Undone {

    private Undone() {}

    /// @param earlier the migration that is the newest afterwards; empty = none is left
    static void write(Connection session, History.Found.Of found, Migration undone, Optional<Migration> earlier)
            throws SQLException {
        var table = found.table();
        switch (found.tool()) {
            case OURS, NODE_PG_MIGRATE -> one(session, "DELETE FROM %s WHERE name = ?".formatted(table), undone.key());
            case RAILS -> one(session, "DELETE FROM %s WHERE version = ?".formatted(table), undone.key());
            case PRISMA ->
                // as `prisma migrate resolve --rolled-back` leaves it: not applied, to be applied again by the next
                // deploy
                one(session, "UPDATE %s SET rolled_back_at = now() WHERE id = ?".formatted(table), undone.key());
            case GOLANG_MIGRATE -> {
                one(session, "DELETE FROM %s WHERE version = ?::bigint".formatted(table), undone.key());
                if (earlier.isPresent()) {
                    one(
                            session,
                            "INSERT INTO %s (version, dirty) VALUES (?::bigint, false)".formatted(table),
                            earlier.get().key());
                }
            }
            case FLYWAY ->
                // as if it had never been: the free edition fails at every start on a row of type UNDO_SQL
                one(session, """
                        DELETE FROM %1$s WHERE installed_rank = (SELECT max(installed_rank) FROM %1$s
                         WHERE version = ?)""".formatted(table), undone.key());
            case LIQUIBASE, ECTO, KNEX, SEQUELIZE, TYPEORM, ALEMBIC, DJANGO, ATLAS, PGROLL ->
                throw new IllegalStateException(found.tool().label() + " undoes by its own command");
        }
    }

    private static void one(Connection session, String sql, String key) throws SQLException {
        try (var write = session.prepareStatement(sql)) {
            write.setString(1, key);
            var rows = write.executeUpdate();
            if (rows != 1) {
                throw new SQLException("the history has %d rows for %s instead of 1".formatted(rows, key), "P0002");
            }
        }
    }
}
