package lastgood.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lastgood.core.Strategy;
import lastgood.testkit.sim.SimWorld;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@DisplayNameGeneration(ReplaceUnderscores.class)
class VerbsTest {

    @TempDir
    Path folder;

    // ---- help

    @Test
    void every_verb_explains_itself_and_the_ones_that_act_show_how() {
        var bench = Bench.rolling(folder);
        var silent = new ArrayList<String>();
        for (var line : leaves(new Cli(bench).commandLine())) {
            var words = line.getCommandSpec().qualifiedName(" ").split(" ");
            var args = new ArrayList<>(List.of(words).subList(1, words.length));
            args.add("--help");

            assertThat(bench.run(args.toArray(String[]::new))).isZero();

            if (line.getCommandSpec().usageMessage().description().length == 0) {
                silent.add(String.join(" ", args));
            }
        }
        assertThat(silent).isEmpty();
    }

    private static List<CommandLine> leaves(CommandLine line) {
        var all = new ArrayList<CommandLine>();
        line.getSubcommands().values().forEach(below -> {
            all.add(below);
            all.addAll(leaves(below));
        });
        return all;
    }

    @Test
    void the_first_screen_names_the_way_out_first() {
        var bench = Bench.rolling(folder);

        assertThat(bench.run()).isZero();

        assertThat(bench.out()).containsSubsequence("rollback", "plan", "undo", "status", "history");
        assertThat(bench.out()).contains("It hurts now:", "rollback -e production --emergency");
    }

    @Test
    void exit_codes_are_explained() {
        var bench = Bench.rolling(folder);

        bench.say("help exit-codes");

        assertThat(bench.out().lines()).hasSize(Exit.values().length);
        assertThat(bench.out()).contains("130  interrupted", "   9  another run has the service");
    }

    @Test
    void a_noun_without_a_verb_is_a_mistake() {
        assertThat(Bench.rolling(folder).say("release")).isEqualTo(2);
    }

    @Test
    void completion_is_made_for_each_shell() {
        var bench = Bench.rolling(folder);

        for (var shell : List.of("bash", "zsh", "fish")) {
            assertThat(bench.say("completion " + shell)).isZero();
            assertThat(bench.out()).contains("rollback", "emergency");
        }
        assertThat(bench.say("completion tcsh")).isEqualTo(2);
    }

    // ---- status

    @Test
    void status_is_one_screen() {
        var bench = Bench.rolling(folder);

        assertThat(bench.say("status -e production")).isZero();

        assertThat(bench.out().lines().count()).isLessThan(24);
        assertThat(bench.out())
                .containsSubsequence(
                        "production/checkout",
                        "agent: process 4711",
                        "LIVE        v2",
                        "LAST GOOD   v1",
                        "HEALTH      errors 7.8% of 1000 requests  p95 1.2s",
                        "INSTANCES   checkout  v2  3 of 3 ready",
                        "TRAFFIC     checkout 100%",
                        "RUNS        none underway",
                        "lastgood rollback -e production -s checkout --revision previous  (goes to v1)");
    }

    @Test
    void status_shows_what_it_can_without_an_agent_and_says_what_it_cannot() {
        var bench = Bench.rolling(folder);
        bench.agent = Optional.empty();

        assertThat(bench.say("status -e production")).isZero();

        assertThat(bench.out()).contains("agent: does not run", "lastgood agent start", "LIVE        v2", "unknown");
    }

    @Test
    void status_says_what_to_do_about_a_run_that_waits() {
        var bench = Bench.rolling(folder);
        bench.say("rollback -e production --revision previous --yes --timeout 1");

        bench.say("status -e production");

        assertThat(bench.out()).contains("rb-00000001", "paused", "lastgood resume rb-00000001, or lastgood abort");
    }

    @Test
    void status_reminds_of_an_approval_that_is_owed() {
        var bench = Bench.rolling(folder);
        bench.say("rollback -e production --emergency");

        bench.say("status -e production");

        assertThat(bench.out()).contains("OWED        rb-00000001", "lastgood approve rb-00000001");
    }

    @Test
    void status_is_data_too() {
        var bench = Bench.rolling(folder);

        bench.say("status -e production -o json");
        assertThat(bench.out())
                .contains("\"kind\" : \"ServiceStatus\"", "\"version\" : \"v2\"", "\"p95Millis\" : 1240");
        bench.say("status -e production -o yaml");
        assertThat(bench.out()).contains("kind: \"ServiceStatus\"", "  version: \"v2\"");
        bench.say("status -e production -o name");
        assertThat(bench.out()).isEqualTo("v2\n");
    }

    // ---- releases

    @Test
    void a_release_goes_out_and_says_how_to_take_it_back() {
        var bench = Bench.rolling(folder);

        assertThat(bench.say("release deploy v3 -e production")).isZero();

        assertThat(bench.out()).contains("DEPLOYED  production/checkout  v2 → v3", "undo: lastgood undo ro-00000001");
        assertThat(bench.say("release current -e production -o name")).isZero();
        assertThat(bench.out()).isEqualTo("v3\n");
    }

    @Test
    void a_release_in_quarantine_is_refused() {
        var bench = Bench.rolling(folder);
        bench.say("rollback -e production --revision previous --yes");

        assertThat(bench.say("release deploy v2 -e production")).isEqualTo(3);

        assertThat(bench.err()).contains("in quarantine until", "nothing was changed", "--force");
    }

    @Test
    void a_mark_changes_what_counts_as_good() {
        var bench = Bench.rolling(folder);

        assertThat(bench.say("release mark bad v1 -e production")).isEqualTo(2);
        assertThat(bench.say("release mark bad v1 -e production --reason slow")).isZero();
        bench.say("release list -e production");

        assertThat(bench.out()).contains("1 ", "failed: slow");
    }

    @Test
    void a_release_with_a_hole_is_not_gone_back_to_until_a_person_says_that_it_has_none() {
        var bench = Bench.rolling(folder);

        assertThat(bench.say("release mark bad v1 -e production --security --reason CVE-2026-1"))
                .isZero();
        assertThat(bench.out()).contains("revoked for security", "mark good 1", "--security");
        assertThat(bench.say("release mark good v1 -e production")).isZero();
        assertThat(bench.say("rollback -e production --revision v1 --dry-run")).isNotZero();
        assertThat(bench.say("release mark good v1 -e production --security")).isEqualTo(2);
        assertThat(bench.say("release mark good v1 -e production --security --reason another"))
                .isZero();
        assertThat(bench.say("rollback -e production --revision v1 --dry-run")).isZero();
    }

    @Test
    void hostile_names_of_releases_and_migrations_are_refused() {
        var bench = Bench.rolling(folder);

        assertThat(bench.run("release", "deploy", "../../etc", "-e", "production"))
                .isEqualTo(2);
        assertThat(bench.run("release", "deploy", "v3", "-e", "production", "--migration", "x;drop"))
                .isEqualTo(2);
        assertThat(bench.run("release", "show", "$(id)", "-e", "production")).isEqualTo(2);
        assertThat(bench.world.platform.landed()).isEmpty();
    }

    // ---- single changes

    @Test
    void the_maintenance_page_goes_on_and_off() {
        var bench = Bench.rolling(folder);

        assertThat(bench.say("maintenance on -e production")).isZero();
        assertThat(bench.world.platform.maintenance()).isTrue();
        assertThat(bench.say("maintenance status -e production")).isZero();
        assertThat(bench.out()).isEqualTo("on\n");
        assertThat(bench.say("maintenance off -e production")).isZero();
        assertThat(bench.world.platform.maintenance()).isFalse();
    }

    @Test
    void the_active_colour_is_one_word_for_scripts() {
        var bench = new Bench(
                folder, new Strategy.BlueGreen(List.of("blue", "green"), List.of("checkout-blue", "checkout-green")));
        bench.world.release(1, "v1", SimWorld.Standing.GOOD).release(2, "v2", SimWorld.Standing.LIVE);
        bench.world.platform.runs("checkout-blue", SimWorld.revision("v1"), 2);
        bench.world.platform.runs("checkout-green", SimWorld.revision("v2"), 2);
        bench.world.platform.routes(SimWorld.weights("checkout-blue", 0, "checkout-green", 100));

        assertThat(bench.say("strategy bluegreen status -e production --get-active"))
                .isZero();
        assertThat(bench.out()).isEqualTo("green\n");
        assertThat(bench.say("strategy bluegreen switch -e production --to blue"))
                .isZero();
        assertThat(bench.say("strategy bluegreen status -e production --verify"))
                .isZero();
        assertThat(bench.out()).contains("PASS", "blue");
        assertThat(bench.say("strategy bluegreen switch -e production --to red"))
                .isEqualTo(3);
        assertThat(bench.say("strategy bluegreen decommission -e production --color blue --yes"))
                .isEqualTo(3);
        assertThat(bench.say("strategy bluegreen decommission -e production --color green --yes"))
                .isZero();
    }

    @Test
    void a_canary_is_stopped_and_parked() {
        var bench = new Bench(folder, new Strategy.Canary("checkout", "checkout-canary", 10));
        bench.world.release(1, "v1", SimWorld.Standing.GOOD_AND_LIVE).release(2, "v2", SimWorld.Standing.NEVER_LIVE);
        bench.world.platform.runs("checkout", SimWorld.revision("v1"), 3);
        bench.world.platform.runs("checkout-canary", SimWorld.revision("v2"), 1);
        bench.world.platform.routes(SimWorld.weights("checkout", 90, "checkout-canary", 10));

        assertThat(bench.say("strategy canary delete -e production --yes")).isEqualTo(3);
        assertThat(bench.say("strategy canary stop -e production")).isZero();
        assertThat(bench.say("strategy canary rollback -e production")).isZero();
        assertThat(bench.say("strategy canary delete -e production --yes")).isZero();
        bench.say("traffic show -e production");
        assertThat(bench.out()).contains("checkout", "100%");
    }

    @Test
    void a_drill_in_a_protected_environment_wants_the_name() {
        var bench = Bench.rolling(folder).protect();

        assertThat(bench.say("drill inject -e production --error-rate 10 --yes"))
                .isEqualTo(4);
        assertThat(bench.faults).isEmpty();
        assertThat(bench.say("drill inject -e production --error-rate 10 --confirm checkout"))
                .isZero();
        assertThat(bench.faults).containsExactly("production/checkout 10.0 PT0S 0 PT5M");
        assertThat(bench.say("drill inject -e staging")).isEqualTo(2);
    }

    @Test
    void verify_tells_pass_fail_and_unknown_apart() {
        var bench = Bench.rolling(folder);

        assertThat(bench.say("verify pods -e production")).isEqualTo(5);
        assertThat(bench.out()).contains("FAIL", "pods");
        bench.world.blind(true);
        assertThat(bench.say("verify pods -e production")).isEqualTo(5);
        assertThat(bench.out()).contains("UNKNOWN");
        assertThat(bench.say("verify nonsense -e production")).isEqualTo(2);
    }

    @Test
    void how_users_are_a_person_says_and_has_to_say_how_one_knows() {
        var bench = Bench.rolling(folder);

        assertThat(bench.say("verify users --pass -e production")).isEqualTo(2);
        assertThat(bench.say("verify pods --fail --reason late -e production")).isEqualTo(2);
        bench.say("verify users --fail --reason complaints -e production");

        var ledger = bench.world.ledgers.read(bench.world.service);
        assertThat(ledger.told(ledger.live().orElseThrow().number()))
                .hasValueSatisfying(t -> assertThat(t.why()).isEqualTo("complaints"));
    }

    @Test
    void history_is_a_table_a_report_and_data() {
        var bench = Bench.rolling(folder);
        bench.say("rollback -e production --revision previous --yes");

        bench.say("history -e production");
        assertThat(bench.out()).contains("rb-00000001", "rollback", "v2 → v1", "recovered");
        bench.say("history -e production -o md");
        assertThat(bench.out()).startsWith("| RUN | WHEN");
        bench.say("history -e production -o json");
        assertThat(bench.out()).contains("\"kind\" : \"RunList\"", "\"changedProduction\" : true");
        assertThat(bench.say("evidence list -e production")).isZero();
        assertThat(bench.out()).contains("rb-00000001");
    }

    // ---- configuration

    @Test
    void says_where_to_begin_in_a_folder_without_a_configuration() {
        var bench = Bench.rolling(folder);
        assertThat(folder.resolve("lastgood.yaml").toFile().delete()).isTrue();

        assertThat(bench.say("status -e production")).isEqualTo(2);
        assertThat(bench.err()).contains("lastgood config init");
        assertThat(bench.run("config", "init", "--service", "web", "--", "./web", "{port}"))
                .isZero();
        assertThat(bench.say("config validate")).isZero();
        assertThat(bench.out()).contains("environments local; services web");
        assertThat(folder.resolve("lastgood.yaml"))
                .content()
                .contains("command: [\"{artifact}\", \"{port}\"]", "artifact: \"web\"");
        assertThat(bench.say("config init")).isEqualTo(3);
    }

    @Test
    void a_first_configuration_runs_the_copy_of_a_file_that_its_command_names() {
        var bench = Bench.rolling(folder);
        assertThat(folder.resolve("lastgood.yaml").toFile().delete()).isTrue();
        bench.write("web.py", "");

        assertThat(bench.run("config", "init", "--", "python3", "{artifact}", "{port}"))
                .isEqualTo(2);
        assertThat(bench.err()).contains("--artifact FILE");
        assertThat(bench.run("config", "init", "--", "python3", "web.py", "{port}"))
                .isZero();

        assertThat(folder.resolve("lastgood.yaml"))
                .content()
                .contains("command: [\"python3\", \"{artifact}\", \"{port}\"]", "artifact: \"web.py\"");
    }

    @Test
    void a_broken_configuration_is_refused_with_every_problem() {
        var bench = Bench.rolling(folder);
        bench.write("lastgood.yaml", Bench.CATALOG.replace("listen: 8080", "lisen: 8080"));

        assertThat(bench.say("config validate")).isEqualTo(2);
        assertThat(bench.err()).contains("did you mean");
        assertThat(bench.say("rollback -e production --revision previous --yes"))
                .isEqualTo(2);
        assertThat(bench.err()).contains("lastgood.yaml:", "nothing was changed");
    }

    @Test
    void every_setting_says_where_it_comes_from() {
        var bench = Bench.rolling(folder);

        assertThat(bench.say("config effective -e production --origins")).isZero();

        assertThat(bench.out()).contains("local.listen", "lastgood.yaml:", "built-in");
    }
}
