package lastgood.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Locks;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// At most one active run for each service.
@DisplayNameGeneration(ReplaceUnderscores.class)
public abstract class LocksContract {

    protected static final ServiceRef SHOP = new ServiceRef("production", "shop");
    protected static final RunId MINE = new RunId("rb-aaaaaaaa");
    protected static final RunId OTHERS = new RunId("rb-bbbbbbbb");

    protected abstract Locks locks();

    @Test
    void at_first_nobody_holds_it() {
        assertThat(locks().holder(SHOP)).isEmpty();
    }

    @Test
    void the_first_to_ask_gets_it_and_the_second_is_told_who() {
        assertThat(locks().acquire(SHOP, MINE)).isEqualTo(MINE);
        assertThat(locks().acquire(SHOP, OTHERS)).isEqualTo(MINE);

        assertThat(locks().holder(SHOP)).contains(MINE);
    }

    @Test
    void asking_again_for_what_one_has_is_fine() {
        locks().acquire(SHOP, MINE);

        assertThat(locks().acquire(SHOP, MINE)).isEqualTo(MINE);
    }

    @Test
    void only_its_holder_gives_it_up() {
        locks().acquire(SHOP, MINE);

        locks().release(SHOP, OTHERS);
        assertThat(locks().holder(SHOP)).contains(MINE);

        locks().release(SHOP, MINE);
        assertThat(locks().holder(SHOP)).isEmpty();
        assertThat(locks().acquire(SHOP, OTHERS)).isEqualTo(OTHERS);
    }

    @Test
    void giving_up_what_nobody_holds_is_fine() {
        locks().release(SHOP, MINE);

        assertThat(locks().holder(SHOP)).isEmpty();
    }

    @Test
    void services_are_locked_apart() {
        locks().acquire(SHOP, MINE);

        assertThat(locks().acquire(new ServiceRef("staging", "shop"), OTHERS)).isEqualTo(OTHERS);
    }
}
