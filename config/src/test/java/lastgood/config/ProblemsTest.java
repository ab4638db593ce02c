package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ProblemsTest {

    @ParameterizedTest
    @MethodSource
    void a_mistake_in_a_service_is_told_with_its_place_and_a_way_on(String lines, String message) {
        assertThat(Texts.problems(Texts.web(lines))).containsExactly(message.stripTrailing());
    }

    /// The lines are added to the service `web` of [Texts#LOCAL]; the first of them is line 9.
    static Stream<Arguments> a_mistake_in_a_service_is_told_with_its_place_and_a_way_on() {
        return Stream.of(
                argumentSet("a typing error in a key", "triggrs: {}", """
                        lastgood.yaml:9:5: services.web.triggrs: unknown key `triggrs`
                          hint: did you mean `triggers`?
                        """),
                argumentSet("a key one level too high", "instances: 3", """
                        lastgood.yaml:9:5: services.web.instances: unknown key `instances`
                          hint: `instances` belongs under `local`
                        """),
                argumentSet("too many instances", "  instances: 65", """
                        lastgood.yaml:9:18: services.web.local.instances: 65 is more than 64
                          hint: what goes here: how many processes run, 1 to 64
                        """),
                argumentSet("text for a number", "  instances: three", """
                        lastgood.yaml:9:18: services.web.local.instances: `three` is not a whole number
                          hint: what goes here: how many processes run, 1 to 64
                        """),
                argumentSet("a duration without a unit", "  drain: 5", """
                        lastgood.yaml:9:14: services.web.local.drain: 5 has no unit
                          hint: write 5s
                        """),
                argumentSet("a duration of too many years", "  drain: 99999d", """
                        lastgood.yaml:9:14: services.web.local.drain: `99999d` is more than ten years
                          hint: write a number and a unit (ms, s, m, h, d), as in 300s, 15m, 24h
                        """),
                argumentSet("no time to start", "  startWithin: 0s", """
                        lastgood.yaml:9:20: services.web.local.startWithin: 0 leaves no time at all
                          hint: write a longer time, as in 30s
                        """),
                argumentSet("a key without a value", "  health:", """
                        lastgood.yaml:9:7: services.web.local.health: there is no value
                          hint: give it a value, or remove the key
                        """),
                argumentSet("a number as a variable", "  env: { PORT: 8080 }", """
                        lastgood.yaml:9:20: services.web.local.env.PORT: the value is not text
                          hint: put it in quotes
                        """),
                argumentSet("a cluster secret on this machine", "  env: { A: { secretRef: s/k } }", """
                        lastgood.yaml:9:19: services.web.local.env.A.secretRef: unknown key `secretRef`
                          hint: known here: env, file
                        """),
                argumentSet("a file above the folder", "  config: [ok.conf, ../../etc/shadow]", """
                        lastgood.yaml:9:25: services.web.local.config[1]: this is outside the folder of the configuration file
                          hint: write a path below it
                        """),
                argumentSet("an unknown place", "  artifact: 'web-{versoin}.jar'", """
                        lastgood.yaml:9:17: services.web.local.artifact: nothing is known to fill in for {versoin}
                          hint: did you mean {version}?
                        """),
                argumentSet("a port out of range", "  listen: '127.0.0.1:70000'", """
                        lastgood.yaml:9:15: services.web.local.listen: 70000 is not a port
                          hint: write a port from 1 to 65535
                        """),
                argumentSet("a strategy that does not exist", "strategy: { type: canari }", """
                        lastgood.yaml:9:23: services.web.strategy.type: `canari` is not one of auto, rolling, blue-green, canary, argo-rollout, flagger
                          hint: did you mean `canary`?
                        """),
                argumentSet("a strategy for clusters", "strategy: { type: flagger }", """
                        lastgood.yaml:9:23: services.web.strategy.type: `flagger` needs a cluster, and environment `here` is on this machine
                          hint: write rolling, blue-green or canary under services.*.environments.here
                        """),
                argumentSet("steps that fall", "strategy: { type: canary, canary: { steps: [50%, 10%] } }", """
                        lastgood.yaml:9:48: services.web.strategy.canary.steps: canary steps rise, above 0% and below 100%
                          hint: write [10%, 50%]; 100% follows by itself
                        """),
                argumentSet("a step without a sign", "strategy: { canary: { steps: [10] } }", """
                        lastgood.yaml:9:35: services.web.strategy.canary.steps[0]: 10 has no percent sign
                          hint: write 10%
                        """),
                argumentSet(
                        "one color twice", "strategy: { type: blue-green, blueGreen: { colors: [blue, blue] } }", """
                        lastgood.yaml:9:56: services.web.strategy.blueGreen.colors: blue-green needs two different colors
                          hint: write [blue, green]
                        """),
                argumentSet("a password in the file", "database: { url: 'postgres://u:hunter2@h' }", """
                        lastgood.yaml:9:22: services.web.database.url: a secret may not be written into the file
                          hint: what goes here: a reference to a secret, never its value: one of {env: NAME}, {file: PATH}, {secretRef: NAME/KEY}, {exec: COMMAND}
                        """),
                argumentSet("a password where a name belongs", "  env: { PW: { env: hunter2 } }", """
                        lastgood.yaml:9:25: services.web.local.env.PW.env: the value does not fit
                          hint: what goes here: the name of an environment variable: capitals, digits and underscores
                        """),
                argumentSet("more than all", "verify: { checks: { errorRate: { below: 101% } } }", """
                        lastgood.yaml:9:45: services.web.verify.checks.errorRate.below: 101% is more than 100%
                          hint: write a percentage from 0% to 100%
                        """),
                argumentSet("a pattern that is none", "verify: { checks: { logs: { ignore: ['('] } } }", """
                        lastgood.yaml:9:42: services.web.verify.checks.logs.ignore[0]: not a regular expression: Unclosed group
                        """),
                argumentSet(
                        "a line for a shell", "verify: { checks: { smoke: { run: 'make smoke | tee log' } } }", """
                        lastgood.yaml:9:39: services.web.verify.checks.smoke.run: this line needs a shell, and none is used
                          hint: write a list: [sh, -c, "..."]
                        """),
                argumentSet("a required check without a way", "verify: { checks: { auth: { required: true } } }", """
                        lastgood.yaml:9:31: services.web.verify.checks.auth: this check is required, but nothing says how to do it
                          hint: add `http:`, `run:` or `query:`
                        """),
                argumentSet(
                        "two requests in one", "verify: { checks: { auth: { http: { get: /a, post: /b } } } }", """
                        lastgood.yaml:9:39: services.web.verify.checks.auth.http: both `get` and `post`
                          hint: write one of them
                        """),
                argumentSet("a truth of older YAML", "verify: { checks: { users: { required: no } } }", """
                        lastgood.yaml:9:44: services.web.verify.checks.users.required: `no` is not true or false
                          hint: write false
                        """),
                argumentSet("an environment that does not exist", "environments: { her: {} }", """
                        lastgood.yaml:9:21: services.web.environments.her: there is no environment `her`
                          hint: did you mean `here`?
                        """),
                argumentSet("overrides in overrides", "environments: { here: { environments: {} } }", """
                        lastgood.yaml:9:29: services.web.environments.here.environments: this key may not be used here
                          hint: settings for one environment cannot hold others
                        """),
                argumentSet("a key twice", "tier: 1\ntier: 2", """
                        lastgood.yaml:10:5: services.web.tier: this key is here twice
                          hint: the first one is at lastgood.yaml:9:5
                        """));
    }

    @ParameterizedTest
    @MethodSource
    void a_mistake_in_the_file_is_told_with_its_place_and_a_way_on(String text, String message) {
        assertThat(Texts.problems(text)).containsExactly(message.stripTrailing());
    }

    static Stream<Arguments> a_mistake_in_the_file_is_told_with_its_place_and_a_way_on() {
        return Stream.of(
                argumentSet("nothing", "", """
                        lastgood.yaml: the file is empty
                          hint: `lastgood config init` writes one to begin with
                        """),
                argumentSet("only a comment", "# nothing\n", """
                        lastgood.yaml: the file is empty
                          hint: `lastgood config init` writes one to begin with
                        """),
                argumentSet("a list", "- a\n", """
                        lastgood.yaml:1:1: a list cannot stand here
                        """),
                argumentSet("a tab", "a:\n\tb: 1\n", """
                        lastgood.yaml:2:1: not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)
                          hint: indent with spaces
                        """),
                argumentSet("an open bracket", "a: [1, 2\n", """
                        lastgood.yaml:2:1: not YAML: expected ',' or ']', but got <stream end>
                          hint: look at the indentation, quotes and brackets here and on the line above
                        """),
                argumentSet("a bell", "a: \u0007\n", """
                        lastgood.yaml:1:4: the character U+0007 may not be in a text file
                          hint: remove it
                        """),
                argumentSet("brackets without end", "[".repeat(5_000), """
                        lastgood.yaml:1:33: nested more than 32 deep
                        """),
                argumentSet("two documents", Texts.LOCAL + "---\n" + Texts.LOCAL, """
                        lastgood.yaml:9:1: a second document begins here
                          hint: one file holds one catalogue; remove the `---`
                        """),
                argumentSet("an alias to nothing", "a: *b\n", """
                        lastgood.yaml:1:4: not YAML: found undefined alias b
                          hint: look at the indentation, quotes and brackets here and on the line above
                        """),
                argumentSet("an alias to itself", "a: &a [*a]\n", """
                        lastgood.yaml:1:4: aliases make this larger than can be read
                          hint: write the values out
                        """),
                argumentSet("too many aliases", "a: &a 1\nb: [%s]\n".formatted("*a, ".repeat(51)), """
                        lastgood.yaml:2:205: more than 50 aliases
                          hint: write the values out
                        """),
                argumentSet("an unknown version", Texts.LOCAL.replace("v1alpha1", "v2"), """
                        lastgood.yaml:1:13: apiVersion: `lastgood.dev/v2` is not lastgood.dev/v1alpha1
                          hint: write lastgood.dev/v1alpha1
                        """),
                argumentSet("no kind", Texts.LOCAL.replace("kind: Catalog\n", ""), """
                        lastgood.yaml:1:1: `kind` is missing
                          hint: write `kind: Catalog`
                        """),
                argumentSet(
                        "a service that cannot be run",
                        Texts.LOCAL.replace(
                                "    local:\n      command: [./web, --port, \"{port}\"]\n", "    tier: 1\n"),
                        """
                        lastgood.yaml:6:3: services.web.local.command: nothing says what to run on this machine
                          hint: write a list: command: ["{artifact}", --port, "{port}"], with artifact: web
                        """));
    }

    @Test
    void all_problems_are_reported_at_once_in_the_order_of_the_file() {
        var loaded = Texts.load("""
                apiVersion: lastgood.dev/v1alpha1
                kind: Catalog
                defaults: { timeout: 300, environment: live, service: wbe }
                environments:
                  live: { protected: true, namespace: shop }
                  test: {}
                services:
                  web: { triggrs: {} }
                """);

        assertThat(loaded)
                .isInstanceOfSatisfying(
                        Loaded.Invalid.class,
                        invalid -> assertThat(invalid.text()).isEqualTo("""
                                lastgood.yaml has 5 problems and was not used; nothing was changed
                                lastgood.yaml:3:22: defaults.timeout: 300 has no unit
                                  hint: write 300s
                                lastgood.yaml:3:40: defaults.environment: `live` is protected and cannot be what is meant by omission
                                  hint: write none
                                lastgood.yaml:3:55: defaults.service: there is no service `wbe`
                                  hint: did you mean `web`?
                                lastgood.yaml:6:3: environments.test: `namespace` is missing
                                  hint: what goes here: the Kubernetes namespace; required unless the environment is local
                                lastgood.yaml:8:10: services.web.triggrs: unknown key `triggrs`
                                  hint: did you mean `triggers`?"""));
    }

    @Test
    void a_secret_is_never_repeated() {
        var text = Texts.web("""
                  env: { A: { env: hunter2 }, B: { file: [hunter2] }, C: { evn: hunter2 }, D: [hunter2] }
                database: { url: hunter2 }
                flags: { provider: { token: { env: hunter2 } } }
                verify: { checks: { auth: { http: { post: /, body: { env: hunter2 } } } } }
                """);

        var problems = Texts.problems(text);

        assertThat(problems).hasSize(7).noneMatch(problem -> problem.contains("hunter2"));
    }

    @Test
    void two_services_cannot_listen_at_one_port() {
        var text = Texts.LOCAL + "  db: { local: { command: [db], listen: \"0.0.0.0:8080\" } }\n";

        assertThat(Texts.problems(text)).isEqualTo(List.of("""
                                lastgood.yaml:9:41: services.db.local.listen: port 8080 is taken by `web` in environment `here`
                                  hint: give it another port"""));
    }

    @Test
    void a_service_for_the_cluster_need_not_run_on_this_machine() {
        var text = Texts.LOCAL.replace("services:", "  there: { namespace: shop }\nservices:") + "  db: {}\n";

        assertThat(Texts.catalog(text).effective("here", "db", Overrides.none()))
                .isInstanceOfSatisfying(
                        Resolved.Refused.class,
                        refused -> assertThat(refused.problems())
                                .extracting(Problem::fact)
                                .containsExactly("nothing says what to run on this machine"));
    }

    @Test
    void settings_for_any_environment_are_checked() {
        var text = """
                apiVersion: lastgood.dev/v1alpha1
                kind: Catalog
                environments: { a: { namespace: a }, b: { namespace: b }, c: { namespace: c } }
                services:
                  web: { environments: { b: { verify: { window: 99999d } }, c: {} } }
                """;

        assertThat(Texts.problems(text)).containsExactly("""
                        lastgood.yaml:5:49: services.web.verify.window: `99999d` is more than ten years
                          hint: write a number and a unit (ms, s, m, h, d), as in 300s, 15m, 24h""");
    }
}
