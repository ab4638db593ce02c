package lastgood.postgres.migrate;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import lastgood.core.schema.Quoted;

/// Whose history table there is, and its rows.
final class History {

    private static final String TABLES = """
            SELECT n.nspname, c.relname, array_agg(a.attname::text),
                   to_regclass(quote_ident(n.nspname) || '.ar_internal_metadata') IS NOT NULL
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE c.relkind IN ('r', 'p') AND c.relname = ANY (?) AND c.relpersistence <> 't'
               AND (c.relname <> 'migration' OR n.nspname = 'lastgood')
             GROUP BY n.nspname, c.relname ORDER BY 1, 2""";

    /// The upper half of a transaction's number is not in a row; it follows from where the counter stands. A number
    /// whose outcome the server no longer knows cannot be told from one of an earlier round.
    private static final String WHOLE_XID = """
            WITH t AS (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next, ?::bigint AS low),
            f AS (SELECT CASE WHEN low < 3 THEN 0
                              WHEN (next & ~4294967295::bigint) + low < next THEN (next & ~4294967295::bigint) + low
                              ELSE (next & ~4294967295::bigint) + low - 4294967296 END AS xid FROM t)
            SELECT CASE WHEN xid > 2 AND pg_xact_status(xid::text::xid8) IS NOT NULL THEN xid ELSE 0 END FROM f""";

    private History() {}

    sealed interface Found {

        record Nothing() implements Found {}

        /// @param table quoted, with its schema
        record Of(Tool tool, String table) implements Found {}

        /// @param why in words
        record Unclear(String why) implements Found {}
    }

    /// @param key what its tool knows it by
    record Row(String name, String at, boolean done, long xid, String key) {}

    /// @param wanted the tool's label, if the configuration names one
    static Found find(Connection session, String wanted) throws SQLException {
        var found = new ArrayList<Found.Of>();
        var strangers = new ArrayList<String>();
        try (var ask = session.prepareStatement(TABLES)) {
            ask.setArray(
                    1,
                    session.createArrayOf(
                            "text",
                            Arrays.stream(Tool.values())
                                    .map(Tool::table)
                                    .distinct()
                                    .toArray()));
            var row = ask.executeQuery();
            while (row.next()) {
                var table = Quoted.name(row.getString(1), row.getString(2));
                Set<String> columns =
                        new HashSet<>(List.of((String[]) row.getArray(3).getArray()));
                var name = row.getString(2);
                var besideRails = row.getBoolean(4);
                var fitting = Arrays.stream(Tool.values())
                        .filter(t -> t.fits(name, columns, besideRails))
                        .toList();
                fitting.forEach(t -> found.add(new Found.Of(t, table)));
                // `migrations` is a name that an application may have for a table of its own
                if (fitting.isEmpty() && !Tool.TYPEORM.table().equals(name)) {
                    strangers.add(table);
                }
            }
        }
        return choose(found, strangers, wanted);
    }

    private static Found choose(List<Found.Of> found, List<String> strangers, String wanted) {
        var matching = found.stream()
                .filter(f -> wanted.isEmpty() || f.tool().label().equals(wanted))
                .toList();
        if (matching.size() == 1) {
            return matching.getFirst();
        }
        if (matching.size() > 1) {
            return new Found.Unclear(
                    "there is more than one history of migrations: %s; name the tool in the configuration"
                            .formatted(matching.stream()
                                    .map(f -> "%s (%s)"
                                            .formatted(f.table(), f.tool().label()))
                                    .collect(Collectors.joining(", "))));
        }
        if (!wanted.isEmpty() && Tool.called(wanted).isEmpty()) {
            return new Found.Unclear("lastgood does not know the migration tool `%s`".formatted(wanted));
        }
        return strangers.isEmpty()
                ? new Found.Nothing()
                : new Found.Unclear("%s looks like a history of migrations, of a tool that lastgood does not know"
                        .formatted(String.join(", ", strangers)));
    }

    static List<Row> rows(Connection session, Found.Of found) throws SQLException {
        var rows = new ArrayList<Row>();
        try (var ask = session.createStatement();
                var row = ask.executeQuery(found.tool().rows(found.table()))) {
            while (row.next()) {
                rows.add(new Row(
                        row.getString(1),
                        row.getString(2) == null ? "" : row.getString(2),
                        row.getBoolean(3),
                        Long.parseLong(row.getString(4)),
                        row.getString(5)));
            }
        }
        for (var i = 0; i < rows.size(); i++) {
            var r = rows.get(i);
            rows.set(i, new Row(r.name(), r.at(), r.done(), whole(session, r.xid()), r.key()));
        }
        return List.copyOf(rows);
    }

    private static long whole(Connection session, long low) throws SQLException {
        try (var ask = session.prepareStatement(WHOLE_XID)) {
            ask.setLong(1, low);
            var row = ask.executeQuery();
            row.next();
            return row.getLong(1);
        }
    }
}
