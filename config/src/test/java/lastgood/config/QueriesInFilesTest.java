package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class QueriesInFilesTest {

    private static final String METRICS = "metrics: { prometheus: 'http://prometheus:9090' }\n";

    private static ServiceConfig web(String lines) {
        return Texts.effective(METRICS + Texts.web(lines), "here", "web", Overrides.none())
                .service();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "signals: { errorRate: { query: 'sum(rate(x[5m])' } } | 10:36: services.web.signals.errorRate.query: `(` is never closed (at character 4 of the query) | add a )",
                "signals: { errorRate: { query: 'x_total{code=~\"5..\"}' } } | 10:36: services.web.signals.errorRate.query: this does not count all requests, so it is no share of them that fails | write the counter without its status code, or sum(rate(failed[1m])) / sum(rate(all[1m]))",
                "signals: { saturation: { query: 'x_total' } } | 10:37: services.web.signals.saturation.query: this counter only grows | write sum(rate(...[5m]))",
                "signals: { errorRate: { from: loki } } | 10:35: services.web.signals.errorRate.from: `loki` is no connection that is asked for this | write from: prometheus, or leave it out",
                "signals: { saturation: { query: 'x{pod=~\"$pods\"}' } } | 10:37: services.web.signals.saturation.query: `$pods` is filled in by nobody (at character 9 of the query) | there are $environment, $service, $version, $window",
                "triggers: { critical: { query: 'sum(x) > 5' } } | 10:36: services.web.triggers.critical.query: where this does not hold it answers nothing, as it does where nothing is measured (at character 8 of the query) | write `> bool`, which answers 0 or 1",
                "verify: { checks: { users: { query: 'sum(x' , below: '5' } } } | 10:41: services.web.verify.checks.users.query: `(` is never closed (at character 4 of the query) | add a )",
                "verify: { checks: { users: { query: 'sum(x)' } } } | 10:32: services.web.verify.checks.users: nothing says which numbers are well | write below: or above:, as in below: \"5\"",
                "verify: { checks: { users: { query: 'sum(x)', below: lots } } } | 10:58: services.web.verify.checks.users.below: `lots` is no limit for a query | write a number, a percentage (1% is 0.01) or a duration (500ms is 0.5)",
                "verify: { checks: { errorRate: { query: 'sum(x)', above: 1% } } } | 10:62: services.web.verify.checks.errorRate.above: nobody is well because errorRate is above something | write `below`",
                "verify: { checks: { users: { query: 'sum(x)', below: '5', run: ./x } } } | 10:41: services.web.verify.checks.users.query: `http` or `run` is written too, and one of them can hold | remove all but one",
                "verify: { checks: { auth: { below: 1% } } } | 10:40: services.web.verify.checks.auth.below: `below` means nothing for auth | it belongs to a `query`",
                "verify: { checks: { pods: { window: 5m } } } | 10:41: services.web.verify.checks.pods.window: `window` means nothing for pods | it belongs to a `query`",
            })
    void what_is_wrong_with_a_query_is_said_with_its_place(String written, String fact, String hint) {
        assertThat(Texts.problems(METRICS + Texts.web(written)))
                .containsExactly("lastgood.yaml:%s\n  hint: %s".formatted(fact, hint));
    }

    @Test
    void without_a_prometheus_nobody_can_be_asked() {
        assertThat(Texts.problems(Texts.web("verify: { checks: { users: { query: 'sum(x)', below: '5' } } }")))
                .containsExactly("""
                        lastgood.yaml:9:41: services.web.verify.checks.users.query: nobody is there to be asked this
                          hint: write metrics: { prometheus: http://HOST:PORT }""");
    }

    @Test
    void a_query_and_its_limit_stand_in_for_any_check() {
        var text = "verify: { checks: { errorRate: { query: 'sum(x)' }, latencyP95: { query: 'sum(y)', below: 300ms },"
                + " integrations: { query: 'min(up)', above: '0', window: 1m, required: false } } }";

        assertThat(web(text).verify().checks())
                .contains(
                        new Check.Asked(
                                "errorRate",
                                true,
                                new Query("sum(x)", "", null),
                                new Bound(false, 0.01, "1%"),
                                Duration.ofMinutes(5)),
                        new Check.Asked(
                                "latencyP95",
                                true,
                                new Query("sum(y)", "", null),
                                new Bound(false, 0.3, "300ms"),
                                Duration.ofMinutes(5)),
                        new Check.Asked(
                                "integrations",
                                false,
                                new Query("min(up)", "", null),
                                new Bound(true, 0, "0"),
                                Duration.ofMinutes(1)));
    }

    @Test
    void what_is_counted_may_be_looked_at_over_a_shorter_time() {
        assertThat(web("verify: { checks: { errorRate: { window: 2m } } }")
                        .verify()
                        .checks())
                .contains(new Check.ErrorRate("errorRate", true, Percent.of(1), Duration.ofMinutes(2)))
                .contains(new Check.Latency("latencyP95", true, Duration.ofMillis(500), null));
    }

    @Test
    void a_signal_that_can_be_counted_leaves_the_check_to_the_counts_and_another_one_is_asked_for_it() {
        var counted = web("signals: { errorRate: { query: 'web_requests_total' } }");
        var told = web("signals: { errorRate: { query: 'web:errors:ratio', from: prometheus } }");

        assertThat(counted.signals().requests().map(Counters::metric)).contains("web_requests_total");
        assertThat(counted.verify().checks()).contains(new Check.ErrorRate("errorRate", true, Percent.of(1), null));
        assertThat(told.signals().requests()).isEmpty();
        assertThat(told.verify().checks())
                .anySatisfy(check -> assertThat(check)
                        .isInstanceOfSatisfying(
                                Check.Asked.class,
                                asked -> assertThat(asked.query().text()).isEqualTo("web:errors:ratio")));
    }

    @Test
    void a_signal_that_proves_nothing_is_noted() {
        var note = "lastgood.yaml:10: signals.errorRate of web gives numbers and no counts";

        assertThat(Texts.catalog(METRICS + Texts.web("signals: { errorRate: { query: 'web:errors:ratio' } }"))
                        .notes())
                .singleElement()
                .asString()
                .startsWith(note);
        assertThat(Texts.catalog(METRICS + Texts.web("signals: { errorRate: { query: 'web_requests_total' } }"))
                        .notes())
                .isEmpty();
    }

    @Test
    void a_trigger_has_a_condition_of_the_teams_own_unless_it_is_off() {
        var triggers = web("triggers: { errorRate: { query: 'max(x) > bool 5', for: 2m },"
                        + " security: { enabled: false, query: 'max(y) > bool 5' } }")
                .triggers();

        assertThat(triggers.conditions())
                .containsOnlyKeys("errorRate")
                .satisfies(all -> assertThat(all.get("errorRate"))
                        .isEqualTo(new TriggersConfig.Watched(
                                new Query("max(x) > bool 5", "", null), Duration.ofMinutes(2))));
    }

    @Test
    void they_are_shown_with_where_they_come_from() {
        var rows = Texts.effective(
                        METRICS + Texts.web("signals: { saturation: { query: 'max(x)' } }"),
                        "here",
                        "web",
                        Overrides.none())
                .rows();

        assertThat(rows).anySatisfy(row -> {
            assertThat(row.key()).isEqualTo("signals.saturation.query");
            assertThat(row.value()).isEqualTo("max(x)");
            assertThat(row.origin()).isInstanceOf(Origin.InFile.class);
        });
    }
}
