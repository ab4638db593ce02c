package lastgood.postgres.restore;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import lastgood.core.Digest;
import lastgood.core.data.Backup;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.postgres.backup.Present;
import lastgood.postgres.backup.Wal;
import lastgood.postgres.sql.Sessions;

/// Earlier states that an [Operator] restores.
///
/// Which backup to begin with is our choice, because an operator would take the last one, which may be one of the
/// damaged state. The archive is not ours to look into: that the log reaches the target is the server's own word
/// (`pg_stat_archiver`), and a gap in it shows only when a restore does not get there.
public final class OperatedScratches {

    private final Operator operator;
    private final Sessions live;
    private final Landmarks landmarks;
    private final Backups backups;

    /// Newest first, of this service.
    @FunctionalInterface
    public interface Backups {
        List<Backup> all();
    }

    /// @param live as whoever may switch segments of the log
    public OperatedScratches(Operator operator, Sessions live, Landmarks landmarks, Backups backups) {
        this.operator = operator;
        this.live = live;
        this.landmarks = landmarks;
        this.backups = backups;
    }

    /// Makes it, or finds it.
    ///
    /// @param after where the second state is to stop; empty = none is wanted
    /// @param only the one backup that people have named; empty = the newest that ends before the target
    public Scratch make(
            RecoveryTarget wanted, Optional<RecoveryTarget> after, Optional<Backup> only, Consumer<String> progress) {
        var present = Present.of(live);
        // Chosen first, so that what cannot work is refused before anything is begun.
        var backup = chosen(only.map(List::of).orElseGet(backups::all), wanted, present.system());
        var target = landmarks.located(Arrival.ensure(live, present, wanted, progress));
        after.ifPresent(behind -> {
            var _ = Arrival.ensure(live, present, behind, progress);
        });
        var before = operator.restore(id(backup, target), backup.name(), target, progress);
        var later = after.map(behind -> operator.restore(id(backup, behind), backup.name(), behind, progress));
        return new Scratch(
                before.name(),
                target,
                sessions(before),
                later.map(this::sessions),
                new Scratch.Home.Elsewhere(before.name(), later.map(Operator.Restored::name)),
                "");
    }

    private static String id(Backup backup, RecoveryTarget target) {
        return Digest.of("%s %s".formatted(backup.name(), target)).brief();
    }

    /// Of the same data, and not the live server: else nothing would differ, and nobody would be told.
    private Sessions sessions(Operator.Restored restored) {
        var sessions = new Sessions(live.address().at(restored.host(), restored.port()), "lastgood");
        var is = Identity.of(live);
        var was = Identity.of(sessions);
        if (!was.system().equals(is.system()) || was.started().equals(is.started())) {
            throw new WorldMoved("%s:%d is %s and not what was restored as %s; nothing was compared"
                    .formatted(
                            restored.host(),
                            restored.port(),
                            was.equals(is) ? "the live server" : "another server",
                            restored.name()));
        }
        return sessions;
    }

    private Backup chosen(List<Backup> all, RecoveryTarget target, String system) {
        var sound = all.stream()
                .filter(b -> !(b.proof() instanceof Backup.Proof.Broken))
                .filter(b -> b.system().isEmpty() || b.system().equals(system))
                .toList();
        if (sound.isEmpty()) {
            throw new Forbidden(
                    "there is no backup of this server that could be restored\nnothing was restored\nhint: `lastgood db backups` says what is wrong with those that are there");
        }
        var landmark = landmarks.before(target.point());
        return sound.stream()
                .filter(b -> endsBefore(b, target.point(), landmark))
                .findFirst()
                .orElseThrow(() -> new Forbidden(
                        "no backup is known to end before that point: the oldest, %s, ended at %s, %s\nnothing was restored\nhint: name a backup (--backup), or give the point as a time or an LSN"
                                .formatted(
                                        sound.getLast().name(),
                                        sound.getLast().stopLsn(),
                                        sound.getLast().finished())));
    }

    private static boolean endsBefore(Backup b, Point point, Optional<String> landmark) {
        return switch (point) {
            case Point.At(var time) -> !b.finished().isAfter(time);
            case Point.Latest() -> true;
            case Point.Lsn _, Point.Xid _, Point.Named _ ->
                !b.stopLsn().isEmpty()
                        && landmark.filter(lsn -> Wal.compare(b.stopLsn(), lsn) <= 0)
                                .isPresent();
        };
    }

    /// Restores it, reads from every table, and throws it away.
    public void rehearse(Backup backup, Consumer<String> progress) {
        try {
            progress.accept(Rehearsals.checked(sessions(operator.rehearse(backup.name(), progress))));
            operator.rehearsed(backup.name());
        } finally {
            operator.dropRehearsal();
        }
    }
}
