package lastgood.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import lastgood.cli.Bench;
import lastgood.core.RunId;
import lastgood.testkit.sim.SimWorld;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several services go back at once.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TogetherTest {

    private static final String CATALOG = """
            apiVersion: lastgood.dev/v1alpha1
            kind: Catalog
            environments: { live: { namespace: shop } }
            services:
              api: { dependencies: { upstream: [postgres] } }
              mail: {}
              ui: { dependencies: { upstream: [api] } }
            """;

    private static final String BACK = "rollback -e live --services api,ui --revision previous";

    @TempDir
    Path folder;

    private Bench bench;
    private SimWorld api;
    private SimWorld ui;
    private SimWorld mail;

    @BeforeEach
    void a_release_of_several_services_hurts() {
        bench = Bench.rolling(folder);
        bench.write("lastgood.yaml", CATALOG);
        api = bench.another("live", "api");
        ui = bench.another("live", "ui");
        mail = bench.another("live", "mail");
    }

    private static boolean isBack(SimWorld world) {
        return world.platform
                .serving()
                .orElseThrow()
                .equals(SimWorld.revision("v1").digest());
    }

    @Test
    void whoever_depends_on_another_goes_back_first_each_in_its_own_run() {
        var code = bench.say(BACK + " --yes");

        assertThat(code).isZero();
        assertThat(isBack(api)).isTrue();
        assertThat(isBack(ui)).isTrue();
        assertThat(isBack(mail)).isFalse();
        assertThat(bench.out())
                .containsSubsequence(
                        "ROLLED BACK  live/ui",
                        "ROLLED BACK  live/api",
                        "SERVICE",
                        "ui       done",
                        "lastgood undo rb-00000001 -e live",
                        "api      done");
    }

    @Test
    void all_are_shown_before_anything_is_changed() {
        var code = bench.say(BACK + " --dry-run");

        assertThat(code).isZero();
        assertThat(bench.out())
                .containsSubsequence(
                        "2 services go back in this order: ui, api",
                        "live / ui",
                        "live / api",
                        "Nothing was changed. Run:  lastgood rollback -e live --services api,ui --revision previous");
        assertThat(isBack(ui)).isFalse();
    }

    @Test
    void a_plan_of_all_is_data_too() {
        bench.say(BACK + " --dry-run -o json");

        assertThat(bench.out()).containsSubsequence("\"kind\" : \"GroupPlan\"", "live/ui", "live/api");
    }

    @Test
    void nobody_is_asked_twice_and_nobody_goes_unasked() {
        assertThat(bench.say(BACK)).isEqualTo(4);
        assertThat(bench.err()).contains("lastgood rollback -e live --services api,ui --revision previous --yes");
        assertThat(isBack(ui)).isFalse();

        bench.onTerminal("y\n");

        assertThat(bench.say(BACK)).isZero();
        assertThat(bench.err()).contains("live / ui", "live / api");
    }

    @Test
    void the_first_that_does_not_end_well_stops_the_rest() {
        ui.sick("v1");

        var code = bench.say(BACK + " --yes");

        assertThat(code).isEqualTo(5);
        assertThat(isBack(api)).isFalse();
        assertThat(bench.out())
                .containsSubsequence("NOT RECOVERED", "ui       failed", "api      not begun  stays as it was")
                .contains("next: mend that, then: lastgood rollback -e live --services ui,api --revision previous");
    }

    @Test
    void what_became_of_each_is_data_too() {
        ui.sick("v1");

        bench.say(BACK + " --yes -o json");

        assertThat(bench.out())
                .startsWith("{")
                .containsSubsequence(
                        "\"kind\" : \"GroupReport\"",
                        "\"service\" : \"live/ui\"",
                        "\"status\" : \"failed\"",
                        "\"exit\" : 5",
                        "\"service\" : \"live/api\"",
                        "\"status\" : \"not begun\"");
    }

    @Test
    void one_that_cannot_go_back_stops_all_before_anything_happens() {
        api.locks.acquire(api.service, new RunId("rb-other000"));

        var code = bench.say(BACK + " --yes");

        assertThat(code).isEqualTo(9);
        assertThat(bench.err())
                .contains(
                        "1 of 2 services cannot go back, so none was touched", "api: live/api is held by rb-other000");
        assertThat(isBack(ui)).isFalse();
    }

    @Test
    void one_that_runs_it_already_is_no_obstacle() {
        bench.say("rollback -e live -s ui --revision v1 --yes");

        var code = bench.say("rollback -e live --services api,ui --revision v1 --yes");

        assertThat(code).isZero();
        assertThat(isBack(api)).isTrue();
        assertThat(bench.out()).contains("ui       nothing to do");
    }

    @Test
    void all_means_every_service_of_the_environment() {
        assertThat(bench.say("rollback -e live --all --revision previous --yes"))
                .isZero();

        assertThat(isBack(api) && isBack(ui) && isBack(mail)).isTrue();
    }

    @Test
    void a_name_that_is_not_there_is_a_slip() {
        assertThat(bench.say("rollback -e live --services api,iu --revision previous --yes"))
                .isEqualTo(2);

        assertThat(bench.err()).contains("there is no service `iu`", "did you mean `ui`?");
        assertThat(isBack(api)).isFalse();
    }

    @Test
    void what_is_for_one_service_is_refused() {
        assertThat(bench.say(BACK + " --no-wait")).isEqualTo(2);
        assertThat(bench.say(BACK + " -s api")).isEqualTo(2);
        assertThat(bench.say("rollback -n shop --services api,ui --revision previous"))
                .isEqualTo(2);
    }
}
