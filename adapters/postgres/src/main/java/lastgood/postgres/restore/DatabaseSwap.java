package lastgood.postgres.restore;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Repairs.Swapped;
import lastgood.postgres.sql.Sessions;

/// Makes a scratch database the live one by renaming both in one transaction; the comment that tells so is part of it.
/// The new one gets the old one's owner, settings, rights and connection limit, so that a write fence stays closed.
///
/// Sessions are not ended here: the write fence has done that, and whoever is still there has a reason to be asked.
public final class DatabaseSwap implements Swap {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SWAPPED = "lastgood: was ";

    private final Sessions live;
    private final Sessions server;
    private final String database;

    /// @param live the database, as a superuser
    public DatabaseSwap(Sessions live) {
        this.live = live;
        this.database = live.address().database();
        this.server = live.on("template1".equals(database) ? "postgres" : "template1");
    }

    @Override
    public Swapped look(String scratch) {
        return server.look("see which database has the name", session -> {
            var now = about(session, database);
            var kept = now.flatMap(DatabaseSwap::keptAs);
            if (now.isPresent() && now.get().comment().startsWith(SWAPPED + scratch + ";") && kept.isPresent()) {
                return new Swapped.Done(kept.get());
            }
            if (about(session, scratch).isEmpty()) {
                return new Swapped.Stale("there is no database %s; restore it again".formatted(scratch));
            }
            return now.isPresent()
                    ? new Swapped.NotYet("oid " + now.get().oid())
                    : new Swapped.Stale("there is no database " + database);
        });
    }

    private static Optional<String> keptAs(About about) {
        var at = about.comment().indexOf("; the old one is ");
        return at < 0 ? Optional.empty() : Optional.of(about.comment().substring(at + "; the old one is ".length()));
    }

    @Override
    public String swap(String scratch, String keepAs, Fence fence, Consumer<String> progress) {
        switch (look(scratch)) {
            case Swapped.Done(var keptAs) -> {
                return afterwards(keptAs);
            }
            case Swapped.Stale(var why) -> throw new WorldMoved(why + "; nothing was changed");
            case Swapped.NotYet(var _) -> {}
        }
        progress.accept("renaming %s to %s and %s to %s".formatted(database, keepAs, scratch, database));
        server.change("exchange the databases", LIMIT, session -> {
            if (about(session, keepAs).isPresent()) {
                throw new Forbidden(
                        "there is a database %s already\nnothing was changed\nhint: keep it under another name"
                                .formatted(keepAs));
            }
            refuseWhoIsThere(session, List.of(database, scratch));
            for (var sql : likeTheOld(session, scratch)) {
                execute(session, sql);
            }
            execute(session, "ALTER DATABASE %s RENAME TO %s".formatted(quoted(database), quoted(keepAs)));
            execute(session, "ALTER DATABASE %s RENAME TO %s".formatted(quoted(scratch), quoted(database)));
            execute(
                    session,
                    "COMMENT ON DATABASE %s IS '%s%s; the old one is %s'"
                            .formatted(
                                    quoted(database), SWAPPED, scratch.replace("'", "''"), keepAs.replace("'", "''")));
            return true;
        });
        return afterwards(keepAs);
    }

    private String afterwards(String keptAs) {
        return "the old database is kept as %s on %s; take a backup of the new one now"
                .formatted(keptAs, live.address().host());
    }

    /// Autovacuum is not somebody: the server sends it out of a database that is renamed.
    private static void refuseWhoIsThere(Connection session, List<String> databases) throws SQLException {
        try (var ask = session.prepareStatement("""
                SELECT count(*), string_agg(format('%s (%s, pid %s)', usename, application_name, pid), ', ')
                  FROM pg_stat_activity
                 WHERE datname = ANY (?) AND pid <> pg_backend_pid() AND backend_type <> 'autovacuum worker'""")) {
            ask.setArray(1, session.createArrayOf("text", databases.toArray()));
            try (var row = ask.executeQuery()) {
                row.next();
                if (row.getInt(1) > 0) {
                    throw new WorldMoved("a database cannot be renamed while somebody is in it: %s\nnothing was changed"
                            .formatted(row.getString(2)));
                }
            }
        }
    }

    /// What belongs to a database and is not in its dump.
    private List<String> likeTheOld(Connection session, String scratch) throws SQLException {
        var statements = new ArrayList<String>();
        try (var ask = session.prepareStatement("""
                SELECT format('ALTER DATABASE %1$I OWNER TO %2$I', ?, pg_get_userbyid(d.datdba))
                  FROM pg_database d WHERE d.datname = ?
                UNION ALL
                SELECT format('ALTER DATABASE %I CONNECTION LIMIT %s', ?, d.datconnlimit)
                  FROM pg_database d WHERE d.datname = ?
                UNION ALL
                SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', ?) FROM pg_database d WHERE d.datname = ?
                UNION ALL
                SELECT format('GRANT %s ON DATABASE %I TO %s%s', a.privilege_type, ?,
                         CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                         CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
                  FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a WHERE d.datname = ?
                UNION ALL
                SELECT format('ALTER %sDATABASE %I SET %I TO %s',
                         CASE s.setrole WHEN 0 THEN '' ELSE format('ROLE %I IN ', pg_get_userbyid(s.setrole)) END, ?,
                         split_part(c, '=', 1),
                         CASE WHEN split_part(c, '=', 1) IN ('search_path', 'temp_tablespaces',
                                'session_preload_libraries', 'local_preload_libraries')
                              THEN substr(c, strpos(c, '=') + 1) ELSE quote_literal(substr(c, strpos(c, '=') + 1)) END)
                  FROM pg_database d JOIN pg_db_role_setting s ON s.setdatabase = d.oid, unnest(s.setconfig) c
                  WHERE d.datname = ?""")) {
            for (var i = 1; i <= 10; i += 2) {
                ask.setString(i, scratch);
                ask.setString(i + 1, database);
            }
            try (var rows = ask.executeQuery()) {
                while (rows.next()) {
                    statements.add(rows.getString(1));
                }
            }
        }
        return statements;
    }

    private record About(long oid, String comment) {}

    private static Optional<About> about(Connection session, String name) throws SQLException {
        try (var ask = session.prepareStatement(
                "SELECT oid, coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = ?")) {
            ask.setString(1, name);
            try (var row = ask.executeQuery()) {
                return row.next() ? Optional.of(new About(row.getLong(1), row.getString(2))) : Optional.empty();
            }
        }
    }

    private static void execute(Connection session, String sql) throws SQLException {
        try (var change = session.createStatement()) {
            change.execute(sql);
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
