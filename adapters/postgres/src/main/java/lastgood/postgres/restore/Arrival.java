package lastgood.postgres.restore;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Predicate;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.backup.Present;
import lastgood.postgres.backup.Wal;
import lastgood.postgres.backup.WalArchive;
import lastgood.postgres.sql.Sessions;

/// Makes sure that recovery will reach its target: PostgreSQL refuses to start when the log ends before it, hours
/// into a restore.
///
/// A commit of our own goes behind everything that was committed until now, the segment is closed, and we wait until
/// it stands in the archive. So whatever lies in the past has something behind it to stop at.
final class Arrival {

    /// One segment of 16 MB; more is a sign that archiving hangs.
    private static final Duration ARCHIVED_WITHIN = Duration.ofSeconds(90);

    private static final Duration STATEMENT = Duration.ofSeconds(20);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private Arrival() {}

    /// @return the target with everything relative made absolute
    static RecoveryTarget ensure(
            Sessions live, Present present, RecoveryTarget target, WalArchive archive, Consumer<String> progress) {
        return ensure(live, present, target, segment -> archive.names().contains(segment), progress);
    }

    /// By the server's own word of what it has archived, where the archive is somebody else's.
    static RecoveryTarget ensure(Sessions live, Present present, RecoveryTarget target, Consumer<String> progress) {
        return ensure(live, present, target, segment -> isArchived(live, segment), progress);
    }

    /// Segments are archived in order, so the last one's name tells of all before it.
    private static boolean isArchived(Sessions live, String segment) {
        var last = live.look(
                "ask the archiver",
                session -> one(session, "SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver"));
        return last.length() >= segment.length()
                && last.substring(0, segment.length()).compareTo(segment) >= 0;
    }

    private static RecoveryTarget ensure(
            Sessions live,
            Present present,
            RecoveryTarget target,
            Predicate<String> archived,
            Consumer<String> progress) {
        refuseTheFuture(live, present, target.point());
        var segment = live.in("close the segment of the log", STATEMENT, session -> {
            one(session, "SELECT pg_current_xact_id()::text");
            return one(session, "SELECT pg_walfile_name(pg_switch_wal())");
        });
        progress.accept("waiting until segment %s is archived".formatted(segment));
        waitFor(live, archived, segment);
        return target.point() instanceof Point.Latest ? RecoveryTarget.before(new Point.Lsn(present.lsn())) : target;
    }

    private static void refuseTheFuture(Sessions live, Present present, Point point) {
        switch (point) {
            case Point.Lsn(var lsn) -> {
                if (Wal.compare(lsn, present.lsn()) > 0) {
                    throw new Forbidden("%s was never reached: the server's log stands at %s\nnothing was changed"
                            .formatted(lsn, present.lsn()));
                }
            }
            case Point.At(var time) -> {
                if (time.isAfter(present.now())) {
                    throw new Forbidden("%s is in the future: the server's clock says %s\nnothing was changed"
                            .formatted(time, present.now()));
                }
            }
            case Point.Xid(var xid) -> refuseUnlessEnded(live, xid);
            case Point.Named _, Point.Latest _ -> {}
        }
    }

    private static void refuseUnlessEnded(Sessions live, long xid) {
        var next = live.look(
                "ask for the next transaction",
                session ->
                        Long.parseUnsignedLong(one(session, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text")));
        if (Long.compareUnsigned(xid, next) >= 0) {
            throw new Forbidden(
                    "there was no transaction %d yet: the next one is %d\nnothing was changed".formatted(xid, next));
        }
        var status = live.look("ask what became of a transaction", session -> {
            try (var ask = session.prepareStatement("SELECT coalesce(pg_xact_status(?::text::xid8), 'long ago')")) {
                ask.setString(1, Long.toUnsignedString(xid));
                try (var row = ask.executeQuery()) {
                    row.next();
                    return row.getString(1);
                }
            }
        });
        if ("in progress".equals(status)) {
            throw new Forbidden(
                    "transaction %d has not ended yet, so it is not in the log\nnothing was changed".formatted(xid));
        }
    }

    private static void waitFor(Sessions live, Predicate<String> archived, String segment) {
        var end = System.nanoTime() + ARCHIVED_WITHIN.toNanos();
        while (!archived.test(segment)) {
            if (System.nanoTime() > end) {
                throw new Forbidden("""
                        segment %s of the log did not reach the archive within %d s: %s
                        what was committed last cannot be restored until it does; nothing was changed
                        hint: the server's log says why archive_command fails""".formatted(segment, ARCHIVED_WITHIN.toSeconds(), archiver(live)));
            }
            Pauses.sleep(LOOK_AGAIN);
        }
    }

    private static String archiver(Sessions live) {
        return live.look("ask the archiver", session -> one(session, """
                SELECT CASE WHEN current_setting('archive_mode') = 'off' THEN 'archive_mode is off'
                       ELSE format('last archived %s, %s failed attempts, last of %s',
                         coalesce(last_archived_wal, 'nothing'), failed_count, coalesce(last_failed_wal, 'none')) END
                FROM pg_stat_archiver"""));
    }

    private static String one(Connection session, String sql) throws SQLException {
        try (var ask = session.createStatement();
                var row = ask.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
