package lastgood.postgres.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import lastgood.core.Words;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.core.data.RestoreTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Restores more than a gigabyte with pgBackRest, and prints what was predicted beside what was measured.
@EnabledIfSystemProperty(named = "lastgood.big", matches = "true")
class BigRestoreTest {

    private static final Duration LIMIT = Duration.ofMinutes(5);

    /// 2,100,000 are 1.1 GB.
    private static final long ROWS = Long.getLong("lastgood.rows", 2_100_000);

    private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");

    @TempDir
    Path folder;

    @Test
    void a_rehearsal_predicts_what_a_restore_takes() {
        try (var lab = DebianLab.start(folder)) {
            lab.live.in("fill", LIMIT, s -> s.createStatement().execute("""
                    CREATE UNLOGGED TABLE public.orders AS
                      SELECT g AS id, true AS good, repeat(md5(g::text), 15) AS what FROM generate_series(1, %d) g;
                    ALTER TABLE public.orders SET LOGGED""".formatted(ROWS)));
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
            restore("page cache warm", lab, scratches, bad, backup.restoredBytes(), predicted);
            if (dropCaches()) {
                restore(
                        "page cache cold",
                        lab,
                        scratches,
                        bad,
                        backup.restoredBytes(),
                        rehearsals.predict(backup, log));
            }
        }
    }

    private static void restore(
            String how, DebianLab lab, Scratches scratches, long bad, long bytes, RestoreTime predicted) {
        var begun = System.nanoTime();
        var scratch =
                scratches.make(RecoveryTarget.before(new Point.Xid(bad)), Optional.empty(), Optional.empty(), _ -> {});
        var took = System.nanoTime() - begun;

        assertThat(Lab.one(scratch.before(), "SELECT count(*) FROM public.orders WHERE NOT good"))
                .isEqualTo("0");
        System.out.printf(
                Locale.ROOT,
                "%s: %d MiB, predicted %s, measured %s%n",
                how,
                bytes >> 20,
                predicted.words(),
                Words.duration(Duration.ofNanos(took)));
        scratches.drop(scratch.name());
    }

    /// Only root may; nobody else sees the cold figure.
    private static boolean dropCaches() {
        try {
            Files.writeString(DROP_CACHES, "3");
            return true;
        } catch (IOException e) {
            System.out.println("the page cache stays warm: " + e.getMessage());
            return false;
        }
    }

    private static void print(String what, long nanos) {
        System.out.printf("%s: %s%n", what, Words.duration(Duration.ofNanos(nanos)));
    }
}
