package lastgood.postgres.prove;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import lastgood.core.schema.Quoted;
import lastgood.core.schema.Statements;
import lastgood.core.schema.TypedStatement;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.sql.Sessions;

/// Asks the server what the application has said to this database, and types it on the schema that is there now. To be
/// done before a newer release changes the schema.
public final class Capture {

    static final String NOTHING_SAID =
            "the older release was not heard to say anything\nhint: give its statements in a file, or record them under load";

    private static final Duration STEP = Duration.ofSeconds(10);

    /// A statement of which the server keeps less than the whole is none.
    private static final int MOST = 5_000;

    private final Set<String> roles;

    public Capture(Set<String> roles) {
        this.roles = Set.copyOf(roles);
    }

    private record Said(String sql, long calls, String role) {}

    public Statements read(Sessions live) {
        var search = live.look("ask for the search path", s -> Application.search(s, roles));
        try {
            return live.in("record what the application says", STEP, s -> {
                s.setReadOnly(true);
                var home = home(s);
                if (home.isEmpty()) {
                    return new Statements(List.of(), search, """
                            the server does not record statements
                            hint: shared_preload_libraries = 'pg_stat_statements', restart, CREATE EXTENSION pg_stat_statements""");
                }
                var said = said(s, home);
                var all = new ArrayList<TypedStatement>();
                for (var role : said.stream().map(Said::role).distinct().toList()) {
                    try (var speaker = new Speaker(s, role, search, false)) {
                        said.stream()
                                .filter(t -> t.role().equals(role) && Speaker.matters(t.sql()))
                                .map(t -> speaker.type(t.sql(), t.calls(), role))
                                .forEach(all::add);
                    }
                }
                return new Statements(all, search, gap(s, home, all, said));
            });
        } catch (Forbidden e) {
            return new Statements(
                    List.of(),
                    search,
                    "%s\nhint: GRANT pg_read_all_stats TO our role, and the application's role too"
                            .formatted(e.getMessage()));
        }
    }

    /// The extension's schema; empty: there is none.
    private static String home(Connection session) throws SQLException {
        try (var row = session.createStatement().executeQuery("""
                SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
                WHERE e.extname = 'pg_stat_statements'""")) {
            return row.next() ? row.getString(1) : "";
        }
    }

    private List<Said> said(Connection session, String home) throws SQLException {
        try (var ask = session.prepareStatement("""
                SELECT s.query, sum(s.calls), r.rolname FROM %s.pg_stat_statements s
                  JOIN pg_catalog.pg_roles r ON r.oid = s.userid
                WHERE s.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
                  AND r.rolname = ANY (?) AND coalesce(to_jsonb(s) ->> 'toplevel', 'true') = 'true'
                GROUP BY 1, 3 ORDER BY 2 DESC LIMIT %d""".formatted(Quoted.name(home), MOST))) {
            ask.setArray(1, session.createArrayOf("text", roles.toArray()));
            var all = new ArrayList<Said>();
            try (var row = ask.executeQuery()) {
                while (row.next()) {
                    all.add(new Said(row.getString(1), row.getLong(2), row.getString(3)));
                }
            }
            return all;
        }
    }

    private static String gap(Connection session, String home, List<TypedStatement> all, List<Said> said)
            throws SQLException {
        if (all.isEmpty()) {
            return NOTHING_SAID;
        }
        if (said.stream().anyMatch(s -> s.sql().equals("<insufficient privilege>"))) {
            return "statements are hidden from us\nhint: GRANT pg_read_all_stats TO our role";
        }
        try (var row = session.createStatement().executeQuery("""
                SELECT count(*) FROM pg_catalog.pg_views WHERE viewname = 'pg_stat_statements_info'""")) {
            row.next();
            if (row.getLong(1) == 0) {
                return "";
            }
        }
        try (var row = session.createStatement()
                .executeQuery("SELECT dealloc FROM %s.pg_stat_statements_info".formatted(Quoted.name(home)))) {
            row.next();
            return row.getLong(1) == 0
                    ? ""
                    : "the server forgot statements %d times\nhint: raise pg_stat_statements.max"
                            .formatted(row.getLong(1));
        }
    }
}
