package lastgood.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import lastgood.core.ConfigState;
import lastgood.core.Digest;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Configs;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What the engine relies on when it puts configuration back: a change lands at most once, never on top of somebody
/// else's, and what is there afterwards is what was recorded.
@DisplayNameGeneration(ReplaceUnderscores.class)
public abstract class ConfigsContract {

    protected static final String NAME = "web-config";

    protected abstract Configs configs();

    /// A service without config objects.
    protected abstract ServiceRef service();

    /// Some release held that content, so it was kept; other text is other content.
    protected abstract Digest kept(String text);

    /// Somebody makes the object hold that content, without lastgood.
    protected abstract void somebodyWrites(String name, Digest content);

    protected abstract void somebodyRemoves(String name);

    protected final Fence fence(int step) {
        return new Fence(new RunId("op-contract"), step + "-step", 1);
    }

    private ConfigState now() {
        return configs().find(service(), NAME).orElseThrow();
    }

    private ConfigState written(String text) {
        somebodyWrites(NAME, kept(text));
        return now();
    }

    @Test
    void nothing_is_found_where_nothing_was_made() {
        assertThat(configs().find(service(), NAME)).isEmpty();
        assertThat(configs().all(service())).isEmpty();
    }

    @Test
    void what_somebody_wrote_is_found_by_its_content_and_bears_no_mark() {
        var seen = written("a=1");

        assertThat(seen.name()).isEqualTo(NAME);
        assertThat(seen.content()).isEqualTo(kept("a=1"));
        assertThat(seen.mark()).isEmpty();
        assertThat(configs().all(service())).containsExactly(seen);
    }

    @Test
    void a_restore_brings_the_recorded_content_keeps_the_uid_and_bears_the_mark() {
        var before = written("a=2");

        configs().restore(service(), before, kept("a=1"), fence(10));

        assertThat(now().content()).isEqualTo(kept("a=1"));
        assertThat(now().uid()).isEqualTo(before.uid());
        assertThat(now().stamp()).isNotEqualTo(before.stamp());
        assertThat(now().mark()).isEqualTo(fence(10).key());
    }

    @Test
    void the_mark_outlives_what_others_write() {
        configs().restore(service(), written("a=2"), kept("a=1"), fence(10));

        somebodyWrites(NAME, kept("a=2"));

        assertThat(now().content()).isEqualTo(kept("a=2"));
        assertThat(now().mark()).isEqualTo(fence(10).key());
    }

    @Test
    void the_same_change_a_second_time_is_refused_since_the_first_has_landed() {
        var before = written("a=2");
        configs().restore(service(), before, kept("a=1"), fence(10));

        assertThatThrownBy(() -> configs().restore(service(), before, kept("a=1"), fence(10)))
                .isInstanceOf(WorldMoved.class);
    }

    @Test
    void a_change_on_top_of_somebody_elses_is_refused_and_changes_nothing() {
        var before = written("a=2");
        somebodyWrites(NAME, kept("a=3"));

        assertThatThrownBy(() -> configs().restore(service(), before, kept("a=1"), fence(10)))
                .isInstanceOf(WorldMoved.class);

        assertThat(now().content()).isEqualTo(kept("a=3"));
        assertThat(now().mark()).isEmpty();
    }

    @Test
    void one_that_is_missing_is_made_once() {
        var content = kept("a=1");

        configs().create(service(), NAME, content, fence(10));

        assertThat(now().content()).isEqualTo(content);
        assertThat(now().mark()).isEqualTo(fence(10).key());
        assertThatThrownBy(() -> configs().create(service(), NAME, content, fence(10)))
                .isInstanceOf(WorldMoved.class);
    }

    @Test
    void one_that_was_removed_and_made_again_is_another_one() {
        var first = written("a=2");
        somebodyRemoves(NAME);
        var second = written("a=2");

        assertThat(second.uid()).isNotEqualTo(first.uid());
        assertThatThrownBy(() -> configs().restore(service(), first, kept("a=1"), fence(10)))
                .isInstanceOf(WorldMoved.class);
    }

    @Test
    void a_change_of_what_is_not_there_is_refused() {
        var gone = written("a=2");
        somebodyRemoves(NAME);

        assertThatThrownBy(() -> configs().restore(service(), gone, kept("a=1"), fence(10)))
                .isInstanceOf(WorldMoved.class);
        assertThat(configs().find(service(), NAME)).isEmpty();
    }

    @Test
    void content_that_nobody_kept_is_said_to_be_missing_and_not_made_up() {
        var before = written("a=2");
        var lost = Digest.of("nobody has it");

        assertThat(configs().missing(service(), NAME, kept("a=1"))).isEmpty();
        assertThat(configs().missing(service(), NAME, lost)).isPresent();
        assertThatThrownBy(() -> configs().restore(service(), before, lost, fence(10)))
                .isInstanceOf(Forbidden.class);
        assertThat(now()).isEqualTo(before);
    }
}
