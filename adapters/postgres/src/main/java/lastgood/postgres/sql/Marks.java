package lastgood.postgres.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.engine.port.Fence;
import lastgood.engine.port.WorldMoved;

/// What we have done to a database, written in the same transaction that did it: the only way to tell after a crash
/// whether a commit was made. In a schema of our own, which no fingerprint of the catalog counts.
///
/// A mark has a name (what was done) and the key of the step that did it; the epoch keeps an owner that was replaced
/// from changing what its successor did.
public final class Marks {

    private static final String THERE =
            "SELECT to_regclass('lastgood.mark') IS NOT NULL AND has_table_privilege('lastgood.mark', 'SELECT')";

    private Marks() {}

    public record Mark(String key, int epoch, String detail) {}

    public static Optional<Mark> find(Connection session, String what) throws SQLException {
        return Optional.ofNullable(under(session, what).get(what));
    }

    /// All whose name begins so.
    public static SortedMap<String, Mark> under(Connection session, String prefix) throws SQLException {
        var marks = new TreeMap<String, Mark>();
        if (!isThere(session)) {
            return marks;
        }
        try (var ask = session.prepareStatement(
                "SELECT what, key, epoch, detail FROM lastgood.mark WHERE starts_with(what, ?) ORDER BY at")) {
            ask.setString(1, prefix);
            var row = ask.executeQuery();
            while (row.next()) {
                marks.put(row.getString(1), new Mark(row.getString(2), row.getInt(3), row.getString(4)));
            }
            return marks;
        }
    }

    private static boolean isThere(Connection session) throws SQLException {
        try (var ask = session.createStatement();
                var answer = ask.executeQuery(THERE)) {
            return answer.next() && answer.getBoolean(1);
        }
    }

    /// Makes the table if it is not there. Looked up first, because `IF NOT EXISTS` asks for the right to create also
    /// where there is nothing to create.
    public static void prepare(Connection session) throws SQLException {
        if (!isThere(session)) {
            try (var make = session.createStatement()) {
                makeHome(session);
                make.execute("""
                        CREATE TABLE IF NOT EXISTS lastgood.mark (
                            what text PRIMARY KEY,
                            key text NOT NULL,
                            epoch integer NOT NULL,
                            at timestamptz NOT NULL DEFAULT clock_timestamp(),
                            detail text NOT NULL DEFAULT '')""");
            }
        }
    }

    /// The schema of ours, in which everything stands that we leave in somebody's database. Only to be called where
    /// something is missing in it.
    public static void makeHome(Connection session) throws SQLException {
        try (var make = session.createStatement()) {
            make.execute("CREATE SCHEMA IF NOT EXISTS lastgood");
        }
    }

    /// Sets a mark, replacing an earlier one.
    ///
    /// @throws WorldMoved if a later owner of the same step was here already
    public static void set(Connection session, String what, Fence fence, String detail) throws SQLException {
        prepare(session);
        var earlier = find(session, what);
        if (earlier.isPresent()
                && earlier.get().key().equals(fence.key())
                && earlier.get().epoch() > fence.epoch()) {
            throw new WorldMoved("%s was taken over by a later owner; nothing was changed".formatted(fence.key()));
        }
        try (var write = session.prepareStatement("""
                INSERT INTO lastgood.mark (what, key, epoch, detail) VALUES (?, ?, ?, ?)
                ON CONFLICT (what) DO UPDATE
                   SET key = excluded.key, epoch = excluded.epoch, detail = excluded.detail, at = clock_timestamp()""")) {
            write.setString(1, what);
            write.setString(2, fence.key());
            write.setInt(3, fence.epoch());
            write.setString(4, detail);
            write.executeUpdate();
        }
    }

    public static void remove(Connection session, String what) throws SQLException {
        if (isThere(session)) {
            try (var write = session.prepareStatement("DELETE FROM lastgood.mark WHERE what = ?")) {
                write.setString(1, what);
                write.executeUpdate();
            }
        }
    }
}
