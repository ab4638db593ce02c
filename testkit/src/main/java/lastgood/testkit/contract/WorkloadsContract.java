package lastgood.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Predicate;
import lastgood.core.Autoscaler;
import lastgood.core.Capacity;
import lastgood.core.Revision;
import lastgood.core.RunId;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Workloads;
import lastgood.engine.port.WorldMoved;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What the engine relies on when it changes workloads: a change lands at most once, and never on top of somebody
/// else's.
@DisplayNameGeneration(ReplaceUnderscores.class)
public abstract class WorkloadsContract {

    /// Looks until it gives up; each look is followed by [#letTimePass].
    private static final int LOOKS_MAX = 1500;

    protected abstract Workloads workloads();

    /// A name under which there is nothing yet.
    protected abstract Workload workload();

    /// A revision that can run and becomes ready; another version is another revision.
    protected abstract Revision revision(String version);

    /// A moment in which the platform carries wishes out.
    protected abstract void letTimePass();

    /// Whether instances can be replaced for another reason than a new revision; where they cannot, it is refused.
    protected boolean restarts() {
        return true;
    }

    /// Whether replacing instances can be put on hold; where it cannot, it is refused.
    protected boolean pauses() {
        return true;
    }

    protected final Fence fence(int step) {
        return new Fence(new RunId("op-contract"), step + "-step", 1);
    }

    protected final WorkloadState until(Predicate<WorkloadState> wanted) {
        var seen = now();
        for (var look = 0; look < LOOKS_MAX && !wanted.test(seen); look++) {
            letTimePass();
            seen = now();
        }
        assertThat(seen).matches(wanted);
        return seen;
    }

    protected final WorkloadState now() {
        return workloads().find(workload()).orElseThrow();
    }

    private WorkloadState created(int instances) {
        workloads().create(workload(), revision("v1"), instances, fence(10));
        return until(WorkloadState::complete);
    }

    @Test
    void nothing_is_found_where_nothing_was_made() {
        assertThat(workloads().find(workload())).isEmpty();
    }

    @Test
    void a_new_workload_comes_to_run_what_it_was_asked_to_and_bears_the_mark() {
        var seen = created(2);

        assertThat(seen.requested()).isEqualTo(revision("v1"));
        assertThat(seen.wanted()).isEqualTo(2);
        assertThat(seen.ready()).isEqualTo(2);
        assertThat(seen.old()).isZero();
        assertThat(seen.mark()).isEqualTo(fence(10).key());
    }

    @Test
    void a_second_one_under_the_same_name_is_refused_and_changes_nothing() {
        var before = created(1);

        assertThatThrownBy(() -> workloads().create(workload(), revision("v2"), 3, fence(20)))
                .isInstanceOf(WorldMoved.class);

        assertThat(now()).isEqualTo(before);
    }

    @Test
    void a_put_brings_the_other_revision_and_keeps_the_uid() {
        var before = created(1);

        workloads().put(before, revision("v2"), fence(20));

        var asked = now();
        assertThat(asked.requested()).isEqualTo(revision("v2"));
        assertThat(asked.mark()).isEqualTo(fence(20).key());
        assertThat(asked.stamp()).isNotEqualTo(before.stamp());
        assertThat(asked.uid()).isEqualTo(before.uid());
        assertThat(until(WorkloadState::complete).old()).isZero();
    }

    @Test
    void right_after_a_put_the_workload_is_not_complete() {
        var before = created(1);

        // On our clusters a pod with this tag takes a minute: else it may be ready before a busy machine looks.
        workloads().put(before, revision("slow60"), fence(20));

        assertThat(now().complete()).isFalse();
    }

    @Test
    void the_same_change_a_second_time_is_refused_since_the_first_has_landed() {
        var before = created(1);
        workloads().put(before, revision("v2"), fence(20));

        assertThatThrownBy(() -> workloads().put(before, revision("v2"), fence(20)))
                .isInstanceOf(WorldMoved.class);
    }

    @Test
    void every_change_on_an_outdated_look_is_refused_and_changes_nothing() {
        var before = created(1);
        workloads().scale(before, 0, fence(20));
        var scaled = now();

        assertThatThrownBy(() -> workloads().put(before, revision("v2"), fence(30)))
                .isInstanceOf(WorldMoved.class);
        assertThatThrownBy(() -> workloads().scale(before, 3, fence(30))).isInstanceOf(WorldMoved.class);
        if (pauses()) {
            assertThatThrownBy(() -> workloads().pause(before, true, fence(30))).isInstanceOf(WorldMoved.class);
        }
        assertThatThrownBy(() -> workloads().remove(before, fence(30))).isInstanceOf(WorldMoved.class);

        assertThat(now().stamp()).isEqualTo(scaled.stamp());
        assertThat(now().wanted()).isZero();
        assertThat(now().mark()).isEqualTo(fence(20).key());
    }

    @Test
    void one_that_was_removed_and_made_again_is_another_one() {
        var first = created(1);
        workloads().remove(first, fence(20));
        assertThat(workloads().find(workload())).isEmpty();
        var second = created(1);

        assertThat(second.uid()).isNotEqualTo(first.uid());
        assertThatThrownBy(() -> workloads().remove(first, fence(30))).isInstanceOf(WorldMoved.class);
        assertThat(now().uid()).isEqualTo(second.uid());
    }

    @Test
    void a_change_of_what_is_not_there_is_refused() {
        var gone = created(0);
        workloads().remove(gone, fence(20));

        assertThatThrownBy(() -> workloads().put(gone, revision("v2"), fence(30)))
                .isInstanceOf(WorldMoved.class);
        assertThatThrownBy(() -> workloads().remove(gone, fence(30))).isInstanceOf(WorldMoved.class);
    }

    @Test
    void scaling_is_in_absolute_terms() {
        workloads().scale(created(1), 3, fence(20));
        assertThat(until(WorkloadState::complete).ready()).isEqualTo(3);

        workloads().scale(now(), 0, fence(30));
        assertThat(until(WorkloadState::complete).ready()).isZero();
    }

    @Test
    void a_put_ends_a_pause() {
        Assumptions.assumeTrue(pauses(), "this kind of workload has no pause");
        workloads().pause(created(1), true, fence(20));
        assertThat(now().paused()).isTrue();

        workloads().put(now(), revision("v2"), fence(30));

        assertThat(now().paused()).isFalse();
        until(WorkloadState::complete);
    }

    @Test
    void a_paused_workload_does_not_replace_until_it_is_let_go_on() {
        Assumptions.assumeTrue(pauses(), "this kind of workload has no pause");
        workloads().put(created(2), revision("v2"), fence(20));
        workloads().pause(now(), true, fence(30));
        until(WorkloadState::observed);
        for (var i = 0; i < 20; i++) {
            letTimePass();
        }
        assertThat(now().old()).isPositive();

        workloads().pause(now(), false, fence(40));

        assertThat(until(WorkloadState::complete).old()).isZero();
    }

    @Test
    void a_restart_keeps_the_revision_and_replaces_every_instance_once() {
        var before = created(2);
        if (!restarts()) {
            assertThatThrownBy(() -> workloads().restart(before, fence(20))).isInstanceOf(Forbidden.class);
            assertThat(now()).isEqualTo(before);
            return;
        }

        workloads().restart(before, fence(20));

        var asked = now();
        assertThat(asked.complete()).isFalse();
        assertThat(asked.requested()).isEqualTo(revision("v1"));
        assertThat(asked.mark()).isEqualTo(fence(20).key());
        assertThat(asked.uid()).isEqualTo(before.uid());
        assertThatThrownBy(() -> workloads().restart(before, fence(20))).isInstanceOf(WorldMoved.class);
        assertThat(until(WorkloadState::complete).ready()).isEqualTo(2);
    }

    @Test
    void bounds_cannot_be_set_where_there_is_no_autoscaler() {
        var before = created(1);
        assertThat(before.autoscaler()).isEqualTo(new Autoscaler.None());

        assertThatThrownBy(() -> workloads().bound(before, new Capacity(1, 3), fence(20)))
                .isInstanceOfAny(WorldMoved.class, Forbidden.class);
    }
}
