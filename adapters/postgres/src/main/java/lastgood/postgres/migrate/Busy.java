package lastgood.postgres.migrate;

import java.sql.Connection;
import java.sql.SQLException;
import lastgood.core.schema.SqlText;
import lastgood.postgres.sql.Locks;

/// Who is at work on the schema right now.
final class Busy {

    /// Ours hold our lock; others hold a lock that nobody needs but to alter something, or build an index.
    private static final String WHO = """
            SELECT a.pid, a.application_name, a.query FROM pg_stat_activity a
             WHERE a.pid <> pg_backend_pid() AND a.datname = current_database()
               AND (EXISTS (SELECT FROM pg_locks l
                             WHERE l.pid = a.pid AND l.granted AND l.locktype = 'advisory' AND l.classid = %d::oid
                               AND l.objid = %d::oid AND l.objsubid = 2)
                    OR a.backend_type = 'client backend'
                       AND EXISTS (SELECT FROM pg_locks l
                                    WHERE l.pid = a.pid AND l.granted AND l.locktype = 'relation'
                                      AND l.mode = 'AccessExclusiveLock' AND l.relation >= 16384)
                    OR EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.pid = a.pid))
             ORDER BY a.xact_start LIMIT 1""".formatted(Locks.OURS, Locks.SCHEMA.number());

    private Busy() {}

    /// In words; empty = nobody.
    static String look(Connection session) throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery(WHO)) {
            return row.next()
                    ? "pid %d (%s): %s".formatted(row.getInt(1), row.getString(2), SqlText.brief(row.getString(3)))
                    : "";
        }
    }
}
