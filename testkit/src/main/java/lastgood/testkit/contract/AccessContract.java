package lastgood.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import lastgood.core.data.WriteAccess;
import lastgood.engine.port.WorldMoved;
import lastgood.engine.port.database.Access;
import org.junit.jupiter.api.Test;

/// What the engine relies on when it takes the right to write away and gives it back.
public abstract class AccessContract extends DatabaseContract {

    private Access access() {
        return harness().databases().access();
    }

    private Access.State seen() {
        return access().look(service());
    }

    @Test
    void at_first_somebody_may_write_and_nobody_of_us_has_changed_that() {
        assertThat(seen().access().isClosed()).isFalse();
        assertThat(seen().isQuiet()).isFalse();
        assertThat(seen().mark()).isEmpty();
    }

    @Test
    void a_closed_database_is_quiet_and_says_who_closed_it() {
        harness().connect();

        access().set(seen(), seen().access().closed(), fence(10));

        assertThat(seen().access().isClosed()).isTrue();
        assertThat(seen().writers()).isZero();
        assertThat(seen().isQuiet()).isTrue();
        assertThat(seen().mark()).isEqualTo(fence(10).key());
    }

    @Test
    void opening_gives_back_exactly_what_was_there() {
        WriteAccess before = seen().access();
        access().set(seen(), before.closed(), fence(10));

        access().set(seen(), before, fence(20));

        assertThat(seen().access()).isEqualTo(before);
        assertThat(seen().mark()).isEqualTo(fence(20).key());
    }

    @Test
    void a_change_on_an_outdated_look_is_refused_and_changes_nothing() {
        var before = seen();
        harness().somebodyChangesRoles();
        var now = seen().access();

        assertThatThrownBy(() -> access().set(before, before.access().closed(), fence(10)))
                .isInstanceOf(WorldMoved.class);

        assertThat(seen().access()).isEqualTo(now);
    }

    @Test
    void a_request_to_close_that_comes_late_does_not_close_what_was_opened_again() {
        var before = seen();
        access().set(before, before.access().closed(), fence(10));
        access().set(seen(), before.access(), fence(20));

        assertThatThrownBy(() -> access().set(before, before.access().closed(), fence(10)))
                .isInstanceOf(WorldMoved.class);

        assertThat(seen().access()).isEqualTo(before.access());
    }

    @Test
    void closing_again_ends_sessions_that_are_left_and_changes_nothing_else() {
        access().set(seen(), seen().access().closed(), fence(10));

        access().set(seen(), seen().access(), fence(10));

        assertThat(seen().isQuiet()).isTrue();
        assertThat(seen().mark()).isEqualTo(fence(10).key());
    }

    @Test
    void a_prepared_transaction_is_named_and_not_ended() {
        harness().prepare();

        access().set(seen(), seen().access().closed(), fence(10));

        assertThat(seen().access().isClosed()).isTrue();
        assertThat(seen().prepared()).isEqualTo(1);
        assertThat(seen().isQuiet()).isFalse();
    }
}
