package lastgood.testkit.sim;

import static lastgood.testkit.sim.SimWorld.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.engine.Engine;
import lastgood.engine.Progress;
import lastgood.engine.Runs;
import lastgood.engine.port.JournalStore;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RunsTest {

    private static final RunId RUN = new RunId("rb-00000001");

    private final SimWorld world = Corpus.named("rollback: rolling").world().get();
    private final List<RunId> read = new ArrayList<>();
    private final Runs runs = new Runs(counting(), world.ports().drivers());

    @Test
    void a_run_that_is_over_is_read_once_however_often_somebody_asks_what_is_active() throws InterruptedException {
        open();
        assertThat(runs.active(SERVICE)).isPresent();
        world.engine(Progress.NONE).drive(RUN, () -> false);
        assertThat(runs.active(SERVICE)).isEmpty();
        read.clear();

        for (var n = 0; n < 10; n++) {
            assertThat(runs.active(SERVICE)).isEmpty();
        }

        assertThat(read).isEmpty();
    }

    @Test
    void what_was_opened_since_then_is_found_whether_it_is_over_or_not() throws InterruptedException {
        var before = world.clock.now().minusSeconds(1);
        open();
        assertThat(runs.since(SERVICE, before)).hasSize(1);
        world.engine(Progress.NONE).drive(RUN, () -> false);

        assertThat(runs.since(SERVICE, before)).hasSize(1);
        assertThat(runs.since(SERVICE, before)).hasSize(1);
        assertThat(runs.since(SERVICE, Instant.MAX)).isEmpty();
        assertThat(runs.since(new ServiceRef("production", "other"), before)).isEmpty();
    }

    private void open() {
        var c = Corpus.named("rollback: rolling");
        world.engine().open(new Engine.Order(RUN, c.planIn(world), List.of(), "errors", c.emergency(), Duration.ZERO));
    }

    private JournalStore counting() {
        return new JournalStore() {
            @Override
            public List<RunId> runs() {
                return world.journals.runs();
            }

            @Override
            public List<String> read(RunId run) {
                read.add(run);
                return world.journals.read(run);
            }

            @Override
            public boolean append(RunId run, int seen, String line) {
                return world.journals.append(run, seen, line);
            }
        };
    }
}
