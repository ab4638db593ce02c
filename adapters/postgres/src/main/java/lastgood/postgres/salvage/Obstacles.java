package lastgood.postgres.salvage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lastgood.core.schema.Quoted;
import lastgood.postgres.salvage.Staging.Refused;
import lastgood.postgres.salvage.Staging.Staged;

/// What stands between single repairs and the rows that they would meet: a value that must be unique and that somebody
/// has taken since, a parent that is gone, a child that came.
final class Obstacles {

    /// @param child columns of `table`
    /// @param parent columns of `references`
    record ForeignKey(String name, String table, List<String> child, String references, List<String> parent) {}

    /// @param parts columns or expressions
    /// @param where predicate of a partial index; `true` for the others
    private record Unique(String name, List<String> parts, String where, boolean nullsToo) {}

    private static final String FOREIGN_KEYS = """
            SELECT k.conname, cn.nspname || '.' || c.relname,
                   (SELECT array_agg(a.attname::text ORDER BY u.ord) FROM unnest(k.conkey) WITH ORDINALITY u(num, ord)
                    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num),
                   pn.nspname || '.' || p.relname,
                   (SELECT array_agg(a.attname::text ORDER BY u.ord) FROM unnest(k.confkey) WITH ORDINALITY u(num, ord)
                    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num)
            FROM pg_constraint k
            JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace
            JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
            WHERE k.contype = 'f' AND k.conparentid = 0
              AND to_jsonb(k) ->> 'conenforced' IS DISTINCT FROM 'false'
              AND to_jsonb(k) ->> 'conperiod' IS DISTINCT FROM 'true'
            ORDER BY k.oid""";

    private Obstacles() {}

    static List<ForeignKey> foreignKeys(Connection session) throws SQLException {
        var all = new ArrayList<ForeignKey>();
        try (var ask = session.createStatement();
                var rows = ask.executeQuery(FOREIGN_KEYS)) {
            while (rows.next()) {
                all.add(new ForeignKey(
                        rows.getString(1),
                        rows.getString(2),
                        List.of((String[]) rows.getArray(3).getArray()),
                        rows.getString(4),
                        List.of((String[]) rows.getArray(5).getArray())));
            }
        }
        return all;
    }

    /// Repairs whose values somebody else has, in a column or an expression that must be unique.
    static List<Refused> taken(Staging staging, Staged staged) throws SQLException {
        var refused = new ArrayList<Refused>();
        for (var unique : uniques(staging, staged)) {
            var parts = IntStream.range(0, unique.parts.size())
                    .mapToObj(i -> "(%s) AS e%d".formatted(unique.parts.get(i), i))
                    .collect(Collectors.joining(", "));
            var same = IntStream.range(0, unique.parts.size())
                    .mapToObj(i -> unique.nullsToo ? "x.e%d IS NOT DISTINCT FROM y.e%d" : "x.e%d = y.e%d")
                    .toList();
            var equal = IntStream.range(0, same.size())
                    .mapToObj(i -> same.get(i).formatted(i, i))
                    .collect(Collectors.joining(" AND "));
            var fresh = "(SELECT lg_n, %s FROM %s WHERE %s)".formatted(parts, staged.fresh(), unique.where);
            var keys = Quoted.names(staged.entry().key());
            var live = "(SELECT %s, %s FROM %s WHERE %s)"
                    .formatted(keys, parts, staged.live().from(), unique.where);
            var why = "its value of %s is taken by another row".formatted(unique.name);
            ask(
                    staging,
                    "SELECT DISTINCT x.lg_n FROM %s x JOIN %s y ON %s WHERE NOT EXISTS (SELECT 1 FROM %s o WHERE %s)"
                            .formatted(fresh, live, equal, staged.old(), staged.same("o", "y")),
                    why,
                    refused);
            ask(
                    staging,
                    "SELECT DISTINCT x.lg_n FROM %s x JOIN %s y ON %s WHERE x.lg_n <> y.lg_n"
                            .formatted(fresh, fresh, equal),
                    why,
                    refused);
        }
        return refused;
    }

    private static List<Unique> uniques(Staging staging, Staged staged) throws SQLException {
        var all = new ArrayList<Unique>();
        try (var ask = staging.session().createStatement();
                var rows = ask.executeQuery("""
            SELECT c.relname,
                   (SELECT array_agg(pg_get_indexdef(i.indexrelid, n, true) ORDER BY n)
                    FROM generate_series(1, i.indnkeyatts) n),
                   coalesce(pg_get_expr(i.indpred, i.indrelid), 'true'),
                   to_jsonb(i) ->> 'indnullsnotdistinct' = 'true'
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = %d AND i.indisunique AND i.indisvalid ORDER BY i.indexrelid""".formatted(staged.live().oid()))) {
            while (rows.next()) {
                all.add(new Unique(
                        rows.getString(1),
                        List.of((String[]) rows.getArray(2).getArray()),
                        rows.getString(3),
                        rows.getBoolean(4)));
            }
        }
        return all;
    }

    /// Whether an update changes a column that some unique index speaks of.
    static boolean changesUnique(Staging staging, Staged staged) throws SQLException {
        return Reading.number(
                        staging.session(),
                        "SELECT count(*) FROM pg_index i WHERE i.indrelid = %d AND i.indisunique AND (i.indexprs IS NOT NULL OR EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) AND a.attname IN (%s)))"
                                .formatted(
                                        staged.live().oid(),
                                        staged.written().isEmpty()
                                                ? "NULL"
                                                : staged.written().stream()
                                                        .mapToObj(i -> Quoted.text(
                                                                staged.columns().get(i)))
                                                        .collect(Collectors.joining(", "))))
                != 0;
    }

    /// Repaired rows whose parent would not be there.
    ///
    /// @param done whether the live tables are already as they are to be
    static List<Refused> withoutParent(Staging staging, ForeignKey key, boolean done) throws SQLException {
        var child = find(staging, key.table());
        if (child.isEmpty()) {
            return List.of();
        }
        var parent = find(staging, key.references());
        var has = pairs(key.parent(), "p", key.child(), "f");
        var sql = new StringBuilder("SELECT f.lg_n FROM %s f LEFT JOIN %s o ON o.lg_n = f.lg_n WHERE %s"
                .formatted(child.get().fresh(), child.get().old(), notNull(key.child(), "f")));
        if (parent.isEmpty()) {
            sql.append(" AND (o.lg_n IS NULL OR NOT (%s))"
                    .formatted(key.child().stream()
                            .map(c -> "o.%s IS NOT DISTINCT FROM f.%s".formatted(Quoted.name(c), Quoted.name(c)))
                            .collect(Collectors.joining(" AND "))));
        }
        var gone = parent.isEmpty() || done
                ? ""
                : " AND NOT EXISTS (SELECT 1 FROM %s q WHERE %s)"
                        .formatted(parent.get().old(), parent.get().same("q", "p"));
        // Asked for each row on its own: the parent's columns always have an index.
        sql.append(" AND (SELECT 1 FROM %s p WHERE %s%s LIMIT 1) IS NULL".formatted(sql(key.references()), has, gone));
        if (parent.isPresent() && !done) {
            sql.append(" AND NOT EXISTS (SELECT 1 FROM %s p WHERE %s)"
                    .formatted(parent.get().fresh(), has));
        }
        var refused = new ArrayList<Refused>();
        ask(staging, sql.toString(), "its parent in %s is gone (%s)".formatted(key.references(), key.name()), refused);
        return refused;
    }

    /// Repairs that would take a parent away from rows that came since.
    static List<Refused> leavesChildren(Staging staging, ForeignKey key, boolean done) throws SQLException {
        var parent = find(staging, key.references());
        if (parent.isEmpty()) {
            return List.of();
        }
        var child = find(staging, key.table());
        var sql = new StringBuilder(
                "SELECT DISTINCT q.lg_n FROM %s q JOIN %s c ON %s WHERE NOT EXISTS (SELECT 1 FROM %s p WHERE %s)"
                        .formatted(
                                parent.get().old(),
                                sql(key.table()),
                                pairs(key.child(), "c", key.parent(), "q"),
                                done ? sql(key.references()) : parent.get().fresh(),
                                pairs(key.parent(), "p", key.parent(), "q")));
        if (child.isPresent() && !done) {
            sql.append(" AND NOT EXISTS (SELECT 1 FROM %s o WHERE %s)"
                    .formatted(child.get().old(), child.get().same("o", "c")));
        }
        var refused = new ArrayList<Refused>();
        ask(staging, sql.toString(), "rows of %s point to it (%s)".formatted(key.table(), key.name()), refused);
        return refused;
    }

    static Optional<Staged> find(Staging staging, String title) {
        return staging.tables().values().stream()
                .filter(s -> s.entry().title().equals(title))
                .findFirst();
    }

    private static String sql(String title) {
        var dot = title.indexOf('.');
        return Quoted.name(title.substring(0, dot), title.substring(dot + 1));
    }

    private static String pairs(List<String> left, String l, List<String> right, String r) {
        return IntStream.range(0, left.size())
                .mapToObj(i -> "%s.%s = %s.%s".formatted(l, Quoted.name(left.get(i)), r, Quoted.name(right.get(i))))
                .collect(Collectors.joining(" AND "));
    }

    private static String notNull(List<String> columns, String alias) {
        return columns.stream()
                .map(c -> "%s.%s IS NOT NULL".formatted(alias, Quoted.name(c)))
                .collect(Collectors.joining(" AND "));
    }

    private static void ask(Staging staging, String sql, String why, List<Refused> refused) throws SQLException {
        try (var ask = staging.session().createStatement();
                var rows = ask.executeQuery(sql)) {
            while (rows.next()) {
                refused.add(new Refused(rows.getLong(1), why));
            }
        }
    }
}
