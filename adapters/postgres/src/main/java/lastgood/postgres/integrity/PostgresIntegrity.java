package lastgood.postgres.integrity;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import lastgood.core.ServiceRef;
import lastgood.core.data.IntegrityReport;
import lastgood.core.data.IntegrityReport.Finding;
import lastgood.engine.port.database.Integrity;
import lastgood.postgres.sql.Failures;
import lastgood.postgres.sql.Sessions;

/// Asks a database whether it is sound.
///
/// Nothing is written: each check runs in a transaction that cannot write and has a limit of its own. What could not
/// be looked at, for whatever reason, is UNKNOWN and never PASS; one check that fails to run keeps no other from it.
public final class PostgresIntegrity implements Integrity {

    /// On a busy server: longer than this, and the check is given up.
    private static final Duration QUICK = Duration.ofSeconds(15);

    /// A large index, read whole.
    private static final Duration THOROUGH = Duration.ofMinutes(15);

    private final Function<ServiceRef, Sessions> databases;
    private final Function<ServiceRef, List<Invariant>> invariants;
    private final Duration quick;

    /// @param invariants of a service; files that they are in were read by the caller
    public PostgresIntegrity(
            Function<ServiceRef, Sessions> databases, Function<ServiceRef, List<Invariant>> invariants) {
        this(databases, invariants, QUICK);
    }

    PostgresIntegrity(
            Function<ServiceRef, Sessions> databases,
            Function<ServiceRef, List<Invariant>> invariants,
            Duration quick) {
        this.databases = databases;
        this.invariants = invariants;
        this.quick = quick;
    }

    @Override
    public IntegrityReport check(ServiceRef service, boolean comprehensive) {
        return check(databases.apply(service), invariants.apply(service), comprehensive);
    }

    /// The same for any database, such as a scratch.
    public IntegrityReport check(Sessions sessions, List<Invariant> holds, boolean comprehensive) {
        var limit = comprehensive ? THOROUGH : quick;
        var findings = sessions.in("check integrity", limit, session -> {
            // Also for what a query might begin after it has ended our transaction.
            try (var set = session.createStatement()) {
                set.execute("SET default_transaction_read_only = on");
            }
            session.setAutoCommit(false);
            session.setReadOnly(true);
            var found = new ArrayList<Finding>();
            for (var check : checks(session, holds, comprehensive)) {
                found.addAll(made(session, check));
            }
            return found;
        });
        findings.sort(Comparator.comparing(Finding::standing));
        return new IntegrityReport(comprehensive, findings);
    }

    private static List<Check> checks(Connection session, List<Invariant> holds, boolean comprehensive)
            throws SQLException {
        var checks = new ArrayList<Check>();
        checks.addAll(Structures.checks(session, comprehensive));
        checks.addAll(Rules.quick());
        checks.addAll(Sequences.checks());
        if (comprehensive) {
            checks.addAll(Rules.comprehensive(session));
        }
        holds.forEach(i -> checks.add(Invariants.check(i)));
        return checks;
    }

    /// Each in a transaction of its own, so that none holds a lock longer than it takes, or breaks the next one.
    private static List<Finding> made(Connection session, Check check) throws SQLException {
        try {
            var found = check.question().ask(session);
            session.rollback();
            return found;
        } catch (SQLException e) {
            // Without a session nothing more can be asked, and the report would be one of guesses.
            if (session.isClosed() || String.valueOf(e.getSQLState()).startsWith("08")) {
                throw e;
            }
            session.rollback();
            return List.of(
                    isDamage(e)
                            ? Check.fail(check.name(), check.object(), 1, Failures.said(e))
                            : Check.unknown(check.name(), check.object(), Failures.said(e) + hint(e)));
        }
    }

    /// The server itself says that what it read is damaged: data corrupted, index corrupted.
    private static boolean isDamage(SQLException e) {
        return "XX001".equals(e.getSQLState()) || "XX002".equals(e.getSQLState());
    }

    private static String hint(SQLException e) {
        return switch (String.valueOf(e.getSQLState())) {
            case "57014" -> " (it took longer than it may)";
            case "42501" ->
                " (the role lacks a right: GRANT pg_read_all_data, or GRANT EXECUTE on the function, to it)";
            default -> "";
        };
    }
}
