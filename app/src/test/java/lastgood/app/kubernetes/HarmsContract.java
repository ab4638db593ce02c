package lastgood.app.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.IntStream;
import lastgood.testkit.kube.Shop;
import org.junit.jupiter.api.Test;

/// Where the runbook, followed literally, does harm, and what happens instead. What kubectl does in each case is in
/// docs/kubernetes-harms.md.
abstract class HarmsContract extends OnACluster {

    private void theBadOneIsOut() {
        shop.releases("web", 2, "v1");
        good("v1");
        shop.setImage("web", "crash-v2");
        shop.waitsFor("web", "CrashLoopBackOff");
    }

    /// Row 1. `rollout pause`, then `rollout undo`: kubectl refuses, and resuming first lets the bad release go on.
    @Test
    void a_paused_rollout_goes_back_with_one_change_that_also_ends_the_pause() {
        theBadOneIsOut();
        shop.pause("web", true);
        shop.setEnv("web", "EDITED", "while paused");

        var said = done(rollback("v1"));

        assertThat(said.out()).contains("ROLLED BACK");
        assertThat(shop.image("web")).isEqualTo("shop/web:v1");
        assertThat(shop.deployment("web").at("/spec/paused").asBoolean()).isFalse();
        assertThat(shop.deployment("web")
                        .at("/spec/template/spec/containers/0/env")
                        .isMissingNode())
                .isTrue();
        assertThat(shop.images("web")).containsExactly("shop/web:v1");
        assertThat(shop.revision("web")).isEqualTo("3");
    }

    /// Row 2. Scenario B sets `MAINTENANCE_MODE` first, which is a new revision: "previous" is the bad release now,
    /// and going back to it takes the maintenance mode away.
    @Test
    void maintenance_mode_is_no_release_and_outlives_the_rollback() {
        services(web("maintenance: { env: MAINTENANCE_MODE }\n"));
        theBadOneIsOut();
        shop.setEnv("web", "MAINTENANCE_MODE", "true");

        done(rollback("previous"));

        var container = shop.deployment("web").at("/spec/template/spec/containers/0");
        assertThat(container.path("image").asText()).isEqualTo("shop/web:v1");
        assertThat(container.at("/env/0/name").asText()).isEqualTo("MAINTENANCE_MODE");
        assertThat(container.at("/env/0/value").asText()).isEqualTo("true");
        var releases =
                lastgood("release", "list", "-e", "production", "-o", "json").out();
        assertThat(releases.split("\"number\"", -1)).as(releases).hasSize(3);
    }

    /// Row 3. `--revision previous` is the second-highest number, whatever its health: twice of it is forward again.
    @Test
    void previous_twice_goes_further_back_and_never_forward_to_the_bad_one() {
        shop.releases("web", 1, "v1", "v2");
        good("v1");
        good("v2");
        shop.setImage("web", "crash-v3");
        shop.waitsFor("web", "CrashLoopBackOff");

        done(rollback("previous"));
        assertThat(shop.image("web")).isEqualTo("shop/web:v2");
        done(rollback("previous"));
        assertThat(shop.image("web")).isEqualTo("shop/web:v1");
        var third = ended(rollback("previous"), 3);

        assertThat(third.err()).contains("there is no good release to go back to");
        assertThat(shop.image("web")).isEqualTo("shop/web:v1");
    }

    /// Row 3, too: an undo by hand renumbers the ReplicaSet, so that whoever counts goes forward.
    @Test
    void previous_after_an_undo_by_hand_does_not_go_forward_to_the_bad_one() {
        shop.releases("web", 1, "v1", "v2", "v3");
        good("v1");
        good("v2");
        done(lastgood("release", "mark", "bad", "v3", "-e", "production", "--reason", "errors"));
        shop.undo("web", 2);
        shop.complete("web");
        assertThat(shop.revision("web")).isEqualTo("4");

        done(rollback("previous"));

        assertThat(shop.image("web")).isEqualTo("shop/web:v1");
    }

    /// Row 4. The runbook asks for logs after the rollback, when the pods are gone; with a selector kubectl shows ten
    /// lines of each.
    @Test
    void every_line_that_crashed_pods_left_is_kept_before_the_first_change() throws IOException {
        var lines = IntStream.range(0, 200)
                .mapToObj(i -> "line %d of the crash".formatted(i))
                .toList();
        place.previousLogs("crash-evidence", lines);
        shop.releases("web", 2, "v1");
        good("v1");
        shop.setImage("web", "crash-evidence");
        shop.restarted("web");

        var said = done(rollback("v1"));

        var kept = new StringBuilder();
        try (var files = Files.walk(data().resolve("evidence").resolve(run(said)))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                kept.append(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        assertThat(kept.toString()).contains(lines);
        assertThat(said.out()).contains("evidence: ");
        var steps = said.err();
        assertThat(steps.indexOf("evidence")).as(steps).isLessThan(steps.indexOf("put-revision"));
    }

    /// Row 5. The runbook decommissions the failed colour at once: the evidence and the way forward are gone.
    @Test
    void the_failed_colour_is_parked_and_not_deleted_and_the_active_one_cannot_be() {
        services(web("strategy: { type: blue-green, blueGreen: { colors: [blue, green] } }\n"));
        shop.colours("v1", "v2");
        good("v1");

        done(rollback("previous"));

        assertThat(shop.active("web")).isEqualTo("blue");
        assertThat(shop.deployment("web-green").at("/spec/replicas").asInt()).isZero();
        assertThat(shop.image("web-green")).isEqualTo("shop/web:v2");
        var refused = ended(
                lastgood(
                        "strategy",
                        "bluegreen",
                        "decommission",
                        "-e",
                        "production",
                        "--color",
                        "blue",
                        "--confirm",
                        "web"),
                3);
        assertThat(refused.err()).contains("blue");
        assertThat(shop.deployment("web-blue").at("/spec/replicas").asInt()).isEqualTo(2);
    }

    /// Row 6. Scenario C scales to 0 and later to `--replicas=3`, whatever there was.
    @Test
    void a_parked_colour_comes_back_with_as_many_pods_as_it_had() {
        services(web("strategy: { type: blue-green, blueGreen: { colors: [blue, green] } }\n"));
        shop.colours("v1", "v2");
        good("v1");
        shop.scale("web-green", 4);
        shop.complete("web-green");
        done(rollback("previous"));
        assertThat(shop.deployment("web-green").at("/spec/replicas").asInt()).isZero();
        assertThat(shop.deployment("web-blue").at("/spec/replicas").asInt()).isEqualTo(4);

        done(lastgood("undo", "-e", "production", "--yes"));

        assertThat(shop.active("web")).isEqualTo("green");
        assertThat(shop.deployment("web-green").at("/spec/replicas").asInt()).isEqualTo(4);
        assertThat(shop.deployment("web-blue").at("/spec/replicas").asInt()).isEqualTo(2);
    }

    /// Row 6, too: an autoscaler would fight whoever scales; its bounds are held meanwhile and put back.
    @Test
    void the_bounds_of_an_autoscaler_are_as_they_were_afterwards() {
        services(web("strategy: { type: blue-green, blueGreen: { colors: [blue, green] } }\n"));
        shop.colours("v1", "v2");
        good("v1");
        shop.autoscaler("web-blue", 1, 5);

        done(rollback("previous"));

        assertThat(shop.active("web")).isEqualTo("blue");
        var spec = shop.autoscaler("web-blue").path("spec");
        assertThat(spec.path("minReplicas").asInt()).isEqualTo(1);
        assertThat(spec.path("maxReplicas").asInt()).isEqualTo(5);
    }

    /// Row 11. An emergency goes to "last good" without looking at the schema.
    @Test
    void an_emergency_asks_nothing_and_owes_an_approval() {
        theBadOneIsOut();

        var said = done(lastgood("rollback", "-e", "production", "--emergency"));

        assertThat(said.out()).contains("ROLLED BACK").contains("owed");
        assertThat(shop.image("web")).isEqualTo("shop/web:v1");
        assertThat(lastgood("approvals").out()).contains(run(said)).contains("owed");
        assertThat(lastgood("history", "-e", "production").out()).contains(run(said));
        assertThat(lastgood("evidence", "list", "-e", "production").out()).contains(run(said));
    }

    @Test
    void an_emergency_does_not_put_old_code_on_a_schema_that_nobody_proved() {
        shop.releases("web", 1, "v1");
        good("v1");
        done(lastgood("release", "deploy", "v2", "-e", "production", "--yes", "--migration", "042_drop_email"));

        var refused = ended(lastgood("rollback", "-e", "production", "--emergency"), 3);

        assertThat(refused.err()).contains("042_drop_email").contains("--with-db never");
        assertThat(shop.image("web")).isEqualTo("shop/web:v2");
        done(lastgood("rollback", "-e", "production", "--emergency", "--with-db", "never", "--confirm", "web"));
        assertThat(shop.image("web")).isEqualTo("shop/web:v1");
    }

    /// Row 12. `containers[0]` misses sidecars, init containers, terminating pods, CronJobs and workers.
    @Test
    void every_container_and_every_workload_of_the_service_goes_back() {
        services(web("companions: [ { kind: Deployment, name: worker }, { kind: CronJob, name: nightly } ]\n"));
        shop.withSidecars("web", "v1");
        shop.deploy("worker", "v1", 1);
        shop.cronJob("nightly", "v1");
        shop.complete("web");
        shop.complete("worker");
        good("v1");
        shop.setAllImages("web", "v2");
        shop.setImage("worker", "v2");
        shop.cronJobImage("nightly", "v2");
        shop.complete("web");
        shop.complete("worker");

        done(rollback("previous"));

        assertThat(shop.images("web")).containsExactly("shop/sidecar:v1", "shop/web:v1");
        assertThat(shop.deployment("web")
                        .at("/spec/template/spec/initContainers/0/image")
                        .asText())
                .isEqualTo("shop/init:v1");
        assertThat(shop.images("worker")).containsExactly("shop/worker:v1");
        assertThat(shop.cronJobImage("nightly")).isEqualTo("shop/nightly:v1");
    }

    /// Row 14. An undo leaves ConfigMaps as the bad release had them, replaces the Deployment's annotations with the
    /// old ones, which loses what Argo CD finds it by, and copies what the bad release said of itself.
    @Test
    void config_maps_go_back_with_the_pods_and_annotations_of_others_stay() {
        shop.configMap("settings", java.util.Map.of("mode", "old"));
        shop.deployReading("web", "v1", "settings");
        shop.complete("web");
        good("v1");
        shop.configMap("settings", java.util.Map.of("mode", "new"));
        shop.annotate("web", "argocd.argoproj.io/tracking-id", "shop:apps/Deployment:web");
        shop.annotate("web", "kubernetes.io/change-cause", "release v2");
        shop.setImage("web", "crash-v2");
        shop.waitsFor("web", "CrashLoopBackOff");

        var said = done(rollback("v1"));

        assertThat(shop.configMapData("settings")).contains(java.util.Map.of("mode", "old"));
        var web = shop.deployment("web");
        assertThat(Shop.annotation(web, "argocd.argoproj.io/tracking-id")).isEqualTo("shop:apps/Deployment:web");
        assertThat(Shop.annotation(web, "kubernetes.io/change-cause"))
                .contains(run(said))
                .contains("v1");
    }

    /// Row 16. A StatefulSet waits for its broken pod for ever, also after an undo.
    @Test
    void a_stateful_set_that_is_stuck_on_a_bad_pod_gets_well() {
        services(service("db", "workload: { kind: StatefulSet, name: db }\n"));
        shop.statefulSet("db", "v1", 2);
        shop.allReady("db", 2);
        good("db", "v1");
        shop.setImage("statefulsets", "db", "crash-v2");
        shop.waitsFor("db", "CrashLoopBackOff");

        done(lastgood("rollback", "-e", "production", "--revision", "v1", "--yes"));

        assertThat(shop.images("db")).containsExactly("shop/db:v1");
        shop.allReady("db", 2);
    }

    /// Row 17. With `revisionHistoryLimit: 0` there is nothing that an undo could go back to.
    @Test
    void a_release_whose_replica_set_is_gone_comes_back_from_our_own_copy() {
        for (var limit : List.of(0, 1)) {
            var name = "web" + limit;
            services(service(name, ""));
            shop.deploy(name, "v1", 1);
            shop.merge("deployments", name, "{\"spec\":{\"revisionHistoryLimit\":%d}}".formatted(limit));
            shop.complete(name);
            good(name, "v1");
            nextSecond();
            for (var version : List.of("v2", "v3")) {
                shop.setImage(name, version);
                shop.complete(name);
            }
            Shop.eventually(
                    "the ReplicaSet of v1 to be gone",
                    () -> shop.replicaSets(name).stream()
                            .noneMatch(rs -> rs.at("/spec/template/spec/containers/0/image")
                                    .asText()
                                    .endsWith(":v1")));

            done(lastgood("rollback", "-e", "production", "--revision", "v1", "--yes"));

            assertThat(shop.images(name)).containsExactly("shop/%s:v1".formatted(name));
        }
    }

    /// Row 17, too: the image of the release to go back to may be gone from the registry.
    @Test
    void an_image_that_is_gone_is_named_early_and_not_waited_for_until_a_deadline() {
        shop.deploy("web", "nopull-v1", 1);
        shop.waitsFor("web", "ImagePullBackOff");
        good("nopull-v1");
        shop.setImage("web", "v2");
        shop.complete("web");

        var running = startRollback("nopull-v1");
        meanwhile(running, "the reason to be named", () -> running.saidSoFar().contains("ImagePullBackOff"));
        ended(lastgood("abort", run(running.saidSoFar()), "--reason", "the image is gone"), 7);
        var said = running.end();

        assertThat(said.exit()).as(said.toString()).isEqualTo(7);
        assertThat(said.out()).contains("CANCELLED HALF-WAY").contains("lastgood undo");
    }

    @Test
    void going_to_where_one_is_succeeds_and_changes_nothing() {
        shop.releases("web", 1, "v1", "v2");
        good("v2");
        var before = Shop.version(shop.deployment("web"));

        var said = done(rollback("v2"));

        assertThat(said.out() + said.err()).contains("what runs already");
        assertThat(Shop.version(shop.deployment("web"))).isEqualTo(before);
    }
}
