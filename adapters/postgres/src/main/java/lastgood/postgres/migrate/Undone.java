package lastgood.postgres.migrate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.zip.CRC32;

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
            case FLYWAY -> flyway(session, table, undone);
            case LIQUIBASE, ECTO, KNEX, ALEMBIC, DJANGO, ATLAS, PGROLL ->
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

    /// A row of its own, as its undo command adds one; the row of the way up stays.
    private static void flyway(Connection session, String table, Migration undone) throws SQLException {
        try (var write = session.prepareStatement("""
                INSERT INTO %1$s (installed_rank, version, description, type, script, checksum, installed_by,
                                  execution_time, success)
                SELECT (SELECT max(installed_rank) + 1 FROM %1$s), version, description, 'UNDO_SQL', ?, ?, session_user,
                       0, true
                  FROM %1$s WHERE version = ? ORDER BY installed_rank DESC LIMIT 1""".formatted(table))) {
            var down = undone.down().orElseThrow();
            write.setString(
                    1, String.valueOf(java.nio.file.Path.of(down.source()).getFileName()));
            write.setInt(2, checksum(down.sql()));
            write.setString(3, undone.key());
            if (write.executeUpdate() != 1) {
                throw new SQLException("the history has no row for version " + undone.key(), "P0002");
            }
        }
    }

    /// CRC-32 of the lines without their ends, as Flyway reckons it.
    static int checksum(String sql) {
        var crc = new CRC32();
        var text = sql.startsWith("\uFEFF") ? sql.substring(1) : sql;
        text.lines().forEach(line -> crc.update(line.getBytes(UTF_8)));
        return (int) crc.getValue();
    }
}
