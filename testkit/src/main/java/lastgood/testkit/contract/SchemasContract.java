package lastgood.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import lastgood.core.Digest;
import lastgood.core.data.Migrations.Applied;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Schemas;
import org.junit.jupiter.api.Test;

/// What the engine relies on when it moves a schema.
public abstract class SchemasContract extends DatabaseContract {

    private Schemas schemas() {
        return harness().databases().schemas();
    }

    private Schemas.State seen() {
        return schemas().look(service());
    }

    @Test
    void a_look_says_what_is_applied_in_order_and_that_nothing_is_going_on() {
        assertThat(seen().applied()).containsExactly("m1", "m2");
        assertThat(seen().halfDone()).isEmpty();
        assertThat(seen().busy()).isEmpty();
        assertThat(seen().schema())
                .isEqualTo(seen().schema())
                .isNotEqualTo(harness().schemaBefore());
        assertThat(schemas().migrations(service()).applied())
                .extracting(Applied::name)
                .containsExactly("m1", "m2");
    }

    @Test
    void undoing_leads_to_the_schema_from_before_and_leaves_a_mark() {
        schemas().undo(seen(), M2, harness().schemaBefore(), fence(10));

        assertThat(seen().applied()).containsExactly("m1");
        assertThat(seen().schema()).isEqualTo(harness().schemaBefore());
        assertThat(seen().marks()).contains(fence(10).key());
    }

    @Test
    void undoing_that_would_lead_elsewhere_is_refused_and_changes_nothing() {
        var before = seen();

        assertThatThrownBy(() -> schemas().undo(seen(), M2, Digest.of("elsewhere"), fence(10)))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("nothing was changed");

        assertThat(seen()).isEqualTo(before);
    }

    @Test
    void undoing_what_is_not_the_newest_is_refused_and_changes_nothing() {
        var before = seen();

        assertThatThrownBy(() -> schemas().undo(seen(), List.of("m1"), harness().schemaBefore(), fence(10)))
                .isInstanceOfAny(Forbidden.class, WorldMoved.class);

        assertThat(seen()).isEqualTo(before);
    }

    @Test
    void undoing_on_an_outdated_look_is_refused_and_changes_nothing() {
        var before = seen();
        harness().somebodyChangesSchema();
        var now = seen();

        assertThatThrownBy(() -> schemas().undo(before, M2, harness().schemaBefore(), fence(10)))
                .isInstanceOf(WorldMoved.class);

        assertThat(seen()).isEqualTo(now);
    }

    @Test
    void undoing_twice_on_one_look_undoes_once() {
        var before = seen();
        schemas().undo(before, M2, harness().schemaBefore(), fence(10));

        again(() -> schemas().undo(before, M2, harness().schemaBefore(), fence(10)));

        assertThat(seen().applied()).containsExactly("m1");
        assertThat(seen().schema()).isEqualTo(harness().schemaBefore());
    }

    @Test
    void applying_makes_it_the_newest_and_leaves_a_mark() {
        schemas().apply(seen(), "m3", fence(10));

        assertThat(seen().applied()).containsExactly("m1", "m2", "m3");
        assertThat(seen().marks()).contains(fence(10).key());
    }

    @Test
    void applying_twice_on_one_look_applies_once() {
        var before = seen();
        schemas().apply(before, "m3", fence(10));

        again(() -> schemas().apply(before, "m3", fence(10)));

        assertThat(seen().applied()).containsExactly("m1", "m2", "m3");
    }

    @Test
    void what_lastgood_does_beside_it_is_no_change_of_the_schema() {
        var before = seen().schema();

        harness().databases().points().mark(service(), "lg-op-contract", "v2", fence(10));

        assertThat(seen().schema()).isEqualTo(before);
    }
}
