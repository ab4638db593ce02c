package lastgood.postgres.status;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import lastgood.core.data.Connections;
import lastgood.postgres.sql.Sessions;

/// Counts who is connected to a server.
public final class ConnectionCounts {

    /// Before PostgreSQL 16 there is no `reserved_connections`.
    private static final String LIMITS = """
            SELECT current_setting('max_connections')::int,
                   current_setting('superuser_reserved_connections')::int
                   + coalesce(current_setting('reserved_connections', true)::int, 0),
                   (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' OR backend_type IS NULL)""";

    private static final String GROUPS = """
            SELECT application_name, coalesce(usename, ''), coalesce(datname, ''), coalesce(state, 'not shown to us'),
                   coalesce(wait_event_type || ': ' || wait_event, ''), count(*),
                   coalesce(extract(epoch FROM clock_timestamp() - min(xact_start)), 0)::bigint
              FROM pg_stat_activity
             WHERE (backend_type = 'client backend' OR backend_type IS NULL) AND pid <> pg_backend_pid()
             GROUP BY 1, 2, 3, 4, 5 ORDER BY 6 DESC, 1, 2, 3, 4, 5""";

    /// What a session that has nothing to do waits for says nothing.
    private static final String NOTHING = "Client: ClientRead";

    private ConnectionCounts() {}

    public static Connections count(Sessions sessions) {
        return sessions.look("count connections", ConnectionCounts::count);
    }

    static Connections count(Connection session) throws SQLException {
        var groups = new ArrayList<Connections.Group>();
        try (var ask = session.createStatement();
                var row = ask.executeQuery(GROUPS)) {
            while (row.next()) {
                var waits = row.getString(5);
                groups.add(new Connections.Group(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        NOTHING.equals(waits) ? "" : waits,
                        row.getInt(6),
                        row.getLong(7)));
            }
        }
        try (var ask = session.createStatement();
                var row = ask.executeQuery(LIMITS)) {
            row.next();
            return new Connections(row.getInt(1), row.getInt(2), row.getInt(3), groups);
        }
    }
}
