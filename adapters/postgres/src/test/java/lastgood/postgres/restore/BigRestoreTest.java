package lastgood.postgres.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import lastgood.core.Words;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Restores more than a gigabyte with pgBackRest, and prints what was predicted beside what was measured.
@EnabledIfSystemProperty(named = "lastgood.big", matches = "true")
class BigRestoreTest {

    private static final Duration LIMIT = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    @Test
    void a_rehearsal_predicts_what_a_restore_takes() {
        try (var lab = DebianLab.start(folder)) {
            lab.live.in("fill", LIMIT, s -> s.createStatement().execute("""
                    CREATE UNLOGGED TABLE public.orders AS
                      SELECT g AS id, true AS good, repeat(md5(g::text), 15) AS what FROM generate_series(1, 2100000) g;
                    ALTER TABLE public.orders SET LOGGED"""));
            var catalogue = lab.catalogue(lab.provider("pgbackrest"));
            var taken = System.nanoTime();
            catalogue.take("lg-rb-00000001-20", "", "big", Lab.FENCE);
            print("backup taken", System.nanoTime() - taken);
            var backup = catalogue.meant("lg-rb-00000001-20");
            var scratches = lab.scratches(catalogue, Landmarks.none());
            var rehearsals = new Rehearsals(catalogue, scratches, InstantSource.system());
            assertThat(rehearsals.predict(backup, 0).unproven()).isTrue();
            var first = System.nanoTime();
            rehearsals.rehearse(Optional.empty(), _ -> {});
            print("rehearsed, the first restore", System.nanoTime() - first);

            var bad = lab.committed("UPDATE public.orders SET good = false WHERE id % 100 = 0");
            var log = Long.parseLong(
                    lab.one("SELECT (pg_current_wal_lsn() - '%s'::pg_lsn)::bigint".formatted(backup.startLsn())));
            var predicted = rehearsals.predict(backup, log);
            var begun = System.nanoTime();
            var scratch = scratches.make(
                    RecoveryTarget.before(new Point.Xid(bad)), Optional.empty(), Optional.empty(), _ -> {});
            var took = System.nanoTime() - begun;

            assertThat(Lab.one(scratch.before(), "SELECT count(*) FROM public.orders WHERE NOT good"))
                    .isEqualTo("0");
            System.out.printf(
                    Locale.ROOT,
                    "%d MiB, predicted %s, measured %s%n",
                    backup.restoredBytes() >> 20,
                    predicted.words(),
                    Words.duration(Duration.ofNanos(took)));
            scratches.drop(scratch.name());
        }
    }

    private static void print(String what, long nanos) {
        System.out.printf("%s: %s%n", what, Words.duration(Duration.ofNanos(nanos)));
    }
}
