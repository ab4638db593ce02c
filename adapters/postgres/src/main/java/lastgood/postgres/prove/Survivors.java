package lastgood.postgres.prove;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which tables and columns are still there after a script, under whatever name. A renamed column is another one by
/// its name and the same one by its number, and its values are where they were: undoing a rename loses nothing.
final class Survivors {

    private final Map<String, List<String>> before;

    private Survivors(Map<String, List<String>> before) {
        this.before = before;
    }

    /// As it is before the script.
    static Survivors of(Connection session) throws SQLException {
        return new Survivors(things(session));
    }

    /// Paths, as they were before, of what the script has left there.
    Set<List<String>> after(Connection session) throws SQLException {
        var now = things(session);
        var left = new HashSet<List<String>>();
        before.forEach((number, path) -> {
            if (now.containsKey(number)) {
                left.add(path);
            }
        });
        return left;
    }

    /// By the server's own numbers: of the relation, and of the column in it.
    private static Map<String, List<String>> things(Connection session) throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery("""
                        SELECT c.oid::text || '/' || coalesce(a.attnum, 0)::text, n.nspname, c.relname, a.attname
                        FROM pg_catalog.pg_class c
                          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                          LEFT JOIN LATERAL (
                            SELECT attnum, attname FROM pg_catalog.pg_attribute
                            WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
                            UNION ALL SELECT 0, NULL) a ON true
                        WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'""")) {
            var things = new HashMap<String, List<String>>();
            while (row.next()) {
                var column = row.getString(4);
                things.put(
                        row.getString(1),
                        column == null
                                ? List.of(row.getString(2), row.getString(3))
                                : List.of(row.getString(2), row.getString(3), column));
            }
            return things;
        }
    }
}
