package lastgood.postgres.integrity;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import lastgood.core.data.IntegrityReport.Finding;
import lastgood.core.schema.Quoted;

/// Sequences behind the rows that they number, which makes the next insert fail; and those that will soon be at their
/// end.
final class Sequences {

    /// From here on somebody should plan for a larger type.
    private static final int WARNS_AT_PERCENT = 80;

    /// Those that belong to a column, and those that a column's default calls.
    private static final String SEQUENCES = """
            SELECT DISTINCT format('%I.%I', sn.nspname, s.relname), format('%I.%I', tn.nspname, t.relname),
                   a.attname, q.seqincrement, q.seqmin, q.seqmax, q.seqcycle, format_type(a.atttypid, NULL), t.relkind = 'p'
            FROM pg_sequence q
            JOIN pg_class s ON s.oid = q.seqrelid JOIN pg_namespace sn ON sn.oid = s.relnamespace
            JOIN (SELECT objid AS seq, refobjid AS tab, refobjsubid::int2 AS col FROM pg_depend
                  WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
                    AND deptype IN ('a', 'i') AND refobjsubid > 0
                  UNION
                  SELECT d.refobjid, f.adrelid, f.adnum FROM pg_depend d
                  JOIN pg_attrdef f ON f.oid = d.objid
                  WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass) u ON u.seq = s.oid
            JOIN pg_class t ON t.oid = u.tab AND t.relkind IN ('r', 'p') AND NOT t.relispartition
            JOIN pg_namespace tn ON tn.oid = t.relnamespace
            JOIN pg_attribute a ON a.attrelid = u.tab AND a.attnum = u.col AND NOT a.attisdropped
            WHERE a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
            ORDER BY 1""";

    private Sequences() {}

    static List<Check> checks() {
        return List.of(new Check("sequence", "all sequences", Sequences::all));
    }

    private static List<Finding> all(Connection session) throws SQLException {
        var found = new ArrayList<Finding>();
        try (var ask = session.createStatement();
                var rows = ask.executeQuery(SEQUENCES)) {
            while (rows.next()) {
                var sequence = rows.getString(1);
                var table = (rows.getBoolean(9) ? "" : "ONLY ") + rows.getString(2);
                var column = rows.getString(3);
                var increment = rows.getBigDecimal(4);
                if (rows.getBoolean(7)) {
                    // One that begins again at its end is behind some row by design.
                    continue;
                }
                var end = end(
                        rows.getString(8), rows.getBigDecimal(increment.signum() > 0 ? 6 : 5), increment.signum() > 0);
                one(session, sequence, table, column, increment, end, found);
            }
        }
        return found.isEmpty() ? List.of(Check.pass("sequence", "all sequences", "")) : found;
    }

    /// A serial column of four bytes has a sequence of eight: the column's end comes first.
    private static BigDecimal end(String type, BigDecimal of, boolean up) {
        var limit = switch (type) {
            case "smallint" -> BigDecimal.valueOf(up ? Short.MAX_VALUE : Short.MIN_VALUE);
            case "integer" -> BigDecimal.valueOf(up ? Integer.MAX_VALUE : Integer.MIN_VALUE);
            default -> of;
        };
        return up ? limit.min(of) : limit.max(of);
    }

    private static void one(
            Connection session,
            String sequence,
            String table,
            String column,
            BigDecimal increment,
            BigDecimal end,
            List<Finding> found)
            throws SQLException {
        var up = increment.signum() > 0;
        var sql =
                "SELECT s.last_value + CASE WHEN s.is_called THEN %s ELSE 0 END, (SELECT %s(%s)::numeric FROM %s) FROM %s s"
                        .formatted(increment, up ? "max" : "min", Quoted.name(column), table, sequence);
        try (var ask = session.createStatement();
                var row = ask.executeQuery(sql.replace("s.last_value +", "s.last_value::numeric +"))) {
            row.next();
            var next = row.getBigDecimal(1);
            var reached = row.getBigDecimal(2);
            if (reached != null && (up ? next.compareTo(reached) <= 0 : next.compareTo(reached) >= 0)) {
                found.add(Check.fail(
                        "sequence",
                        sequence,
                        next.subtract(reached)
                                        .abs()
                                        .divideToIntegralValue(increment.abs())
                                        .longValue()
                                + 1,
                        "its next value is %s, and %s already has %s"
                                .formatted(next.toBigInteger(), column, reached.toBigInteger())));
            }
            var used = next.multiply(BigDecimal.valueOf(100))
                    .divideToIntegralValue(end.signum() == 0 ? BigDecimal.ONE : end);
            if (next.signum() == end.signum() && used.intValue() >= WARNS_AT_PERCENT) {
                found.add(Check.fail(
                        "sequence-end",
                        sequence,
                        1,
                        "%d %% of what %s can hold is used: a larger type is needed soon"
                                .formatted(used.intValue(), column)));
            }
        }
    }
}
