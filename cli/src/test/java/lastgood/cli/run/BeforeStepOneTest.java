package lastgood.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import lastgood.cli.Bench;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Preflight.Problem;
import lastgood.testkit.sim.SimWorld;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class BeforeStepOneTest {

    private static final String BACK = "rollback -e production --revision previous";
    private static final String ROLE = "add to the Role: - { apiGroups: [\"apps\"], resources: [deployments] }";
    private static final Problem RIGHT = Problem.block("may not patch deployments.apps in shop", ROLE);
    private static final Problem SECRET = Problem.block("there is no Secret db in shop", "");
    private static final Problem GITOPS = Problem.remark("Argo CD will put the bad release back", "hold it first");

    @TempDir
    Path folder;

    private Bench bench;

    @BeforeEach
    void v1_is_good_and_v2_hurts() {
        bench = Bench.rolling(folder);
    }

    @Test
    void what_blocks_is_said_all_at_once_and_nothing_is_begun() {
        bench.preflight = _ -> List.of(RIGHT, SECRET, GITOPS);

        var code = bench.say(BACK + " --yes");

        assertThat(code).isEqualTo(3);
        assertThat(bench.err())
                .contains(
                        "2 things would stop this plan once it has begun",
                        "may not patch deployments.apps in shop",
                        ROLE,
                        "there is no Secret db in shop",
                        "nothing was changed");
        assertThat(bench.world.journals.runs()).isEmpty();
        assertThat(bench.world.platform.serving())
                .contains(SimWorld.revision("v2").digest());
    }

    @Test
    void one_problem_is_said_in_its_own_words_also_by_plan() {
        bench.preflight = _ -> List.of(RIGHT);

        for (var command : List.of("plan -e production --revision previous", BACK + " --dry-run")) {
            assertThat(bench.say(command)).isEqualTo(3);
            assertThat(bench.err()).contains(RIGHT.what(), "nothing was changed", "hint: " + ROLE);
        }
    }

    @Test
    void the_rest_are_remarks_on_the_plan_screen_in_data_and_in_the_record() {
        bench.preflight = _ -> List.of(GITOPS);

        assertThat(bench.say("plan -e production --revision previous")).isZero();
        assertThat(bench.out()).contains("NOTE  Argo CD will put the bad release back; hold it first");
        assertThat(bench.say("plan -e production --revision previous -o json")).isZero();
        assertThat(bench.out()).contains("\"Argo CD will put the bad release back; hold it first\"");
        assertThat(bench.say(BACK + " --yes")).isZero();
        assertThat(bench.world.journals.read(bench.world.journals.runs().getFirst()))
                .anyMatch(line -> line.contains("hold it first"));
    }

    @Test
    void what_came_up_between_the_question_and_the_yes_stops_it_too() {
        var asked = new AtomicInteger();
        bench.preflight = _ -> asked.incrementAndGet() == 1 ? List.of() : List.of(SECRET);

        var code = bench.say(BACK + " --yes");

        assertThat(code).isEqualTo(3);
        assertThat(bench.err()).contains("there is no Secret db in shop", "nothing was changed");
        assertThat(bench.world.journals.runs()).isEmpty();
    }

    @Test
    void other_changes_are_looked_at_before_as_well() {
        bench.preflight = _ -> List.of(SECRET);

        assertThat(bench.say("release deploy v3 -e production --yes")).isEqualTo(3);
        assertThat(bench.say("maintenance on -e production --yes")).isEqualTo(3);

        assertThat(bench.world.journals.runs()).isEmpty();
    }

    @Test
    void of_several_services_one_that_is_stopped_stops_all_with_every_reason() {
        bench.write("lastgood.yaml", """
                apiVersion: lastgood.dev/v1alpha1
                kind: Catalog
                environments: { live: { local: {} } }
                services:
                  api: { local: { command: ["./api", "{port}"], listen: 8081 } }
                  ui: { local: { command: ["./ui", "{port}"], listen: 8080 } }
                """);
        bench.another("live", "api");
        bench.another("live", "ui");
        bench.preflight =
                plan -> plan.service().equals(new ServiceRef("live", "ui")) ? List.of(RIGHT, SECRET) : List.of();

        var code = bench.say("rollback -e live --services api,ui --revision previous --yes");

        assertThat(code).isEqualTo(3);
        assertThat(bench.err())
                .contains("1 of 2 services cannot go back, so none was touched", RIGHT.what(), ROLE, SECRET.what());
    }
}
