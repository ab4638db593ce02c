package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ValuesTest {

    private static final String CONDITION_HINT =
            "write errorRate > 10% or one of outage, dataLoss, corruption, latency, auth, critical, security,"
                    + " migration, canary, joined by `or`";

    @Test
    void durations_are_a_number_and_a_unit() {
        assertThat(Durations.parse("500ms")).isEqualTo(good(Duration.ofMillis(500)));
        assertThat(Durations.parse("1.5h")).isEqualTo(good(Duration.ofMinutes(90)));
        assertThat(Durations.parse("30d")).isEqualTo(good(Duration.ofDays(30)));
        assertThat(Durations.parse("300")).isEqualTo(new Parsed.Bad<>("300 has no unit", "write 300s"));
        assertThat(Durations.parse("-5s")).isInstanceOf(Parsed.Bad.class);
        assertThat(Durations.parse("999999999999d")).isInstanceOf(Parsed.Bad.class);
    }

    @Test
    void a_bare_number_after_the_flag_is_seconds() {
        assertThat(Durations.parseFlag("300")).isEqualTo(good(Duration.ofMinutes(5)));
        assertThat(Durations.parseFlag("5m")).isEqualTo(good(Duration.ofMinutes(5)));
    }

    @Test
    void percentages_need_their_sign_and_are_exact() {
        assertThat(Percent.parse("0.1%")).isEqualTo(good(new Percent(new BigDecimal("0.1"))));
        assertThat(Percent.parse("1.0%")).isEqualTo(good(Percent.of(1)));
        assertThat(Percent.parse("100%")).isEqualTo(good(Percent.of(100)));
        assertThat(Percent.of(100)).hasToString("100%");
        assertThat(new Percent(new BigDecimal("0.5")).fraction()).isEqualTo(0.005);
        assertThat(Percent.parse("0.05")).isInstanceOf(Parsed.Bad.class);
        assertThat(Percent.parse("100.1%")).isInstanceOf(Parsed.Bad.class);
    }

    @Test
    void templates_fill_in_words_in_braces_only() {
        var template = new Template("{\"port\": {port}} {{port}} ${HOME} {version}");

        assertThat(template.places()).containsExactly("port", "HOME", "version");
        assertThat(new Template("a-{version}.jar").fill(Map.of("version", "$1\\2")))
                .isEqualTo("a-$1\\2.jar");
        assertThat(new Template("{{port}} {port}").fill(Map.of("port", "80"))).isEqualTo("{port} 80");
        assertThatThrownBy(() -> template.fill(Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no value for {port}");
    }

    @Test
    void command_lines_are_split_without_a_shell() {
        assertThat(Words.split("make  smoke 'a b' --x=\"c d\" ''"))
                .isEqualTo(good(List.of("make", "smoke", "a b", "--x=c d", "")));
        assertThat(Words.split("echo 'a | b'")).isEqualTo(good(List.of("echo", "a | b")));
        assertThat(Words.split("a && b")).isInstanceOf(Parsed.Bad.class);
        assertThat(Words.split("echo $HOME")).isInstanceOf(Parsed.Bad.class);
        assertThat(Words.split("echo 'a")).isInstanceOf(Parsed.Bad.class);
        assertThat(Words.split("  ")).isInstanceOf(Parsed.Bad.class);
        assertThat(Words.split("a ".repeat(100_000))).isInstanceOf(Parsed.Bad.class);
    }

    @Test
    void a_port_alone_stays_on_this_machine() {
        assertThat(Listen.parse("8080")).isEqualTo(good(new Listen("127.0.0.1", 8080)));
        assertThat(Listen.parse("0.0.0.0:80")).isEqualTo(good(new Listen("0.0.0.0", 80)));
        assertThat(Listen.parse("[::1]:80")).isEqualTo(good(new Listen("[::1]", 80)));
        assertThat(Listen.parse("0")).isInstanceOf(Parsed.Bad.class);
        assertThat(Listen.parse("a:b")).isInstanceOf(Parsed.Bad.class);
    }

    @Test
    void conditions_are_symptoms_joined_by_or() {
        var text = "outage or dataLoss or errorRate >= 5%";

        var condition = Condition.parse(text).orElse(bad -> {
            throw new AssertionError(bad);
        });

        assertThat(condition)
                .hasToString(text)
                .isEqualTo(new Condition(List.of(
                        new Condition.Symptom.Outage(),
                        new Condition.Symptom.DataLoss(),
                        new Condition.Symptom.ErrorRate(Condition.Comparison.AT_LEAST, Percent.of(5)))));
        assertThat(Condition.parse("outtage"))
                .isEqualTo(new Parsed.Bad<>("`outtage` is not a symptom", "did you mean `outage`?"));
        assertThat(Condition.parse("")).isInstanceOf(Parsed.Bad.class);
    }

    @Test
    void a_condition_of_several_parts_says_which_one_is_wrong() {
        assertThat(Condition.parse("outage or errorrate > 10% or auth"))
                .isEqualTo(new Parsed.Bad<>("`errorrate > 10%` is not a symptom (at character 11)", CONDITION_HINT));
        assertThat(Condition.parse("outage or secruity"))
                .isEqualTo(
                        new Parsed.Bad<>("`secruity` is not a symptom (at character 11)", "did you mean `security`?"));
        assertThat(Condition.parse("latency or auth or corruption or migration or critical or canary or security"))
                .isInstanceOf(Parsed.Good.class);
    }

    @Test
    void a_limit_is_points_or_a_factor_above_the_baseline() {
        assertThat(Above.parse("baseline + 5pp")).hasToString("Good[value=baseline + 5pp]");
        assertThat(Above.parse("baseline+0.5 pp")).hasToString("Good[value=baseline + 0.5pp]");
        assertThat(Above.parse("2 x baseline")).hasToString("Good[value=2 x baseline]");
        assertThat(Above.parse("1.5x baseline")).hasToString("Good[value=1.5 x baseline]");

        assertThat(Above.parse("2 x basline"))
                .isEqualTo(new Parsed.Bad<>(
                        "`2 x basline` is not a limit: `basline` means nothing here (at character 5)",
                        "did you mean `baseline`?"));
        for (var wrong : List.of("5%", "5pp", "baseline", "", "1 x baseline", "baseline + 100pp", "0.5 x baseline")) {
            assertThat(Above.parse(wrong))
                    .as(wrong)
                    .isInstanceOfSatisfying(
                            Parsed.Bad.class,
                            bad -> assertThat(bad.hint())
                                    .isEqualTo("write baseline + 5pp (percentage points) or 2 x baseline"));
        }
    }

    @Test
    void the_nearest_word_is_a_slip_of_the_fingers_away() {
        var known = List.of("triggers", "tier", "production", "SEV-1");

        assertThat(Nearest.to("triggrs", known)).contains("triggers");
        assertThat(Nearest.to("teir", known)).contains("tier");
        assertThat(Nearest.to("Production", known)).contains("production");
        assertThat(Nearest.to("prod", known)).contains("production");
        assertThat(Nearest.to("SEV-5", known)).isEmpty();
        assertThat(Nearest.to("database", known)).isEmpty();
        assertThat(Nearest.to("x".repeat(100_000), known)).isEmpty();
    }

    private static <T> Parsed<T> good(T value) {
        return new Parsed.Good<>(value);
    }
}
