package lastgood.core.recover;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import lastgood.core.recover.CheckResult.Finding;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RecoveryTest {

    private static final WatchRules RULES =
            new WatchRules(EnumSet.of(Check.PODS, Check.ERROR_RATE), Duration.ofSeconds(1), 3, 4, 5);

    private Tally tally = Tally.none();

    private Recovery after(Finding... findings) {
        Recovery recovery = new Recovery.Watching(3, false);
        for (var finding : findings) {
            var sample = sample(finding, Finding.PASS, tally.inARow() >= 2);
            tally = tally.plus(sample.of(RULES.required()));
            recovery = Recovery.judge(RULES, tally, sample);
        }
        return recovery;
    }

    private static Sample sample(Finding errors, Finding logs, boolean full) {
        return new Sample(
                List.of(
                        CheckResult.pass(Check.PODS, "3 of 3", "", ""),
                        new CheckResult(Check.ERROR_RATE, errors, "0.2%", "< 1%", "proxy"),
                        new CheckResult(Check.LOGS, logs, "2 new", "0", "logs")),
                full);
    }

    @Test
    void is_proved_by_enough_passes_in_a_row_the_last_over_everything() {
        assertThat(after(Finding.PASS, Finding.PASS)).isInstanceOf(Recovery.Watching.class);
        assertThat(after(Finding.PASS)).isInstanceOf(Recovery.Proved.class);
    }

    @Test
    void a_failure_breaks_the_row_and_missing_data_does_not() {
        assertThat(after(Finding.PASS, Finding.PASS, Finding.FAIL, Finding.PASS))
                .isInstanceOf(Recovery.Watching.class);
        assertThat(tally.inARow()).isEqualTo(1);

        assertThat(after(Finding.PASS, Finding.UNKNOWN)).isInstanceOf(Recovery.Watching.class);
        assertThat(after(Finding.PASS)).isInstanceOf(Recovery.Proved.class);
    }

    @Test
    void is_never_proved_without_data() {
        assertThat(after(Finding.UNKNOWN, Finding.UNKNOWN, Finding.UNKNOWN, Finding.UNKNOWN))
                .isInstanceOf(Recovery.Watching.class);
        assertThat(after(Finding.UNKNOWN)).isInstanceOf(Recovery.Unproved.class);
    }

    @Test
    void is_refuted_once_the_budget_of_failures_is_used_up() {
        assertThat(after(Finding.FAIL, Finding.FAIL, Finding.FAIL, Finding.FAIL))
                .isInstanceOfSatisfying(
                        Recovery.Refuted.class, r -> assertThat(r.why()).contains("error-rate: 0.2%"));
    }

    @Test
    void a_check_that_is_not_required_decides_nothing() {
        assertThat(sample(Finding.PASS, Finding.FAIL, true).of(RULES.required()))
                .isEqualTo(Finding.PASS);
    }

    @Test
    void a_sample_that_asked_none_of_the_required_checks_knows_nothing() {
        assertThat(new Sample(List.of(), true).of(RULES.required())).isEqualTo(Finding.UNKNOWN);
    }

    @Test
    void half_an_hour_is_a_hundred_and_twenty_samples() {
        var rules = WatchRules.window(Duration.ofMinutes(30), WatchRules.alwaysRequired());

        assertThat(rules.every()).isEqualTo(Duration.ofSeconds(15));
        assertThat(rules.samplesWanted()).isEqualTo(120);
    }

    @Test
    void a_watch_of_pods_and_logs_says_nothing_of_users() {
        var rules = WatchRules.window(Duration.ofSeconds(5), java.util.EnumSet.of(Check.PODS, Check.LOGS));
        var sample = new Sample(
                List.of(CheckResult.pass(Check.PODS, "3 of 3", "", ""), CheckResult.pass(Check.LOGS, "0", "", "")),
                true);

        assertThat(rules.asksUsers()).isFalse();
        assertThat(Recovery.judge(rules, new Tally(5, 5, 0, 0), sample))
                .isInstanceOfSatisfying(
                        Recovery.Proved.class,
                        p -> assertThat(p.proof()).endsWith("whether users are well was not measured"));
    }
}
