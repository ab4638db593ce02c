package lastgood.postgres.status;

import lastgood.core.data.Connections;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import lastgood.postgres.sql.Sessions;

/// The checklist's "database connections healthy": there is room left.
public final class ConnectionsCheck {

    /// Above it, one more instance of a service may not get in.
    public static final double PERCENT_MAX = 80;

    private static final String SOURCE = "pg_stat_activity";

    private ConnectionsCheck() {}

    /// @param percentMax of what ordinary roles may use
    public static CheckResult ask(Sessions sessions, double percentMax) {
        try {
            return judge(ConnectionCounts.count(sessions), percentMax);
        } catch (Unreachable | Forbidden | WorldMoved e) {
            var why = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
            return CheckResult.unknown(Check.DATABASE, why);
        }
    }

    static CheckResult judge(Connections seen, double percentMax) {
        var value = "%d of %d connections used (%.0f%%)"
                .formatted(seen.used(), seen.max() - seen.reserved(), seen.percent());
        var threshold = "< %.0f%%".formatted(percentMax);
        return seen.percent() < percentMax
                ? CheckResult.pass(Check.DATABASE, value, threshold, SOURCE)
                : CheckResult.fail(Check.DATABASE, value, threshold, SOURCE);
    }
}
