package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class EffectiveTest {

    static final String TEXT = """
            apiVersion: lastgood.dev/v1alpha1
            kind: Catalog
            defaults: { timeout: 4m }
            environments:
              blue: { local: { data: state } }
              red: { local: {} }
            services:
              web:
                local: { command: [./web], instances: 3, env: { A: { env: FROM_ENV }, B: b } }
                environments:
                  red: { local: { listen: 9090, instances: 5, env: { A: { file: a.txt } } } }
            """;

    @Test
    void the_strongest_layer_wins_and_every_value_knows_where_it_came_from() {
        var variables = Map.of("LASTGOOD_INSTANCES", "7", "LASTGOOD_WINDOW", "10m");

        var effective = Texts.effective(
                TEXT, "red", "web", Overrides.of(Map.of(Setting.INSTANCES, "8", Setting.TIMEOUT, "90"), variables));

        assertThat(origin(effective, "local.instances")).isEqualTo("8 --instances");
        assertThat(origin(effective, "timeout")).isEqualTo("90s --timeout");
        assertThat(origin(effective, "verify.window")).isEqualTo("10m LASTGOOD_WINDOW");
        assertThat(origin(effective, "local.listen")).isEqualTo("9090 lastgood.yaml:11");
        assertThat(origin(effective, "local.command")).isEqualTo("[./web] lastgood.yaml:9");
        assertThat(origin(effective, "strategy.type"))
                .isEqualTo("rolling inferred from an environment on this machine");
        assertThat(origin(effective, "baseUrl")).isEqualTo("http://127.0.0.1:9090 inferred from local.listen");
        assertThat(origin(effective, "local.drain")).isEqualTo("5s built-in");
        assertThat(effective.service().local().instances()).isEqualTo(8);
        assertThat(effective.timeout()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void the_settings_for_an_environment_hold_only_there() {
        var blue = Texts.effective(TEXT, "blue", "web", Overrides.none());
        var red = Texts.effective(TEXT, "red", "web", Overrides.none());

        assertThat(origin(blue, "local.instances")).isEqualTo("3 lastgood.yaml:9");
        assertThat(origin(red, "local.instances")).isEqualTo("5 lastgood.yaml:11");
        assertThat(origin(red, "timeout")).isEqualTo("4m lastgood.yaml:3");
    }

    @Test
    void a_secret_reference_is_replaced_whole() {
        var red = Texts.effective(TEXT, "red", "web", Overrides.none());

        assertThat(red.service().local().env())
                .isEqualTo(Map.of(
                        "A", new EnvValue.FromSecret(new SecretRef.InFile("a.txt")), "B", new EnvValue.Plain("b")));
    }

    @Test
    void what_an_adapter_found_is_weaker_than_the_file_and_stronger_than_the_defaults() {
        var found = Map.of(
                Setting.INSTANCES, new Overrides.Inferred("9", "ps"),
                Setting.WINDOW, new Overrides.Inferred("1h", "ps"));

        var effective = Texts.effective(TEXT, "blue", "web", new Overrides(Map.of(), Map.of(), found));

        assertThat(origin(effective, "local.instances")).isEqualTo("3 lastgood.yaml:9");
        assertThat(origin(effective, "verify.window")).isEqualTo("1h inferred from ps");
    }

    @ParameterizedTest
    @CsvSource({"never, PT0S", "0s, PT0S", "2h, PT2H"})
    void a_release_is_presumed_good_after_a_time_or_never(String written, Duration wanted) {
        var text = Texts.LOCAL + "policy: { presumeGoodAfter: %s }%n".formatted(written);

        assertThat(Texts.effective(text, "here", "web", Overrides.none())
                        .policy()
                        .presumeGoodAfter())
                .isEqualTo(wanted);
    }

    @Test
    void without_anything_written_the_runbooks_numbers_hold() {
        var effective = Texts.effective(Texts.LOCAL, "here", "web", Overrides.none());

        assertThat(effective.timeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(effective.policy().bake()).isEqualTo(Duration.ofMinutes(30));
        assertThat(effective.policy().presumeGoodAfter()).isEqualTo(Duration.ofHours(24));
        assertThat(effective.policy().decideWithin()).isEqualTo(Duration.ofMinutes(15));
        assertThat(effective.service().verify().window()).isEqualTo(Duration.ofMinutes(30));
        assertThat(effective.service().verify().checks())
                .contains(
                        new Check.ErrorRate("errorRate", true, Percent.of(1)),
                        new Check.Latency("latencyP95", true, Duration.ofMillis(500)),
                        new Check.Http("endpoints", true, List.of(HttpProbe.get("/health"))),
                        new Check.Unconfigured("auth"));
        assertThat(effective.service().local().listen()).isEqualTo(new Listen("127.0.0.1", 8080));
        assertThat(effective.baseUrl()).isEqualTo(URI.create("http://127.0.0.1:8080"));
    }

    @Test
    void a_canary_begins_with_ten_percent() {
        var canary = Texts.web("strategy: { type: canary }");

        assertThat(Texts.effective(canary, "here", "web", Overrides.none())
                        .service()
                        .strategy())
                .isEqualTo(new StrategyConfig.Canary(List.of(Percent.of(10))));
    }

    @Test
    void the_data_folder_counts_from_the_file_or_is_the_users_state_folder() {
        var xdg = Map.of("XDG_STATE_HOME", "/var/state", "HOME", "/home/u");

        assertThat(Texts.effective(TEXT, "blue", "web", Overrides.none()).data())
                .isEqualTo(Path.of("/srv/summit/state"));
        assertThat(Texts.effective(TEXT, "red", "web", Overrides.of(Map.of(), xdg))
                        .data())
                .isEqualTo(Path.of("/var/state/lastgood/summit"));
        assertThat(Texts.effective(TEXT, "red", "web", Overrides.of(Map.of(), Map.of("HOME", "/home/u")))
                        .data())
                .isEqualTo(Path.of("/home/u/.local/state/lastgood/summit"));
        assertThat(Texts.effective(TEXT, "blue", "web", Texts.flags(Map.of(Setting.DATA, "elsewhere")))
                        .data())
                .isEqualTo(Path.of("elsewhere"));
    }

    @Test
    void bad_flags_and_variables_are_all_refused_by_name() {
        var flags = Map.of(Setting.TIMEOUT, "soon", Setting.STRATEGY, "rollin");
        var variables = Map.of("LASTGOOD_TIMEOUT", "300", "LASTGOOD_TIMEZONE", "Europe/Berln", "LASTGOOD_LISTEN", "");

        var resolved = Texts.catalog(TEXT).effective("blue", "web", Overrides.of(flags, variables));

        assertThat(resolved)
                .isInstanceOfSatisfying(
                        Resolved.Refused.class,
                        refused -> assertThat(refused.problems())
                                .extracting(Problem::toString)
                                .containsExactlyInAnyOrder(
                                        "--timeout: timeout: `soon` is not a duration\n  hint: write a number and a unit (ms, s, m, h, d), as in 300s, 15m, 24h",
                                        "--strategy: strategy.type: `rollin` is not one of auto, rolling, blue-green, canary\n  hint: did you mean `rolling`?",
                                        "LASTGOOD_TIMEOUT: timeout: 300 has no unit\n  hint: write 300s",
                                        "LASTGOOD_TIMEZONE: timezone: `Europe/Berln` is not a time zone\n  hint: did you mean `Europe/Berlin`?"));
    }

    @Test
    void an_environment_is_never_guessed_even_if_there_is_only_one() {
        var resolved = Texts.catalog(Texts.LOCAL).effective(Overrides.none());

        assertThat(resolved)
                .isInstanceOfSatisfying(
                        Resolved.Refused.class,
                        refused -> assertThat(refused.problems())
                                .extracting(Problem::toString)
                                .containsExactly(
                                        "lastgood.yaml: it was not said which environment is meant\n  hint: add --environment, one of: here"));
    }

    @Test
    void the_environment_comes_from_a_flag_then_a_variable_then_the_file() {
        var catalog = Texts.catalog(TEXT.replace("timeout: 4m", "environment: blue"));
        var variable = Map.of("LASTGOOD_ENVIRONMENT", "red");

        assertThat(chosen(catalog, Overrides.none())).isEqualTo("blue");
        assertThat(chosen(catalog, Overrides.of(Map.of(), variable))).isEqualTo("red");
        assertThat(chosen(catalog, Overrides.of(Map.of(Setting.ENVIRONMENT, "blue"), variable)))
                .isEqualTo("blue");
    }

    @Test
    void none_is_no_environment() {
        var catalog = Texts.catalog(TEXT.replace("timeout: 4m", "environment: none"));

        assertThat(catalog.effective(Overrides.none())).isInstanceOf(Resolved.Refused.class);
    }

    @Test
    void a_variable_that_looks_like_a_secret_is_hidden_and_noted() {
        var catalog = Texts.catalog(Texts.web("  env: { DB_PASSWORD: hunter2, URL: 'http://u:hunter2@h/' }"));

        var effective = Texts.effective(catalog, "here", "web", Overrides.none());

        assertThat(effective.rows()).extracting(Row::value).noneMatch(value -> value.contains("hunter2"));
        assertThat(catalog.notes())
                .containsExactly(
                        "lastgood.yaml:9: DB_PASSWORD looks like a secret written into the file; write {env: DB_PASSWORD} or {file: PATH}");
    }

    private static String origin(Effective effective, String key) {
        return effective.rows().stream()
                .filter(row -> row.key().equals(key))
                .map(row -> row.value() + " " + row.origin())
                .findFirst()
                .orElseThrow();
    }

    private static String chosen(Catalog catalog, Overrides overrides) {
        return switch (catalog.effective(overrides)) {
            case Resolved.Ok(var effective) -> effective.environment().name();
            case Resolved.Refused(var problems) -> throw new AssertionError(problems.toString());
        };
    }
}
