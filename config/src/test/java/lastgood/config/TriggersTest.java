package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TriggersTest {

    private static TriggersConfig triggers(String text) {
        return Texts.effective(text, "here", "web", Overrides.none()).service().triggers();
    }

    @Test
    void without_a_word_they_are_the_runbooks() {
        var triggers = triggers(Texts.LOCAL);

        assertThat(triggers)
                .isEqualTo(new TriggersConfig(
                        new TriggersConfig.ErrorRate(true, new Above.Points(BigDecimal.valueOf(5)), Duration.ZERO),
                        new TriggersConfig.Latency(true, Duration.ZERO),
                        new TriggersConfig.Critical(true, List.of("auth", "health"), 3),
                        new TriggersConfig.Corruption(true, false, Duration.ofMinutes(5)),
                        new TriggersConfig.Security(true, true),
                        new TriggersConfig.Migration(true, true),
                        new TriggersConfig.Canary(true, 0.01, 500)));
    }

    @Test
    void each_can_be_set_and_switched_off() {
        var triggers = triggers(Texts.web(
                "triggers: { errorRate: { above: 2 x baseline, for: 2m }, corruption: { integrity: comprehensive },"
                        + " security: { enabled: false }, canary: { alpha: 0.001, minRequests: 0 } }"));

        assertThat(triggers.errorRate())
                .isEqualTo(new TriggersConfig.ErrorRate(true, new Above.Times(BigDecimal.TWO), Duration.ofMinutes(2)));
        assertThat(triggers.corruption().comprehensive()).isTrue();
        assertThat(triggers.security().enabled()).isFalse();
        assertThat(triggers.canary()).isEqualTo(new TriggersConfig.Canary(true, 0.001, 0));
        assertThat(triggers.latency().enabled()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "errorRate: { above: 2 x basline } | services.web.triggers.errorRate.above: `2 x basline` is not a limit: `basline` means nothing here (at character 5) | did you mean `baseline`?",
                "errorRate: { failures: 3 } | services.web.triggers.errorRate.failures: `failures` means nothing for errorRate | it has enabled, above, for, test, query",
                "errorRate: { test: threshold } | services.web.triggers.errorRate.test: this version tests sequentially only, not by `threshold` | write test: sequential, or leave it out",
                "latency: { above: 3 x baseline } | services.web.triggers.latency.above: of latency this version can prove `2 x baseline` only | write above: 2 x baseline",
                "critical: { checks: [auht] } | services.web.triggers.critical.checks[0]: there is no check `auht` that can be critical | did you mean `auth`?",
                "critical: { failures: 0 } | services.web.triggers.critical.failures: a check that never fails cannot fail | write 1 or more",
                "corruption: { every: 0s } | services.web.triggers.corruption.every: 0 leaves no time at all | write a longer time, as in 30s",
            })
    void what_means_nothing_is_refused_with_its_place(String written, String fact, String hint) {
        var problems = Texts.problems(Texts.web("triggers: { " + written + " }"));

        assertThat(problems)
                .singleElement()
                .asString()
                .matches("(?s)[a-z.]+:[0-9]+:[0-9]+: .*")
                .endsWith(": %s\n  hint: %s".formatted(fact, hint));
    }

    @Test
    void what_may_be_done_alone_is_nothing_until_it_is_written() {
        assertThat(Texts.catalog(Texts.LOCAL).policy().automatic())
                .isEqualTo(new PolicyConfig.Automatic(Set.of(), Set.of(), false, Duration.ofMinutes(30)));
        assertThat(Texts.catalog(Texts.LOCAL
                                + "policy: { automatic: { environments: [here], types: [2], temporal: true, cooldown: 2h"
                                + " } }\n")
                        .policy()
                        .automatic())
                .isEqualTo(new PolicyConfig.Automatic(Set.of("here"), Set.of(2), true, Duration.ofHours(2)));
    }

    @Test
    void data_never_goes_back_without_a_person() {
        var text = Texts.LOCAL + "policy: { automatic: { environments: [here], types: [1, 3] } }\n";

        assertThat(Texts.problems(text))
                .singleElement()
                .asString()
                .contains("a rollback of Type 3 always needs a person");
    }

    @Test
    void they_are_shown_with_where_they_come_from() {
        var rows = Texts.effective(
                        Texts.web("triggers: { errorRate: { above: baseline + 3pp } }"),
                        "here",
                        "web",
                        Overrides.none())
                .rows();

        assertThat(rows)
                .filteredOn(row -> row.key().startsWith("triggers."))
                .anySatisfy(row -> {
                    assertThat(row.key()).isEqualTo("triggers.errorRate.above");
                    assertThat(row.value()).isEqualTo("baseline + 3pp");
                    assertThat(row.origin()).isInstanceOf(Origin.InFile.class);
                })
                .anySatisfy(row -> {
                    assertThat(row.key()).isEqualTo("triggers.canary.alpha");
                    assertThat(row.origin()).isInstanceOf(Origin.BuiltIn.class);
                });
        assertThat(rows).extracting(Row::key).contains("policy.decideWithin", "policy.severity.SEV-1.when");
    }
}
