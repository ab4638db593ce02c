package lastgood.postgres.sql;

import java.sql.Connection;
import java.sql.SQLException;

/// Advisory locks of ours: one of us at a time does the same kind of thing to a database. They are held to the end of
/// the transaction, so no crash leaves one behind.
public enum Locks {
    ACCESS(1),
    SCHEMA(2);

    /// `lgud`: what our locks show in `pg_locks.classid`.
    public static final int OURS = 0x6c677564;

    private final int number;

    Locks(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /// Waits no longer than for any other lock.
    public static void take(Connection session, Locks lock) throws SQLException {
        try (var take = session.prepareStatement("SELECT pg_advisory_xact_lock(?, ?)")) {
            take.setInt(1, OURS);
            take.setInt(2, lock.number);
            take.executeQuery();
        }
    }
}
