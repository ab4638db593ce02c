package lastgood.postgres.access;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import lastgood.core.ServiceRef;
import lastgood.core.data.WriteAccess;
import lastgood.core.schema.Quoted;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Access;
import lastgood.postgres.sql.Failures;
import lastgood.postgres.sql.Locks;
import lastgood.postgres.sql.Marks;
import lastgood.postgres.sql.Patience;

/// Shuts writers out of a database, and lets exactly those in again that were in before.
///
/// Logins, limit and our mark change in one transaction, so that no crash leaves half of it; a half that somebody else
/// left is seen by the look, and setting finishes it. What keeps writers out, one by one: NOLOGIN, which stops poolers,
/// and superusers too; a connection limit of 0, which stops every role but superusers, also those nobody knew of; the
/// end of the sessions, which neither of them touches. In this order, because a session that is ended before it cannot
/// come back comes back.
///
/// Sessions are all told to end at once and then waited for: one by one, a thousand would take a minute.
///
/// As a superuser: only they get past the limit to do the work that the fence is for, and only they are sure to find a
/// slot (`superuser_reserved_connections`) when clients have taken all others. Where a provider gives no superuser, the
/// database's owner does it by [ConnectRight]; that reads as a limit of 0 and no logins, as long as nobody else but
/// superusers can get in.
public final class WriteFence implements Access {

    private static final Duration STATEMENT = Duration.ofSeconds(10);

    /// How often it is looked whether the sessions have ended, and for how long: a backend ends within milliseconds,
    /// unless it is stuck in the kernel, and then nobody can end it. 10 s in all.
    private static final Duration ROUND = Duration.ofMillis(50);

    private static final int ROUNDS = 200;

    /// Nobody there twice in a row, because one who was on his way in could slip through between two questions.
    private static final int QUIET_ROUNDS = 2;

    private static final String MARK = "access";

    private final Function<ServiceRef, Guarded> databases;
    private final RandomGenerator random;

    public WriteFence(Function<ServiceRef, Guarded> databases, RandomGenerator random) {
        this.databases = databases;
        this.random = random;
    }

    /// Whether it is shut by an owner who is no superuser.
    public static boolean isByConnectRight(Connection session) throws SQLException {
        return ConnectRight.taken(session).isPresent();
    }

    @Override
    public State look(ServiceRef service) {
        var database = databases.apply(service);
        var sessions = database.sessions();
        try (var session = new Patience(sessions, random).open(STATEMENT)) {
            session.setReadOnly(true);
            session.setAutoCommit(false);
            var seen = Census.take(session, database.appRoles());
            var mark = mark(session);
            session.commit();
            return new State(
                    service,
                    seen.access(),
                    seen.count(),
                    seen.prepared().size(),
                    seen.wal(),
                    mark,
                    Remarks.of(seen, sessions.address().role()));
        } catch (SQLException e) {
            throw Failures.of("read who may write", sessions.address(), e);
        }
    }

    private static String mark(Connection session) throws SQLException {
        return Marks.find(session, MARK).map(Marks.Mark::key).orElse("");
    }

    @Override
    public void set(State seen, WriteAccess to, Fence fence) {
        var database = databases.apply(seen.service());
        var patience = new Patience(database.sessions(), random);
        patience.change("set who may write", STATEMENT, session -> {
            alter(session, database, seen, to, fence);
            return "";
        });
        if (to.isClosed()) {
            end(patience, database);
        }
    }

    private static void alter(Connection session, Guarded database, State seen, WriteAccess to, Fence fence)
            throws SQLException {
        Locks.take(session, Locks.ACCESS);
        var now = Census.take(session, database.appRoles());
        var address = database.sessions().address();
        if (now.standby()) {
            throw new Forbidden(
                    "%s is a standby; nothing was changed\nhint: give the URL of the primary".formatted(address));
        }
        var byConnect = now.taken() || !now.superuser();
        if (byConnect && !now.missing().isEmpty()) {
            throw new Forbidden(Remarks.needs(address.role(), now.missing()) + "\nnothing was changed");
        }
        if (now.superuser()) {
            lock(session, to.logins().keySet());
        }
        var again = Census.take(session, database.appRoles()).access();
        var mark = mark(session);
        if (again.equals(to) && mark.equals(fence.key())) {
            return;
        }
        if (!again.equals(seen.access()) || !mark.equals(seen.mark())) {
            throw new WorldMoved("who may write to %s was changed meanwhile: %s became %s; nothing was changed"
                    .formatted(address, words(seen.access(), seen.mark()), words(again, mark)));
        }
        if (byConnect && to.isClosed()) {
            ConnectRight.take(session, address.database(), again.logins().keySet(), fence);
        } else {
            ConnectRight.giveBack(session, address.database());
            var real = Census.take(session, database.appRoles()).access();
            carryOut(session, address.database(), real, to);
        }
        Marks.set(session, MARK, fence, "before: " + words(again, mark));
    }

    /// Holds the roles as they are, so that nobody changes one between our look and our change.
    private static void lock(Connection session, Set<String> roles) throws SQLException {
        try (var lock = session.prepareStatement(
                "SELECT rolname FROM pg_authid WHERE rolname = ANY (?) ORDER BY rolname FOR UPDATE")) {
            lock.setArray(1, session.createArrayOf("text", roles.toArray()));
            lock.executeQuery();
        }
    }

    /// A role that is gone has no login to set.
    private static void carryOut(Connection session, String database, WriteAccess now, WriteAccess to)
            throws SQLException {
        try (var change = session.createStatement()) {
            change.execute("SET LOCAL synchronous_commit = on");
            for (var role : to.logins().entrySet()) {
                if (now.logins().containsKey(role.getKey())
                        && !now.logins().get(role.getKey()).equals(role.getValue())) {
                    change.execute("ALTER ROLE %s %s"
                            .formatted(Quoted.name(role.getKey()), role.getValue() ? "LOGIN" : "NOLOGIN"));
                }
            }
            if (now.connectionLimit() != to.connectionLimit()) {
                change.execute(
                        "ALTER DATABASE %s CONNECTION LIMIT %d".formatted(Quoted.name(database), to.connectionLimit()));
            }
        }
    }

    private static String words(WriteAccess access, String mark) {
        return "limit %d, logins %s%s"
                .formatted(access.connectionLimit(), access.logins(), mark.isEmpty() ? "" : ", set by " + mark);
    }

    /// Ends every session that could write, until nobody is there and the log stands still. If somebody stays, the next
    /// look says who.
    private static void end(Patience patience, Guarded database) {
        var address = database.sessions().address();
        try (var session = patience.open(STATEMENT)) {
            var superuser = isSuperuser(session);
            var quiet = 0;
            var wal = "";
            for (var round = 0; round < ROUNDS && quiet < QUIET_ROUNDS; round++) {
                var writers = Census.writers(session);
                var flushed = Census.wal(session);
                quiet = writers.isEmpty() && (flushed.equals(wal) || quiet > 0) ? quiet + 1 : 0;
                wal = flushed;
                terminate(session, superuser ? writers : ours(writers));
                pause();
            }
        } catch (SQLException e) {
            throw Failures.of("end the sessions that write", address, e);
        }
    }

    private static boolean isSuperuser(Connection session) throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")) {
            return row.next() && row.getBoolean(1);
        }
    }

    /// Those that an owner may end: to ask for another one's end is an error. One that is still starting is turned away
    /// by itself, or is seen with its role in the next round.
    private static List<Standing.Writer> ours(List<Standing.Writer> writers) {
        return writers.stream()
                .filter(w -> !w.superuser() && !w.role().isEmpty())
                .toList();
    }

    private static void terminate(Connection session, List<Standing.Writer> writers) throws SQLException {
        if (writers.isEmpty()) {
            return;
        }
        try (var end = session.prepareStatement("SELECT count(pg_terminate_backend(pid)) FROM unnest(?) AS pid")) {
            end.setArray(
                    1,
                    session.createArrayOf(
                            "int4", writers.stream().map(Standing.Writer::pid).toArray()));
            end.executeQuery();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(ROUND.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted while sessions were ended", e);
        }
    }
}
