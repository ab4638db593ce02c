package lastgood.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import lastgood.core.Digest;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Repairs;
import lastgood.engine.port.database.Repairs.Salvaged;
import lastgood.engine.port.database.Repairs.Swapped;
import org.junit.jupiter.api.Test;

/// What the engine relies on when it mends data. Everything here happens behind the fence, as it does in a
/// plan.
public abstract class RepairsContract extends DatabaseContract {

    private Repairs repairs() {
        return harness().databases().repairs();
    }

    /// Names of databases are a whole server's, and a harness may have one server for all tests.
    private String keep() {
        return "lg_kept_" + service().service().replace('-', '_');
    }

    private void shut() {
        var access = harness().databases().access();
        var seen = access.look(service());
        access.set(seen, seen.access().closed(), fence(10));
    }

    @Test
    void damaged_rows_are_put_back_and_that_is_known_afterwards() {
        var counted = harness().corrupt();
        shut();
        assertThat(repairs().salvaged(service(), counted.scratch(), counted.assessment()))
                .isEqualTo(new Salvaged.NotYet());

        repairs().salvage(service(), counted.scratch(), counted.assessment(), fence(20));

        assertThat(repairs().salvaged(service(), counted.scratch(), counted.assessment()))
                .isInstanceOf(Salvaged.Done.class);
        assertThat(harness().isDamaged()).isFalse();
    }

    @Test
    void rows_are_put_back_once() {
        var counted = harness().corrupt();
        shut();
        repairs().salvage(service(), counted.scratch(), counted.assessment(), fence(20));

        again(() -> repairs().salvage(service(), counted.scratch(), counted.assessment(), fence(20)));

        assertThat(repairs().salvaged(service(), counted.scratch(), counted.assessment()))
                .isInstanceOf(Salvaged.Done.class);
        assertThat(harness().isDamaged()).isFalse();
    }

    @Test
    void rows_that_are_not_as_they_were_counted_are_not_touched() {
        var counted = harness().corrupt();
        harness().somebodyWritesDamagedRow();
        shut();

        assertThatThrownBy(() -> repairs().salvage(service(), counted.scratch(), counted.assessment(), fence(20)))
                .isInstanceOf(WorldMoved.class);

        assertThat(harness().isDamaged()).isTrue();
    }

    @Test
    void what_nobody_counted_is_stale() {
        var counted = harness().corrupt();

        assertThat(repairs().salvaged(service(), counted.scratch(), Digest.of("another")))
                .isInstanceOf(Salvaged.Stale.class);
    }

    @Test
    void the_scratch_takes_the_place_of_the_database_and_the_old_one_is_kept() {
        var counted = harness().corrupt();
        shut();
        assertThat(repairs().swapped(service(), counted.scratch())).isInstanceOf(Swapped.NotYet.class);

        repairs().swap(service(), counted.scratch(), keep(), fence(20));

        assertThat(repairs().swapped(service(), counted.scratch())).isEqualTo(new Swapped.Done(keep()));
        assertThat(harness().isDamaged()).isFalse();
    }

    @Test
    void a_swap_is_made_once() {
        var counted = harness().corrupt();
        shut();
        repairs().swap(service(), counted.scratch(), keep(), fence(20));

        again(() -> repairs().swap(service(), counted.scratch(), keep(), fence(20)));

        assertThat(repairs().swapped(service(), counted.scratch())).isEqualTo(new Swapped.Done(keep()));
    }
}
