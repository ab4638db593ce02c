package lastgood.kubernetes.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.Version;
import lastgood.core.Workload;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.kubernetes.KubeParts;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.WallTime;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.jobs.KubeCommands;
import lastgood.kubernetes.jobs.Programs;
import lastgood.kubernetes.records.Cabinet;
import lastgood.kubernetes.secrets.KubeSecrets;
import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.KubeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// The Role is enough for what we do, and for nothing else.
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class AccessContract {

    private static final RunId RUN = new RunId("rb-0k3f9a2c");

    private Place place;
    private String namespace;
    private Cluster account;
    private Api api;
    private KubeApi admin;
    private Access access;
    private List<KubeService> services;

    abstract Place place();

    @BeforeEach
    void an_account_with_exactly_this_role() {
        place = place();
        namespace = place.newNamespace("access");
        admin = place.raw();
        account = place.account(namespace, Access.NAME);
        services = List.of(Services.rolling(namespace), Services.blueGreen(namespace), Services.canary(namespace));
        access = Access.of(
                services,
                namespace,
                Access.Keep.CONFIG_MAPS,
                Access.Secrets.UNSEEN,
                List.of(new DataAccess(
                        namespace, Set.of(DataAccess.Does.COMMANDS), new TreeSet<>(Set.of("shop-db-app")))));
        for (var object : access.objects()) {
            var plural = object.path("kind").asText().toLowerCase(java.util.Locale.ROOT) + "s";
            if (!plural.equals("serviceaccounts")) {
                admin.create(
                        "/apis/rbac.authorization.k8s.io/v1/namespaces/%s/%s".formatted(namespace, plural),
                        object.toString());
            }
        }
        api = Place.api(account);
    }

    @AfterEach
    void tidy() {
        api.close();
        admin.delete("/api/v1/namespaces/" + namespace);
        admin.close();
        place.close();
    }

    @Test
    void is_enough_for_what_plans_do() {
        deploy("checkout", "checkout", "");
        deploy("web-blue", "web", "blue");
        deploy("web-green", "web", "green");
        deploy("api", "api", "");
        admin.create("/api/v1/namespaces/%s/services".formatted(namespace), """
                {"metadata":{"name":"web"},"spec":{"selector":{"app":"web","colour":"green"},"ports":[{"port":80}]}}""");
        var parts = parts();
        var checkout = new ServiceRef("production", "checkout");
        var web = new ServiceRef("production", "web");
        var canary = new ServiceRef("production", "api");

        var good = parts.revisions().stage(checkout, new Version("v2"), Map.of());
        var main = new Workload(checkout, "checkout");
        parts.workloads().put(parts.workloads().find(main).orElseThrow(), good, fence("put"));
        parts.workloads().scale(parts.workloads().find(main).orElseThrow(), 2, fence("scale"));
        var traffic = parts.traffic().get(web);
        Place.until(
                "both colours ready",
                () -> parts.workloads()
                                .find(new Workload(web, "web-blue"))
                                .orElseThrow()
                                .ready()
                        > 0);
        parts.traffic().shift(traffic, new TreeMap<>(Map.of("web-blue", 100, "web-green", 0)), fence("shift"));
        var small = new Workload(canary, "api-canary");
        parts.workloads()
                .create(small, parts.revisions().stage(canary, new Version("v2"), Map.of()), 1, fence("create"));
        Place.until("removed", () -> removed(parts, small));
        assertThat(parts.locks().acquire(checkout, RUN)).isEqualTo(RUN);
        parts.locks().release(checkout, RUN);
        assertThat(parts.ledgers().read(checkout).service()).isEqualTo(checkout);
        assertThat(parts.journals().runs()).isEmpty();
    }

    @Test
    void is_enough_to_run_a_command_and_to_read_the_one_secret_that_is_named() {
        deploy("checkout", "checkout", "");
        secret("shop-db-app");
        secret("other");
        var parts = parts();
        var checkout = new ServiceRef("production", "checkout");
        var commands = new KubeCommands(
                api,
                parts.services(),
                new Programs(api, parts.ledgers(), parts.templates()),
                new WallTime(),
                KubeCommands.Patience.usual());
        var secrets = new KubeSecrets(api);

        var ended = commands.run(checkout, "v1", List.of("undo"), Map.of(), Duration.ofMinutes(1), fence("60-undo"));

        assertThat(ended.code()).isZero();
        assertThat(secrets.read(namespace, "shop-db-app", "uri")).isEqualTo("postgres://db");
        assertThatThrownBy(() -> secrets.read(namespace, "other", "uri"))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining(
                        "hint: add to the Role: - { apiGroups: [\"\"], resources: [secrets], resourceNames: [other], verbs: [get] }");
        assertThatThrownBy(() -> secrets.read(namespace, "shop-db-app", "url"))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("has no key `url`; it has uri")
                .hasMessageNotContaining("postgres://");
    }

    private void secret(String name) {
        admin.create(
                "/api/v1/namespaces/%s/secrets".formatted(namespace),
                Map.of("metadata", Map.of("name", name), "stringData", Map.of("uri", "postgres://db")));
    }

    @Test
    void the_doctor_names_the_very_secret_that_may_not_be_read() {
        var more = Access.of(
                List.of(),
                namespace,
                Access.Keep.CONFIG_MAPS,
                Access.Secrets.UNSEEN,
                List.of(new DataAccess(
                        namespace,
                        Set.of(DataAccess.Does.CNPG_BACKUPS),
                        new TreeSet<>(Set.of("shop-db-app", "other")))));

        assertThat(doctor(more, List.of()))
                .filteredOn(f -> f.level() == Finding.Level.MISSING)
                .extracting(Finding::what)
                .containsExactlyInAnyOrder(
                        "secrets other, shop-db-app in " + namespace,
                        "backups.postgresql.cnpg.io in " + namespace,
                        "clusters.postgresql.cnpg.io in " + namespace,
                        "objectstores.barmancloud.cnpg.io in " + namespace);
    }

    /// A controller writes the status meanwhile; the engine looks again, too.
    private static boolean removed(KubeParts parts, Workload workload) {
        try {
            parts.workloads().find(workload).ifPresent(seen -> parts.workloads().remove(seen, fence("remove")));
            return true;
        } catch (WorldMoved e) {
            return false;
        }
    }

    @Test
    void is_enough_for_nothing_else() {
        try (var thief = new KubeApi(account)) {
            var here = "/api/v1/namespaces/" + namespace;
            for (var path : List.of(
                    here + "/secrets",
                    here + "/secrets/default",
                    "/api/v1/namespaces/default/pods",
                    "/api/v1/secrets",
                    "/apis/rbac.authorization.k8s.io/v1/namespaces/%s/roles".formatted(namespace),
                    "/api/v1/nodes")) {
                assertThat(thief.send("GET", path, KubeApi.JSON, "").status())
                        .as(path)
                        .isEqualTo(403);
            }
            assertThat(thief.send("POST", here + "/pods", KubeApi.JSON, "{\"metadata\":{\"name\":\"p\"}}")
                            .status())
                    .isEqualTo(403);
            assertThat(thief.send("POST", here + "/pods/p/exec?command=sh", KubeApi.JSON, "")
                            .status())
                    .isIn(403, 404);
        }
    }

    @Test
    void is_what_the_doctor_asks_for() {
        deploy("checkout", "checkout", "");
        var findings = doctor(access, List.of(services.getFirst()));

        assertThat(findings).filteredOn(f -> f.level() == Finding.Level.MISSING).isEmpty();
        assertThat(doctor(plusSecrets(), List.of()))
                .filteredOn(f -> f.level() == Finding.Level.MISSING)
                .singleElement()
                .satisfies(f -> assertThat(f.hint())
                        .isEqualTo("add to the Role: - { apiGroups: [\"\"], resources: [secrets], verbs: [get] }"));
    }

    private Access plusSecrets() {
        return Access.of(services, namespace, Access.Keep.CONFIG_MAPS, Access.Secrets.READ_BY_NAME);
    }

    @Test
    void the_doctor_sees_what_is_wrong_with_workloads() {
        deploy("checkout", "checkout", "");
        admin.patch(
                "/apis/apps/v1/namespaces/%s/deployments/checkout".formatted(namespace),
                KubeApi.MERGE_PATCH,
                "{\"metadata\":{\"annotations\":{\"argocd.argoproj.io/tracking-id\":\"x\"}},\"spec\":{\"paused\":true,\"revisionHistoryLimit\":0}}");

        var findings = doctor(access, services);

        assertThat(findings).extracting(Finding::why).anyMatch(w -> w.contains("has revisionHistoryLimit 0"));
        assertThat(findings).extracting(Finding::why).anyMatch(w -> w.startsWith("Deployment checkout is paused"));
        assertThat(findings)
                .extracting(Finding::why)
                .anyMatch(w -> w.startsWith("Argo CD application x owns Deployment checkout"));
    }

    private List<Finding> doctor(Access asked, List<KubeService> looked) {
        return new Doctor(parts(), asked, InstantSource.system(), looked).findings();
    }

    @Test
    void the_doctor_says_what_a_rollback_would_meet() {
        deploy("checkout", "checkout", "");

        var findings = doctor(access, services);

        assertThat(findings)
                .extracting(f -> f.what() + ": " + f.why())
                .contains(
                        "clock: the API server's and ours agree",
                        "Deployment %s/checkout: nothing scales it by itself".formatted(namespace),
                        "Deployment %s/checkout: gives a release 600 s to get ready".formatted(namespace),
                        "Deployment %s/web-blue: does not exist".formatted(namespace))
                .anyMatch(f -> f.startsWith("EndpointSlice: discovery.k8s.io/v1"))
                .anyMatch(f -> f.startsWith("HorizontalPodAutoscaler: autoscaling/v"))
                .anyMatch(f -> f.startsWith("production/checkout: no release is known to be good"))
                .anyMatch(f -> f.startsWith("admission webhooks: could not look"))
                .anyMatch(f -> f.startsWith("production/checkout: may not be looked at: images on nodes"));
    }

    private KubeParts parts() {
        var all = new HashMap<ServiceRef, KubeService>();
        services.forEach(s -> all.put(s.service(), s));
        return KubeParts.of(api, Cabinet.of(api), namespace, all, InstantSource.system());
    }

    private static Fence fence(String step) {
        return new Fence(RUN, step, 1);
    }

    private void deploy(String name, String app, String colour) {
        var object = Api.JSON.createObjectNode();
        object.putObject("metadata").put("name", name);
        var spec = object.putObject("spec").put("replicas", 1);
        labels(spec.putObject("selector").putObject("matchLabels"), app, colour);
        var template = spec.putObject("template");
        labels(template.putObject("metadata").putObject("labels"), app, colour);
        template.putObject("spec")
                .putArray("containers")
                .addObject()
                .put("name", app)
                .put("image", "shop/%s:v1".formatted(app));
        admin.create("/apis/apps/v1/namespaces/%s/deployments".formatted(namespace), object.toString());
    }

    private static void labels(ObjectNode labels, String app, String colour) {
        labels.put("app", app);
        if (!colour.isEmpty()) {
            labels.put("colour", colour);
        }
    }

    @Test
    void pods_are_asked_only_by_who_may_and_the_missing_right_is_named() {
        admin.create("/api/v1/namespaces/%s/pods".formatted(namespace), """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"lonely"},
                 "spec":{"nodeName":"nowhere","containers":[{"name":"c","image":"shop/web:v1"}]}}""");

        var refused = api.page(namespace, "lonely", "http", 80, "/metrics", 1000, Duration.ofSeconds(5));

        assertThat(refused)
                .isInstanceOfSatisfying(
                        Api.PodPage.Refused.class,
                        r -> assertThat(r.refusal().message())
                                .contains("- { apiGroups: [\"\"], resources: [pods/proxy], verbs: [get] }"));
        assertThat(access.rules().get(namespace)).noneMatch(r -> r.resource().equals("pods/proxy"));
        assertThat(access.readingPods(services).rules().get(namespace))
                .filteredOn(r -> r.resource().equals("pods/proxy"))
                .extracting(Rule::verbs)
                .containsExactly(List.of("get"));
    }
}
