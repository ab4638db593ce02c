package lastgood.cli.db;

import java.util.ArrayList;
import java.util.List;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.out.Screen;
import lastgood.core.data.Assessment;
import lastgood.core.data.Backup;
import lastgood.core.data.Migrations.Applied;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.core.data.RestorePoint;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which earlier state of the database is meant.
final class TargetOptions {

    @Option(names = "--backup", paramLabel = "NAME", description = "the state that a backup holds; its name or alias")
    private @Nullable String backup;

    @Option(
            names = "--point-in-time",
            paramLabel = "TIME",
            description = "2026-01-02 14:30:00, with Z or an offset; without one the configured timezone holds")
    private @Nullable String time;

    @Option(names = "--xid", paramLabel = "N", description = "a transaction: exact, whatever the clocks say")
    private @Nullable String xid;

    @Option(names = "--lsn", paramLabel = "LSN", description = "a position in the write-ahead log, such as 16/B374D848")
    private @Nullable String lsn;

    @Option(names = "--name", paramLabel = "POINT", description = "a restore point")
    private @Nullable String name;

    @Option(names = "--before-migration", paramLabel = "M", description = "right before that migration")
    private @Nullable String migration;

    @Option(names = "--scratch", paramLabel = "NAME", description = "what was restored and counted already")
    private @Nullable String scratch;

    @Option(
            names = "--inclusive",
            description = "with what stands at the point; left out by default, because that is usually the damage")
    private boolean inclusive;

    /// Restores it beside the database and counts what is at stake; or finds what was counted already.
    Assessment assess(Session session, Screen screen) {
        refuseMany();
        if (scratch != null) {
            var wanted = scratch;
            return session.questions()
                    .assessed(session.service(), java.util.Optional.of(wanted))
                    .orElseThrow(() -> Failure.refused(
                            "nothing was counted for a scratch `%s`".formatted(Screen.plain(wanted)),
                            List.of(),
                            "lastgood db corruption assess %s restores one and counts".formatted(session.flags())));
        }
        if (backup != null) {
            var chosen = NamedBackup.in(session, backup);
            screen.say("restoring %s of %s beside the database, and counting rows"
                    .formatted(
                            Screen.plain(chosen.name()),
                            PointInTime.words(
                                    chosen.finished(), session.effective().timezone())));
            return session.questions().assessBackup(session.service(), chosen.name(), progress(screen));
        }
        var target = target(session, screen);
        screen.say("restoring the state %s beside the database, and counting rows".formatted(words(target, session)));
        return session.questions().assess(session.service(), target, progress(screen));
    }

    /// The one that is named; empty: it is not by a backup.
    java.util.Optional<Backup> backup(Session session) {
        return java.util.Optional.ofNullable(backup).map(b -> NamedBackup.in(session, b));
    }

    private static java.util.function.Consumer<String> progress(Screen screen) {
        return line -> screen.say("  " + Screen.plain(line));
    }

    private void refuseMany() {
        var said = new ArrayList<String>();
        said(said, "--backup", backup);
        said(said, "--point-in-time", time);
        said(said, "--xid", xid);
        said(said, "--lsn", lsn);
        said(said, "--name", name);
        said(said, "--before-migration", migration);
        said(said, "--scratch", scratch);
        if (said.size() > 1) {
            throw Failure.usage("%s say different things".formatted(String.join(" and ", said)), "keep one of them");
        }
    }

    private static void said(List<String> to, String flag, @Nullable String value) {
        if (value != null) {
            to.add(flag);
        }
    }

    /// For commands that are printed.
    static String again(Assessment assessment) {
        return "--scratch %s".formatted(Screen.plain(assessment.scratch()));
    }

    boolean isSaid() {
        return backup != null
                || time != null
                || xid != null
                || lsn != null
                || name != null
                || migration != null
                || scratch != null;
    }

    private RecoveryTarget target(Session session, Screen screen) {
        return new RecoveryTarget(point(session, screen), inclusive);
    }

    private Point point(Session session, Screen screen) {
        if (time != null) {
            return new Point.At(PointInTime.parse(
                            time,
                            session.effective().timezone(),
                            session.ports().time().now())
                    .at());
        }
        if (xid != null) {
            return new Point.Xid(number(xid));
        }
        if (lsn != null) {
            return lsn(lsn);
        }
        if (name != null) {
            return named(session, name);
        }
        return migration == null ? lastMigration(session, screen) : before(session, migration);
    }

    private static long number(String text) {
        try {
            var number = Long.parseUnsignedLong(text);
            if (number != 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw Failure.usage(
                "`%s` is not the number of a transaction".formatted(Screen.plain(text)),
                "db migrations lists those of migrations; pg_current_xact_id() writes them like that");
    }

    private static Point lsn(String text) {
        try {
            return new Point.Lsn(text);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(
                    Screen.plain(String.valueOf(e.getMessage())), "pg_current_wal_lsn() writes them like that");
        }
    }

    private static Point named(Session session, String text) {
        var all = session.ports().databases().points().all(session.service());
        if (all.stream().noneMatch(p -> p.name().equals(text))) {
            throw new Failure(
                    Exit.USAGE,
                    "there is no restore point `%s`".formatted(Screen.plain(text)),
                    all.stream()
                            .limit(8)
                            .map(p -> "%s  before %s  %s".formatted(p.name(), p.release(), p.at()))
                            .toList(),
                    Failure.NOTHING_CHANGED,
                    "name one of those that are listed; release deploy marks one each time");
        }
        return new Point.Named(text);
    }

    private static Point before(Session session, String migration) {
        var history = session.ports().databases().schemas().migrations(session.service());
        var applied = history.applied().stream()
                .filter(a -> a.name().equals(migration))
                .findFirst()
                .orElseThrow(() -> unknown(migration, history.applied()));
        if (applied.xid() == 0) {
            throw Failure.refused(
                    "which transaction %s was cannot be told any more".formatted(Screen.plain(migration)),
                    List.of(),
                    "name a restore point with --name, or a time; release deploy keeps it from now on");
        }
        return new Point.Xid(applied.xid());
    }

    static Failure unknown(String migration, List<Applied> applied) {
        return new Failure(
                Exit.USAGE,
                "there is no migration `%s` in the history".formatted(Screen.plain(migration)),
                applied.reversed().stream()
                        .limit(8)
                        .map(a -> Screen.plain(a.name()))
                        .toList(),
                Failure.NOTHING_CHANGED,
                "db migrations lists all");
    }

    /// A bad migration is the usual reason. Its first transaction is the one to stop before: some migrations are many.
    private static Point lastMigration(Session session, Screen screen) {
        var ports = session.ports().databases();
        var marked = ports.points().all(session.service()).stream()
                .filter(p -> !p.xids().isEmpty())
                .findFirst();
        if (marked.isPresent()) {
            screen.say("no target was named: before the migrations of %s"
                    .formatted(Screen.plain(marked.get().release())));
            return new Point.Xid(first(marked.get()));
        }
        var last = ports.schemas().migrations(session.service()).applied().reversed().stream()
                .filter(a -> a.xid() != 0)
                .findFirst()
                .orElseThrow(() -> Failure.refused(
                        "which transaction the last migration was cannot be told",
                        List.of(),
                        "name a target: --point-in-time TIME, --backup NAME, --name POINT or --xid N"));
        screen.say("no target was named: before the last migration, %s".formatted(Screen.plain(last.name())));
        return new Point.Xid(last.xid());
    }

    private static long first(RestorePoint point) {
        return point.xids().getFirst();
    }

    private static String words(RecoveryTarget target, Session session) {
        var where = switch (target.point()) {
            case Point.Xid(var xid) -> "transaction " + Long.toUnsignedString(xid);
            case Point.Lsn(var lsn) -> lsn;
            case Point.At(var at) -> PointInTime.words(at, session.effective().timezone());
            case Point.Named(var name) -> "restore point " + Screen.plain(name);
            case Point.Latest() -> "the end of the archive";
        };
        return (target.inclusive() ? "up to and with " : "before ") + where;
    }
}
