package lastgood.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.recover.Probed;
import lastgood.engine.Engine;
import lastgood.engine.Ports;
import lastgood.engine.Progress;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.Entry.Judgement;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.RunState;
import lastgood.engine.journal.RunState.Status;
import lastgood.engine.port.Telemetry;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// That users recovered is proved by their requests, or it is not said.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ProvenByUsersTest {

    private static final RunId RUN = new RunId("rb-00000001");
    private static final String PROVED = "rollback: rolling, users' requests prove it";

    private SimWorld world = Corpus.named(PROVED).world().get();

    private RunState rollBack() throws InterruptedException {
        return rollBack(UnaryOperator.identity());
    }

    private RunState rollBack(UnaryOperator<Ports> ports) throws InterruptedException {
        var c = Corpus.named(PROVED);
        var engine = world.engine(ports.apply(world.ports()), Progress.NONE);
        engine.open(new Engine.Order(RUN, c.planIn(world), List.of(), "errors", false, Duration.ZERO));
        var _ = engine.drive(RUN, new AtomicBoolean()::get);
        return state();
    }

    private RunState state() {
        return Journal.open(world.journals, RUN).state();
    }

    private String why() {
        return state().closed().orElseThrow().why();
    }

    @Test
    void the_end_of_the_run_says_what_was_proved_and_by_how_many_requests() throws InterruptedException {
        var state = rollBack();

        assertThat(state.status()).isEqualTo(Status.RECOVERED);
        assertThat(why())
                .startsWith("fewer than 1% of the requests fail and fewer than 5% take longer than 500ms:")
                .containsPattern("0% of \\d+ requests failed, 1% late")
                .contains("3 samples in a row passed all of pods, error-rate, latency-p95");
    }

    @Test
    void a_checklist_that_passes_is_no_proof_while_two_in_a_hundred_requests_fail() throws InterruptedException {
        world.quietlyFailing(0.02);

        var state = rollBack();

        assertThat(state.status()).isEqualTo(Status.NOT_RECOVERED);
        assertThat(state.verdict().orElseThrow().judgement()).isEqualTo(Judgement.REFUTED);
        assertThat(why()).startsWith("more than 1% of the requests fail");
    }

    @Test
    void too_few_requests_prove_nothing_and_how_many_are_wanting_is_said() throws InterruptedException {
        world.counted(2);

        var state = rollBack();

        assertThat(state.verdict().orElseThrow().judgement()).isEqualTo(Judgement.UNPROVED);
        assertThat(why()).containsPattern("needs about \\d+ more requests");
    }

    @Test
    void a_service_at_the_limit_has_requests_enough_and_is_not_proved_to_be_helped() throws InterruptedException {
        world.quietlyFailing(0.01);

        var state = rollBack();

        assertThat(state.verdict().orElseThrow().judgement()).isEqualTo(Judgement.UNPROVED);
        assertThat(why()).contains("has not been proved to help");
    }

    @Test
    void probes_stand_in_where_there_are_hardly_any_users_and_are_said_to_be_ours() throws InterruptedException {
        world.counted(2);
        var sent = new int[1];

        var state = rollBack(p -> p.counting(p.telemetry(), (_, span, _) -> {
            sent[0]++;
            world.clock.pause(span);
            return Optional.of(new Probed(world.clock.now(), span, 500, 0, 2));
        }));

        assertThat(sent[0]).isPositive();
        assertThat(state.status()).isEqualTo(Status.RECOVERED);
        assertThat(why()).containsPattern("\\(\\d{3,} requests of them were our own probes\\)");
    }

    @Test
    void whoever_takes_over_comes_to_the_same_finding_from_the_same_samples() throws InterruptedException {
        var c = Corpus.named(PROVED);
        var dying = world.ports();
        var died = new IllegalStateException("the machine is gone");
        var samples = new int[1];
        var first = world.engine(
                dying.counting(new Dying(dying.telemetry(), () -> samples[0]++ < 2, died), dying.probes()),
                Progress.NONE);
        first.open(new Engine.Order(RUN, c.planIn(world), List.of(), "errors", false, Duration.ZERO));
        assertThatThrownBy(() -> first.drive(RUN, () -> false)).isSameAs(died);

        var _ = world.engine().drive(RUN, () -> false);

        assertThat(state().status()).isEqualTo(Status.RECOVERED);
        assertThat(state().tally("40-watch-recovery").taken()).isLessThanOrEqualTo(4);
    }

    @Test
    void counts_that_cannot_be_read_are_never_a_proof() throws InterruptedException {
        var state = rollBack(p -> p.counting(Telemetry.none(), p.probes()));

        assertThat(state.verdict().orElseThrow().judgement()).isEqualTo(Judgement.UNPROVED);
        assertThat(why()).contains("users' requests could not be counted: no metrics are connected");
        assertThat(Journal.open(world.journals, RUN).records())
                .anySatisfy(r -> assertThat(r.entry()).isInstanceOf(Entry.Window.class));
    }

    /// The machine dies when its counts are asked for once too often.
    private record Dying(Telemetry real, BooleanSupplier alive, IllegalStateException death) implements Telemetry {
        @Override
        public Feed open(Question question) {
            return real.open(question);
        }

        @Override
        public List<Served> served(ServiceRef service, Instant from, Duration late) {
            if (!alive.getAsBoolean()) {
                throw death;
            }
            return real.served(service, from, late);
        }
    }
}
