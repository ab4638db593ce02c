package lastgood.postgres.restore;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.core.data.RestorePoint;
import lastgood.postgres.backup.Wal;

/// Where in the log a point is that does not say so itself. Without it nobody can tell which backups end before it.
@FunctionalInterface
public interface Landmarks {

    /// A position that is not behind the point. For a name it is the point itself.
    Optional<String> before(Point point);

    /// A restore point's name may stand in the log more than once, and PostgreSQL stops at the first; where ours is was
    /// written down.
    default RecoveryTarget located(RecoveryTarget target) {
        return target.point() instanceof Point.Named
                ? before(target.point())
                        .map(lsn -> RecoveryTarget.before(new Point.Lsn(lsn)))
                        .orElse(target)
                : target;
    }

    static Landmarks none() {
        return _ -> Optional.empty();
    }

    /// What deploys have written down.
    static Landmarks of(Supplier<List<RestorePoint>> points) {
        return point -> switch (point) {
            case Point.Named(var name) ->
                points.get().stream()
                        .filter(p -> p.name().equals(name))
                        .map(RestorePoint::lsn)
                        .min(Wal::compare);
            case Point.Xid(var xid) ->
                points.get().stream()
                        .filter(p -> p.xids().contains(xid))
                        .map(RestorePoint::lsn)
                        .max(Wal::compare);
            case Point.Lsn(var lsn) -> Optional.of(lsn);
            case Point.At _, Point.Latest _ -> Optional.empty();
        };
    }
}
