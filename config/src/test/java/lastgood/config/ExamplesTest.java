package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ExamplesTest {

    final Catalog full = Texts.catalog(Texts.example("lastgood.yaml"));

    @Test
    void seven_lines_are_enough() {
        var catalog = Texts.catalog(Texts.example("lastgood.min.yaml"));

        assertThat(catalog.environments().get("production").platform())
                .isEqualTo(Platform.Cluster.of("summit-production"));
        assertThat(catalog.services()).containsExactly("intelgraph-server");
        assertThat(catalog.notes()).isEmpty();
    }

    @Test
    void the_full_example_keeps_the_order_of_the_file() {
        assertThat(full.name()).isEqualTo("summit");
        assertThat(full.environments().keySet()).containsExactly("production", "staging");
        assertThat(full.services()).containsExactly("intelgraph-server", "intelgraph-ui");
        assertThat(full.contacts().get("oncall").addresses()).containsEntry("pagerduty", "PABC123");
    }

    @Test
    void a_protected_environment_with_its_address_is_read() {
        assertThat(full.environments().get("production"))
                .isEqualTo(new EnvironmentConfig(
                        "production",
                        Platform.Cluster.of("summit-production").withContext("summit-prod"),
                        true,
                        URI.create("https://api.summit.production")));
    }

    @Test
    void the_ten_checks_are_read() {
        var verify = Texts.effective(full, "production", "intelgraph-server", Overrides.none())
                .service()
                .verify();

        assertThat(verify.checks())
                .extracting(Check::name)
                .containsExactly(
                        "pods",
                        "errorRate",
                        "latencyP95",
                        "auth",
                        "database",
                        "endpoints",
                        "logs",
                        "integrations",
                        "smoke",
                        "users");
        assertThat(verify.checks())
                .contains(
                        new Check.ErrorRate("errorRate", true, Percent.of(1)),
                        new Check.Latency("latencyP95", true, Duration.ofMillis(500)),
                        new Check.Logs("logs", true, 0, Duration.ofMinutes(15), List.of("ECONNRESET .* client")),
                        new Check.Run(
                                "smoke",
                                true,
                                List.of(
                                        new Template("make"),
                                        new Template("smoke"),
                                        new Template("ENVIRONMENT={environment}"))));
    }

    @Test
    void the_matrix_of_the_example_is_the_built_in_one_where_both_speak() {
        var minimal = Texts.catalog(Texts.example("lastgood.min.yaml"));

        for (var level : SeverityLevel.values()) {
            var written = full.policy().rule(level);
            var builtIn = minimal.policy().rule(level);
            assertThat(builtIn.when().anyOf()).containsAll(written.when().anyOf());
            assertThat(builtIn)
                    .isEqualTo(new SeverityRule(
                            level,
                            builtIn.when(),
                            written.action(),
                            written.within(),
                            written.approval(),
                            written.postmortem()));
        }
        assertThat(full.policy().rule(SeverityLevel.SEV_1))
                .isEqualTo(new SeverityRule(
                        SeverityLevel.SEV_1,
                        new Condition(List.of(new Condition.Symptom.Outage(), new Condition.Symptom.DataLoss())),
                        SeverityRule.Action.ROLLBACK_NOW,
                        new Due.Never(),
                        new Approval.Needed(
                                List.of("platform-lead"), Approval.When.AFTER, new Due.Within(Duration.ofHours(24)), 1),
                        new Due.Within(Duration.ofHours(24))));
        assertThat(full.policy().automatic().types()).isEqualTo(Set.of(1));
    }

    @Test
    void what_this_version_does_nothing_with_is_said() {
        assertThat(full.notActedOn())
                .contains("connections.slack", "services.*.gitops", "services.*.flags", "drills")
                .contains(
                        "metadata.owner",
                        "services.*.verify.checks.users.tickets",
                        "services.*.signals.logErrors",
                        "policy.severity.*.postmortem",
                        "contacts.*.slack")
                .doesNotContain(
                        "services.*.database.restore",
                        "services.*.database.backup.beforeRollback",
                        "services.*.strategy",
                        "services.*.triggers",
                        "policy.severity",
                        "policy.decideWithin",
                        "policy.automatic",
                        "services.*.strategy.canary.steps after the first");
        assertThat(full.notes()).hasSize(1);
    }

    @Test
    void of_the_steps_of_a_canary_only_those_after_the_first_do_nothing() {
        assertThat(Texts.catalog(Texts.web("strategy: { canary: { steps: [5%] } }"))
                        .notActedOn())
                .isEmpty();
        assertThat(Texts.catalog(Texts.web("strategy: { canary: { steps: [5%, 50%] } }"))
                        .notes())
                .containsExactly("accepted, not acted on yet: services.*.strategy.canary.steps after the first");
    }

    @Test
    void a_check_that_nothing_performs_is_not_required() {
        var text =
                Texts.web("verify: { checks: { database: { connections: { below: 80% } }, users: { ask: \"@us\" } } }");

        assertThat(Texts.effective(text, "here", "web", Overrides.none())
                        .service()
                        .verify()
                        .checks())
                .contains(new Check.Database("database", Percent.of(80)), new Check.Users("users", false, null, "@us"))
                .filteredOn(Check::required)
                .extracting(Check::name)
                .doesNotContain("database", "users");
        assertThat(Texts.problems(text.replace("ask: \"@us\"", "required: true, tickets: \"label = x\"")))
                .singleElement()
                .asString()
                .contains("this version cannot do it in the way that is written");
    }

    @Test
    void with_somebody_to_ask_users_may_be_required() {
        var text = Texts.web("verify: { checks: { users: { required: true, ask: \"@us\" } } }");

        assertThat(Texts.effective(text, "here", "web", Overrides.none())
                        .service()
                        .verify()
                        .checks())
                .contains(new Check.Users("users", true, null, "@us"));
    }

    @Test
    void more_approvals_than_are_asked_for_are_refused() {
        var text = Texts.LOCAL + "policy: { severity: { SEV-2: { approval: { by: lead, count: 2 } } } }\n";

        assertThat(Texts.problems(text))
                .singleElement()
                .asString()
                .contains("only one approval is asked for in this version, not 2");
    }
}
