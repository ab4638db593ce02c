package lastgood.postgres.integrity;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import lastgood.core.data.IntegrityReport.Finding;
import lastgood.core.schema.Quoted;

/// Pages of indexes and tables, by the extension amcheck, and what the server itself has counted.
final class Structures {

    private static final String NO_AMCHECK =
            "the extension amcheck is not installed: CREATE EXTENSION amcheck; as a superuser";

    /// Indexes of our own session's catalogs are not users' data, and are checked all the same: a broken catalog index
    /// hides everything else.
    private static final String BTREES = """
            SELECT c.oid, format('%I.%I', n.nspname, c.relname)
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_am a ON a.oid = c.relam
            WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relpersistence = 'p' AND i.indisvalid AND i.indisready
            ORDER BY n.nspname IN ('pg_catalog', 'pg_toast'), 2""";

    private static final String HEAPS = """
            SELECT c.oid, format('%I.%I', n.nspname, c.relname)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'm', 't') AND c.relpersistence = 'p'
              AND (c.relkind <> 't' OR n.nspname = 'pg_toast') ORDER BY n.nspname IN ('pg_catalog', 'pg_toast'), 2""";

    private record Relation(long oid, String name) {}

    private Structures() {}

    static List<Check> checks(Connection session, boolean comprehensive) throws SQLException {
        var checks = new ArrayList<Check>();
        var schema = amcheck(session);
        if (schema.isEmpty()) {
            checks.add(
                    new Check("btree", "all indexes", _ -> List.of(Check.unknown("btree", "all indexes", NO_AMCHECK))));
            if (comprehensive) {
                checks.add(
                        new Check("heap", "all tables", _ -> List.of(Check.unknown("heap", "all tables", NO_AMCHECK))));
            }
        } else {
            var relations = relations(session, BTREES);
            relations.forEach(index -> checks.add(btree(schema, index, comprehensive)));
            if (comprehensive) {
                var can = hasHeapCheck(session);
                relations(session, HEAPS).forEach(table -> checks.add(heap(schema, table, can)));
            }
        }
        if (comprehensive) {
            for (var table : relations(session, HEAPS.replace("'r', 'm', 't'", "'r', 'm'"))) {
                if (!table.name.startsWith("pg_catalog.")) {
                    checks.add(readable(table));
                }
            }
        }
        checks.add(new Check("checksum", "this database", Structures::checksums));
        return checks;
    }

    /// The schema that amcheck's functions are in; empty if it is not installed.
    private static String amcheck(Connection session) throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery("SELECT n.nspname FROM pg_extension e"
                        + " JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'")) {
            return row.next() ? row.getString(1) : "";
        }
    }

    /// Before PostgreSQL 14 there is none.
    private static boolean hasHeapCheck(Connection session) throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery("SELECT 1 FROM pg_proc WHERE proname = 'verify_heapam'")) {
            return row.next();
        }
    }

    private static List<Relation> relations(Connection session, String sql) throws SQLException {
        var all = new ArrayList<Relation>();
        try (var ask = session.createStatement();
                var rows = ask.executeQuery(sql)) {
            while (rows.next()) {
                all.add(new Relation(rows.getLong(1), rows.getString(2)));
            }
        }
        return all;
    }

    /// The thorough one locks out writers: it is for a scratch, or behind the fence. It also looks whether each row of
    /// the table is in the index.
    private static Check btree(String schema, Relation index, boolean thorough) {
        var sql = "SELECT %s.%s(%d::regclass, true%s)"
                .formatted(
                        Quoted.name(schema),
                        thorough ? "bt_index_parent_check" : "bt_index_check",
                        index.oid,
                        thorough ? ", true" : "");
        var quick = thorough ? sql : sql.replace(", true)", ", false)");
        return new Check("btree", index.name, session -> {
            try (var ask = session.createStatement()) {
                ask.execute(quick);
            }
            return List.of(Check.pass("btree", index.name, ""));
        });
    }

    private static Check heap(String schema, Relation table, boolean can) {
        return new Check("heap", table.name, session -> {
            if (!can) {
                return List.of(Check.unknown(
                        "heap", table.name, "this amcheck cannot look at tables: it needs PostgreSQL 14"));
            }
            long found = 0;
            var first = "";
            try (var ask = session.createStatement();
                    var rows = ask.executeQuery(
                            "SELECT blkno, msg FROM %s.verify_heapam(%d::regclass, check_toast := true)"
                                    .formatted(Quoted.name(schema), table.oid))) {
                while (rows.next()) {
                    first = found++ == 0 ? "page %d: %s".formatted(rows.getLong(1), rows.getString(2)) : first;
                }
            }
            return List.of(
                    found == 0 ? Check.pass("heap", table.name, "") : Check.fail("heap", table.name, found, first));
        });
    }

    /// Each value of each row is read and taken apart; a number to compare with the same table elsewhere comes of it.
    private static Check readable(Relation table) {
        return new Check("table-checksum", table.name, session -> {
            try (var ask = session.createStatement();
                    var row = ask.executeQuery(
                            "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM ONLY %s t"
                                    .formatted(table.name))) {
                row.next();
                return List.of(Check.pass(
                        "table-checksum", table.name, "%d rows, %s".formatted(row.getLong(1), row.getString(2))));
            }
        });
    }

    private static List<Finding> checksums(Connection session) throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery(
                        "SELECT current_setting('data_checksums'), coalesce(sum(checksum_failures), 0),"
                                + " coalesce(max(checksum_last_failure)::text, '') FROM pg_stat_database"
                                + " WHERE datname = current_database() OR datid = 0")) {
            row.next();
            if (!"on".equals(row.getString(1))) {
                return List.of(Check.unknown(
                        "checksum", "this database", "the cluster has no checksums: a flipped bit is not noticed"));
            }
            var failures = row.getLong(2);
            return List.of(
                    failures == 0
                            ? Check.pass("checksum", "this database", "no page failed")
                            : Check.fail("checksum", "this database", failures, "last at " + row.getString(3)));
        }
    }
}
