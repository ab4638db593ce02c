package lastgood.postgres.integrity;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import lastgood.core.data.IntegrityReport.Finding;

/// The team's own queries, in a transaction that cannot write.
final class Invariants {

    /// More rows than this are as bad, and need not be counted.
    private static final int COUNTED = 100_000;

    private static final int FETCH = 1_000;

    private static final int SHOWN = 200;

    private Invariants() {}

    static Check check(Invariant invariant) {
        return new Check("invariant", invariant.name(), session -> List.of(ask(session, invariant)));
    }

    private static Finding ask(Connection session, Invariant invariant) throws SQLException {
        try (var ask = session.createStatement()) {
            ask.setFetchSize(FETCH);
            ask.setMaxRows(COUNTED);
            if (!ask.execute(invariant.sql())) {
                return Check.unknown(
                        "invariant", invariant.name(), "it is no query: write a SELECT without rows if all is well");
            }
            try (var rows = ask.getResultSet()) {
                var meta = rows.getMetaData();
                return meta.getColumnCount() == 1 && meta.getColumnType(1) == Types.BIT
                        ? oneTruth(rows, invariant)
                        : noRows(rows, invariant);
            }
        }
    }

    /// One boolean: true is well. NULL says neither.
    private static Finding oneTruth(ResultSet rows, Invariant invariant) throws SQLException {
        if (!rows.next()) {
            return Check.pass("invariant", invariant.name(), "no rows");
        }
        var holds = rows.getBoolean(1);
        if (rows.wasNull()) {
            return Check.unknown("invariant", invariant.name(), "it answers NULL, which is neither yes nor no");
        }
        if (rows.next()) {
            return Check.unknown("invariant", invariant.name(), "it answers with more than one boolean");
        }
        return holds
                ? Check.pass("invariant", invariant.name(), "true")
                : Check.fail("invariant", invariant.name(), 1, "false");
    }

    private static Finding noRows(ResultSet rows, Invariant invariant) throws SQLException {
        long count = 0;
        var first = "";
        while (rows.next()) {
            first = count++ == 0 ? line(rows) : first;
        }
        return count == 0
                ? Check.pass("invariant", invariant.name(), "no rows")
                : Check.fail("invariant", invariant.name(), count, "such as " + first);
    }

    private static String line(ResultSet rows) throws SQLException {
        var parts = new ArrayList<String>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            parts.add(rows.getMetaData().getColumnLabel(i) + "=" + rows.getString(i));
        }
        var line = String.join(" ", parts).replaceAll("\\p{Cntrl}+", " ");
        return line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
    }
}
