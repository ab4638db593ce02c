package lastgood.postgres.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lastgood.core.data.RecoveryTarget;
import lastgood.core.data.RecoveryTarget.Point;
import lastgood.postgres.backup.History;
import lastgood.postgres.backup.Stored;
import lastgood.postgres.backup.Wal;
import org.junit.jupiter.api.Test;

class ChoiceTest {

    static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
    static final Stored MORNING = stored("morning", 1, "0/2000028", "0/2000138", 700, NOON.minusSeconds(3600));
    static final Stored LATE = stored("late", 1, "0/5000028", "0/5000138", 900, NOON);

    static Stored stored(String name, int timeline, String start, String stop, long nextXid, Instant finished) {
        return new Stored(
                name, name, "77", timeline, start, stop, nextXid, finished.minusSeconds(5), finished, 1, 1, Map.of());
    }

    static Set<String> segments(int timeline, int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(n -> Wal.segment(timeline, n * Wal.USUAL_SEGMENT_BYTES, Wal.USUAL_SEGMENT_BYTES))
                .collect(Collectors.toSet());
    }

    static Choice choice(Point point, Optional<String> landmark, History history, Set<String> archived) {
        return Choice.of(
                List.of(LATE, MORNING),
                RecoveryTarget.before(point),
                landmark,
                Optional.empty(),
                new Choice.Ground("77", history, archived, Wal.USUAL_SEGMENT_BYTES));
    }

    static String chosen(Point point, Optional<String> landmark) {
        return switch (choice(point, landmark, History.first(), segments(1, 2, 9))) {
            case Choice.Chosen(var backup) -> backup.name();
            case Choice.Refused(var why) -> why;
        };
    }

    @Test
    void the_newest_backup_that_ends_before_the_target_is_taken() {
        assertThat(chosen(new Point.Lsn("0/5000138"), Optional.empty())).isEqualTo("late");
        assertThat(chosen(new Point.Lsn("0/5000137"), Optional.empty())).isEqualTo("morning");
        assertThat(chosen(new Point.Lsn("0/2000137"), Optional.empty())).contains("before the first backup");
        assertThat(chosen(new Point.At(NOON), Optional.empty())).isEqualTo("late");
        assertThat(chosen(new Point.At(NOON.minusSeconds(1)), Optional.empty())).isEqualTo("morning");
        assertThat(chosen(new Point.At(NOON.minusSeconds(4000)), Optional.empty()))
                .contains("before the first backup");
        assertThat(chosen(new Point.Xid(900), Optional.empty())).isEqualTo("late");
        assertThat(chosen(new Point.Xid(899), Optional.empty()))
                .as("it may have committed before the late backup ended")
                .isEqualTo("morning");
        assertThat(chosen(new Point.Xid(699), Optional.empty())).contains("no backup is known to end before");
        assertThat(chosen(new Point.Xid(899), Optional.of("0/5000200"))).isEqualTo("late");
        assertThat(chosen(new Point.Named("lg-x"), Optional.of("0/3000000"))).isEqualTo("morning");
        assertThat(chosen(new Point.Named("lg-x"), Optional.empty())).contains("nobody wrote down");
    }

    @Test
    void a_gap_behind_an_lsn_does_not_matter_and_one_before_it_does() {
        var gap = segments(1, 2, 9);
        gap.remove("000000010000000000000007");

        assertThat(choice(new Point.Lsn("0/6FFFFFF"), Optional.empty(), History.first(), gap))
                .isEqualTo(new Choice.Chosen(LATE));
        assertThat(choice(new Point.Lsn("0/7000001"), Optional.empty(), History.first(), gap))
                .isInstanceOfSatisfying(
                        Choice.Refused.class, r -> assertThat(r.why()).contains("000000010000000000000007"));
        assertThat(choice(new Point.Xid(2000), Optional.empty(), History.first(), gap))
                .isInstanceOf(Choice.Refused.class);
    }

    @Test
    void another_server_or_another_timeline_is_refused_and_an_ancestor_is_followed() {
        var promotedLater = History.of(2, "1\t0/8000060\tno recovery target specified\n");
        var promotedEarlier = History.of(2, "1\t0/3000060\tbefore 2026-01-02\n");
        var both = segments(1, 2, 7);
        both.addAll(segments(2, 8, 9));

        assertThat(choice(new Point.Lsn("0/9000001"), Optional.empty(), promotedLater, both))
                .isEqualTo(new Choice.Chosen(LATE));
        var early = segments(1, 2, 2);
        early.addAll(segments(2, 3, 9));
        assertThat(choice(new Point.Lsn("0/9000001"), Optional.empty(), promotedEarlier, early))
                .as("the late backup is of a story that was given up")
                .isEqualTo(new Choice.Chosen(MORNING));
        assertThat(choice(new Point.Lsn("0/9000001"), Optional.empty(), new History(5, List.of()), early))
                .isInstanceOfSatisfying(
                        Choice.Refused.class, r -> assertThat(r.why()).contains("timeline 5 does not come from"));
        assertThat(Choice.of(
                        List.of(LATE),
                        RecoveryTarget.before(new Point.At(NOON)),
                        Optional.empty(),
                        Optional.empty(),
                        new Choice.Ground("78", History.first(), early, Wal.USUAL_SEGMENT_BYTES)))
                .isInstanceOfSatisfying(
                        Choice.Refused.class, r -> assertThat(r.why()).contains("another server"));
    }

    @Test
    void a_clock_time_is_read_in_its_zone_and_said_in_both() {
        var berlin = ZoneId.of("Europe/Berlin");
        var time = Targets.time("2026-01-02 14:30:00", berlin);

        assertThat(time).isEqualTo(Instant.parse("2026-01-02T13:30:00Z"));
        assertThat(Targets.words(time, berlin))
                .isEqualTo(
                        "2026-01-02 13:30:00.000000 +00:00 (UTC) = 2026-01-02 14:30:00.000000 +01:00 (Europe/Berlin)");
        assertThat(Targets.time("2026-01-02T14:30:00.123456Z", berlin))
                .isEqualTo(Instant.parse("2026-01-02T14:30:00.123456Z"));
        assertThat(Targets.time("2026-01-02 14:30", ZoneId.of("UTC"))).isEqualTo(Instant.parse("2026-01-02T14:30:00Z"));
        assertThat(Targets.time("2026-01-02 14:30:00+05:30", berlin)).isEqualTo(Instant.parse("2026-01-02T09:00:00Z"));
    }

    @Test
    void a_clock_time_that_never_was_or_was_twice_is_refused() {
        var berlin = ZoneId.of("Europe/Berlin");

        assertThatThrownBy(() -> Targets.time("2026-03-29 02:30:00", berlin)).hasMessageContaining("never was");
        assertThatThrownBy(() -> Targets.time("2026-10-25 02:30:00", berlin))
                .hasMessageContaining("was twice")
                .hasMessageContaining("2026-10-25T00:30:00Z or 2026-10-25T01:30:00Z");
        assertThatThrownBy(() -> Targets.time("2026-02-30 02:30:00", berlin)).hasMessageContaining("not a time");
        assertThatThrownBy(() -> Targets.time("yesterday", berlin)).hasMessageContaining("not a time");
    }

    @Test
    void a_disk_that_is_too_small_is_told_with_numbers() {
        assertThat(Room.tooSmall(10L << 30, 1L << 30, 2, 20L << 30))
                .hasValueSatisfying(
                        why -> assertThat(why).contains("needs 23.1 GiB").contains("20.0 GiB free"));
        assertThat(Room.tooSmall(10L << 30, 1L << 30, 1, 20L << 30)).isEmpty();
    }

    @Test
    void a_transaction_is_named_without_its_epoch() {
        assertThat(RecoverySettings.of(RecoveryTarget.before(new Point.Xid((3L << 32) + 741)), 2, "cp"))
                .containsEntry("recovery_target_xid", "741")
                .containsEntry("recovery_target_inclusive", "off")
                .containsEntry("recovery_target_action", "pause")
                .containsEntry("recovery_target_timeline", "2");
    }
}
