package lastgood.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import lastgood.core.data.RestorePoint;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.database.Points;
import org.junit.jupiter.api.Test;

/// What the engine relies on when it marks a point to go back to.
public abstract class PointsContract extends DatabaseContract {

    private static final String NAME = "lg-op-contract";

    private Points points() {
        return harness().databases().points();
    }

    private void mark() {
        points().mark(service(), NAME, "v2", fence(10));
    }

    @Test
    void at_first_there_is_none() {
        assertThat(points().find(service(), NAME)).isEmpty();
    }

    @Test
    void a_point_holds_the_schema_of_its_moment_and_no_transaction_yet() {
        mark();

        var point = points().find(service(), NAME).orElseThrow();
        assertThat(point.release()).isEqualTo("v2");
        assertThat(point.schema())
                .isEqualTo(harness().databases().schemas().look(service()).schema());
        assertThat(point.xids()).isEmpty();
    }

    @Test
    void marking_again_leaves_the_first_one_as_it_is() {
        mark();
        var first = points().find(service(), NAME);
        harness().databases().schemas().apply(harness().databases().schemas().look(service()), "m3", fence(20));

        mark();

        assertThat(points().find(service(), NAME)).isEqualTo(first);
    }

    @Test
    void closing_adds_the_transactions_of_the_migrations_that_followed() {
        mark();
        harness().databases().schemas().apply(harness().databases().schemas().look(service()), "m3", fence(20));

        points().close(service(), NAME, fence(30));

        assertThat(points().find(service(), NAME).map(RestorePoint::xids).orElseThrow())
                .hasSize(1)
                .allMatch(xid -> xid > 0);
    }

    @Test
    void closing_where_nothing_followed_is_refused() {
        mark();

        assertThatThrownBy(() -> points().close(service(), NAME, fence(30))).isInstanceOf(Forbidden.class);
    }

    @Test
    void the_newest_comes_first() {
        mark();
        points().mark(service(), NAME + "2", "v3", fence(20));

        assertThat(points().all(service())).extracting(RestorePoint::name).startsWith(NAME + "2", NAME);
    }
}
