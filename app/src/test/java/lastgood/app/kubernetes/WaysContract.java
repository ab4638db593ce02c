package lastgood.app.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import lastgood.app.CommandLine;
import lastgood.testkit.kube.Shop;
import org.junit.jupiter.api.Test;

/// The other ways in which a service is put out, each by the runbook's own verbs.
abstract class WaysContract extends OnACluster {

    private static final String COLOURS = "strategy: { type: blue-green, blueGreen: { colors: [blue, green] } }\n";
    private static final String CANARY = "strategy: { type: canary, canary: { deployment: web-canary } }\n";

    @Test
    void the_active_colour_is_one_word_for_scripts() {
        services(web(COLOURS));
        shop.colours("v1", "v2");

        var said = done(lastgood("strategy", "bluegreen", "status", "-e", "production", "--get-active"));

        assertThat(said.out()).isEqualTo("green\n");
        assertThat(done(lastgood("strategy", "bluegreen", "status", "-e", "production", "--verify"))
                        .exit())
                .isZero();
    }

    @Test
    void a_switch_moves_users_to_the_colour_that_was_named() {
        services(web(COLOURS));
        shop.colours("v1", "v2");

        done(lastgood("strategy", "bluegreen", "switch", "-e", "production", "--to", "blue", "--yes"));

        assertThat(shop.active("web")).isEqualTo("blue");
        assertThat(shop.deployment("web-green").at("/spec/replicas").asInt()).isEqualTo(2);
    }

    @Test
    void users_are_never_moved_to_a_colour_of_which_nothing_is_ready() {
        services(web(COLOURS));
        shop.colours("v1", "v2");
        shop.setImage("web-blue", "crash-v3");
        shop.scale("web-blue", 0);
        Shop.eventually(
                "blue to be gone",
                () -> shop.deployment("web-blue").at("/status/replicas").asInt() == 0);

        var running =
                laptop("laptop").start("strategy", "bluegreen", "switch", "-e", "production", "--to", "blue", "--yes");
        refusedOrNamed(running);

        assertThat(shop.active("web")).isEqualTo("green");
    }

    /// It is refused, or waits for the colour and says why; in neither case are users moved.
    private void refusedOrNamed(CommandLine.Running running) {
        Shop.eventually(
                "a refusal or a reason",
                () -> running.isOver()
                        || running.saidSoFar().contains("no instance")
                        || running.saidSoFar().contains("CrashLoopBackOff"));
        if (!running.isOver()) {
            lastgood("abort", run(running.saidSoFar()), "--reason", "not ready");
        }
        assertThat(running.end().exit()).as(running.saidSoFar()).isNotZero();
    }

    private void theCanaryIsOut() {
        services(web(CANARY));
        shop.serviceObject("web", Map.of("app", "web"));
        shop.deploy("web", "v1", 3, Map.of("app", "web", "track", "stable"));
        shop.complete("web");
        good("v1");
        shop.deploy("web-canary", "v2", 1, Map.of("app", "web", "track", "canary"));
        shop.complete("web-canary");
    }

    @Test
    void a_canary_that_shares_the_service_is_stopped_rolled_back_and_deleted() {
        theCanaryIsOut();

        done(lastgood("strategy", "canary", "stop", "-e", "production", "--yes"));
        assertThat(shop.deployment("web-canary").at("/spec/replicas").asInt()).isZero();
        done(lastgood("strategy", "canary", "rollback", "-e", "production", "--yes"));
        assertThat(shop.image("web-canary")).isEqualTo("shop/web:v2");
        done(lastgood("strategy", "canary", "delete", "-e", "production", "--yes", "--confirm", "web"));

        assertThat(shop.kube.find(shop.apps("deployments") + "/web-canary")).isEmpty();
        assertThat(shop.image("web")).isEqualTo("shop/web:v1");
        assertThat(shop.deployment("web").at("/spec/replicas").asInt()).isEqualTo(3);
    }

    /// Row 5, for a canary.
    @Test
    void a_rollback_parks_the_canary_and_leaves_the_stable_pods_alone() {
        theCanaryIsOut();

        done(rollback("v1"));

        assertThat(shop.deployment("web-canary").at("/spec/replicas").asInt()).isZero();
        assertThat(shop.image("web-canary")).isEqualTo("shop/web:v2");
        assertThat(shop.revision("web")).isEqualTo("1");
    }

    @Test
    void several_services_go_back_together_and_whoever_depends_on_another_goes_first() {
        services(service("web", "dependencies: { upstream: [api] }\n"), service("api", ""));
        for (var name : new String[] {"web", "api"}) {
            shop.releases(name, 1, "v1");
            good(name, "v1");
            shop.setImage(name, "v2");
            shop.complete(name);
        }

        var said = done(
                lastgood("rollback", "-e", "production", "--services", "api,web", "--revision", "previous", "--yes"));

        assertThat(shop.image("web")).isEqualTo("shop/web:v1");
        assertThat(shop.image("api")).isEqualTo("shop/api:v1");
        assertThat(said.err().indexOf("web: v2 → v1"))
                .as(said.toString())
                .isNotNegative()
                .isLessThan(said.err().indexOf("api: v2 → v1"));
    }

    @Test
    void a_daemon_set_goes_back_on_every_node() {
        services(service("agent", "workload: { kind: DaemonSet, name: agent }\n"));
        shop.daemonSet("agent", "v1");
        shop.allReady("agent", 1);
        good("agent", "v1");
        shop.setImage("daemonsets", "agent", "crash-v2");
        shop.waitsFor("agent", "CrashLoopBackOff");

        done(lastgood("rollback", "-e", "production", "--revision", "v1", "--yes"));

        assertThat(shop.images("agent")).containsExactly("shop/agent:v1");
    }

    /// All that `kubectl rollout undo deployment/web -n NS` needs is enough here, too.
    @Test
    void without_a_configuration_a_namespace_and_a_workload_are_enough() {
        shop.releases("web", 1, "v1");
        done(plainly("release", "mark", "good", "v1", "--workload", "deploy/web", "--reason", "seen"));
        shop.setImage("web", "v2");
        shop.complete("web");

        done(plainly("rollback", "deploy/web", "--revision", "previous", "--yes", "--no-verify"));

        assertThat(shop.image("web")).isEqualTo("shop/web:v1");
    }

    @Test
    void each_kubectl_line_that_looks_or_pauses_has_an_answer() {
        shop.releases("web", 1, "v1", "v2");

        assertThat(done(plainly("release", "list", "deploy/web")).out())
                .contains("v1")
                .contains("v2");
        assertThat(done(plainly("release", "show", "1", "--workload", "deploy/web"))
                        .out())
                .contains("v1")
                .contains("can be put back");
        assertThat(done(plainly("release", "current", "deploy/web", "-o", "name"))
                        .out())
                .isEqualTo("v2\n");
        assertThat(done(plainly("status", "deploy/web")).out()).contains("v2");
        done(plainly("release", "pause", "deploy/web"));
        assertThat(shop.deployment("web").at("/spec/paused").asBoolean()).isTrue();
        done(plainly("release", "resume", "deploy/web"));
        assertThat(shop.deployment("web").at("/spec/paused").asBoolean()).isFalse();
    }

    @Test
    void the_maintenance_page_goes_on_and_off_and_makes_no_release() {
        services(web("maintenance: { env: MAINTENANCE_MODE }\n"));
        shop.releases("web", 1, "v1");
        good("v1");

        done(lastgood("maintenance", "on", "-e", "production", "--yes"));
        assertThat(shop.deployment("web")
                        .at("/spec/template/spec/containers/0/env/0/value")
                        .asText())
                .isEqualTo("true");
        done(lastgood("maintenance", "off", "-e", "production"));

        assertThat(done(lastgood("release", "list", "-e", "production", "-o", "json"))
                        .out()
                        .split("\"number\"", -1))
                .hasSize(2);
    }
}
