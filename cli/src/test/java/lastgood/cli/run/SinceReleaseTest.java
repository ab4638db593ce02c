package lastgood.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import lastgood.core.Digest;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.data.Migrations;
import lastgood.core.data.RestorePoint;
import lastgood.testkit.sim.SimWorld;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SinceReleaseTest {

    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
    private final List<LedgerEntry> entries = new ArrayList<>();
    private final List<RestorePoint> points = new ArrayList<>();

    private Release release(int number, String version, int minute, String... migrations) {
        var release = new Release(
                number,
                SimWorld.revision(version),
                List.of(migrations),
                NOON.plusSeconds(60L * minute),
                new Person("maya"));
        entries.add(new LedgerEntry.Deployed(release, "ro-0000000%d/10-write-ledger".formatted(number)));
        return release;
    }

    private RestorePoint point(String name, String release, int minute, Long... xids) {
        var point = new RestorePoint(
                name, release, "7", 1, "0/1", NOON.plusSeconds(60L * minute), Digest.of(name), List.of(xids));
        points.addFirst(point);
        return point;
    }

    private static Migrations history(String... names) {
        return new Migrations(
                "flyway",
                "flyway_schema_history",
                Stream.of(names)
                        .map(n -> new Migrations.Applied(n, "", true, 0, new Migrations.Undo.None("a test")))
                        .toList(),
                List.of());
    }

    private SinceRelease since(Release target, Migrations history, String... undone) {
        return SinceRelease.of(
                new Ledger(new ServiceRef("production", "web"), entries), target, history, points, Set.of(undone));
    }

    @Test
    void what_newer_releases_brought_came_since() {
        var v1 = release(1, "v1", 0, "a");
        release(2, "v2", 10, "b");
        release(3, "v3", 20, "c");

        assertThat(since(v1, history("a", "b", "c")).oldestFirst()).containsExactly("b", "c");
    }

    @Test
    void what_nobody_recorded_came_since_if_it_was_applied_behind_it() {
        var v1 = release(1, "v1", 0, "a");
        release(2, "v2", 10, "b");

        assertThat(since(v1, history("a", "b", "by hand")).oldestFirst()).containsExactly("b", "by hand");
    }

    @Test
    void what_is_recorded_and_not_in_the_history_counts_unless_a_run_undid_it() {
        var v1 = release(1, "v1", 0, "a");
        release(2, "v2", 10, "b");

        assertThat(since(v1, history("a")).oldestFirst()).containsExactly("b");
        assertThat(since(v1, history("a"), "b").oldestFirst()).isEmpty();
    }

    @Test
    void the_first_point_after_a_release_is_the_schema_that_it_ran_on() {
        var v1 = release(1, "v1", 0);
        var before = point("lg-op-11111111", "v2", 5);
        release(2, "v2", 10);
        point("lg-ro-00000002", "v2", 10);
        release(3, "v3", 20);
        point("lg-ro-00000003", "v3", 20);

        // The rollout of v2 marked one too, and by then the pipeline had migrated already.
        assertThat(since(v1, history()).point()).contains(before);
    }

    @Test
    void the_point_of_its_own_rollout_is_not_the_one_after_it() {
        var v1 = release(1, "v1", 0);
        point("lg-ro-00000001", "v1", 1);

        assertThat(since(v1, history()).point()).isEqualTo(Optional.empty());
    }

    @Test
    void a_point_of_a_newer_rollout_counts_whatever_the_servers_clock_says() {
        var v1 = release(1, "v1", 0);
        release(2, "v2", 10);
        var slow = point("lg-ro-00000002", "v2", -30);

        assertThat(since(v1, history()).point()).contains(slow);
    }

    @Test
    void a_version_that_was_put_out_before_and_again_has_two_points() {
        release(1, "v2", 0);
        point("lg-ro-00000001", "v2", 0);
        var v1 = release(2, "v1", 10);
        release(3, "v2", 20);
        var again = point("lg-ro-00000003", "v2", 20);

        assertThat(since(v1, history()).point()).contains(again);
    }
}
