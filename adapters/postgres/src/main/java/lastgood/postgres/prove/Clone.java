package lastgood.postgres.prove;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import lastgood.core.schema.AppRoles;
import lastgood.core.schema.Catalog;
import lastgood.core.schema.Change;
import lastgood.core.schema.Ddl;
import lastgood.core.schema.Quoted;
import lastgood.postgres.catalog.CatalogReader;
import lastgood.postgres.sql.Failures;

/// Makes a catalog on an empty database, without its rows and without `pg_dump`: from the catalog's own text, which may
/// have been recorded long ago. Whether it became the same is read afterwards and never assumed.
final class Clone {

    private Clone() {}

    /// @param differences from what was wanted; empty = the same
    /// @param failed statements that did not run, with the server's words
    record Made(List<String> differences, List<String> failed) {
        boolean exact() {
            return differences.isEmpty();
        }
    }

    static Made make(Connection session, Catalog wanted, AppRoles app) throws SQLException {
        roles(session, wanted, app);
        try (var set = session.createStatement()) {
            set.execute("SET check_function_bodies = off");
            set.execute("SET search_path = ''");
        }
        var failed = new ArrayList<String>();
        for (var group : Ddl.statements(wanted, session.getCatalog())) {
            failed.addAll(untilNothingMoves(session, group));
        }
        try (var set = session.createStatement()) {
            set.execute("RESET check_function_bodies");
            set.execute("RESET search_path");
        }
        var made = CatalogReader.read(session);
        return new Made(Change.words(Change.between(wanted, made)), failed);
    }

    /// A role has no rights here but those that the catalog names, and nobody can enter as it.
    private static void roles(Connection session, Catalog wanted, AppRoles app) throws SQLException {
        var names = new java.util.TreeSet<>(Ddl.roles(wanted));
        names.addAll(app.names());
        app.groups().stream().filter(g -> !g.startsWith("pg_")).forEach(names::add);
        for (var name : names) {
            try (var ask = session.prepareStatement("SELECT FROM pg_catalog.pg_roles WHERE rolname = ?")) {
                ask.setString(1, name);
                if (!ask.executeQuery().next()) {
                    run(
                            session,
                            "CREATE ROLE %s%s%s"
                                    .formatted(
                                            Quoted.name(name),
                                            app.unrestricted() && app.names().contains(name) ? " SUPERUSER" : "",
                                            app.ignoresPolicies() && app.names().contains(name) ? " BYPASSRLS" : ""));
                }
            }
        }
        for (var name : app.names()) {
            for (var group : app.groups()) {
                if (!group.equals(name) && !app.names().contains(group) && !group.startsWith("pg_database_owner")) {
                    try {
                        run(session, "GRANT %s TO %s".formatted(Quoted.name(group), Quoted.name(name)));
                    } catch (SQLException _) {
                        // A group that cannot be joined here takes rights away, which shows as a statement that fails.
                    }
                }
            }
        }
    }

    /// Things need each other in an order that only the server knows.
    private static List<String> untilNothingMoves(Connection session, List<String> statements) {
        var left = statements;
        var failed = new ArrayList<String>();
        while (!left.isEmpty()) {
            failed.clear();
            var again = new ArrayList<String>();
            for (var statement : left) {
                try {
                    run(session, statement);
                } catch (SQLException e) {
                    again.add(statement);
                    failed.add(Failures.said(e));
                }
            }
            if (again.size() == left.size()) {
                return failed;
            }
            left = again;
        }
        return List.of();
    }

    private static void run(Connection session, String sql) throws SQLException {
        try (var statement = session.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }
}
