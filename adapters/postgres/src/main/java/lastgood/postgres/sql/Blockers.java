package lastgood.postgres.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import lastgood.core.Words;
import lastgood.core.schema.SqlText;

/// Who stands in the way of a session, so that a person knows whom to ask.
public final class Blockers {

    /// More names help nobody.
    private static final int SHOWN_MAX = 3;

    private Blockers() {}

    /// @param state as PostgreSQL names it
    /// @param since age of its transaction
    /// @param doing the first words of its statement, without values
    public record Blocker(int pid, String application, String role, String state, Duration since, String doing) {

        public String words() {
            return "pid %d (%s, role %s), %s for %s: %s"
                    .formatted(
                            pid,
                            application.isEmpty() ? "no application name" : application,
                            role.isEmpty() ? "none" : role,
                            state.isEmpty() ? "state not shown to us" : state,
                            Words.duration(since),
                            doing.isEmpty() ? "statement not shown to us" : doing);
        }
    }

    /// Who blocks that session right now. A prepared transaction shows as pid 0.
    public static List<Blocker> of(Connection diagnosis, int pid) throws SQLException {
        try (var ask = diagnosis.prepareStatement("""
                SELECT b.pid, coalesce(a.application_name, ''), coalesce(a.usename, ''),
                       CASE WHEN b.pid = 0 THEN 'a prepared transaction' ELSE coalesce(a.state, '') END,
                       coalesce(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.query_start)), 0),
                       coalesce(a.query, '')
                  FROM (SELECT DISTINCT unnest(pg_blocking_pids(?)) AS pid) b LEFT JOIN pg_stat_activity a USING (pid)
                 ORDER BY a.xact_start NULLS LAST""")) {
            ask.setInt(1, pid);
            var blockers = new ArrayList<Blocker>();
            var row = ask.executeQuery();
            while (row.next()) {
                blockers.add(new Blocker(
                        row.getInt(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        Duration.ofMillis(Math.max(0, (long) (row.getDouble(5) * 1000))),
                        SqlText.brief(row.getString(6))));
            }
            return List.copyOf(blockers);
        }
    }

    public static String words(List<Blocker> blockers) {
        return blockers.stream().limit(SHOWN_MAX).map(Blocker::words).collect(Collectors.joining("; "))
                + (blockers.size() > SHOWN_MAX ? "; and %d more".formatted(blockers.size() - SHOWN_MAX) : "");
    }
}
