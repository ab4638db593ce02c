package lastgood.app.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import lastgood.app.CommandLine;
import lastgood.testkit.kube.Cluster;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// What happens to a rollback on a cluster where others work too, and which does not always answer.
abstract class TroubleContract extends OnACluster {

    /// A rollback to it takes about that long, in which things can happen.
    private static final String SLOW = "slow2-v1";

    private void theBadOneIsOut(String good) {
        shop.releases("web", 1, good);
        good(good);
        shop.setImage("web", "crash-v2");
        shop.waitsFor("web", "CrashLoopBackOff");
    }

    /// A rollback that has asked for the good release and waits for its pods.
    private CommandLine.Running half() {
        theBadOneIsOut(SLOW);
        return onTheWay();
    }

    private CommandLine.Running onTheWay() {
        var running = startRollback(SLOW);
        meanwhile(running, "the change to be asked for", () -> shop.image("web").endsWith(SLOW));
        return running;
    }

    @Test
    void a_fix_that_somebody_deploys_meanwhile_is_not_undone() {
        var running = half();
        shop.setImage("web", "v9-fix");

        var said = ended(running.end(), 7);

        assertThat(said.out()).contains("v9-fix").contains("lastgood resume");
        assertThat(shop.image("web")).isEqualTo("shop/web:v9-fix");
    }

    /// Row 15 is the server's: a GitOps controller puts the bad manifest back within seconds.
    @Test
    void whoever_puts_the_bad_release_back_is_named_and_not_fought() {
        var running = half();
        shop.kube.patch(
                shop.apps("deployments") + "/web?fieldManager=argocd-controller",
                "application/strategic-merge-patch+json",
                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"shop/web:crash-v2\"}]}}}}");

        var said = ended(running.end(), 7);

        assertThat(said.out()).contains("was put back after we had changed it").contains("argocd-controller");
        assertThat(shop.image("web")).isEqualTo("shop/web:crash-v2");
    }

    @Test
    void a_number_of_pods_that_changes_meanwhile_is_nobodys_interference() {
        var running = half();
        shop.scale("web", 2);

        done(running.end());

        assertThat(shop.deployment("web").at("/spec/replicas").asInt()).isEqualTo(2);
        assertThat(shop.images("web")).containsExactly("shop/web:" + SLOW);
    }

    @Test
    void a_second_command_is_refused_with_the_name_of_the_first_ones_run() {
        var running = half();

        var second = laptop("other").run("rollback", "-e", "production", "--revision", SLOW, "--yes");
        var emergency = laptop("other").run("rollback", "-e", "production", "--emergency");

        ended(second, 9);
        ended(emergency, 9);
        assertThat(second.err()).contains(run(running.saidSoFar()));
        done(running.end());
    }

    @Test
    void what_a_killed_process_began_another_one_ends() throws IOException, InterruptedException {
        theBadOneIsOut("v1");
        var words = new ArrayList<>(CommandLine.mortal(8, "after"));
        words.addAll(List.of("rollback", "-e", "production", "--revision", "v1", "--yes"));
        words.addAll(List.of("--config", folder.resolve("lastgood.yaml").toString(), "--data", data().toString()));
        var log = folder.resolve("killed.log");
        var process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(137);

        var status = lastgood("status", "-e", "production");
        var said = done(laptop("other").run("attach", run(status.out()), "-e", "production"));

        assertThat(said.out()).contains("ROLLED BACK");
        assertThat(shop.images("web")).containsExactly("shop/web:v1");
        assertThat(shop.revision("web")).isEqualTo("3");
    }

    // ---- rights, tokens, silence

    private void as(Cluster someone) {
        someone.kubeconfig(shop.kubeconfig, shop.namespace);
    }

    @Test
    void a_missing_right_is_named_with_the_line_of_the_role_that_gives_it() {
        theBadOneIsOut("v1");
        as(place.without(shop.namespace, "oncall", List.of("patch"), "apps", "deployments"));

        var said = rollback("v1");

        assertThat(said.exit()).as(said.toString()).isEqualTo(3);
        assertThat(said.out() + said.err())
                .contains("{ apiGroups: [\"apps\"], resources: [deployments], verbs: [patch] }")
                .contains("nothing was changed");
        assertThat(shop.image("web")).isEqualTo("shop/web:crash-v2");
    }

    @Test
    void a_token_that_expires_half_way_is_waited_for() {
        Assumptions.assumeTrue(place.refusesOldTokensAtOnce(), "this server believes a token for ten seconds more");
        theBadOneIsOut(SLOW);
        var oncall = place.someone(shop.namespace, "oncall");
        as(oncall);
        var running = onTheWay();
        var next = place.renew(shop.namespace, oncall);
        meanwhile(running, "it to be said", () -> running.saidSoFar().contains("credentials"));

        as(next);

        var said = done(running.end());
        assertThat(said.out()).contains("ROLLED BACK");
    }

    @Test
    void a_server_that_goes_away_half_way_is_waited_for() {
        var running = half();
        place.silence();
        meanwhile(running, "it to be said", () -> running.saidSoFar().contains("could not"));

        place.heal();

        assertThat(done(running.end()).out()).contains("ROLLED BACK");
        assertThat(shop.images("web")).containsExactly("shop/web:" + SLOW);
    }

    // ---- what is not there

    @Test
    void what_is_not_there_is_said_to_be_not_there() {
        shop.releases("web", 1, "v1", "v2");
        services(service("nothing", ""));
        var workload = lastgood("rollback", "-e", "production", "--revision", "previous", "--yes");
        var context = plainly("rollback", "deploy/web", "--context", "nowhere", "--revision", "previous", "--yes");
        var namespace = new CommandLine(
                        "laptop",
                        java.util.Map.of("HOME", folder.toString()),
                        List.of("--kubeconfig", shop.kubeconfig.toString()))
                .run("rollback", "-n", "no-such-namespace", "deploy/web", "--revision", "previous", "--yes");

        ended(workload, 3);
        assertThat(workload.err()).contains("production/nothing has no workload");
        ended(context, 8);
        assertThat(context.err()).contains("there is no context `nowhere`").contains("there are: test");
        ended(namespace, 3);
        assertThat(namespace.err()).contains("no-such-namespace/web has no workload");
    }

    @Test
    void a_release_that_is_not_there_is_answered_with_those_that_are() {
        shop.releases("web", 1, "v1", "v2");

        var said = ended(rollback("v7"), 2);

        assertThat(said.err()).contains("v7").contains("1  v1").contains("2  v2");
    }

    @Test
    void where_nothing_is_known_to_be_good_each_release_is_named_with_why() {
        shop.releases("web", 1, "v1", "v2");

        var said = ended(rollback("previous"), 3);

        assertThat(said.err())
                .contains("there is no good release to go back to")
                .contains("v1")
                .contains("--revision v1");
        assertThat(shop.image("web")).isEqualTo("shop/web:v2");
    }

    @Test
    void in_a_namespace_that_is_going_away_nothing_is_changed() {
        theBadOneIsOut("v1");
        place.terminate(shop.namespace);

        var said = rollback("v1");

        assertThat(said.exit()).as(said.toString()).isIn(1, 2, 3, 8);
        assertThat(said.err()).contains("nothing was changed");
    }

    @Test
    void a_paused_rollout_is_said_to_be_paused_in_the_plan() {
        theBadOneIsOut("v1");
        shop.pause("web", true);

        var plan = done(lastgood("rollback", "-e", "production", "--revision", "v1", "--dry-run"));

        assertThat(plan.out()).contains("paused");
        assertThat(shop.deployment("web").at("/spec/paused").asBoolean()).isTrue();
    }
}
