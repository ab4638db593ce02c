package lastgood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import lastgood.core.RunId;
import lastgood.core.Strategy;
import lastgood.engine.journal.Journal;
import lastgood.testkit.sim.SimWorld;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Environments on a cluster, with a configuration and without one.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ClusterTest {

    private static final String CATALOG = """
            apiVersion: lastgood.dev/v1alpha1
            kind: Catalog
            environments:
              far: { namespace: far, cluster: { context: far } }
              production: { namespace: shop }
              here: { local: {} }
            services:
              checkout: { local: { command: ["./checkout"] } }
            """;

    @TempDir
    Path folder;

    private Bench bench;
    private SimWorld web;

    @BeforeEach
    void nothing_of_an_agent_runs() {
        bench = Bench.rolling(folder);
        bench.write("lastgood.yaml", CATALOG);
        bench.agent = Optional.empty();
        web = bench.another("shop", "web");
    }

    private void without_a_configuration() throws IOException {
        Files.delete(folder.resolve("lastgood.yaml"));
    }

    private static String serving(SimWorld world) {
        return world.platform
                        .serving()
                        .orElseThrow()
                        .equals(SimWorld.revision("v1").digest())
                ? "v1"
                : "v2";
    }

    // ---- with a configuration

    @Test
    void status_says_where_the_records_are_and_nothing_of_an_agent() {
        assertThat(bench.say("status -e production")).isZero();

        assertThat(bench.out())
                .containsSubsequence(
                        "production/checkout",
                        "namespace: shop",
                        "LIVE        v2",
                        "HEALTH      errors 7.8%",
                        "INSTANCES   checkout  v2  3 of 3 ready",
                        "RECORDS     cluster (CRDs v1alpha1)",
                        "lastgood rollback -e production -s checkout")
                .doesNotContain("agent");
    }

    @Test
    void a_rollback_starts_no_agent_and_says_where_its_run_is_found() {
        var code = bench.say("rollback -e production --revision previous --yes");

        assertThat(code).isZero();
        assertThat(bench.err()).doesNotContain("agent");
        assertThat(bench.agent).isEmpty();
        assertThat(bench.out()).contains("undo: lastgood undo rb-00000001 -e production");
        assertThat(bench.say("undo rb-00000001 -e production --yes --dry-run")).isZero();
    }

    @Test
    void nothing_is_left_to_an_agent_that_is_not_there() {
        var code = bench.say("rollback -e production --revision previous --yes --no-wait");

        assertThat(code).isEqualTo(2);
        assertThat(bench.err()).contains("no agent would carry it on", "leave out --no-wait");
        assertThat(bench.world.journals.runs()).isEmpty();
    }

    @Test
    void a_cluster_that_does_not_answer_hides_no_run_of_another() {
        bench.silent.add("far");
        bench.say("rollback -e production --revision previous --yes");

        assertThat(bench.say("attach rb-00000001")).isZero();
        assertThat(bench.say("undo rb-00000001 --dry-run")).isZero();
    }

    @Test
    void a_run_that_is_not_found_may_be_where_nobody_answers() {
        bench.silent.add("far");

        assertThat(bench.say("abort rb-99999999")).isEqualTo(8);
        assertThat(bench.err())
                .contains(
                        "rb-99999999 was not found where it could be looked for",
                        "far could not be asked: connection refused",
                        "-e ENV looks in one environment only");
        assertThat(bench.say("abort rb-99999999 -e production")).isEqualTo(2);
        assertThat(bench.err()).contains("there is no run rb-99999999");
        assertThat(bench.say("abort rb-99999999 -e prod")).isEqualTo(2);
        assertThat(bench.err()).contains("there is no environment `prod`");
    }

    @Test
    void approvals_of_the_others_are_shown_and_the_silence_is_said() {
        bench.silent.add("far");
        bench.say("rollback -e production --emergency");

        assertThat(bench.say("approvals")).isEqualTo(8);

        assertThat(bench.out()).contains("approval owed: lastgood approve rb-00000001 -e production");
        assertThat(bench.err()).contains("far could not be asked");
    }

    @Test
    void flags_lead_to_another_cluster_and_are_said_again() {
        bench.say("status -e production --context staging --as maya");

        assertThat(bench.out())
                .contains("context: staging", "-e production -s checkout --context staging --as maya --revision");
    }

    @Test
    void a_flag_for_clusters_is_refused_on_this_machine() {
        assertThat(bench.say("status -e here --context staging")).isEqualTo(2);
        assertThat(bench.err()).contains("here is on this machine, and --context is for a cluster");
    }

    @Test
    void the_agent_verbs_are_about_this_machine_only() {
        assertThat(bench.say("agent status")).isEqualTo(8);
        assertThat(bench.out().lines()).hasSize(1);
    }

    // ---- without one

    @Test
    void a_workload_of_a_namespace_needs_no_configuration() throws IOException {
        without_a_configuration();

        assertThat(bench.say("status -n shop deploy/web")).isZero();
        assertThat(bench.out())
                .containsSubsequence(
                        "shop/web", "LIVE        v2", "lastgood rollback -n shop deploy/web --revision previous");

        assertThat(bench.say("rollback -n shop deploy/web --revision previous --yes"))
                .isZero();
        assertThat(serving(web)).isEqualTo("v1");
        assertThat(bench.out())
                .contains(
                        "undo: lastgood undo rb-00000001 -n shop deploy/web",
                        "next: lastgood status -n shop deploy/web");

        assertThat(bench.say("undo rb-00000001 -n shop deploy/web --yes")).isEqualTo(5);
        assertThat(serving(web)).isEqualTo("v2");
    }

    @Test
    void it_wins_over_a_configuration() {
        assertThat(bench.say("status -n shop deploy/web")).isZero();

        assertThat(bench.out()).contains("shop/web");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "release show 1 -n shop deploy/web",
                "release show deploy/web 1 -n shop",
                "release show -n shop 1 deployments.apps/web",
                "release show -nshop 1 --workload deploy/web",
                "release show -n shop -s web 1",
                "release list --namespace=shop Deployment/web",
                "release current -n shop sts/web"
            })
    void the_place_of_the_workload_among_other_words_does_not_matter(String line) throws IOException {
        without_a_configuration();

        assertThat(bench.say(line)).as(bench.err()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            status -n shop deplyo/web         | there is no kind `deplyo` | did you mean `deploy/web`?
            status -n shop pod/web            | there is no kind `pod` | write deploy/web, sts/web, ds/web
            status -n shop                    | it was not said which workload of shop is meant | deploy/NAME
            status deploy/web                 | it was not said which namespace deploy/web is in | add -n NAMESPACE
            status -n shop -e here deploy/web | -e names an environment of the configuration | leave out one
            status -n Shop! deploy/web        | `Shop!` is not the name of a namespace | lower-case
            status -n shop deploy/Web         | `Web` is not the name of a workload | lower-case
            """)
    void what_cannot_be_meant_is_refused_with_a_way_on(String line, String fact, String hint) {
        assertThat(bench.say(line)).isEqualTo(2);

        assertThat(bench.err()).contains(fact, hint);
    }

    @Test
    void without_either_both_ways_are_shown() throws IOException {
        without_a_configuration();

        assertThat(bench.say("status -e production")).isEqualTo(2);

        assertThat(bench.err()).contains("lastgood config init", "-n NAMESPACE deploy/NAME");
    }

    @Test
    void a_dead_run_is_freed() {
        web.locks.acquire(web.service, new RunId("rb-dead0000"));

        assertThat(bench.run("unlock", "-n", "shop", "deploy/web", "--reason", "its disk is gone"))
                .isZero();

        assertThat(web.locks.holder(web.service)).isEmpty();
    }

    @Test
    void a_path_is_not_taken_for_a_workload() {
        assertThat(bench.say("rollback -n shop deploy/web --plan plans/web.json"))
                .isEqualTo(2);

        assertThat(bench.err()).contains("plans/web.json");
    }

    // ---- what something else has put out

    @Test
    void what_a_pipeline_put_out_is_recorded() {
        assertThat(bench.say("release record -n shop deploy/web")).isZero();

        assertThat(bench.out())
                .contains("recorded: v2 is live (release 2, baking)", "lastgood release list -n shop deploy/web");
        assertThat(bench.say("release record -n shop deploy/web -o name")).isZero();
        assertThat(bench.out()).isEqualTo("v2\n");
    }

    @Test
    void nothing_that_runs_is_nothing_to_record() {
        bench = new Bench(folder, new Strategy.Rolling("checkout"));

        assertThat(bench.say("release record -e production")).isEqualTo(3);
        assertThat(bench.err()).contains("nothing of production/checkout runs that could be recorded");
    }

    @Test
    void a_run_of_a_namespace_is_in_its_journals() {
        bench.say("rollback -n shop deploy/web --revision previous --yes");

        assertThat(Journal.open(web.journals, new RunId("rb-00000001"))
                        .state()
                        .opened()
                        .service())
                .isEqualTo(web.service);
    }

    // ---- first steps

    @Test
    void a_first_file_for_a_cluster_is_written_and_is_well() throws IOException {
        without_a_configuration();

        assertThat(bench.say("config init -n shop -e production -s checkout --context prod"))
                .isZero();
        assertThat(bench.out()).contains("next: lastgood config validate, then lastgood cluster doctor -e production");
        assertThat(bench.say("config validate")).isZero();
        assertThat(bench.say("status -e production")).isZero();
        assertThat(bench.say("config init -n shop -- ./web")).isEqualTo(2);
    }

    @Test
    void the_runbooks_scripts_work_for_a_cluster_too() throws IOException {
        assertThat(bench.say("shim install . -e production")).isZero();

        assertThat(folder.resolve("scripts/rollback.sh"))
                .content()
                .contains("LASTGOOD_ENVIRONMENT=${LASTGOOD_ENVIRONMENT:-production}", "rollback --yes \"$@\"");
        bench.variables.put("LASTGOOD_ENVIRONMENT", "production");
        assertThat(bench.say("rollback --yes --environment production --revision previous --timeout 300"))
                .isZero();
        assertThat(bench.say("verify health")).isNotEqualTo(2);
    }
}
