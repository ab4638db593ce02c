package lastgood.postgres.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.engine.port.Forbidden;
import lastgood.postgres.backup.Catalogue;
import lastgood.postgres.backup.FileBackups;
import lastgood.postgres.server.Servers;
import lastgood.postgres.sql.Sessions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damage under load, and how exactly each kind of target stops in front of it; on the embedded server, with nothing
/// but its files.
class PointInTimeTest {

    @TempDir
    static Path folder;

    static Lab lab;
    static Catalogue catalogue;
    static Scratches scratches;

    static long bad;
    static Instant badTime;
    static String secondPoint;
    static Set<Long> knownAtPoint;
    static String beforeFirst;
    static Instant beforeFirstTime;

    final List<String> progress = new ArrayList<>();

    @BeforeAll
    static void a_bad_migration_under_load() throws InterruptedException {
        lab = new Lab(folder, Servers.ours(), java.util.Map.of("track_commit_timestamp", "on"));
        lab.run("CREATE TABLE public.orders (id bigserial PRIMARY KEY, good boolean NOT NULL)");
        lab.run("CREATE TABLE public.history (name text)");
        beforeFirst = lab.one("SELECT pg_current_wal_lsn()");
        beforeFirstTime = Instant.now();
        catalogue = lab.catalogue(new FileBackups(lab.live, lab.server.data(), lab.archive, folder.resolve("backups")));
        scratches = lab.scratches(catalogue, Landmarks.none());
        try (var _ = lab.new Writer("public.orders")) {
            catalogue.take("lg-rb-0k3f9a2c-20", "pre-migration-v4.0.5", "before v4.0.5", Lab.FENCE);
            pauses(300);
            lab.run("SELECT pg_create_restore_point('lg-twice')");
            lab.run("INSERT INTO public.history VALUES ('between')");
            knownAtPoint = ids(lab.live, "good");
            secondPoint = lab.one("SELECT pg_create_restore_point('lg-twice')");
            pauses(100);
            bad = lab.committed("UPDATE public.orders SET good = false; INSERT INTO public.history VALUES ('v4.0.5')");
            badTime = Instant.parse(
                    lab.one("SELECT to_char(pg_xact_commit_timestamp('%d'::xid) AT TIME ZONE 'UTC',".formatted(bad)
                            + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"));
            pauses(300);
        }
    }

    static void pauses(int millis) throws InterruptedException {
        Thread.sleep(Duration.ofMillis(millis));
    }

    @AfterAll
    static void nothing_is_left_running() {
        for (var memo : scratches.all()) {
            scratches.drop(memo.name());
        }
        lab.close();
    }

    /// Rows that were certainly committed before the bad migration: it changed them, or the server's commit time says
    /// so. A commit in the same millisecond may be on either side in the log.
    static Set<Long> before() {
        return ids(
                lab.live,
                "NOT good OR pg_xact_commit_timestamp(xmin) < timestamptz '%s' - interval '1 ms'".formatted(badTime));
    }

    static Set<Long> behind() {
        return ids(
                lab.live,
                "good AND pg_xact_commit_timestamp(xmin) > timestamptz '%s' + interval '1 ms'".formatted(badTime));
    }

    static Set<Long> ids(Sessions sessions, String which) {
        return sessions.look("read ids", session -> {
            var ids = new HashSet<Long>();
            try (var row = session.createStatement().executeQuery("SELECT id FROM public.orders WHERE " + which)) {
                while (row.next()) {
                    ids.add(row.getLong(1));
                }
            }
            return ids;
        });
    }

    @Test
    void an_xid_stops_exactly_before_the_damage_and_the_second_state_exactly_behind_it() {
        var target = RecoveryTarget.before(new Point.Xid(bad));
        var scratch = scratches.make(
                target, Optional.of(RecoveryTarget.upTo(new Point.Xid(bad))), Optional.empty(), progress::add);

        assertExact(scratch);
        var after = scratch.after().orElseThrow();
        assertThat(Lab.one(after, "SELECT count(*) FROM public.orders WHERE NOT good"))
                .isEqualTo(Lab.one(lab.live, "SELECT count(*) FROM public.orders WHERE NOT good"));
        assertThat(ids(after, "true")).isEqualTo(ids(scratch.before(), "true"));
        assertThat(Lab.one(after, "SELECT count(*) FROM public.history WHERE name = 'v4.0.5'"))
                .isEqualTo("1");
        assertThat(Lab.one(scratch.before(), "SELECT pg_last_wal_replay_lsn()")).isEqualTo(scratch.replayedTo());
        assertThat(scratches
                        .make(
                                target,
                                Optional.of(RecoveryTarget.upTo(new Point.Xid(bad))),
                                Optional.empty(),
                                progress::add)
                        .before()
                        .address())
                .as("the same target finds the same scratch")
                .isEqualTo(scratch.before().address());
        assertThatThrownBy(() -> Lab.one(scratch.before(), "INSERT INTO public.history VALUES ('x') RETURNING name"))
                .hasMessageContaining("read-only");
        assertThat(Lab.one(scratch.before(), "SHOW archive_mode")).isEqualTo("off");
        assertThat(Lab.one(after, "SHOW archive_mode")).isEqualTo("off");
    }

    @Test
    void a_commit_time_stops_exactly_before_the_damage() {
        var scratch = scratches.make(
                RecoveryTarget.before(new Point.At(badTime)), Optional.empty(), Optional.empty(), progress::add);

        assertExact(scratch);
    }

    @Test
    void a_position_in_the_log_stops_exactly_before_the_damage() {
        var paused = scratches.make(
                RecoveryTarget.before(new Point.Xid(bad)), Optional.empty(), Optional.empty(), progress::add);
        var lsn = paused.replayedTo();

        var scratch = scratches.make(
                RecoveryTarget.before(new Point.Lsn(lsn)), Optional.empty(), Optional.empty(), progress::add);

        assertExact(scratch);
        assertThat(scratch.replayedTo()).isEqualTo(lsn);
    }

    @Test
    void a_scratch_that_was_ended_is_started_again_where_it_stood() {
        var scratch = scratches.make(
                RecoveryTarget.before(new Point.Xid(bad)), Optional.empty(), Optional.empty(), progress::add);
        ((Scratch.Home.Servers) scratch.home()).before().crash();

        var again = scratches.open(scratch.name(), progress::add);

        assertExact(again);
        assertThat(Lab.one(again.before(), "SELECT pg_last_wal_replay_lsn()")).isEqualTo(scratch.replayedTo());
    }

    private void assertExact(Scratch scratch) {
        assertThat(Lab.one(scratch.before(), "SELECT pg_get_wal_replay_pause_state()"))
                .isEqualTo("paused");
        var there = ids(scratch.before(), "good");
        assertThat(before()).hasSizeGreaterThan(20);
        assertThat(behind()).hasSizeGreaterThan(20);
        assertThat(missing(there)).as("good rows that are missing").isZero();
        assertThat(behind().stream().filter(there::contains).count())
                .as("rows from behind the damage")
                .isZero();
        assertThat(ids(scratch.before(), "NOT good")).as("damaged rows").isEmpty();
        assertThat(Lab.one(scratch.before(), "SELECT count(*) FROM public.history WHERE name = 'v4.0.5'"))
                .isEqualTo("0");
    }

    private static long missing(Set<Long> there) {
        return before().stream().filter(id -> !there.contains(id)).count();
    }

    @Test
    void a_name_that_is_not_unique_stops_at_the_first_unless_we_wrote_down_where_ours_is() {
        var backup = catalogue.stored().getFirst();
        var named = RecoveryTarget.before(new Point.Named("lg-twice"));

        assertThatThrownBy(() -> scratches.make(named, Optional.empty(), Optional.empty(), progress::add))
                .hasMessageContaining("nobody wrote down where restore point lg-twice is");
        var first = scratches.make(named, Optional.empty(), Optional.of(backup), progress::add);

        assertThat(Lab.one(first.before(), "SELECT count(*) FROM public.history"))
                .isEqualTo("0");
    }

    @Test
    void a_restore_point_that_was_written_down_stops_exactly_there() {
        var known = lab.scratches(catalogue, _ -> Optional.of(secondPoint));
        var scratch = known.make(
                RecoveryTarget.before(new Point.Named("lg-twice")), Optional.empty(), Optional.empty(), progress::add);

        assertThat(Lab.one(scratch.before(), "SELECT count(*) FROM public.history"))
                .isEqualTo("1");
        assertThat(ids(scratch.before(), "good"))
                .as("every row that was known to be committed, and not many more")
                .containsAll(knownAtPoint);
        assertThat(behind()).doesNotContainAnyElementsOf(ids(scratch.before(), "good"));
        assertThat(ids(scratch.before(), "NOT good")).isEmpty();
        assertThat(scratch.replayedTo()).isEqualTo(secondPoint);
    }

    @Test
    void what_was_never_reached_is_refused_before_anything_is_copied() {
        assertRefused(new Point.Xid(bad + 4_000_000), "there was no transaction");
        assertRefused(new Point.Lsn("FF/0"), "was never reached");
        assertRefused(new Point.At(Instant.now().plusSeconds(3600)), "is in the future");
        assertRefused(new Point.Lsn(beforeFirst), "is before the first backup");
        assertRefused(new Point.At(beforeFirstTime), "is before the first backup");
        assertRefused(new Point.Xid(bad - 100_000 < 3 ? 3 : bad - 100_000), "no backup is known to end before");

        assertThat(progress).noneMatch(p -> p.contains("restoring"));
    }

    private void assertRefused(Point point, String why) {
        assertThatThrownBy(() ->
                        scratches.make(RecoveryTarget.before(point), Optional.empty(), Optional.empty(), progress::add))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining(why);
    }

    @Test
    void a_target_that_the_log_does_not_hold_ends_with_the_servers_reason_and_leaves_nothing() throws Exception {
        // A savepoint's transaction has no commit of its own.
        var sub = lab.live.change("savepoint", Duration.ofSeconds(5), s -> {
            try (var sql = s.createStatement()) {
                sql.execute("SELECT pg_current_xact_id(); SAVEPOINT a; INSERT INTO public.history VALUES ('sub')");
                var row = sql.executeQuery("SELECT xmin::text FROM public.history WHERE name = 'sub'");
                row.next();
                return row.getLong(1);
            }
        });
        lab.run("DELETE FROM public.history WHERE name = 'sub'");

        assertThatThrownBy(() -> scratches.make(
                        RecoveryTarget.before(new Point.Xid(sub)), Optional.empty(), Optional.empty(), progress::add))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("recovery ended before configured recovery target was reached")
                .hasMessageContaining("savepoint");
        try (var left = Files.list(folder.resolve("scratches"))) {
            assertThat(left.filter(f -> f.getFileName().toString().startsWith("scratch-"))
                            .filter(f -> !Files.exists(f.resolve("scratch.json"))))
                    .isEmpty();
        }
    }

    @Test
    void a_gap_in_the_log_is_found_before_restoring() throws Exception {
        lab.run("SELECT pg_switch_wal()");
        lab.run("INSERT INTO public.history VALUES ('gap')");
        var lost = lab.one("SELECT pg_walfile_name(pg_switch_wal())");
        lab.run("DELETE FROM public.history WHERE name = 'gap'");
        var behind = lab.one("SELECT pg_current_wal_lsn()");
        var file = lab.archive.folder().resolve(lost);
        for (var i = 0; i < 100 && !Files.exists(file); i++) {
            pauses(50);
        }
        Files.move(file, folder.resolve(lost));
        try {
            assertRefused(new Point.Lsn(behind), "the log has a gap: segment " + lost);
            assertRefused(new Point.At(Instant.now()), "the log has a gap: segment " + lost);
        } finally {
            Files.move(folder.resolve(lost), file);
        }
    }

    @Test
    void the_latest_state_is_where_the_log_stands_now() {
        lab.run("INSERT INTO public.history VALUES ('now')");
        var scratch = scratches.make(
                RecoveryTarget.upTo(new Point.Latest()), Optional.empty(), Optional.empty(), progress::add);

        assertThat(Lab.one(scratch.before(), "SELECT count(*) FROM public.history WHERE name = 'now'"))
                .isEqualTo("1");
        assertThat(scratch.target().point()).isInstanceOf(Point.Lsn.class);
        scratches.drop(scratch.name());
        assertThat(scratches.find(scratch.name())).isEmpty();
        lab.run("DELETE FROM public.history WHERE name = 'now'");
    }
}
