package lastgood.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Traffic;
import lastgood.engine.port.WorldMoved;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What the engine relies on when it moves users from one workload to another.
@DisplayNameGeneration(ReplaceUnderscores.class)
public abstract class TrafficContract {

    protected abstract Traffic traffic();

    /// A service whose traffic nobody has set yet, with the workloads `blue` and `green`.
    protected abstract ServiceRef service();

    protected final Fence fence(int step) {
        return new Fence(new RunId("op-contract"), step + "-step", 1);
    }

    @Test
    void at_first_nobody_gets_anything() {
        var seen = traffic().get(service());

        assertThat(seen.weights().values()).allMatch(weight -> weight == 0);
        assertThat(seen.maintenance()).isFalse();
        assertThat(seen.mark()).isEmpty();
    }

    @Test
    void a_shift_sets_all_weights_at_once() {
        traffic().shift(traffic().get(service()), new TreeMap<>(Map.of("blue", 90, "green", 10)), fence(10));
        traffic().shift(traffic().get(service()), new TreeMap<>(Map.of("green", 100)), fence(20));

        var seen = traffic().get(service());
        assertThat(seen.weight("blue")).isZero();
        assertThat(seen.weight("green")).isEqualTo(100);
        assertThat(seen.mark()).isEqualTo(fence(20).key());
    }

    @Test
    void a_change_on_an_outdated_look_is_refused_and_changes_nothing() {
        var before = traffic().get(service());
        traffic().shift(before, new TreeMap<>(Map.of("blue", 100)), fence(10));

        assertThatThrownBy(() -> traffic().shift(before, new TreeMap<>(Map.of("green", 100)), fence(20)))
                .isInstanceOf(WorldMoved.class);
        assertThatThrownBy(() -> traffic().maintenance(before, true, fence(20))).isInstanceOf(WorldMoved.class);

        assertThat(traffic().get(service()).weight("blue")).isEqualTo(100);
        assertThat(traffic().get(service()).maintenance()).isFalse();
    }

    @Test
    void maintenance_keeps_the_weights_and_a_shift_keeps_maintenance() {
        traffic().shift(traffic().get(service()), new TreeMap<>(Map.of("blue", 100)), fence(10));
        traffic().maintenance(traffic().get(service()), true, fence(20));
        assertThat(traffic().get(service()).weight("blue")).isEqualTo(100);

        traffic().shift(traffic().get(service()), new TreeMap<>(Map.of("green", 100)), fence(30));
        assertThat(traffic().get(service()).maintenance()).isTrue();

        traffic().maintenance(traffic().get(service()), false, fence(40));
        assertThat(traffic().get(service()).maintenance()).isFalse();
        assertThat(traffic().get(service()).weight("green")).isEqualTo(100);
    }
}
