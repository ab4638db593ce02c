package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class QueryTest {

    private static Parsed<Query> read(String text) {
        return Query.number(text, Query.ON_A_CLUSTER);
    }

    private static Query query(String text) {
        return read(text).orElse(bad -> {
            throw new AssertionError(bad);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "up",
                "job:errors:ratio5m{job=\"web\"}",
                "{__name__=~\"web_.+\"}",
                "{\"http.requests\", code=\"500\"}",
                "sum(rate(http_requests_total{app=\"web\",code=~\"5..\"}[1m])) / sum(rate(http_requests_total{app=\"web\"}[1m]))",
                "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{app='web'}[5m])))",
                "SUM(rate(x_total[5m])) BY (pod) > BOOL 1e3",
                "sum without (instance, pod) (rate(x_total[$window] offset 1h)) / on (job) group_left (env) y",
                "-2 ^ -1 + 3 % 2 - time()",
                "max_over_time(sum(rate(x_total[1m]))[1h:30s]) or vector(0)",
                "rate(x_total{pod=~\"$pods\", namespace=\"$namespace\"}[1h30m] @ start())",
                "x offset -5m and y unless z",
                "topk(3, x) # the three",
                "count_values(\"version\", build_info)",
                "x{a=\"1\",} == bool on () y",
                "label_replace(up, \"a\", \"$1\", \"b\", `(\\d+)$`)",
                "some_extension_of_a_server(x)",
                "x{a=~\"(foo|bar)$\"}",
                "x{a=~\"\\\\d+\"}",
                "absent(x) * 1.5",
                "(x)",
                "avg(x{le=\"+Inf\"}) atan2 pi()",
                "sum_over_time(x[5m:]) > -Inf",
            })
    void what_prometheus_understands_is_understood(String text) {
        // `$1` of label_replace stands in a text and is no place
        assertThat(read(text.replace("$1", "x"))).isInstanceOf(Parsed.Good.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "sum(rate(x[5m]) | `(` is never closed (at character 4 of the query) | add a )",
                "sum(rate(x[5m]))) | `)` is out of place: it closes nothing that was opened (at character 17 of the query) | ",
                "x{code=~\"5..\" | `{` is never closed (at character 2 of the query) | add a }",
                "x{code=\"5..} | this text has no end (at character 8 of the query) | close it with \"",
                "x{code==\"500\"} | `==` is out of place: labels are compared with a single = (at character 7 of the query) | ",
                "x{code=500} | `500` is out of place: the value of a label stands in quotes (at character 8 of the query) | ",
                "x{code=~\"5(..\"} | not a regular expression: unclosed group (at character 9 of the query) | ",
                "x{a=~\"(?=b)\"} | Prometheus' regular expressions (RE2) cannot look around or back (at character 6 of the query) | write it without",
                "x{a=~\"\\d+\"} | `\\d` is no character that PromQL knows (at character 7 of the query) | a backslash in a regular expression is written twice: \\\\d",
                "rate(x[5q]) | this is neither a number nor a duration (at character 8 of the query) | a duration is whole numbers with units, as in 5m or 1h30m",
                "rate(x) | rate is taken over a range of time, and there is none (at character 6 of the query) | write it behind the metric, as in [5m]",
                "sum(x[5m]) | sum is taken of values, and this is a range of time (at character 5 of the query) | wrap it, as in rate(...), or remove the [...]",
                "x[5m] | this gives all samples of a range of time, and one number is needed (at character 1 of the query) | wrap it, as in sum(rate(...))",
                "\"x\" | this is a text, and one number is needed (at character 1 of the query) | ",
                "sum(raet(x[5m])) | there is no function `raet` (at character 5 of the query) | did you mean `rate`?",
                "x{pod=~\"$pod\"} | `$pod` is filled in by nobody (at character 9 of the query) | did you mean `$pods`?",
                "rate(x[$__rate_interval]) | `$__rate_interval` is filled in by nobody (at character 8 of the query) | there are $environment, $namespace, $pods, $service, $version, $window",
                "rate($service[5m]) | `$service` stands in a text, as in service=\"$service\" (at character 6 of the query) | only $window stands outside of one, for a duration",
                "~{app=\"web\"} |= \"ERROR\"~ | ~`|` means nothing here (at character 13 of the query)~ | LogQL is not PromQL; or is written `or`",
                "x / | the end is out of place: something is wanting (at character 4 of the query) | ",
                "x y | `y` is out of place: the expression is over before it (at character 3 of the query) | ",
                "{a=~\".*\"} | this selects every series there is (at character 1 of the query) | name a metric, or a label that is not empty",
                "1 > 2 | two numbers are compared (at character 3 of the query) | write `> bool`",
                "x and 1 | `and` joins series, and this is a number (at character 7 of the query) | vector(...) makes it one",
            })
    void what_no_server_takes_is_refused_with_its_place(String text, String fact, String hint) {
        assertThat(read(text)).isEqualTo(new Parsed.Bad<>(fact, hint == null ? "" : hint));
    }

    @Test
    void of_several_lines_the_line_is_said() {
        assertThat(read("sum(\n  rate(x[5m])\n  / y\n"))
                .isInstanceOfSatisfying(
                        Parsed.Bad.class, bad -> assertThat(bad.fact()).endsWith("(line 1, character 4 of the query)"));
        assertThat(read("sum(x)\n  / raet(y[5m])\n"))
                .isInstanceOfSatisfying(
                        Parsed.Bad.class, bad -> assertThat(bad.fact()).endsWith("(line 2, character 5 of the query)"));
    }

    @Test
    void nothing_is_nested_without_an_end() {
        assertThat(read("(".repeat(100_000) + "x" + ")".repeat(100_000))).isInstanceOf(Parsed.Bad.class);
        assertThat(read("-".repeat(100_000) + "x")).isInstanceOf(Parsed.Bad.class);
        assertThat(read("2^".repeat(100_000) + "2")).isInstanceOf(Parsed.Bad.class);
    }

    // ---- counts

    @Test
    void the_counters_of_a_share_are_taken_out_of_it() {
        assertThat(query("100 * sum(increase(x_total{code=\"500\"}[1m])) / sum(increase(x_total[1m]))")
                        .counters())
                .isEqualTo(new Counters("x_total", List.of(), List.of(new Counters.Label("code", "=", "500")), false));
        assertThat(query(
                                "(sum(rate(http_requests_total{app=\"web\",code=~\"5..\"}[1m])) or vector(0)) / sum(rate(http_requests_total{app=\"web\"}[1m])) * 100")
                        .counters())
                .isEqualTo(new Counters(
                        "http_requests_total",
                        List.of(new Counters.Label("app", "=", "web")),
                        List.of(new Counters.Label("code", "=~", "5..")),
                        false));
    }

    @Test
    void a_counter_by_itself_counts_all_requests() {
        assertThat(query("shop_requests_total{app=\"web\"}").counters())
                .isEqualTo(new Counters(
                        "shop_requests_total", List.of(new Counters.Label("app", "=", "web")), List.of(), false));
    }

    @Test
    void the_histogram_of_a_quantile_is_taken_out_of_it() {
        assertThat(query("histogram_quantile(0.95, sum by (le) (rate(h_seconds_bucket{app=\"web\"}[5m])))")
                        .counters())
                .isEqualTo(new Counters(
                        "h_seconds_bucket", List.of(new Counters.Label("app", "=", "web")), List.of(), true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "job:errors:ratio5m",
                "1 - sum(rate(x_total{code=~\"2..\"}[1m])) / sum(rate(x_total[1m]))",
                "sum(rate(errors_total[1m])) / sum(rate(x_total[1m]))",
                "sum by (pod) (rate(x_total{code=\"500\"}[1m])) / sum by (pod) (rate(x_total[1m]))",
                "sum(rate(x_total{code=\"500\"}[1m] offset 1h)) / sum(rate(x_total[1m]))",
                "sum(rate(x_total{code=\"500\",a=\"b\"}[1m])) / sum(rate(x_total{a=\"c\"}[1m]))",
                "max(rate(x_total{code=\"500\"}[1m])) / sum(rate(x_total[1m]))",
                "sum(rate(x_total{code=~\"[[:digit:]]\"}[1m])) / sum(rate(x_total[1m]))",
                "x_total{code=~\"5..\"}",
                "sum(rate(x_total{version=\"$version\",code=\"500\"}[1m])) / sum(rate(x_total{version=\"$version\"}[1m]))",
                "histogram_quantile(0.95, sum by (le, pod) (rate(h_bucket[5m])))",
                "histogram_quantile(0.95, sum by (le) (rate(h_bucket{le!=\"1\"}[5m])))",
            })
    void what_says_more_than_counts_can_is_no_counter(String text) {
        assertThat(query(text).counters()).isNull();
    }

    // ---- conditions

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sum(rate(x_total[1m])) > bool 5",
                "max(up{job=\"pay\"}) == bool 0",
                "(x > bool 1) * (y > bool 2)",
                "absent(up{job=\"pay\"}) or vector(0)",
                "max(x > bool 5)",
            })
    void what_answers_one_or_zero_is_a_condition(String text) {
        assertThat(Query.condition(text, Query.ON_A_CLUSTER)).isInstanceOf(Parsed.Good.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "5", "sum(x) / sum(y)", "rate(x_total[5m])", "x + y"})
    void a_number_is_no_condition(String text) {
        assertThat(Query.condition(text, Query.ON_A_CLUSTER))
                .isInstanceOfSatisfying(
                        Parsed.Bad.class,
                        bad -> assertThat(bad.fact()).startsWith("this is a number, and a trigger needs a condition"));
    }

    @Test
    void what_answers_nothing_where_it_does_not_hold_is_no_condition_either() {
        assertThat(Query.condition("sum(rate(x_total[1m])) > 5", Query.ON_A_CLUSTER))
                .isEqualTo(new Parsed.Bad<>(
                        "where this does not hold it answers nothing, as it does where nothing is measured (at character 24 of the query)",
                        "write `> bool`, which answers 0 or 1"));
    }
}
