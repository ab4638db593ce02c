package lastgood.postgres.restore;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import lastgood.postgres.sql.Sessions;

/// Who may enter a server: what a write fence takes away, and what a restored server has to have as the live one does.
///
/// @param limits of connections, by database
/// @param allowed whether a role may log in
record Logins(Map<String, Integer> limits, Map<String, Boolean> allowed) {

    Logins {
        limits = Collections.unmodifiableMap(new TreeMap<>(limits));
        allowed = Collections.unmodifiableMap(new TreeMap<>(allowed));
    }

    static Logins of(Sessions admin) {
        var limits = new TreeMap<String, Integer>();
        var logins = new TreeMap<String, Boolean>();
        return admin.look("read who may write", session -> {
            try (var ask = session.createStatement()) {
                try (var rows = ask.executeQuery("SELECT datname, datconnlimit FROM pg_database WHERE datallowconn")) {
                    while (rows.next()) {
                        limits.put(rows.getString(1), rows.getInt(2));
                    }
                }
                try (var rows = ask.executeQuery("SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname !~ '^pg_'")) {
                    while (rows.next()) {
                        logins.put(rows.getString(1), rows.getBoolean(2));
                    }
                }
            }
            return new Logins(limits, logins);
        });
    }

    /// As absolute values, so that doing it twice does nothing.
    void set(Sessions admin) {
        admin.change("shut out whoever was shut out", Sessions.LOOK, session -> {
            for (var login : allowed.entrySet()) {
                alter(
                        session,
                        "SELECT format('ALTER ROLE %%I %s', rolname) FROM pg_roles WHERE rolname = ? AND rolcanlogin IS DISTINCT FROM %s"
                                .formatted(login.getValue() ? "LOGIN" : "NOLOGIN", login.getValue()),
                        login.getKey());
            }
            for (var limit : limits.entrySet()) {
                alter(
                        session,
                        "SELECT format('ALTER DATABASE %%I CONNECTION LIMIT %1$d', datname) FROM pg_database WHERE datname = ? AND datconnlimit <> %1$d"
                                .formatted(limit.getValue()),
                        limit.getKey());
            }
            return true;
        });
    }

    private static void alter(Connection session, String sql, String name) throws SQLException {
        try (var ask = session.prepareStatement(sql)) {
            ask.setString(1, name);
            try (var row = ask.executeQuery();
                    var change = session.createStatement()) {
                if (row.next()) {
                    change.execute(row.getString(1));
                }
            }
        }
    }
}
