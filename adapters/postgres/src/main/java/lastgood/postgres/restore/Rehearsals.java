package lastgood.postgres.restore;

import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import lastgood.core.Words;
import lastgood.core.data.Backup;
import lastgood.core.data.RestoreTime;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.backup.Catalogue;
import lastgood.postgres.backup.Notes.Rehearsed;
import lastgood.postgres.backup.Stored;
import lastgood.postgres.sql.Sessions;

/// Restores a backup to see that it can be restored, throws the result away, and remembers how long it took: the only
/// honest source of a predicted time.
public final class Rehearsals {

    /// Counting relations and reading them once; a table of any size is sampled by its first rows only.
    private static final Duration CHECK = Duration.ofMinutes(10);

    private final Catalogue catalogue;
    private final Trial.Way way;
    private final InstantSource clock;

    /// For copies of a whole server.
    public Rehearsals(Catalogue catalogue, Scratches scratches, InstantSource clock) {
        this(catalogue, scratches::trial, clock);
    }

    /// For dumps of a database.
    public Rehearsals(Catalogue catalogue, DumpScratches scratches, InstantSource clock) {
        this(catalogue, scratches::trial, clock);
    }

    private Rehearsals(Catalogue catalogue, Trial.Way way, InstantSource clock) {
        this.catalogue = catalogue;
        this.way = way;
        this.clock = clock;
    }

    /// @param name of a backup, or its alias; empty = the newest
    public Backup rehearse(Optional<String> name, Consumer<String> progress) {
        var backup = name.map(catalogue::meant)
                .or(() -> catalogue.stored().stream().findFirst())
                .orElseThrow(() -> new Forbidden("there is no backup to rehearse with"));
        var trial = way.apply(backup, progress);
        try {
            var begun = System.nanoTime();
            progress.accept(checked(trial.sessions()));
            catalogue.rehearsed(
                    backup,
                    new Rehearsed(
                            backup.name(),
                            catalogue.provider().kind(),
                            clock.instant().toString(),
                            trial.restoreBytes(),
                            trial.restoreMillis(),
                            trial.replayBytes(),
                            trial.replayMillis(),
                            Duration.ofNanos(System.nanoTime() - begun).toMillis()));
            return catalogue.backup(backup);
        } finally {
            trial.drop().run();
        }
    }

    /// It lets us in, its catalog can be read, and so can the first page of every table.
    static String checked(Sessions scratch) {
        return scratch.in("check the rehearsal", CHECK, session -> {
            var tables = 0;
            try (var ask = session.createStatement();
                    var rows = ask.executeQuery("""
                            SELECT format('SELECT 1 FROM %I.%I LIMIT 1', n.nspname, c.relname)
                            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                            WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p' AND c.relispopulated
                              AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')""")) {
                while (rows.next()) {
                    readable(session, rows.getString(1));
                    tables++;
                }
            }
            return "%s can be read".formatted(Words.count(tables, "table"));
        });
    }

    private static void readable(java.sql.Connection session, String sql) throws SQLException {
        try (var read = session.createStatement();
                var row = read.executeQuery(sql)) {
            row.next();
        }
    }

    /// @param logBytes to be replayed after the backup, up to the point that is wanted; 0 for a dump, which has no log
    public RestoreTime predict(Stored backup, long logBytes) {
        return predict(catalogue, backup, logBytes);
    }

    public static RestoreTime predict(Catalogue catalogue, Stored backup, long logBytes) {
        return predict(catalogue.notes().rehearsals(), catalogue.provider().kind(), backup.restoredBytes(), logBytes);
    }

    /// Each rehearsal predicts by its own rates; a small one says little about bytes, so what a start costs that does
    /// not depend on them is taken as it was.
    static RestoreTime predict(List<Rehearsed> rehearsals, String kind, long restoreBytes, long logBytes) {
        var seconds = rehearsals.stream()
                .filter(r -> r.provider().equals(kind))
                .mapToDouble(r -> scaled(r, Rehearsed::restoreMillis, r.restoreBytes(), restoreBytes)
                        + scaled(r, Rehearsed::replayMillis, r.replayBytes(), logBytes)
                        + r.checkMillis())
                .sorted()
                .toArray();
        if (seconds.length == 0) {
            return RestoreTime.unproven(restoreBytes, logBytes);
        }
        var middle = seconds.length / 2;
        var median = seconds.length % 2 == 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2;
        return new RestoreTime(
                millis(median),
                millis(DoubleStream.of(seconds).max().orElseThrow()),
                seconds.length,
                restoreBytes,
                logBytes);
    }

    /// Never less than what was measured: starting a server and listing files cost the same for a byte.
    private static double scaled(Rehearsed r, ToDoubleFunction<Rehearsed> millis, long measured, long wanted) {
        return millis.applyAsDouble(r) * Math.max(1, measured <= 0 ? 1 : (double) wanted / measured);
    }

    private static Duration millis(double millis) {
        return Duration.ofMillis(Math.round(millis));
    }
}
