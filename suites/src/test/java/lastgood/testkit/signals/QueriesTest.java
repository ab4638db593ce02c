package lastgood.testkit.signals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lastgood.core.Digest;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Version;
import lastgood.core.decide.Signal;
import lastgood.core.decide.Trigger;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.CheckResult.Finding;
import lastgood.core.recover.Sample;
import lastgood.engine.QueriedChecks;
import lastgood.engine.port.Measures;
import lastgood.engine.port.Measures.Measured;
import lastgood.engine.port.Measures.Question;
import lastgood.engine.port.Signals;
import lastgood.engine.signals.ConditionSignals;
import lastgood.testkit.sim.SimClock;
import lastgood.testkit.sim.SimWorld;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What the team's own queries can do, and what they cannot.
@DisplayNameGeneration(ReplaceUnderscores.class)
class QueriesTest {

    private static final ServiceRef SHOP = SimWorld.SERVICE;

    private final SimClock clock = new SimClock();
    private final Instant putOut = clock.now();
    private final Release v2 =
            new Release(2, new Revision(Digest.of("v2"), new Version("v2")), List.of(), putOut, new Person("maya"));
    private Measured answer = new Measured.One(0, "asked");
    private int asked;
    private final Measures measures = (service, release, question) -> {
        asked++;
        return answer;
    };

    // ---- the checklist

    private CheckResult errors(boolean above, double limit, String words) {
        var rule = new QueriedChecks.Rule(new Question("q", Duration.ofMinutes(5)), above, limit, words);
        var checks = new QueriedChecks(
                (service, release, since, full) -> new Sample(
                        List.of(CheckResult.pass(Check.PODS, "3", "", ""), CheckResult.unknown(Check.ERROR_RATE, "?")),
                        full),
                measures,
                Map.of(SHOP, Map.of(Check.ERROR_RATE, rule)));
        var sample = checks.ask(SHOP, v2, putOut, true).results();
        assertThat(sample.getFirst().value()).isEqualTo("3");
        assertThat(checks.some(SHOP, v2, putOut, Set.of(Check.ERROR_RATE)).results())
                .containsExactly(sample.getLast());
        return sample.getLast();
    }

    @Test
    void a_number_is_held_against_the_limit() {
        answer = new Measured.One(0.0042, "sum(x)");

        assertThat(errors(false, 0.01, "1%"))
                .isEqualTo(new CheckResult(Check.ERROR_RATE, Finding.PASS, "0.0042", "< 1%", "sum(x)"));
        assertThat(errors(true, 0.01, "1%").finding()).isEqualTo(Finding.FAIL);
        assertThat(errors(false, 0.0042, "0.42%").finding()).isEqualTo(Finding.FAIL);
    }

    @Test
    void no_number_is_neither_a_pass_nor_a_failure() {
        answer = new Measured.Unknown("it answers 3 series", "sum(x)");

        assertThat(errors(false, 0.01, "1%"))
                .isEqualTo(new CheckResult(Check.ERROR_RATE, Finding.UNKNOWN, "it answers 3 series", "< 1%", "sum(x)"));
        assertThat(errors(true, 0.01, "1%").finding()).isEqualTo(Finding.UNKNOWN);
    }

    // ---- triggers

    private ConditionSignals condition(Duration lasting) {
        return new ConditionSignals(
                measures,
                List.of(new ConditionSignals.Condition(
                        Trigger.CRITICAL, new Question("q", Duration.ofMinutes(1)), lasting)),
                clock);
    }

    private Signals.Heard hear(ConditionSignals signals) {
        return signals.hear(new Signals.Asked(SHOP, v2, putOut, false));
    }

    @Test
    void a_condition_that_holds_is_a_suspicion_and_never_a_proof() {
        answer = new Measured.One(1, "q");

        assertThat(hear(condition(Duration.ZERO)).signals()).singleElement().satisfies(signal -> {
            assertThat(signal.trigger()).isEqualTo(Trigger.CRITICAL);
            assertThat(signal.weight()).isEqualTo(Signal.Weight.SUSPICION);
            assertThat(signal.since()).isEqualTo(clock.now());
        });
    }

    @Test
    void one_that_does_not_hold_says_nothing() {
        assertThat(hear(condition(Duration.ZERO))).isEqualTo(new Signals.Heard(List.of(), List.of()));
    }

    @Test
    void what_is_neither_one_nor_zero_is_no_answer() {
        var signals = condition(Duration.ZERO);
        answer = new Measured.One(0.07, "q");

        assertThat(hear(signals).signals()).isEmpty();
        assertThat(hear(signals).deaf())
                .containsExactly("query of critical functionality: it answers 0.07, and a condition answers 1 or 0");

        answer = new Measured.Unknown("connection refused", "q");

        assertThat(hear(signals).signals()).isEmpty();
        assertThat(hear(signals).deaf()).containsExactly("query of critical functionality: connection refused");
    }

    @Test
    void it_has_to_hold_for_as_long_as_the_file_says_and_silence_neither_adds_nor_ends() {
        var signals = condition(Duration.ofMinutes(2));
        var began = clock.now();
        answer = new Measured.One(1, "q");
        assertThat(hear(signals).signals()).isEmpty();
        assertThat(hear(signals).deaf()).singleElement().asString().contains("has to for 2m");

        clock.jump(Duration.ofMinutes(1));
        answer = new Measured.Unknown("no answer", "q");
        assertThat(hear(signals).signals()).isEmpty();
        clock.jump(Duration.ofMinutes(1));
        answer = new Measured.One(1, "q");
        assertThat(hear(signals).signals())
                .singleElement()
                .extracting(Signal::since)
                .isEqualTo(began);

        answer = new Measured.One(0, "q");
        hear(signals);
        answer = new Measured.One(1, "q");
        assertThat(hear(signals).signals()).isEmpty();
        assertThat(asked).isPositive();
    }

    // ---- places

    @Test
    void places_are_filled_in_as_the_quotes_around_them_want() {
        var question = new Question(
                "sum(rate(x{a=\"$pods\",b='$pods',c=`$pods`,d=~\"5..$\"}[$window])) # $nobody", Duration.ofMinutes(1));

        assertThat(question.filled(Map.of("pods", "web\\.1-\"x'", "window", "60s")))
                .isEqualTo(
                        "sum(rate(x{a=\"web\\\\.1-\\\"x'\",b='web\\\\.1-\"x\\'',c=`web\\.1-\"x'`,d=~\"5..$\"}[60s])) # $nobody");
        assertThat(question.has("pods")).isTrue();
        assertThatThrownBy(() -> question.filled(Map.of())).isInstanceOf(IllegalStateException.class);
    }
}
