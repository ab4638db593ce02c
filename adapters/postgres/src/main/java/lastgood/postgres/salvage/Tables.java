package lastgood.postgres.salvage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the tables of a database that hold data of its users'. Of catalogs alone: somebody who has locked a table
/// holds up nobody here, so that a look never waits for a salvage, or for a migration of a table it has no interest in.
final class Tables {

    /// What a default looks like that is always the same: `'new'::text`, `0`, `-1.5`, `true`, `'{}'::jsonb`.
    private static final Pattern CONSTANT =
            Pattern.compile("(-?[0-9.]+|true|false|\\(-[0-9.]+\\)|'(?:[^'\\\\]|'')*')(::[a-z \"_.()0-9,\\[\\]]+)?");

    private static final String TABLES = """
            SELECT c.oid, n.nspname, c.relname, c.relkind = 'p'
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
              AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'lastgood', 'pgroll')
              AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid
                              AND e.deptype = 'e')
            ORDER BY n.nspname, c.relname""";

    private static final String COLUMNS = """
            SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated <> '',
                   CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END, a.attidentity = 'a'
            FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attrelid, a.attnum""";

    private static final String KEYS = """
            SELECT i.indrelid,
                   (SELECT array_agg(a.attname::text ORDER BY k.ord)
                    FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(num, ord)
                    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
                    WHERE k.ord <= i.indnkeyatts)
            FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
              AND NOT EXISTS (SELECT 1 FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(num, ord)
                              JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
                              WHERE k.ord <= i.indnkeyatts AND NOT a.attnotnull)
            ORDER BY i.indrelid, i.indisprimary DESC, i.indnkeyatts, i.indexrelid""";

    private Tables() {}

    /// By `schema.name`.
    static SortedMap<String, Table> read(Connection session) throws SQLException {
        var columns = columns(session);
        var keys = keys(session);
        var tables = new TreeMap<String, Table>();
        try (var ask = session.createStatement();
                var rows = ask.executeQuery(TABLES)) {
            while (rows.next()) {
                var oid = rows.getLong(1);
                var table = new Table(
                        oid,
                        rows.getString(2),
                        rows.getString(3),
                        rows.getBoolean(4),
                        columns.getOrDefault(oid, List.of()),
                        keys.getOrDefault(oid, List.of()));
                tables.put(table.title(), table);
            }
        }
        return tables;
    }

    private static Map<Long, List<Table.Column>> columns(Connection session) throws SQLException {
        var found = new HashMap<Long, List<Table.Column>>();
        try (var ask = session.createStatement();
                var rows = ask.executeQuery(COLUMNS)) {
            while (rows.next()) {
                found.computeIfAbsent(rows.getLong(1), _ -> new ArrayList<>())
                        .add(new Table.Column(
                                rows.getString(2),
                                rows.getString(3),
                                rows.getBoolean(4),
                                rows.getBoolean(5),
                                constant(rows.getString(6)),
                                rows.getBoolean(7)));
            }
        }
        return found;
    }

    private static @Nullable String constant(@Nullable String expression) {
        return expression != null && CONSTANT.matcher(expression).matches() ? expression : null;
    }

    private static Map<Long, List<Table.Key>> keys(Connection session) throws SQLException {
        var found = new HashMap<Long, List<Table.Key>>();
        try (var ask = session.createStatement();
                var rows = ask.executeQuery(KEYS)) {
            while (rows.next()) {
                found.computeIfAbsent(rows.getLong(1), _ -> new ArrayList<>())
                        .add(new Table.Key(List.of((String[]) rows.getArray(2).getArray())));
            }
        }
        return found;
    }
}
