package lastgood.core.decide;

import static lastgood.core.decide.Case.GOOD;
import static lastgood.core.decide.Case.START;
import static lastgood.core.decide.Case.healthy;
import static lastgood.core.decide.Case.proved;
import static lastgood.core.decide.Case.suspected;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import lastgood.core.Severity;
import lastgood.core.Verdict;
import lastgood.core.decide.Decision.Act;
import lastgood.core.decide.Decision.Clock;
import lastgood.core.decide.Decision.Unattended;
import lastgood.core.decide.Signal.Weight;
import lastgood.core.decide.Situation.Automatic;
import lastgood.core.decide.Situation.Past;
import lastgood.core.decide.Situation.Stage;
import lastgood.core.decide.Situation.Way;
import lastgood.core.detect.Attribution;
import lastgood.core.detect.Increase;
import lastgood.core.detect.Reading;
import lastgood.core.detect.Suspicion;
import lastgood.core.plan.Plan;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DecisionTest {

    private static final Attribution EXTERNAL = new Attribution.External("the old version is bad too");
    private static final Attribution TEMPORAL = new Attribution.Temporal("both are bad since the deploy");

    /// Above and below in percentage points, as they are proved.
    @ParameterizedTest
    @CsvSource({
        "90,  100, SEV-1, ROLL_BACK",
        "10,  100, SEV-2, ROLL_BACK",
        "7.5, 10,  SEV-3, PREPARE",
        "5,   100, SEV-3, PREPARE",
        "3,   5,   SEV-4, MONITOR",
        "3,   100, SEV-4, MONITOR",
    })
    void the_matrix_says_what_a_proved_increase_asks_for(double above, double below, String severity, Act act) {
        var c = proved(above / 100, below / 100);
        c.rules = DecisionRules.runbook();

        var decision = c.decide();

        assertThat(decision.severity()).hasToString("Optional[" + severity + "]");
        assertThat(decision.act()).isEqualTo(act);
        assertThat(decision.approval())
                .isEqualTo(SeverityMatrix.runbook()
                        .rule(decision.severity().orElseThrow())
                        .approval());
    }

    @ParameterizedTest
    @CsvSource({
        "CRITICAL,    check auth,  SEV-1",
        "CRITICAL,    check smoke, SEV-2",
        "CORRUPTION,  integrity,   SEV-1",
        "SECURITY,    maya,        SEV-2",
        "MIGRATION,   the deploy,  SEV-2",
        "PERFORMANCE, an alert,    SEV-3",
        "CANARY,      argo,        SEV-4",
    })
    void what_has_no_percentage_has_a_severity_too(Trigger trigger, String source, String severity) {
        var decision =
                healthy().heard(trigger, source, Weight.PROOF, Optional.empty()).decide();

        assertThat(decision.severity()).hasToString("Optional[" + severity + "]");
        assertThat(decision.triggers()).containsExactly(trigger);
    }

    @Test
    void what_only_the_time_blames_is_not_taken_out_alone_once_it_is_over() {
        var now = proved(0.2, 1).blamed(new Attribution.Temporal("bad since the deploy"));
        now.rules = now.rules.withTemporalAutomatic(true);
        assertThat(now.decide().act()).isEqualTo(Act.ROLL_BACK);

        var over = proved(0.2, 1).blamed(new Attribution.Temporal("bad since the deploy"));
        over.rules = now.rules;
        over.suspicion = new Suspicion.Since(Duration.ofMinutes(3), false);

        assertThat(over.decide().act()).isEqualTo(Act.PAGE);
    }

    @Test
    void a_broken_critical_route_is_not_minor_however_good_the_service_looks_in_all() {
        var decision = proved(0.005, 0.02).broken("/checkout").decide();

        assertThat(decision.severity()).contains(Severity.SEV2);
        assertThat(decision.triggers()).contains(Trigger.CRITICAL);
        assertThat(decision.act()).isEqualTo(Act.ROLL_BACK);
        assertThat(decision.reasons()).anyMatch(r -> r.contains("more than half of the requests to /checkout fail"));
        assertThat(proved(0.005, 0.02).decide().severity()).contains(Severity.SEV4);
    }

    @Test
    void twice_as_slow_is_for_the_on_call_engineer() {
        var c = proved(-1, 0.05).twiceAsSlow();
        c.rules = DecisionRules.runbook();

        var decision = c.decide();

        assertThat(decision.severity()).contains(Severity.SEV3);
        assertThat(decision.triggers()).containsExactly(Trigger.PERFORMANCE);
        assertThat(decision.act()).isEqualTo(Act.PREPARE);
    }

    @Test
    void the_higher_of_two_signals_wins() {
        var decision = proved(0.05, 0.1)
                .heard(Trigger.CRITICAL, Signal.AUTH, Weight.PROOF, Optional.empty())
                .decide();

        assertThat(decision.severity()).contains(Severity.SEV1);
        assertThat(decision.triggers()).containsExactly(Trigger.CRITICAL, Trigger.ERROR_RATE);
    }

    @Test
    void a_proof_where_policy_needs_nobody_rolls_back_and_owes_the_approval() {
        var decision = proved(0.1, 1).decide();

        assertThat(decision.act()).isEqualTo(Act.ROLL_BACK);
        assertThat(decision.unattended()).isEqualTo(new Unattended.Yes());
        assertThat(decision.approval())
                .isEqualTo(new ApprovalRule.After("platform-lead", List.of(), Duration.ofDays(1)));
        assertThat(decision.reasons())
                .contains(
                        "it is this release: the new version is worse than the old one",
                        "SEV-2: rollback",
                        "errors rose by [10 pp, ?] (SEV-2)");
    }

    @Test
    void what_is_only_prepared_by_the_matrix_is_done_where_policy_needs_nobody() {
        assertThat(proved(0.05, 0.1).decide().act()).isEqualTo(Act.ROLL_BACK);
        assertThat(proved(0.03, 0.05).decide().act()).isEqualTo(Act.MONITOR);
    }

    @Test
    void without_policy_only_that_is_done_alone_which_the_matrix_has_approved_afterwards() {
        var worst = proved(0.9, 1);
        worst.rules = DecisionRules.runbook();

        assertThat(worst.decide().act()).isEqualTo(Act.ROLL_BACK);
        assertThat(worst.decide().unattended()).isEqualTo(new Unattended.Yes());

        var second = proved(0.1, 1);
        second.rules = DecisionRules.runbook();

        assertThat(second.decide().act()).isEqualTo(Act.ROLL_BACK);
        assertThat(second.decide().unattended())
                .isEqualTo(new Unattended.No("policy.automatic does not allow rollbacks of Type 1 here"));
    }

    @Test
    void a_protected_environment_waits_for_who_approves_before_and_not_for_who_approves_after() {
        var second = proved(0.1, 1);
        second.protectedEnvironment = true;
        var first = proved(0.9, 1);
        first.protectedEnvironment = true;

        assertThat(second.decide().unattended())
                .isEqualTo(new Unattended.No(
                        "the environment is protected, and platform-lead approves before anything is changed"));
        assertThat(first.decide().unattended()).isEqualTo(new Unattended.Yes());
    }

    // ---- whose fault

    @Test
    void an_outage_of_something_else_pages_and_freezes() {
        var decision = proved(0.9, 1).blamed(EXTERNAL).decide();

        assertThat(decision.act()).isEqualTo(Act.PAGE);
        assertThat(decision.holdsRollout()).isTrue();
        assertThat(decision.reasons())
                .contains("it is not this release: the old version is bad too; rolling back would not help");
    }

    @Test
    void what_began_with_the_release_pages_with_the_rollback_prepared_unless_the_rule_says_otherwise() {
        var c = healthy().blamed(TEMPORAL);

        assertThat(c.decide().act()).isEqualTo(Act.PAGE);

        c.rules = c.rules.withTemporalAutomatic(true);
        assertThat(c.decide().act()).isEqualTo(Act.ROLL_BACK);
        assertThat(c.decide().unattended()).isEqualTo(new Unattended.Yes());
        assertThat(c.type(Plan.Type.TYPE_2).decide().act()).as("dearer").isEqualTo(Act.PAGE);
    }

    @ParameterizedTest
    @CsvSource({"0.9, PAGE", "0.1, PAGE", "0.05, PREPARE", "0.03, MONITOR"})
    void worse_and_nobody_to_blame_is_for_a_person(double above, Act act) {
        var decision = proved(above, 1)
                .blamed(new Attribution.Undecided("no guard group"))
                .decide();

        assertThat(decision.act()).isEqualTo(act);
    }

    @ParameterizedTest
    @EnumSource(Trigger.class)
    void somebody_elses_rule_prepares_and_never_rolls_back(Trigger trigger) {
        var decision = healthy()
                .heard(trigger, "alertmanager", Weight.SUSPICION, Optional.of(Severity.SEV1))
                .decide();

        assertThat(decision.act()).isEqualTo(Act.PREPARE);
        assertThat(decision.clock()).isInstanceOf(Clock.Running.class);
    }

    @Test
    void a_trigger_that_is_switched_off_does_not_count_and_says_so() {
        var c = healthy().heard(Trigger.SECURITY, Weight.PROOF);
        var t = TriggerRules.runbook();
        c.rules = c.rules.with(new TriggerRules(
                t.errorRate(),
                t.latency(),
                t.critical(),
                t.corruption(),
                new TriggerRules.Security(false, true),
                t.migration(),
                t.canary()));

        assertThat(c.decide().act()).isEqualTo(Act.GO_ON);
        assertThat(c.decide().reasons())
                .contains("somebody says: it is bad; not counted, the trigger `security` is switched off");
    }

    // ---- the price

    @ParameterizedTest
    @CsvSource({
        "TYPE_1, 0, 7.0, ROLL_BACK",
        "TYPE_1, 0, 6.9, PREPARE",
        "TYPE_2, 0, 9.3, ROLL_BACK",
        "TYPE_2, 0, 9.2, PREPARE",
        "TYPE_3, 0, 11.6, ROLL_BACK",
        "TYPE_3, 0, 11.5, PREPARE",
        "TYPE_1, 1, 7.7, ROLL_BACK",
        "TYPE_1, 1, 7.5, PREPARE",
        "TYPE_1, 2, 8.3, ROLL_BACK",
        "TYPE_1, 2, 8.2, PREPARE",
    })
    void a_rollback_has_a_price_by_its_type_and_by_how_many_there_were_today(
            Plan.Type type, int earlier, double nats, Act act) {
        var c = proved(0.1, 1).type(type).evidence(nats);
        c.alpha = 0.01;
        c.now = START.plus(Duration.ofHours(20));
        var rollbacks = new ArrayList<Automatic>();
        for (var i = 0; i < earlier; i++) {
            rollbacks.add(new Automatic(START.plusSeconds(i), 1, true, false));
        }
        c.past = new Past(rollbacks, false, false);
        c.suspicion = new Suspicion.Since(Duration.ofHours(20).minusMinutes(1), true);

        var decision = c.decide();

        assertThat(decision.act()).isEqualTo(act);
        if (act == Act.PREPARE) {
            assertThat(decision.reasons()).anyMatch(r -> r.contains("asks for more proof"));
        }
    }

    @Test
    void a_rollback_of_data_always_needs_a_person() {
        var c = proved(0.9, 1).type(Plan.Type.TYPE_3);
        c.rules = c.rules.automatic(Set.of(Plan.Type.values()));

        assertThat(c.decide().unattended()).isEqualTo(new Unattended.No("a rollback of Type 3 always needs one"));

        c.way = new Way.To(GOOD, true, Plan.Type.TYPE_2, List.of("12 rows of orders.note"));
        assertThat(c.decide().unattended()).isEqualTo(new Unattended.No("data would be lost: 12 rows of orders.note"));
    }

    // ---- canaries, stages

    @Test
    void a_canary_is_taken_out_on_proof_at_its_own_price_whatever_the_severity() {
        var c = proved(0.001, 0.05).at(Stage.CANARY).evidence(4.7);
        c.alpha = 0.01;

        assertThat(c.decide().act()).isEqualTo(Act.ROLL_BACK);
        assertThat(c.decide().severity()).contains(Severity.SEV4);
        assertThat(c.decide().triggers()).contains(Trigger.CANARY);
        assertThat(c.at(Stage.ROLLING).decide().act()).isEqualTo(Act.MONITOR);
    }

    @ParameterizedTest
    @EnumSource(Stage.class)
    void suspicion_pauses_and_rolls_nothing_back(Stage stage) {
        var decision = suspected().at(stage).decide();

        assertThat(decision.act()).isEqualTo(Act.PAUSE);
        assertThat(decision.holdsRollout()).isTrue();
        assertThat(decision.severity()).isEmpty();
        assertThat(decision.clock())
                .isEqualTo(new Clock.Running(START.plus(Duration.ofMinutes(3)), Duration.ofMinutes(15)));
        assertThat(decision.reasons()).contains("about 200 more requests would decide, in about 20s at this traffic");
    }

    @Test
    void minor_and_perhaps_worse_holds_a_rollout_and_watches_what_is_live() {
        assertThat(proved(0.03, 1).at(Stage.ROLLING).decide().act()).isEqualTo(Act.PAUSE);
        assertThat(proved(0.03, 0.05).at(Stage.ROLLING).decide().act()).isEqualTo(Act.MONITOR);
    }

    @Test
    void after_its_watch_a_release_is_not_taken_out_unattended() {
        var counted = proved(0.9, 1).at(Stage.SETTLED).decide();
        var marked = healthy()
                .heard(Trigger.SECURITY, Weight.PROOF)
                .at(Stage.SETTLED)
                .decide();

        assertThat(counted.act()).isEqualTo(Act.PAGE);
        assertThat(marked.act()).isEqualTo(Act.ROLL_BACK);
        assertThat(marked.unattended()).isEqualTo(new Unattended.No("the watch of v4.0.5 is over"));
    }

    // ---- not knowing

    @Test
    void blindness_never_rolls_back_and_calls_a_person_after_two_minutes() {
        var c = healthy();
        c.verdict = new Verdict.TelemetryDown("connection refused");
        c.blindSince = Optional.of(c.now.minusSeconds(119));
        assertThat(c.decide().act()).isEqualTo(Act.HOLD);

        c.blindSince = Optional.of(c.now.minusSeconds(120));
        assertThat(c.decide().act()).isEqualTo(Act.PAGE);
        assertThat(c.decide().reasons()).contains("blind for 2m: nobody can say how it does");
    }

    @Test
    void nothing_counted_and_no_requests_are_no_pass() {
        var empty = healthy();
        empty.counted = false;
        var idle = healthy();
        idle.verdict = new Verdict.NoData();

        assertThat(empty.decide().act()).isEqualTo(Act.HOLD);
        assertThat(idle.decide().act()).isEqualTo(Act.HOLD);
    }

    @Test
    void only_a_pass_goes_on_and_not_while_somebody_could_not_be_asked() {
        var deaf = healthy();
        deaf.deaf = List.of("alertmanager: timed out");

        assertThat(healthy().decide().act()).isEqualTo(Act.GO_ON);
        assertThat(healthy().decide().clock()).isEqualTo(new Clock.NotRunning());
        assertThat(deaf.decide().act()).isEqualTo(Act.HOLD);
        assertThat(deaf.decide().reasons())
                .contains("could not be asked, so its silence says nothing: alertmanager: timed out");
    }

    @Test
    void a_canary_serves_its_requests_before_it_is_promoted() {
        var c = healthy().at(Stage.CANARY);
        c.requests = 499;
        assertThat(c.decide().act()).isEqualTo(Act.HOLD);

        c.requests = 500;
        assertThat(c.decide().act()).isEqualTo(Act.GO_ON);
    }

    // ---- the clock

    @ParameterizedTest
    @EnumSource(Stage.class)
    void at_the_end_of_the_clock_nothing_passes_silently(Stage stage) {
        var c = suspected().at(stage);
        c.now = START.plus(Duration.ofMinutes(18));

        assertThat(c.decide().act()).isEqualTo(Act.PAGE);
        assertThat(c.decide().reasons().getFirst()).startsWith("nothing was decided within 15m");
        assertThat(c.decide().reasons()).anyMatch(r -> r.contains("errors rose by [?, ?]"));
    }

    @Test
    void a_row_may_be_in_more_of_a_hurry() {
        var rows = new EnumMap<Severity, SeverityRule>(SeverityMatrix.runbook().rules());
        var third = SeverityMatrix.runbook().rule(Severity.SEV3);
        rows.put(
                Severity.SEV3,
                new SeverityRule(
                        third.symptom(),
                        third.when(),
                        third.action(),
                        Duration.ofMinutes(1),
                        third.approval(),
                        Duration.ZERO));
        var c = proved(0.05, 0.1);
        c.rules = DecisionRules.runbook().with(new SeverityMatrix(rows));

        assertThat(c.decide().act()).isEqualTo(Act.PAGE);
    }

    @Test
    void an_alert_older_than_the_release_does_not_make_its_decision_late() {
        var c = healthy();
        c.signals.add(new Signal(
                Trigger.ERROR_RATE,
                "1",
                "alert",
                START.minusSeconds(86_400),
                Optional.empty(),
                Weight.SUSPICION,
                "errors"));

        assertThat(c.decide().clock()).isEqualTo(new Clock.Running(START, Duration.ofMinutes(15)));
    }

    // ---- against flapping

    @Test
    void a_rollback_is_not_rolled_back() {
        var c = proved(0.9, 1);
        c.past = new Past(List.of(), true, false);

        assertThat(c.decide().act()).isEqualTo(Act.PAGE);
    }

    @Test
    void a_rollback_that_did_not_help_is_the_last_one() {
        var c = proved(0.9, 1).after(new Automatic(START.minus(Duration.ofHours(2)), 1, false, false));

        assertThat(c.decide().act()).isEqualTo(Act.PAGE);
        assertThat(c.decide().reasons())
                .contains("the last automatic rollback did not help: a second one would not either");
    }

    @Test
    void one_automatic_rollback_is_done_for_an_incident() {
        var c = proved(0.9, 1).after(new Automatic(START.minus(Duration.ofHours(2)), 1, true, true));

        assertThat(c.decide().unattended())
                .isEqualTo(new Unattended.No("one automatic rollback was done for this incident already"));
    }

    @Test
    void after_one_there_is_a_pause() {
        var c = proved(0.9, 1).after(new Automatic(START.minus(Duration.ofMinutes(20)), 1, true, false));

        assertThat(c.decide().unattended())
                .isEqualTo(new Unattended.No("the last automatic rollback is recent: 5m of 30m to wait"));
        c.now = c.now.plus(Duration.ofMinutes(5));
        assertThat(c.decide().unattended()).isEqualTo(new Unattended.Yes());
    }

    @Test
    void nothing_goes_back_to_what_is_not_known_to_be_good_or_to_nowhere() {
        var unproved = proved(0.9, 1);
        unproved.way = new Way.To(GOOD, false, Plan.Type.TYPE_1, List.of());
        var nowhere = proved(0.9, 1);
        nowhere.way = new Way.Nowhere("it is the first release");

        assertThat(unproved.decide().act()).isEqualTo(Act.PAGE);
        assertThat(nowhere.decide().act()).isEqualTo(Act.PAGE);
        assertThat(nowhere.decide().reasons()).contains("there is no release to go back to: it is the first release");
    }

    @Test
    void a_release_that_was_taken_out_before_is_promoted_after_ten_times_the_proof() {
        var c = healthy();
        c.past = new Past(List.of(), false, true);
        c.readings.add(new Reading("errors less than 5 pp above", 8, 8, 7));
        assertThat(c.decide().act()).isEqualTo(Act.HOLD);

        c.readings.set(0, new Reading("errors less than 5 pp above", 9.4, 9.4, 7));
        assertThat(c.decide().act()).isEqualTo(Act.GO_ON);
    }

    @Test
    void what_was_proved_and_is_over_is_not_taken_out_any_more() {
        var c = proved(0.9, 1);
        c.suspicion = new Suspicion.Since(Duration.ofMinutes(1), false);

        assertThat(c.decide().act()).isEqualTo(Act.PREPARE);
        assertThat(c.decide().reasons()).contains("it was proved, and is not seen any more");
    }

    @Test
    void a_trigger_may_ask_to_last() {
        var c = proved(0.1, 1);
        var t = TriggerRules.runbook();
        c.rules = c.rules.with(new TriggerRules(
                new TriggerRules.ErrorRate(true, new TriggerRules.Above.Points(0.05), Duration.ofMinutes(3)),
                t.latency(),
                t.critical(),
                t.corruption(),
                t.security(),
                t.migration(),
                t.canary()));
        assertThat(c.decide().severity()).contains(Severity.SEV4);
        assertThat(c.decide().reasons()).contains("it has lasted 2m of the 3m that the trigger asks for");

        c.now = c.now.plus(Duration.ofMinutes(1));
        assertThat(c.decide().severity()).contains(Severity.SEV2);
    }

    @Test
    void a_limit_may_be_a_factor_of_the_baseline() {
        assertThat(new TriggerRules.Above.Times(2).share(0.02)).isEqualTo(0.02);
        assertThat(new TriggerRules.Above.Points(0.05).share(0.02)).isEqualTo(0.05);
        assertThat(new Increase(0.05, 1).provedAbove(new TriggerRules.Above.Times(3.5).share(0.02)))
                .isTrue();
    }
}
