package lastgood.postgres.integrity;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lastgood.core.data.IntegrityReport.Finding;
import lastgood.core.schema.Quoted;

/// What the schema promises: constraints and indexes that hold, children with parents, unique values that are unique.
final class Rules {

    private static final String INVALID = """
            SELECT format('%I.%I', n.nspname, c.relname),
                   CASE WHEN i.indisvalid THEN 'not ready' ELSE 'not valid: REINDEX or drop it' END
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE NOT i.indisvalid OR NOT i.indisready OR NOT i.indislive ORDER BY 1""";

    private static final String NOT_VALID = """
            SELECT format('%I.%I', n.nspname, c.relname), k.conname || ': ' || pg_get_constraintdef(k.oid)
            FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE NOT k.convalidated AND to_jsonb(k) ->> 'conenforced' IS DISTINCT FROM 'false' ORDER BY 1, 2""";

    private static final String COUNTS = """
            SELECT count(*), coalesce(sum(greatest(c.reltuples, 0))::bigint, 0), count(*) FILTER (WHERE c.reltuples < 0)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'""";

    private static final String FOREIGN_KEYS = """
            SELECT k.conname, cn.nspname, c.relname, c.relkind = 'p',
                   (SELECT array_agg(a.attname::text ORDER BY u.ord) FROM unnest(k.conkey) WITH ORDINALITY u(num, ord)
                    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num),
                   pn.nspname, p.relname, p.relkind = 'p',
                   (SELECT array_agg(a.attname::text ORDER BY u.ord) FROM unnest(k.confkey) WITH ORDINALITY u(num, ord)
                    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num),
                   k.confmatchtype = 'f',
                   (SELECT array_agg(format('OPERATOR(%I.%s)', on_.nspname, o.oprname) ORDER BY u.ord)
                    FROM unnest(k.conpfeqop) WITH ORDINALITY u(op, ord)
                    JOIN pg_operator o ON o.oid = u.op JOIN pg_namespace on_ ON on_.oid = o.oprnamespace)
            FROM pg_constraint k
            JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace
            JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
            WHERE k.contype = 'f' AND k.conparentid = 0
              AND to_jsonb(k) ->> 'conenforced' IS DISTINCT FROM 'false'
              AND to_jsonb(k) ->> 'conperiod' IS DISTINCT FROM 'true'
            ORDER BY 2, 3, 1""";

    /// Of a partitioned table each partition's own index.
    private static final String UNIQUE = """
            SELECT format('%I.%I', n.nspname, x.relname), format('%I.%I', tn.nspname, t.relname),
                   (SELECT array_agg(pg_get_indexdef(i.indexrelid, g, true) ORDER BY g)
                    FROM generate_series(1, i.indnkeyatts) g),
                   coalesce(pg_get_expr(i.indpred, i.indrelid), 'true'),
                   coalesce(to_jsonb(i) ->> 'indnullsnotdistinct' = 'true', false)
            FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = x.relnamespace
            JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace
            WHERE i.indisunique AND x.relkind = 'i' AND tn.nspname !~ '^pg_' AND tn.nspname <> 'information_schema'
              AND t.relpersistence <> 't' ORDER BY 1""";

    private Rules() {}

    static List<Check> quick() {
        return List.of(
                new Check("invalid-index", "all indexes", s -> listed(s, "invalid-index", "all indexes", INVALID)),
                new Check("not-valid", "all constraints", s -> listed(s, "not-valid", "all constraints", NOT_VALID)),
                new Check("rows", "all tables", Rules::counts));
    }

    static List<Check> comprehensive(Connection session) throws SQLException {
        var checks = new ArrayList<Check>(orphans(session));
        checks.addAll(duplicates(session));
        return checks;
    }

    /// A finding for each row; a pass if there is none.
    private static List<Finding> listed(Connection session, String check, String all, String sql) throws SQLException {
        var found = new ArrayList<Finding>();
        try (var ask = session.createStatement();
                var rows = ask.executeQuery(sql)) {
            while (rows.next()) {
                found.add(Check.fail(check, rows.getString(1), 1, rows.getString(2)));
            }
        }
        return found.isEmpty() ? List.of(Check.pass(check, all, "")) : found;
    }

    /// An estimate, for people to compare; exact counts take a scan.
    private static List<Finding> counts(Connection session) throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery(COUNTS)) {
            row.next();
            return List.of(Check.pass(
                    "rows",
                    "all tables",
                    "about %d rows in %d tables%s"
                            .formatted(
                                    row.getLong(2),
                                    row.getLong(1),
                                    row.getLong(3) == 0 ? "" : "; %d were never counted".formatted(row.getLong(3)))));
        }
    }

    private static List<Check> orphans(Connection session) throws SQLException {
        var checks = new ArrayList<Check>();
        try (var ask = session.createStatement();
                var rows = ask.executeQuery(FOREIGN_KEYS)) {
            while (rows.next()) {
                var child = List.of((String[]) rows.getArray(5).getArray());
                var parent = List.of((String[]) rows.getArray(9).getArray());
                var operators = List.of((String[]) rows.getArray(11).getArray());
                var full = rows.getBoolean(10);
                var name = rows.getString(1);
                var object = rows.getString(2) + "." + rows.getString(3);
                var equal = IntStream.range(0, child.size())
                        .mapToObj(i -> "p.%s %s c.%s"
                                .formatted(Quoted.name(parent.get(i)), operators.get(i), Quoted.name(child.get(i))))
                        .collect(Collectors.joining(" AND "));
                var all = all(child, "IS NOT NULL", " AND ");
                // SIMPLE lets a row go as soon as one column is NULL, FULL only if all are.
                var half = full ? " OR (%s) AND NOT (%s)".formatted(all(child, "IS NOT NULL", " OR "), all) : "";
                var sql =
                        "SELECT count(*) OVER (), ROW(%s)::text FROM %s c WHERE (%s) AND NOT EXISTS (SELECT 1 FROM %s p WHERE %s)%s LIMIT 1"
                                .formatted(
                                        child.stream()
                                                .map(c -> "c." + Quoted.name(c))
                                                .collect(Collectors.joining(", ")),
                                        from(rows.getString(2), rows.getString(3), rows.getBoolean(4)),
                                        all,
                                        from(rows.getString(6), rows.getString(7), rows.getBoolean(8)),
                                        equal,
                                        half);
                var reference = "%s.%s".formatted(rows.getString(6), rows.getString(7));
                checks.add(new Check(
                        "foreign-key",
                        object,
                        s -> counted(
                                s,
                                "foreign-key",
                                object,
                                sql,
                                "%s: no %s for %%s".formatted(name.replace("%", "%%"), reference.replace("%", "%%")))));
            }
        }
        return checks;
    }

    private static String from(String schema, String name, boolean partitioned) {
        return (partitioned ? "" : "ONLY ") + Quoted.name(schema, name);
    }

    private static String all(List<String> columns, String is, String and) {
        return columns.stream()
                .map(c -> "c.%s %s".formatted(Quoted.name(c), is))
                .collect(Collectors.joining(and));
    }

    /// By the table's rows and not by the index, which may be what is broken.
    private static List<Check> duplicates(Connection session) throws SQLException {
        var checks = new ArrayList<Check>();
        try (var ask = session.createStatement();
                var rows = ask.executeQuery(UNIQUE)) {
            while (rows.next()) {
                var index = rows.getString(1);
                var parts = List.of((String[]) rows.getArray(3).getArray());
                var list = IntStream.range(0, parts.size())
                        .mapToObj(i -> "(%s) AS e%d".formatted(parts.get(i), i))
                        .collect(Collectors.joining(", "));
                var names =
                        IntStream.range(0, parts.size()).mapToObj(i -> "e" + i).toList();
                var nulls = rows.getBoolean(5)
                        ? "true"
                        : names.stream().map(n -> n + " IS NOT NULL").collect(Collectors.joining(" AND "));
                var sql =
                        "SELECT sum(n - 1) OVER (), ROW(%s)::text FROM (SELECT %s, count(*) AS n FROM (SELECT %s FROM ONLY %s WHERE %s) v WHERE %s GROUP BY %s HAVING count(*) > 1) d LIMIT 1"
                                .formatted(
                                        String.join(", ", names),
                                        String.join(", ", names),
                                        list,
                                        rows.getString(2),
                                        rows.getString(4),
                                        nulls,
                                        String.join(", ", names));
                checks.add(new Check(
                        "duplicate",
                        index,
                        s -> withoutIndexes(s, () -> counted(s, "duplicate", index, sql, "such as %s"))));
            }
        }
        return checks;
    }

    private interface Asked {
        List<Finding> get() throws SQLException;
    }

    private static List<Finding> withoutIndexes(Connection session, Asked asked) throws SQLException {
        try (var set = session.createStatement()) {
            set.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off;"
                    + " SET LOCAL enable_bitmapscan = off");
        }
        return asked.get();
    }

    private static List<Finding> counted(Connection session, String check, String object, String sql, String detail)
            throws SQLException {
        try (var ask = session.createStatement();
                var rows = ask.executeQuery(sql)) {
            return List.of(
                    rows.next()
                            ? Check.fail(check, object, rows.getLong(1), detail.formatted(rows.getString(2)))
                            : Check.pass(check, object, ""));
        }
    }
}
