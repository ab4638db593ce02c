package lastgood.postgres.prove;

import java.sql.Connection;
import java.sql.SQLException;
import lastgood.core.schema.Sql;

/// Runs a migration's SQL on a shadow, each statement for itself. What runs CONCURRENTLY elsewhere does not here, where
/// nobody else is.
final class Scripts {

    private Scripts() {}

    static void run(Connection session, String script) throws SQLException {
        for (var statement : Sql.statements(script)) {
            try (var run = session.createStatement()) {
                run.setEscapeProcessing(false);
                run.execute(alone(statement));
            } catch (SQLException e) {
                rollback(session);
                throw e;
            }
        }
        rollback(session);
    }

    /// A script may have begun a transaction of its own.
    private static void rollback(Connection session) throws SQLException {
        try (var run = session.createStatement()) {
            run.execute("ROLLBACK");
            run.execute("RESET ALL");
            run.execute("RESET SESSION AUTHORIZATION");
        }
    }

    private static String alone(String statement) {
        return Sql.skeleton(statement).contains(" concurrently")
                ? statement.replaceAll("(?i)\\b(INDEX|DETACH\\s+PARTITION\\s+[\\w.\"]+)\\s+CONCURRENTLY\\b", "$1")
                : statement;
    }
}
