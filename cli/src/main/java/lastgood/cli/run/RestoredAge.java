package lastgood.cli.run;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import lastgood.cli.Session;
import lastgood.cli.out.Screen;
import lastgood.core.Words;
import lastgood.core.data.Assessment;
import lastgood.core.data.Backup;

/// Whether what is restored is the state of a backup that is older than the team lets one be: everything that was
/// written since would be gone. A point in time loses less.
public final class RestoredAge {

    private RestoredAge() {}

    /// Why it is too old; empty: it is not, or the team sets no limit, or it is the state at a point in time.
    public static Optional<String> tooOld(Session session, Assessment assessment) {
        return max(session)
                .flatMap(max -> session.ports().databases().backups().all(session.service()).stream()
                        .filter(b -> isOf(assessment, b))
                        .findFirst()
                        .flatMap(b -> tooOld(session, b, max)));
    }

    /// The same, before anything is restored.
    public static Optional<String> tooOld(Session session, Backup backup) {
        return max(session).flatMap(max -> tooOld(session, backup, max));
    }

    private static Optional<Duration> max(Session session) {
        return Optional.ofNullable(session.effective().service().database())
                .map(d -> d.backup().maxAgeForRestore());
    }

    private static Optional<String> tooOld(Session session, Backup backup, Duration max) {
        var age = Duration.between(backup.finished(), session.ports().time().now());
        return age.compareTo(max) <= 0
                ? Optional.empty()
                : Optional.of("backup %s is %s old, and backup.maxAgeForRestore is %s"
                        .formatted(Screen.plain(backup.name()), Words.duration(age), Words.duration(max)));
    }

    /// By name, or because the point is where its backup ends.
    private static boolean isOf(Assessment assessment, Backup backup) {
        return List.of("backup " + backup.name(), "up to " + backup.stopLsn()).contains(assessment.point());
    }
}
