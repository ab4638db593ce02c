package lastgood.postgres.sql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/// Opens sessions of our own on one database: named, so that people see who is there; bounded, so that none of them
/// ever holds up an application; and free of what its role's or database's settings may forbid.
public final class Sessions {

    /// A queued lock stands in the way of everyone who comes after it: a waiting ALTER once held up readers that it
    /// had nothing to do with for seconds. Whoever needs longer tries again.
    public static final Duration LOCK_WAIT = Duration.ofSeconds(2);

    /// A transaction of ours that nobody works on any more must not hold locks.
    private static final Duration IDLE_IN_TRANSACTION = Duration.ofSeconds(30);

    /// A look is a few rows of a catalog.
    public static final Duration LOOK = Duration.ofSeconds(15);

    private static final Duration CONNECT = Duration.ofSeconds(5);

    /// The server ends a statement at its limit and says so. Whoever has said nothing this much later is gone, though
    /// the connection looks open: a machine without power, a firewall that forgot us, a pooler that waits.
    static final Duration GRACE = Duration.ofSeconds(10);

    private final Address address;
    private final String name;

    /// @param name what `pg_stat_activity` shows: `lastgood/` and the run, or `lastgood`
    public Sessions(Address address, String name) {
        this.address = address;
        this.name = name;
    }

    /// What is done in a session.
    @FunctionalInterface
    public interface Work<T> {
        T in(Connection session) throws SQLException;
    }

    public Address address() {
        return address;
    }

    /// Another database of the same server.
    public Sessions on(String database) {
        return new Sessions(address.withDatabase(database), name);
    }

    public Sessions named(String other) {
        return new Sessions(address, other);
    }

    /// A look: one transaction that cannot write.
    ///
    /// @param doing as in `could not …`
    public <T> T look(String doing, Work<T> work) {
        return in(doing, LOOK, session -> {
            session.setReadOnly(true);
            session.setAutoCommit(false);
            var found = work.in(session);
            session.commit();
            return found;
        });
    }

    /// A change: one transaction, committed if nothing is thrown. What is thrown after the commit was asked for tells
    /// nobody whether it was made: [lastgood.engine.port.Unreachable].
    public <T> T change(String doing, Duration limit, Work<T> work) {
        return in(doing, limit, session -> {
            session.setAutoCommit(false);
            var made = work.in(session);
            session.commit();
            return made;
        });
    }

    /// Each statement for itself, for what PostgreSQL does not run in a transaction.
    public <T> T in(String doing, Duration limit, Work<T> work) {
        try (var session = open(limit)) {
            return work.in(session);
        } catch (SQLException e) {
            throw Failures.of(doing, address, e);
        }
    }

    /// @param limit of each statement; a server that is silent for [#GRACE] longer counts as unreachable
    public Connection open(Duration limit) throws SQLException {
        var session = DriverManager.getConnection(address.jdbc(), properties(limit));
        try (var set = session.createStatement()) {
            set.execute("""
                    SET default_transaction_read_only = off;
                    SET lock_timeout = %d;
                    SET statement_timeout = %d;
                    SET idle_in_transaction_session_timeout = %d;
                    SET search_path = pg_catalog, public""".formatted(LOCK_WAIT.toMillis(), limit.toMillis(), IDLE_IN_TRANSACTION.toMillis()));
            return session;
        } catch (SQLException e) {
            session.close();
            throw e;
        }
    }

    private Properties properties(Duration limit) {
        var properties = new Properties();
        properties.putAll(address.options());
        properties.setProperty("user", address.role());
        properties.setProperty("password", address.password().value());
        properties.setProperty("ApplicationName", name);
        properties.putIfAbsent("connectTimeout", Long.toString(CONNECT.toSeconds()));
        properties.putIfAbsent("socketTimeout", Long.toString(limit.plus(GRACE).toSeconds()));
        properties.setProperty("tcpKeepAlive", "true");
        return properties;
    }
}
