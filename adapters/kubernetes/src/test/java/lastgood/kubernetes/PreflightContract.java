package lastgood.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Workload;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.plan.Plan;
import lastgood.core.plan.PlannedStep;
import lastgood.core.plan.Step;
import lastgood.engine.port.Preflight.Problem;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.preflight.KubePreflight;
import lastgood.kubernetes.workloads.WorkloadKind;
import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.KubeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said before step 1, on whatever cluster.
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class PreflightContract {

    abstract Cluster cluster();

    /// Somebody without any rights but those of that Role.
    abstract Cluster account(String namespace, String name);

    @TempDir
    Path folder;

    private Shop shop;
    private final List<Api> others = new ArrayList<>();

    @BeforeEach
    void web_went_from_v1_to_v2() {
        shop = new Shop(cluster(), folder);
        shop.releases("web", 1, "v1", "v2");
    }

    @AfterEach
    void closeTheShop() {
        others.forEach(Api::close);
        shop.close();
    }

    // ---- nothing

    @Test
    void nothing_is_said_of_a_plan_that_will_go_through_but_where_its_image_is() {
        var problems = check(backToFirst());

        assertThat(problems).noneMatch(Problem::blocks);
        assertThat(problems)
                .extracting(Problem::what)
                .containsExactly("image shop/web:v1 is on no node yet: it will have to be pulled");
        assertThat(shop.deployment("web")
                        .at("/spec/template/spec/containers/0/image")
                        .asText())
                .isEqualTo("shop/web:v2");
    }

    // ---- rights

    @Test
    void a_missing_right_is_named_with_the_line_of_the_role() {
        role("""
                [{"apiGroups":["apps"],"resources":["deployments"],"verbs":["get","list"]},
                 {"apiGroups":["apps"],"resources":["replicasets","controllerrevisions"],"verbs":["list"]},
                 {"apiGroups":[""],"resources":["pods"],"verbs":["get","list"]},
                 {"apiGroups":["autoscaling"],"resources":["horizontalpodautoscalers"],"verbs":["list"]},
                 {"apiGroups":[""],"resources":["configmaps"],"verbs":["get","list","create","update","delete"]},
                 {"apiGroups":["coordination.k8s.io"],"resources":["leases"],"verbs":["get","create","patch"]}]
                """);
        var api = lastgood.kubernetes.install.Place.api(account(shop.namespace, "lastgood"));
        others.add(api);

        var problems = check(api, backToFirst());

        assertThat(problems).filteredOn(Problem::blocks).singleElement().satisfies(p -> {
            assertThat(p.what())
                    .isEqualTo("may not patch deployments.apps in %s: cannot put it back".formatted(shop.namespace));
            assertThat(p.hint())
                    .isEqualTo(
                            "add to the Role: - { apiGroups: [\"apps\"], resources: [deployments], verbs: [patch] }");
        });
        assertThat(problems)
                .extracting(Problem::what)
                .anyMatch(w -> w.startsWith("may not be looked at: ") && w.contains("images on nodes"));
    }

    @Test
    void that_no_command_may_be_run_is_a_remark_of_a_plan_that_undoes_migrations() {
        role("""
                [{"apiGroups":[""],"resources":["configmaps"],"verbs":["get","list","create","update","delete"]},
                 {"apiGroups":["batch"],"resources":["jobs"],"verbs":["get"]},
                 {"apiGroups":[""],"resources":["pods/log"],"verbs":["get"]},
                 {"apiGroups":["coordination.k8s.io"],"resources":["leases"],"verbs":["get","create","patch"]}]
                """);
        var api = lastgood.kubernetes.install.Place.api(account(shop.namespace, "lastgood"));
        others.add(api);
        var digest = lastgood.core.Digest.of("schema");

        var problems = check(api, new Step.UndoMigrations(shop.ref("web"), List.of("0042"), digest, digest));

        assertThat(problems).noneMatch(Problem::blocks);
        assertThat(problems).anySatisfy(p -> {
            assertThat(p.what()).startsWith("may not create, patch jobs.batch in " + shop.namespace);
            assertThat(p.hint())
                    .isEqualTo(
                            "add to the Role: - { apiGroups: [\"batch\"], resources: [jobs], verbs: [create, patch] }");
        });
    }

    @Test
    void that_a_daemonset_cannot_be_parked_is_said_before_anything_else_is() {
        var web = shop.rolling("web");
        var workloads = new java.util.TreeMap<>(web.workloads());
        workloads.put("collector", WorkloadKind.DAEMON_SET);
        var with = shop.service("web", web.strategy(), web.traffic(), workloads);
        var parts = shop.parts(with);

        var problems = new KubePreflight(
                        shop.api,
                        parts.services(),
                        parts.templates(),
                        parts.workloads(),
                        parts.traffic(),
                        parts.configs(),
                        Duration.ofSeconds(10))
                .check(plan(new Step.Scale(new Workload(shop.ref("web"), "collector"), 1, 0)));

        assertThat(problems).filteredOn(Problem::blocks).anySatisfy(p -> {
            assertThat(p.what()).startsWith("collector is a DaemonSet, which cannot be set to 0");
            assertThat(p.hint()).contains("node selector");
        });
    }

    // ---- what pods need

    @Test
    void what_the_pods_of_the_target_name_and_is_gone_is_all_said_at_once() {
        shop.merge("deployments", "web", """
                {"spec":{"template":{"spec":{
                  "serviceAccountName":"gone-account",
                  "imagePullSecrets":[{"name":"gone-pull"}],
                  "containers":[{"name":"web","envFrom":[
                    {"secretRef":{"name":"gone-secret"}},
                    {"secretRef":{"name":"may-be-gone","optional":true}},
                    {"configMapRef":{"name":"gone-config"}}]}]}}}}""");
        // Its template is found again by its ReplicaSet, which the controller makes in its own time.
        Shop.eventually(
                "a ReplicaSet of it",
                () -> shop.replicaSets("web").stream()
                        .anyMatch(rs -> rs.at("/spec/template/spec/serviceAccountName")
                                .asText()
                                .equals("gone-account")));
        var needy = running("web");
        shop.setImage("web", "v3");

        var problems = check(put("web", needy));

        assertThat(problems)
                .filteredOn(Problem::blocks)
                .extracting(Problem::what)
                .containsExactlyInAnyOrder(
                        "there is no ServiceAccount gone-account in %s, under which the pods run: none could be made"
                                .formatted(shop.namespace),
                        "there is no Secret gone-secret in %s, which the pods read: they would never start"
                                .formatted(shop.namespace),
                        "there is no ConfigMap gone-config in %s, which the pods read: they would never start"
                                .formatted(shop.namespace));
        assertThat(problems).extracting(Problem::what).anyMatch(w -> w.startsWith("there is no Secret gone-pull"));
    }

    @Test
    void a_config_map_that_the_plan_itself_puts_back_is_not_missed() {
        shop.configMap("settings", Map.of("a", "1"));
        shop.merge("deployments", "web", """
                {"spec":{"template":{"spec":{"containers":[{"name":"web","envFrom":[
                    {"configMapRef":{"name":"settings"}}]}]}}}}""");
        var needy = running("web");
        var parts = parts(shop.api);
        var content = parts.configs().all(web()).getFirst().content();
        shop.removeConfigMap("settings");

        var problems = check(
                new Step.RestoreConfig(web(), "settings", new Step.RestoreConfig.Held.Nothing(), content),
                new Step.PutRevision(workload(), running("web"), needy));

        assertThat(problems).extracting(Problem::what).noneMatch(w -> w.startsWith("there is no ConfigMap"));
    }

    @Test
    void a_quota_without_room_for_one_pod_more_is_said() {
        quota("1");
        var full = check(backToFirst());
        shop.kube.delete("/api/v1/namespaces/%s/resourcequotas/small".formatted(shop.namespace));
        quota("9");

        assertThat(full)
                .filteredOn(Problem::blocks)
                .singleElement()
                .satisfies(
                        p -> assertThat(p.what())
                                .isEqualTo(
                                        "web needs a pod more while its pods are replaced, and there is no room for one (ResourceQuota small: pods 1 of 1): it would wait for ever"));
        assertThat(check(backToFirst())).noneMatch(Problem::blocks);
    }

    @Test
    void a_namespace_that_is_being_deleted_is_said() {
        var plan = plan(backToFirst());
        var parts = parts(shop.api);
        shop.kube.create("/api/v1/namespaces/%s/configmaps".formatted(shop.namespace), """
                {"metadata":{"name":"clings","finalizers":["test.lastgood.dev/clings"]}}""");
        shop.kube.delete("/api/v1/namespaces/" + shop.namespace);

        var problems = parts.preflight().check(plan);

        assertThat(problems)
                .filteredOn(Problem::blocks)
                .extracting(Problem::what)
                .contains("namespace %s is being deleted: no pod can be made in it any more".formatted(shop.namespace));
        shop.kube.patch(
                "/api/v1/namespaces/%s/configmaps/clings".formatted(shop.namespace),
                KubeApi.JSON_PATCH,
                "[{\"op\":\"remove\",\"path\":\"/metadata/finalizers\"}]");
    }

    // ---- admission

    @Test
    void what_the_api_server_would_refuse_is_refused_in_the_dry_run() {
        var problems = check(new Step.Scale(workload(), 1, -1));

        assertThat(problems)
                .filteredOn(Problem::blocks)
                .singleElement()
                .satisfies(p -> assertThat(p.what())
                        .startsWith("step 10-step would be refused: ")
                        .contains("spec.replicas: Invalid value: -1"));
        assertThat(shop.deployment("web").at("/spec/replicas").asInt()).isEqualTo(1);
    }

    // ---- remarks

    @Test
    void who_owns_it_that_it_is_paused_and_keeps_no_history_are_remarks() {
        shop.kube.patch(
                "/apis/apps/v1/namespaces/%s/deployments/web".formatted(shop.namespace), KubeApi.MERGE_PATCH, """
                {"metadata":{"annotations":{"argocd.argoproj.io/tracking-id":"shop:apps/Deployment:shop/web"}},
                 "spec":{"paused":true,"revisionHistoryLimit":0}}""");

        var problems = check(new Step.PutRevision(workload(), running("web"), running("web")));

        assertThat(problems).noneMatch(Problem::blocks);
        assertThat(problems)
                .extracting(Problem::words)
                .contains(
                        "Argo CD application shop owns Deployment web and will put the bad release back within seconds; hold it first",
                        "Deployment web is paused: the same patch ends that")
                .anyMatch(w -> w.startsWith("Deployment web has revisionHistoryLimit 0"));
    }

    @Test
    void flux_is_named_unless_it_is_held() {
        label("kustomize.toolkit.fluxcd.io/name", "apps");
        label("kustomize.toolkit.fluxcd.io/namespace", "flux-system");
        var owned = check(backToFirst());
        shop.kube.patch(
                "/apis/apps/v1/namespaces/%s/deployments/web".formatted(shop.namespace),
                KubeApi.MERGE_PATCH,
                "{\"metadata\":{\"annotations\":{\"kustomize.toolkit.fluxcd.io/reconcile\":\"disabled\"}}}");

        assertThat(owned)
                .extracting(Problem::what)
                .anyMatch(w -> w.startsWith("Flux Kustomization flux-system/apps owns Deployment web"));
        assertThat(check(backToFirst())).extracting(Problem::what).noneMatch(w -> w.contains("Flux"));
    }

    @Test
    void an_autoscaler_that_will_scale_it_again_is_a_remark() {
        shop.kube.create("/apis/autoscaling/v1/namespaces/%s/horizontalpodautoscalers".formatted(shop.namespace), """
                {"metadata":{"name":"web"},"spec":{"minReplicas":1,"maxReplicas":4,
                 "scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}}}""");

        assertThat(check(new Step.Scale(workload(), 1, 2)))
                .extracting(Problem::what)
                .contains("HorizontalPodAutoscaler web keeps web between 1 and 4 and will not leave it at 2");
    }

    // ---- time

    @Test
    void what_cannot_be_looked_at_in_time_is_a_remark_and_costs_no_more_than_that() {
        var parts = parts(shop.api);
        var plan = plan(backToFirst());
        var hasty = new KubePreflight(
                shop.api,
                parts.services(),
                parts.templates(),
                parts.workloads(),
                parts.traffic(),
                parts.configs(),
                Duration.ofMillis(1));
        var before = System.nanoTime();

        var problems = hasty.check(plan);

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
        assertThat(problems).isNotEmpty().noneMatch(Problem::blocks);
        assertThat(problems).extracting(Problem::what).anyMatch(w -> w.startsWith("could not be looked at within "));
    }

    // ---- words

    final Shop shop() {
        return shop;
    }

    private ServiceRef web() {
        return shop.ref("web");
    }

    private Workload workload() {
        return new Workload(web(), "web");
    }

    private KubeParts parts(Api api) {
        var all = new HashMap<ServiceRef, KubeService>();
        all.put(web(), shop.rolling("web"));
        return KubeParts.of(
                api,
                lastgood.kubernetes.records.Cabinet.of(api),
                shop.namespace,
                all,
                java.time.InstantSource.system());
    }

    private Revision running(String name) {
        return parts(shop.api).revisions().running(web(), name).orElseThrow();
    }

    private Step backToFirst() {
        return put(
                "web",
                parts(shop.api).ledgers().read(web()).releases().getFirst().revision());
    }

    private Step put(String name, Revision to) {
        return new Step.PutRevision(new Workload(web(), name), running(name), to);
    }

    private Plan plan(Step... steps) {
        var planned = new ArrayList<PlannedStep>();
        for (var step : steps) {
            planned.add(new PlannedStep(
                    "%d0-step".formatted(planned.size() + 1),
                    step,
                    Duration.ofMinutes(1),
                    PlannedStep.OnFailure.STOP,
                    PlannedStep.Phase.MAIN));
        }
        return new Plan(
                Plan.Kind.ROLLBACK,
                web(),
                "rolling",
                "v2",
                "v1",
                Plan.Type.TYPE_1,
                "no schema change",
                planned,
                new ApprovalRule.None(),
                List.of());
    }

    private List<Problem> check(Step... steps) {
        return check(shop.api, steps);
    }

    private List<Problem> check(Api api, Step... steps) {
        var plan = plan(steps);
        var parts = parts(api);
        // A laptop under test load is no API server at its best.
        return new KubePreflight(
                        api,
                        parts.services(),
                        parts.templates(),
                        parts.workloads(),
                        parts.traffic(),
                        parts.configs(),
                        Duration.ofSeconds(10))
                .check(plan);
    }

    private void quota(String pods) {
        shop.kube.create("/api/v1/namespaces/%s/resourcequotas".formatted(shop.namespace), """
                {"metadata":{"name":"small"},"spec":{"hard":{"pods":"%s"}}}""".formatted(pods));
        Shop.eventually(
                "the quota to be counted and the old pod gone",
                () -> shop.kube
                        .get("/api/v1/namespaces/%s/resourcequotas/small".formatted(shop.namespace))
                        .at("/status/used/pods")
                        .asText()
                        .equals("1"));
    }

    private void label(String key, String value) {
        shop.kube.patch(
                "/apis/apps/v1/namespaces/%s/deployments/web".formatted(shop.namespace),
                KubeApi.MERGE_PATCH,
                "{\"metadata\":{\"labels\":{\"%s\":\"%s\"}}}".formatted(key, value));
    }

    private void role(String rules) {
        var rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/%s/".formatted(shop.namespace);
        shop.kube.create(rbac + "roles", "{\"metadata\":{\"name\":\"little\"},\"rules\":%s}".formatted(rules));
        shop.kube.create(rbac + "rolebindings", """
                {"metadata":{"name":"little"},
                 "subjects":[{"kind":"ServiceAccount","name":"lastgood","namespace":"%s"}],
                 "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"little"}}""".formatted(shop.namespace));
    }
}
