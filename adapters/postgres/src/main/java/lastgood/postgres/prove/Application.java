package lastgood.postgres.prove;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import lastgood.core.schema.AppRoles;

/// Whom the application is to a server: its roles, and where it looks for names.
final class Application {

    /// PostgreSQL's own, if nobody set another.
    private static final String USUAL = "\"$user\", public";

    private Application() {}

    static AppRoles roles(Connection session, Set<String> names) throws SQLException {
        var groups = new HashSet<String>();
        try (var ask = session.prepareStatement("""
                SELECT r.rolname FROM pg_catalog.pg_roles r WHERE EXISTS (
                  SELECT FROM pg_catalog.pg_roles a WHERE a.rolname = ANY (?)
                    AND pg_catalog.pg_has_role(a.oid, r.oid, 'USAGE'))""")) {
            ask.setArray(1, session.createArrayOf("text", names.toArray()));
            try (var row = ask.executeQuery()) {
                while (row.next()) {
                    groups.add(row.getString(1));
                }
            }
        }
        try (var ask = session.prepareStatement("""
                SELECT coalesce(bool_and(rolsuper), false), coalesce(bool_and(rolsuper OR rolbypassrls), false)
                FROM pg_catalog.pg_roles WHERE rolname = ANY (?)""")) {
            ask.setArray(1, session.createArrayOf("text", names.toArray()));
            try (var row = ask.executeQuery()) {
                row.next();
                return new AppRoles(names, groups, row.getBoolean(1), row.getBoolean(2));
            }
        }
    }

    /// What a session of that role in this database has as its search path.
    static String search(Connection session, Collection<String> roles) throws SQLException {
        try (var ask = session.prepareStatement("""
                SELECT substr(v, 13) FROM pg_catalog.pg_db_role_setting s
                  LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
                  LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) v
                WHERE v LIKE 'search\\_path=%' AND (s.setrole = 0 OR r.rolname = ANY (?))
                  AND (s.setdatabase = 0 OR d.datname = pg_catalog.current_database())
                ORDER BY s.setrole <> 0 DESC, s.setdatabase <> 0 DESC LIMIT 1""")) {
            ask.setArray(1, session.createArrayOf("text", roles.toArray()));
            try (var row = ask.executeQuery()) {
                return row.next() ? row.getString(1) : USUAL;
            }
        }
    }
}
