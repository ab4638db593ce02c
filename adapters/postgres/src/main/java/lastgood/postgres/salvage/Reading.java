package lastgood.postgres.salvage;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.sql.Sessions;

/// A session whose every statement sees the same moment, and in which the same value is the same text on any server.
final class Reading {

    /// Sorting ten million rows takes a minute on a small machine; an hour is for a hundred times that.
    static final Duration LIMIT = Duration.ofHours(1);

    /// One of three sessions waits while the others are asked.
    private static final Duration WAITS = Duration.ofMinutes(30);

    private Reading() {}

    /// @param writes whether it may make temporary tables
    static Connection open(Sessions sessions, boolean writes) throws SQLException {
        var session = sessions.open(LIMIT);
        try {
            session.setAutoCommit(false);
            try (var set = session.createStatement()) {
                set.execute(
                        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, " + (writes ? "READ WRITE" : "READ ONLY"));
                set.execute("SET LOCAL idle_in_transaction_session_timeout = " + WAITS.toMillis());
                // A scan that spills a little is quicker than one that spills a lot; three of them run at a time.
                set.execute("SET LOCAL work_mem = '64MB'");
            }
            sameTexts(session);
            return session;
        } catch (SQLException e) {
            session.close();
            throw e;
        }
    }

    /// To be done in each session that makes texts of values, or values of texts.
    static void sameTexts(Connection session) throws SQLException {
        try (var set = session.createStatement()) {
            set.execute("""
                    SET LOCAL TimeZone = 'UTC';
                    SET LOCAL DateStyle = 'ISO, YMD';
                    SET LOCAL IntervalStyle = 'postgres';
                    SET LOCAL extra_float_digits = 3;
                    SET LOCAL bytea_output = 'hex';
                    SET LOCAL lc_monetary = 'C';
                    SET LOCAL xmloption = 'content';
                    SET LOCAL row_security = off""");
        }
    }

    static int version(Connection session) throws SQLException {
        return (int) number(session, "SELECT current_setting('server_version_num')::bigint");
    }

    static String encoding(Connection session) throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery("SHOW server_encoding")) {
            row.next();
            return row.getString(1);
        }
    }

    static long number(Connection session, String sql) throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery(sql)) {
            if (!row.next()) {
                throw new Forbidden("the server gave no answer where there is always one");
            }
            return row.getLong(1);
        }
    }
}
