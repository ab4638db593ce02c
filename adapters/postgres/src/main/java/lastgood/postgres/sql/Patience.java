package lastgood.postgres.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;

/// Makes a change that needs locks which others may hold: it waits shortly, lets everybody else through, and tries
/// again; and when it gives up, it says who was in the way.
///
/// Only a transaction that was rolled back as a whole is tried again, and only for a lock. Who blocks is visible only
/// while we wait, so a second session looks shortly before the wait ends.
public final class Patience {

    /// Each waits [Sessions#LOCK_WAIT]: with the pauses about 15 s, after which a person should rather be asked.
    public static final int ATTEMPTS = 5;

    /// Long enough for those who queued behind us to get through.
    private static final Duration PAUSE_MAX = Duration.ofSeconds(1);

    private static final Duration PAUSE_MIN = Duration.ofMillis(200);

    /// When to look who blocks: late enough that short waits are over, early enough that we still wait.
    private static final Duration LOOK_AFTER = Sessions.LOCK_WAIT.dividedBy(2);

    /// About 5 s: slots that the crowd gives back at once are free by then, and others stay taken.
    private static final int KNOCKS = 25;

    private static final Duration KNOCK_PAUSE_MIN = Duration.ofMillis(50);
    private static final Duration KNOCK_PAUSE_MAX = Duration.ofMillis(350);

    private static final String NO_SLOT = "53300";
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String DEADLOCK = "40P01";

    private final Sessions sessions;
    private final RandomGenerator random;
    private final int attempts;

    /// @param random spreads the attempts of several of us
    public Patience(Sessions sessions, RandomGenerator random) {
        this(sessions, random, ATTEMPTS);
    }

    Patience(Sessions sessions, RandomGenerator random, int attempts) {
        this.sessions = sessions;
        this.random = random;
        this.attempts = attempts;
    }

    /// One transaction, as [Sessions#change].
    ///
    /// @throws WorldMoved naming the blocker, if the lock was not to be had; nothing was changed
    public <T> T change(String doing, Duration limit, Sessions.Work<T> work) {
        var blockers = new AtomicReference<List<Blockers.Blocker>>(List.of());
        for (var attempt = 1; ; attempt++) {
            try (var session = open(limit)) {
                session.setAutoCommit(false);
                var made = watched(session, blockers, work);
                session.commit();
                return made;
            } catch (SQLException e) {
                if (!isLock(e)) {
                    throw Failures.of(doing, sessions.address(), e);
                }
                if (attempt == attempts) {
                    throw new WorldMoved(words(doing, Objects.requireNonNull(blockers.get())));
                }
                sleep(PAUSE_MIN, PAUSE_MAX, doing);
            }
        }
    }

    /// A session, also when a storm of clients takes every slot for the moments until each is turned away: the reserved
    /// slots are taken by them too while they knock.
    public Connection open(Duration limit) throws SQLException {
        for (var attempt = 1; ; attempt++) {
            try {
                return sessions.open(limit);
            } catch (SQLException e) {
                if (!NO_SLOT.equals(e.getSQLState()) || attempt == KNOCKS) {
                    throw e;
                }
                sleep(KNOCK_PAUSE_MIN, KNOCK_PAUSE_MAX, "get in");
            }
        }
    }

    private static boolean isLock(SQLException e) {
        return LOCK_NOT_AVAILABLE.equals(e.getSQLState()) || DEADLOCK.equals(e.getSQLState());
    }

    private String words(String doing, List<Blockers.Blocker> blockers) {
        return "could not %s on %s: %d times it waited %d s for a lock that somebody else holds%s\nnothing was changed\n%s"
                .formatted(
                        doing,
                        sessions.address(),
                        attempts,
                        Sessions.LOCK_WAIT.toSeconds(),
                        blockers.isEmpty() ? "" : ": " + Blockers.words(blockers),
                        blockers.isEmpty()
                                ? "hint: `lastgood db status` shows who blocks whom"
                                : "hint: let it end, or end it: SELECT pg_terminate_backend(%d)"
                                        .formatted(blockers.getFirst().pid()));
    }

    private <T> T watched(Connection session, AtomicReference<List<Blockers.Blocker>> blockers, Sessions.Work<T> work)
            throws SQLException {
        var pid = pid(session);
        var over = new CountDownLatch(1);
        var watcher = Thread.ofVirtual().start(() -> watch(pid, over, blockers));
        try {
            return work.in(session);
        } finally {
            over.countDown();
            watcher.interrupt();
        }
    }

    private static int pid(Connection session) throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    /// Looks every now and then as long as the work goes on; what it cannot see, it leaves out.
    private void watch(int pid, CountDownLatch over, AtomicReference<List<Blockers.Blocker>> blockers) {
        try {
            while (!over.await(LOOK_AFTER.toMillis(), TimeUnit.MILLISECONDS)) {
                try (var diagnosis = sessions.open(LOOK_AFTER)) {
                    var found = Blockers.of(diagnosis, pid);
                    if (!found.isEmpty()) {
                        blockers.set(found);
                    }
                } catch (SQLException _) {
                    // the change itself will say what is wrong with the server
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void sleep(Duration min, Duration max, String doing) {
        try {
            Thread.sleep(random.nextLong(min.toMillis(), max.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted while waiting to " + doing, e);
        }
    }
}
