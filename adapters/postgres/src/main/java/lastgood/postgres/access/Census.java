package lastgood.postgres.access;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Counts who may write to the database of a session, and who is in it.
///
/// **Which roles.** Those with a right to write in this database that is theirs, by name or by membership (also one
/// that they must `SET ROLE` for): owners of it or of anything in it, INSERT, UPDATE, DELETE, TRUNCATE, CREATE, and
/// EXECUTE of what runs with its owner's rights. Whether they may log in does not matter, so that the same roles are
/// found open and shut. Not among them: our own; those of replication, whose standbys must stay; superusers, unless the
/// service itself enters as one; and those that may write only because PUBLIC may, which on PostgreSQL 14 and older is
/// every role of the server: a login is taken away in all databases, and the connection limit keeps them out of this
/// one.
///
/// **Which sessions.** All in the database but ours, whatever they are allowed, because a right can be had in more ways
/// than can be listed; and those that are on the way in. A session that is starting has read its role and the limit
/// before it shows in `pg_stat_activity`, but holds a lock on the database all the while: locks are read first, so that
/// one that gets through in between is seen the second time.
final class Census {

    private static final String ROLES =
            """
            WITH db AS (SELECT oid, datdba, datacl FROM pg_database WHERE datname = current_database()),
            space AS (SELECT oid, nspowner, nspacl FROM pg_namespace
                       WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'lastgood')),
            writer AS (
              SELECT datdba AS role FROM db
              UNION SELECT a.grantee FROM db, aclexplode(coalesce(datacl, acldefault('d', datdba))) a
                     WHERE a.privilege_type = 'CREATE'
              UNION SELECT nspowner FROM space WHERE nspowner <> 'pg_database_owner'::regrole
              UNION SELECT a.grantee FROM space, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a
                     WHERE a.privilege_type = 'CREATE' AND a.grantee <> 'pg_database_owner'::regrole
              UNION SELECT c.relowner FROM pg_class c JOIN space s ON s.oid = c.relnamespace
              UNION SELECT a.grantee FROM pg_class c JOIN space s ON s.oid = c.relnamespace, aclexplode(c.relacl) a
                     WHERE a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
              UNION SELECT a.grantee
                      FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN space s ON s.oid = c.relnamespace,
                           aclexplode(t.attacl) a
                     WHERE a.privilege_type IN ('INSERT', 'UPDATE')
              UNION SELECT a.grantee
                      FROM pg_proc p JOIN space s ON s.oid = p.pronamespace,
                           aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                     WHERE p.prosecdef AND a.privilege_type = 'EXECUTE'
              UNION SELECT oid FROM pg_roles WHERE rolname = 'pg_write_all_data')
            """.replace("'pg_database_owner'::regrole", "coalesce(to_regrole('pg_database_owner')::oid, 0::oid)");

    private static final String NAMED = ROLES + """
            SELECT r.rolname, r.rolcanlogin,
                   ARRAY(SELECT DISTINCT d.datname::text FROM pg_shdepend s
                            JOIN pg_database d ON d.oid = s.dbid
                                 OR s.dbid = 0 AND s.classid = 'pg_database'::regclass AND d.oid = s.objid
                          WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid
                            AND d.oid <> (SELECT oid FROM db)
                          ORDER BY 1)
              FROM pg_roles r
             WHERE r.rolname !~ '^pg_' AND r.rolname NOT IN (session_user, current_user)
               AND (r.rolname = ANY (?)
                    OR (NOT r.rolsuper AND NOT r.rolreplication
                        AND has_database_privilege(r.oid, (SELECT oid FROM db), 'CONNECT')
                        AND EXISTS (SELECT FROM writer w WHERE w.role <> 0 AND pg_has_role(r.oid, w.role, 'MEMBER'))))
             ORDER BY 1""";

    private static final String PUBLIC = ROLES + "SELECT EXISTS (SELECT FROM writer WHERE role = 0)";

    private static final String ON_THE_WAY_IN = """
            SELECT DISTINCT l.pid FROM pg_locks l
             WHERE l.locktype = 'object' AND l.classid = 'pg_database'::regclass AND l.pid <> pg_backend_pid()
               AND l.objid = (SELECT oid FROM pg_database WHERE datname = current_database())""";

    private static final String SESSIONS = """
            SELECT a.pid, a.application_name, coalesce(a.usename, ''), coalesce(a.backend_type, ''),
                   coalesce(a.state, ''), coalesce(r.rolsuper, false),
                   a.usename = session_user AND (starts_with(a.application_name, 'lastgood')
                                                 OR a.application_name = current_setting('application_name')
                                                 OR a.application_name IN ('pg_dump', 'pg_restore'))
                   OR coalesce(r.rolsuper, false) AND starts_with(a.application_name, 'pgBackRest')
                   OR a.backend_type IN ('walsender', 'autovacuum worker', 'autovacuum launcher', 'parallel worker')
                   AS harmless
              FROM pg_stat_activity a LEFT JOIN pg_roles r ON r.oid = a.usesysid
             WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
             ORDER BY a.pid""";

    private static final String DATABASE = """
            SELECT d.datconnlimit, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user), pg_is_in_recovery(),
                   CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END
              FROM pg_database d WHERE d.datname = current_database()""";

    private static final String PREPARED = """
            SELECT gid, owner, to_char(prepared AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')
              FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared""";

    private static final String SUBSCRIPTIONS = """
            SELECT s.subname FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
             WHERE s.subenabled AND d.datname = current_database() ORDER BY 1""";

    private Census() {}

    static Standing take(Connection session, Set<String> appRoles) throws SQLException {
        var taken = ConnectRight.taken(session);
        var roles = roles(session, appRoles, taken);
        var missing = ConnectRight.missing(session);
        var publicWrites = Boolean.parseBoolean(one(session, PUBLIC, r -> Boolean.toString(r.getBoolean(1))));
        var writers = writers(session);
        var prepared =
                list(session, PREPARED, r -> new Standing.Prepared(r.getString(1), r.getString(2), r.getString(3)));
        var subscriptions = list(session, SUBSCRIPTIONS, r -> r.getString(1));
        return one(
                session,
                DATABASE,
                r -> new Standing(
                        taken.isPresent() ? 0 : r.getInt(1),
                        r.getBoolean(2),
                        missing,
                        taken.isPresent(),
                        r.getBoolean(3),
                        roles,
                        writers,
                        prepared,
                        subscriptions,
                        publicWrites,
                        r.getString(4)));
    }

    /// Behind a fence that took CONNECT away, the roles are those that it had found; they are out, whatever their
    /// login.
    private static List<Standing.Role> roles(
            Connection session, Set<String> appRoles, Optional<ConnectRight.Taken> taken) throws SQLException {
        var named = new TreeSet<>(appRoles);
        taken.ifPresent(t -> named.addAll(t.roles()));
        taken.ifPresent(t -> named.addAll(t.enter()));
        try (var ask = session.prepareStatement(NAMED)) {
            ask.setArray(1, session.createArrayOf("text", named.toArray()));
            return rows(ask.executeQuery(), r -> {
                var out = taken.isPresent() && !taken.get().enter().contains(r.getString(1));
                return new Standing.Role(r.getString(1), r.getBoolean(2) && !out, List.of((String[])
                        r.getArray(3).getArray()));
            });
        }
    }

    /// The order of the two questions matters; see above.
    static List<Standing.Writer> writers(Connection session) throws SQLException {
        var starting = new ArrayList<>(list(session, ON_THE_WAY_IN, r -> r.getInt(1)));
        var writers = new ArrayList<Standing.Writer>();
        try (var ask = session.createStatement();
                var row = ask.executeQuery(SESSIONS)) {
            while (row.next()) {
                starting.remove((Integer) row.getInt(1));
                if (!row.getBoolean(7)) {
                    writers.add(new Standing.Writer(
                            row.getInt(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            row.getString(5),
                            row.getBoolean(6)));
                }
            }
        }
        starting.forEach(pid -> writers.add(new Standing.Writer(pid, "", "", "on its way in", "", false)));
        return List.copyOf(writers);
    }

    static String wal(Connection session) throws SQLException {
        return one(session, "SELECT pg_current_wal_flush_lsn()", r -> r.getString(1));
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private static <T> T one(Connection session, String sql, Reader<T> reader) throws SQLException {
        return list(session, sql, reader).getFirst();
    }

    private static <T> List<T> list(Connection session, String sql, Reader<T> reader) throws SQLException {
        try (var ask = session.createStatement()) {
            return rows(ask.executeQuery(sql), reader);
        }
    }

    private static <T> List<T> rows(ResultSet row, Reader<T> reader) throws SQLException {
        var list = new ArrayList<T>();
        while (row.next()) {
            list.add(reader.read(row));
        }
        return list;
    }
}
