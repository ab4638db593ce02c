package lastgood.postgres.prove;

import java.sql.Connection;
import java.sql.SQLException;
import lastgood.core.schema.Quoted;
import lastgood.core.schema.Sql;

/// Runs a migration's SQL on a shadow, each statement for itself. What runs CONCURRENTLY elsewhere does not here, where
/// nobody else is.
final class ShadowScript {

    private ShadowScript() {}

    /// None takes longer on a database without rows.
    private static final int LIMIT_SECONDS = 30;

    /// @param as the role that it runs as; empty: whoever the session is
    static void run(Connection session, String script, String as) throws SQLException {
        fresh(session);
        if (!as.isEmpty()) {
            try (var become = session.createStatement()) {
                become.execute("SET SESSION AUTHORIZATION " + Quoted.name(as));
            }
        }
        for (var statement : Sql.statements(script)) {
            try (var run = session.createStatement()) {
                run.setEscapeProcessing(false);
                run.execute(alone(statement));
            } catch (SQLException e) {
                fresh(session);
                throw e;
            }
        }
        fresh(session);
    }

    /// As any session begins: a script may have begun a transaction, become somebody else, or look elsewhere for names,
    /// and so may we ourselves.
    private static void fresh(Connection session) throws SQLException {
        try (var run = session.createStatement()) {
            run.execute("ROLLBACK");
            run.execute("RESET SESSION AUTHORIZATION");
            run.execute("RESET ALL");
            run.execute("SET statement_timeout = '%ds'".formatted(LIMIT_SECONDS));
        }
    }

    private static String alone(String statement) {
        return Sql.skeleton(statement).contains(" concurrently")
                ? statement.replaceAll("(?i)\\b(INDEX|DETACH\\s+PARTITION\\s+[\\w.\"]+)\\s+CONCURRENTLY\\b", "$1")
                : statement;
    }
}
