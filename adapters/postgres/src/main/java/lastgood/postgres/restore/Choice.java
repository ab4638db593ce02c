package lastgood.postgres.restore;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.postgres.backup.History;
import lastgood.postgres.backup.Stored;
import lastgood.postgres.backup.Wal;

/// Which backup a point in time is reached from: the newest that ends before it, on the same server's story, with
/// every segment of the log in between. What cannot work is refused here, before anything is copied.
public sealed interface Choice {

    record Chosen(Stored backup) implements Choice {}

    /// @param why the fact and a way on
    record Refused(String why) implements Choice {}

    /// What is known about the archive.
    ///
    /// @param system of the server whose past is asked for
    /// @param history of the timeline that it writes
    /// @param archived names of the segments that are there
    record Ground(String system, History history, Set<String> archived, long segmentBytes) {
        public Ground {
            archived = Set.copyOf(archived);
        }

        /// Where the newest segment begins that is archived on this timeline.
        Optional<Long> newest() {
            return archived.stream()
                    .filter(Wal::isSegment)
                    .filter(n -> Integer.parseUnsignedInt(n.substring(0, 8), 16) == history.timeline())
                    .max(Comparator.naturalOrder())
                    .map(this::begins);
        }

        private long begins(String name) {
            var inOneLog = (1L << 32) / segmentBytes;
            return (Long.parseLong(name.substring(8, 16), 16) * inOneLog + Long.parseLong(name.substring(16), 16))
                    * segmentBytes;
        }
    }

    /// @param backups newest first
    /// @param landmark a position not behind the target, if one is known
    /// @param only the one backup that people have named; empty = any
    static Choice of(
            List<Stored> backups,
            RecoveryTarget target,
            Optional<String> landmark,
            Optional<Stored> only,
            Ground ground) {
        var physical = backups.stream().filter(b -> !b.stopLsn().isEmpty()).toList();
        if (physical.isEmpty()) {
            return new Refused("there is no backup that a point in time could be reached from\n"
                    + "hint: take one now (`lastgood db backup`); a dump has no other time than its own");
        }
        var same = physical.stream()
                .filter(b -> b.system().equals(ground.system()))
                .toList();
        if (same.isEmpty()) {
            return new Refused("every backup is of another server (system identifier %s, this one is %s)"
                    .formatted(physical.getFirst().system(), ground.system()));
        }
        var ours = same.stream()
                .filter(b -> ground.history().holds(b.timeline(), Wal.position(b.stopLsn())))
                .toList();
        if (ours.isEmpty()) {
            return new Refused("every backup is of timeline %s, and the server's timeline %d does not come from there"
                    .formatted(
                            same.stream()
                                    .map(b -> Integer.toString(b.timeline()))
                                    .distinct()
                                    .collect(Collectors.joining(", ")),
                            ground.history().timeline()));
        }
        if (only.isPresent() && !ours.contains(only.get())) {
            return new Refused("backup %s is of another server or timeline than what runs"
                    .formatted(only.get().name()));
        }
        var candidates = only.map(List::of).orElse(ours);
        return candidates.stream()
                .filter(b -> endsBefore(b, target.point(), landmark, only.isPresent()))
                .findFirst()
                .map(b -> withLog(b, target, ground))
                .orElseGet(() -> new Refused(tooEarly(candidates, target.point(), landmark)));
    }

    private static boolean endsBefore(Stored b, Point point, Optional<String> landmark, boolean named) {
        return switch (point) {
            case Point.Lsn(var lsn) -> Wal.compare(b.stopLsn(), lsn) <= 0;
            case Point.At(var time) -> !b.finished().isAfter(time);
            // A transaction that had begun when the backup ended may have committed on either side of its end.
            case Point.Xid(var xid) -> (b.nextXid() > 0 && xid >= b.nextXid()) || known(b, landmark, named);
            case Point.Named _ -> known(b, landmark, named);
            case Point.Latest() -> true;
        };
    }

    /// Whoever names a backup takes PostgreSQL's word: it refuses a point that is not behind the backup's end.
    private static boolean known(Stored b, Optional<String> landmark, boolean named) {
        return landmark.map(lsn -> Wal.compare(b.stopLsn(), lsn) <= 0).orElse(named);
    }

    private static Choice withLog(Stored backup, RecoveryTarget target, Ground ground) {
        var from = Wal.position(backup.startLsn());
        var end = target.point() instanceof Point.Lsn(var lsn) ? Optional.of(Wal.position(lsn)) : ground.newest();
        if (end.isEmpty()) {
            return new Refused("nothing of timeline %d is archived, so the log ends with the backup"
                    .formatted(ground.history().timeline()));
        }
        return Wal.gap(ground.archived(), ground.history(), from, end.get(), ground.segmentBytes())
                .<Choice>map(missing -> new Refused("""
                        the log has a gap: segment %s is not in the archive, so nothing behind it can be reached from backup %s
                        hint: a backup that was taken after the gap, or a point before it as an LSN""".formatted(missing, backup.name())))
                .orElseGet(() -> new Chosen(backup));
    }

    private static String tooEarly(List<Stored> candidates, Point point, Optional<String> landmark) {
        var oldest = candidates.getLast();
        var first = "the oldest backup that could lead there, %s, ended at %s, %s"
                .formatted(oldest.name(), oldest.stopLsn(), oldest.finished());
        return switch (point) {
            case Point.Lsn(var lsn) -> "%s is before the first backup: %s".formatted(lsn, first);
            case Point.At(var time) -> "%s is before the first backup: %s".formatted(time, first);
            case Point.Xid(var xid) ->
                landmark.isPresent()
                        ? "transaction %d is before the first backup: %s".formatted(xid, first)
                        : """
                          no backup is known to end before transaction %d: %s
                          hint: name a backup, or give the point as a time or an LSN""".formatted(xid, first);
            case Point.Named(var name) ->
                landmark.isPresent()
                        ? "restore point %s is before the first backup: %s".formatted(name, first)
                        : """
                          nobody wrote down where restore point %s is, so no backup is known to end before it
                          hint: name a backup, or give the point as a time or an LSN""".formatted(name);
            case Point.Latest() -> first;
        };
    }
}
