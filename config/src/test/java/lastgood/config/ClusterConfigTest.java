package lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lastgood.config.ClusterConfig.Kind;
import lastgood.config.ClusterConfig.RouteKind;
import lastgood.config.ClusterConfig.Secrets;
import lastgood.config.ClusterConfig.Traffic;
import lastgood.config.ClusterConfig.VersionFrom;
import lastgood.config.ClusterConfig.Workload;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ClusterConfigTest {

    static final String SHOP = """
            apiVersion: lastgood.dev/v1alpha1
            kind: Catalog
            environments:
              live: { namespace: shop }
            services:
              web:
            """;

    private static String web(String... lines) {
        return SHOP + String.join("\n", lines).indent(4);
    }

    private static ServiceConfig service(String... lines) {
        return Texts.effective(web(lines), "live", "web", Overrides.none()).service();
    }

    private static ClusterConfig cluster(String... lines) {
        var cluster = service(lines).cluster();
        assertThat(cluster).isNotNull();
        return cluster;
    }

    private static Platform platform(Effective effective) {
        return effective.environment().platform();
    }

    // ---- what follows from a name

    @Test
    void a_name_is_enough_for_a_service() {
        var effective = Texts.effective(SHOP.replace("web:", "web: {}"), "live", "web", Overrides.none());

        assertThat(effective.service().cluster())
                .isEqualTo(new ClusterConfig(
                        new Workload(Kind.DEPLOYMENT, "web", null, null),
                        List.of("web"),
                        new Traffic.Fixed(),
                        List.of(),
                        new VersionFrom.ImageTag(),
                        List.of(),
                        new Secrets(List.of(), Secrets.Mode.VERIFY),
                        null));
        assertThat(effective.service().strategy()).isEqualTo(new StrategyConfig.Rolling());
        assertThat(effective.rows())
                .extracting(row -> row.key() + " " + row.value() + " " + row.origin())
                .contains(
                        "workload.kind Deployment inferred from the service's name",
                        "strategy.type rolling inferred from an environment on a cluster");
    }

    @Test
    void a_service_on_this_machine_has_nothing_of_a_cluster() {
        var text = Texts.web("workload: { kind: StatefulSet }");
        var effective = Texts.effective(text, "here", "web", Texts.flags(Map.of(Setting.CONTEXT, "prod")));

        assertThat(effective.service().cluster()).isNull();
        assertThat(effective.rows()).extracting(Row::key).noneMatch(key -> key.startsWith("workload"));
        assertThat(effective.rows()).extracting(Row::key).noneMatch(key -> key.startsWith("cluster"));
    }

    @Test
    void everything_can_be_written() {
        var cluster = cluster(
                "workload: { kind: StatefulSet, name: store, container: app, selector: app=store }",
                "companions: [{ kind: Deployment, name: worker }, { kind: CronJob, name: nightly }]",
                "versionFrom: label:app.kubernetes.io/version",
                "config: { configMaps: [settings], secrets: { names: [keys], mode: ignore } }",
                "maintenance: { env: MAINTENANCE_MODE }");

        assertThat(cluster)
                .isEqualTo(new ClusterConfig(
                        new Workload(Kind.STATEFUL_SET, "store", "app", "app=store"),
                        List.of("store"),
                        new Traffic.Fixed(),
                        List.of(new WorkloadRef(Kind.DEPLOYMENT, "worker"), new WorkloadRef(Kind.CRON_JOB, "nightly")),
                        new VersionFrom.Label("app.kubernetes.io/version"),
                        List.of("settings"),
                        new Secrets(List.of("keys"), Secrets.Mode.IGNORE),
                        "MAINTENANCE_MODE"));
        assertThat(cluster.all())
                .containsExactly(
                        new WorkloadRef(Kind.STATEFUL_SET, "store"),
                        new WorkloadRef(Kind.DEPLOYMENT, "worker"),
                        new WorkloadRef(Kind.CRON_JOB, "nightly"));
    }

    @Test
    void the_settings_for_one_environment_hold_only_there() {
        var text = web("workload: { container: app }", "environments: { live: { workload: { kind: StatefulSet } } }");

        var workload = Texts.effective(text, "live", "web", Overrides.none())
                .service()
                .cluster()
                .workload();

        assertThat(workload).isEqualTo(new Workload(Kind.STATEFUL_SET, "web", "app", null));
    }

    // ---- strategies

    @Test
    void a_blue_green_block_makes_it_blue_green() {
        var service = service("strategy: { blueGreen: { colors: [blue, green] } }");

        assertThat(service.strategy()).isInstanceOf(StrategyConfig.BlueGreen.class);
        assertThat(service.cluster().strategyWorkloads()).containsExactly("web-blue", "web-green");
        assertThat(service.cluster().traffic()).isEqualTo(new Traffic.Selector("web", "color"));
    }

    @Test
    void the_colours_workloads_service_and_key_can_be_named() {
        var cluster = cluster(
                "strategy:",
                "  type: blue-green",
                "  blueGreen: { service: front, selectorKey: example.com/slot, colors: [a, b], workloads: [one, two] }");

        assertThat(cluster.strategyWorkloads()).containsExactly("one", "two");
        assertThat(cluster.traffic()).isEqualTo(new Traffic.Selector("front", "example.com/slot"));
    }

    @Test
    void a_canary_without_a_route_shares_by_the_number_of_its_pods() {
        var service = service("strategy: { canary: { steps: [20%] } }");

        assertThat(service.strategy()).isEqualTo(new StrategyConfig.Canary(List.of(Percent.of(20))));
        assertThat(service.cluster().strategyWorkloads()).containsExactly("web", "web-canary");
        assertThat(service.cluster().traffic()).isEqualTo(new Traffic.Replicas());
    }

    @Test
    void a_route_shares_between_two_services() {
        assertThat(cluster("strategy: { canary: { deployment: probe, route: { kind: VirtualService } } }"))
                .satisfies(c -> assertThat(c.strategyWorkloads()).containsExactly("web", "probe"))
                .extracting(ClusterConfig::traffic)
                .isEqualTo(new Traffic.Route(RouteKind.VIRTUAL_SERVICE, "web", "web", "web-canary"));
    }

    @Test
    void where_both_blocks_are_written_a_person_has_to_say_which_holds() {
        var both = service("strategy: { blueGreen: { service: web }, canary: { deployment: web-canary } }");

        assertThat(both.strategy()).isEqualTo(new StrategyConfig.ByCluster("auto"));
        assertThat(service("strategy: { type: canary, blueGreen: { service: web } }")
                        .strategy())
                .isInstanceOf(StrategyConfig.Canary.class);
    }

    // ---- the way to the cluster

    @Test
    void an_environment_says_how_to_reach_its_cluster_and_flags_say_it_louder() {
        var text = SHOP.replace("web:", "web: {}")
                .replace(
                        "{ namespace: shop }", "{ namespace: shop, cluster: { context: a, kubeconfig: k/c, as: me } }");
        var flags = Texts.flags(Map.of(Setting.CONTEXT, "b"));

        var effective = Texts.effective(text, "live", "web", flags);

        assertThat(platform(Texts.effective(text, "live", "web", Overrides.none())))
                .isEqualTo(new Platform.Cluster("shop", "a", false, Path.of("/srv/summit/k/c"), "me"));
        assertThat(platform(effective))
                .isEqualTo(new Platform.Cluster("shop", "b", false, Path.of("/srv/summit/k/c"), "me"));
        assertThat(effective.address().full()).isEqualTo("-e live -s web --context b");
        assertThat(effective.address().place()).isEqualTo("-e live --context b");
    }

    @Test
    void a_context_is_quoted_for_a_shell_where_it_has_to_be() {
        var flags = Texts.flags(Map.of(Setting.CONTEXT, "it's mine", Setting.AS, "system:serviceaccount:ops:me"));

        assertThat(Texts.effective(SHOP.replace("web:", "web: {}"), "live", "web", flags)
                        .address()
                        .full())
                .isEqualTo("-e live -s web --context 'it'\\''s mine' --as system:serviceaccount:ops:me");
    }

    // ---- what is wrong

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            workload: { kind: Deploymnt }                    | `Deploymnt` is not one of Deployment, StatefulSet, DaemonSet | did you mean `Deployment`?
            workload: { name: Web_1 }                        | `Web_1` does not fit | lower-case letters, digits and dashes
            versionFrom: labl:x                              | `labl:x` is not one of image-tag, label:KEY, annotation:KEY | did you mean `label`?
            versionFrom: label                               | `label` names no label | label:app.kubernetes.io/version
            companions: [{ kind: Deployment, name: web }]    | `web` is the service's own workload | remove it here
            companions: [{ kind: CronJob, name: a }, { kind: Deployment, name: a }] | `a` is listed twice | different names
            companions: [{ kind: Job, name: a }]             | `Job` is not one of Deployment, StatefulSet, DaemonSet, CronJob | CronJob
            companions: [{ name: a }]                        | `kind` is missing | Deployment, StatefulSet, DaemonSet or CronJob
            strategy: { blueGreen: { selectorKey: "a b" } }  | `a b` is not the key of a label | write one as in color
            strategy: { blueGreen: { workloads: [a, a] } }   | blue-green needs two different workloads, in the order of the colors | write [web-blue, web-green]
            strategy: { canary: { deployment: web } }        | the canary is a workload of its own, and this is the main one | write its name
            strategy: { canary: { route: { kind: Ingress } } } | `Ingress` is not one of HTTPRoute, VirtualService | ""
            strategy: { canary: { route: { kind: HTTPRoute, canary: web } } } | the stable Service and the canary's are the same | name two Services
            config: { secrets: { mode: restore } }           | `restore` is not one of verify, ignore | ""
            config: { configMap: [a] }                       | unknown key `configMap` | did you mean `configMaps`?
            maintenance: { env: "a b" }                      | `a b` does not fit | environment variable
            """)
    void a_slip_is_named_with_its_place_and_a_way_on(String line, String fact, String hint) {
        assertThat(Texts.problems(web(line)))
                .singleElement()
                .asString()
                .startsWith("lastgood.yaml:7:")
                .contains(fact, hint.equals("\"\"") ? "" : hint);
    }

    @Test
    void a_daemon_set_can_only_go_back_rolling() {
        assertThat(Texts.problems(web("workload: { kind: DaemonSet }", "strategy: { type: canary }")))
                .containsExactly(
                        "lastgood.yaml:7:23: services.web.workload.kind: a DaemonSet runs on every node, so it can only go back rolling\n  hint: write strategy: { type: rolling }");
    }

    @Test
    void the_service_account_of_a_pod_and_a_kubeconfig_exclude_each_other() {
        var text = SHOP.replace("web:", "web: {}")
                .replace("{ namespace: shop }", "{ namespace: shop, cluster: { inCluster: true, context: a } }");

        assertThat(Texts.problems(text))
                .singleElement()
                .asString()
                .contains("cluster.context: `inCluster` goes by the pod's own service account, and uses no context");
    }

    @Test
    void a_home_folder_is_not_guessed() {
        var text = SHOP.replace("web:", "web: {}")
                .replace("{ namespace: shop }", "{ namespace: shop, cluster: { kubeconfig: ~/.kube/prod } }");

        assertThat(Texts.problems(text)).singleElement().asString().contains("`~` is known to shells only");
    }

    // ---- without a file

    @Test
    void a_namespace_and_a_workload_are_a_catalogue() {
        var ref = WorkloadRef.parse("sts/db").orElse(bad -> null);
        var catalog = Catalog.withoutFile(FOLDER, "shop", ref).orElse(bad -> null);

        var flags = Texts.flags(Map.of(Setting.CONTEXT, "kind-a"));
        var effective = Texts.effective(catalog, "shop", "db", flags);

        assertThat(catalog.isFile()).isFalse();
        assertThat(platform(effective)).isEqualTo(Platform.Cluster.of("shop").withContext("kind-a"));
        assertThat(effective.service().cluster().workload())
                .isEqualTo(new Workload(Kind.STATEFUL_SET, "db", null, null));
        assertThat(effective.address().full()).isEqualTo("-n shop sts/db --context kind-a");
        assertThat(effective.address().isFromFile()).isFalse();
        assertThat(effective.policy())
                .isEqualTo(Texts.catalog(SHOP.replace("web:", "web: {}")).policy());
        assertThat(effective.rows())
                .extracting(row -> row.key() + " " + row.value() + " " + row.origin())
                .contains("workload.kind StatefulSet --workload", "namespace shop --namespace");
    }

    @Test
    void any_service_of_a_namespace_can_be_asked_for() {
        var catalog = Catalog.withoutFile(FOLDER, "shop", null).orElse(bad -> null);

        assertThat(catalog.services()).isEmpty();
        assertThat(Texts.effective(catalog, "shop", "web", Overrides.none())
                        .address()
                        .full())
                .isEqualTo("-n shop deploy/web");
    }

    @ParameterizedTest
    @CsvSource({
        "deploy/web, DEPLOYMENT", "deployments.apps/web, DEPLOYMENT", "Deployment/web, DEPLOYMENT", "web, DEPLOYMENT",
        "sts/web, STATEFUL_SET", "StatefulSet/web, STATEFUL_SET", "ds/web, DAEMON_SET",
                "daemonsets.apps/web, DAEMON_SET"
    })
    void a_workload_is_named_as_for_kubectl(String text, Kind kind) {
        assertThat(WorkloadRef.parse(text)).isEqualTo(new Parsed.Good<>(new WorkloadRef(kind, "web")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            deplyo/web     | there is no kind `deplyo` | did you mean `deploy/web`?
            statefullset/a | there is no kind `statefullset` | did you mean `statefulset/a`?
            pod/web        | there is no kind `pod` | write deploy/web, sts/web, ds/web
            cronjob/night  | a CronJob serves nobody, so there is nothing to roll back alone | companions
            deploy/        | `` is not the name of a workload | as in deploy/web
            deploy/a/b     | `a/b` is not the name of a workload | as in deploy/web
            """)
    void a_workload_that_is_not_one_is_refused_with_a_way_on(String text, String fact, String hint) {
        assertThat(WorkloadRef.parse(text)).isInstanceOfSatisfying(Parsed.Bad.class, bad -> {
            assertThat(bad.fact()).isEqualTo(fact);
            assertThat(bad.hint()).contains(hint);
        });
    }

    @Test
    void a_namespace_has_a_name() {
        assertThat(Catalog.withoutFile(FOLDER, "Shop!", null)).isInstanceOf(Parsed.Bad.class);
    }

    private static final Path FOLDER = Path.of("/srv/summit");
}
