package lastgood.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lastgood.core.Evidence;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.Strategy;
import lastgood.core.Workload;
import lastgood.core.recover.Check;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.CheckResult.Finding;
import lastgood.kubernetes.KubeService.TrafficBy;
import lastgood.kubernetes.checks.KubeChecks;
import lastgood.kubernetes.evidence.KubeEvidence;
import lastgood.kubernetes.workloads.WorkloadKind;
import lastgood.testkit.kube.Cluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is asked of a service and what is kept of it, on the simulated API and on a real one.
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class EvidenceAndChecksContract {

    static final String KEY = "rb-aaaaaaaa/20-evidence";

    abstract Cluster cluster();

    abstract void logs(String tagPrefix, String... lines);

    abstract void previousLogs(String tagPrefix, String... lines);

    @TempDir
    Path folder;

    Shop shop;

    @BeforeEach
    void openTheShop() {
        shop = new Shop(cluster(), folder);
    }

    @AfterEach
    void closeTheShop() {
        shop.close();
    }

    // ---- checks

    Revision running(KubeService service, String workload) {
        return shop.parts(service)
                .workloads()
                .find(new Workload(service.service(), workload))
                .orElseThrow()
                .requested();
    }

    Release release(KubeService service, String... beside) {
        var others = new TreeMap<String, Revision>();
        for (var name : beside) {
            others.put(name, running(service, name));
        }
        return new Release(
                1,
                running(service, service.strategyWorkloads().getFirst()),
                others,
                new TreeMap<>(),
                List.of(),
                Instant.EPOCH,
                new Person("maya"));
    }

    CheckResult ask(KubeService service, Release release, Instant since, Check check) {
        var services = Map.of(service.service(), service);
        return new KubeChecks(shop.api, services, Map.of(), shop.parts(service).workloads(), InstantSource.system())
                .ask(service.service(), release, since, true).results().stream()
                        .filter(r -> r.check() == check)
                        .findFirst()
                        .orElseThrow();
    }

    KubeService withWorker() {
        return shop.service(
                "web", new Strategy.Rolling("web"), new TrafficBy.Fixed(), Map.of("worker", WorkloadKind.STATEFUL_SET));
    }

    @Test
    void all_pods_of_all_workloads_of_the_release_are_looked_at() {
        shop.releases("web", 2, "v1");
        shop.statefulSet("worker", "v1", 1);
        var service = withWorker();
        Shop.eventually(
                "the worker",
                () -> ask(service, release(service, "worker"), Instant.EPOCH, Check.PODS)
                                .finding()
                        == Finding.PASS);
        var v1 = release(service, "worker");

        assertThat(ask(service, v1, Instant.EPOCH, Check.PODS).value()).isEqualTo("3 of 3 ready, 0 restarts");
        shop.setImage("statefulsets", "worker", "v2");

        assertThat(ask(service, v1, Instant.EPOCH, Check.PODS).line()).contains("worker is asked to run v2, not v1");
    }

    @Test
    void a_pod_whose_image_somebody_changed_is_found() {
        shop.releases("web", 2, "v1");
        var service = shop.rolling("web");
        var pod = shop.pods("web").getFirst().at("/metadata/name").asText();

        shop.kube.patch(
                "/api/v1/namespaces/%s/pods/%s".formatted(shop.namespace, pod),
                lastgood.testkit.kube.KubeApi.JSON_PATCH,
                "[{\"op\":\"replace\",\"path\":\"/spec/containers/0/image\",\"value\":\"shop/web:v9\"}]");

        Shop.eventually(
                "the other image",
                () -> ask(service, release(service), Instant.EPOCH, Check.PODS)
                        .value()
                        .contains("%s/web runs shop/web:v9, not shop/web:v1".formatted(pod)));
    }

    @Test
    void a_crash_loop_fails_the_check_in_kubernetes_own_words() {
        shop.deploy("web", "crash-1", 1);
        var service = shop.rolling("web");

        Shop.eventually(
                "a crash loop",
                () -> ask(service, release(service), Instant.EPOCH, Check.PODS)
                        .line()
                        .contains("CrashLoopBackOff: web of image shop/web:crash-1"));
    }

    @Test
    void error_lines_are_looked_for_in_the_pods_logs() {
        logs("quiet", "INFO serving");
        logs("loud", "INFO serving", "ERROR cannot pay");
        shop.releases("web", 2, "quiet-1");
        shop.releases("api", 2, "loud-1");
        var since = Instant.now().minusSeconds(60);

        var quiet = ask(shop.rolling("web"), release(shop.rolling("web")), since, Check.LOGS);
        var loud = ask(shop.rolling("api"), release(shop.rolling("api")), since, Check.LOGS);

        assertThat(quiet.finding()).isEqualTo(Finding.PASS);
        assertThat(quiet.source()).isEqualTo("logs of 2 pods");
        assertThat(loud.line()).contains("2 error lines, such as: ERROR cannot pay");
    }

    @Test
    void without_a_probe_the_endpoints_of_its_service_speak_for_it() {
        shop.releases("web", 2, "v1");
        var service = shop.rolling("web");
        assertThat(ask(service, release(service), Instant.EPOCH, Check.ENDPOINTS)
                        .finding())
                .isEqualTo(Finding.UNKNOWN);

        shop.serviceObject("web", Map.of("app", "web"));

        Shop.eventually(
                "endpoints",
                () -> ask(service, release(service), Instant.EPOCH, Check.ENDPOINTS)
                                .finding()
                        == Finding.PASS);
        var seen = ask(service, release(service), Instant.EPOCH, Check.ENDPOINTS);
        assertThat(seen.value()).isEqualTo("2 of 2 ready pods are endpoints of web");
        assertThat(seen.source()).contains("no request was made");
    }

    @Test
    void what_needs_metrics_is_unknown_without_them() {
        shop.releases("web", 1, "v1");
        var service = shop.rolling("web");

        for (var check : KubeChecks.needingMetrics()) {
            assertThat(ask(service, release(service), Instant.EPOCH, check))
                    .isEqualTo(CheckResult.unknown(check, "no metrics are connected (metrics.prometheus)"));
        }
        assertThat(KubeChecks.answerable()).doesNotContainAnyElementsOf(KubeChecks.needingMetrics());
        assertThat(ask(service, release(service), Instant.EPOCH, Check.AUTH).value())
                .isEqualTo("not configured");
    }

    // ---- evidence

    KubeEvidence store(KubeService service) {
        return new KubeEvidence(
                folder.resolve("data"), shop.api, Map.of(service.service(), service), InstantSource.system());
    }

    Evidence capture(KubeService service, Duration budget) {
        return store(service).capture(service.service(), budget, KEY);
    }

    static Map<String, String> files(Evidence evidence) {
        var root = Path.of(evidence.source());
        var texts = new TreeMap<String, String>();
        try (var all = Files.walk(root)) {
            for (var file : all.filter(Files::isRegularFile).toList()) {
                texts.put(root.relativize(file).toString(), Files.readString(file));
            }
            return texts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void evidence_is_what_a_rollback_would_destroy() {
        logs("crash-ev", "second attempt");
        previousLogs("crash-ev", "first attempt failed");
        shop.configMap("web", Map.of("mode", "fast"));
        shop.releases("web", 1, "v1");
        shop.serviceObject("web", Map.of("app", "web"));
        shop.setImage("web", "crash-ev");
        var service = shop.rolling("web");
        Shop.eventually(
                "a crash",
                () -> shop.pods("web").stream()
                        .anyMatch(p ->
                                p.at("/status/containerStatuses/0/restartCount").asInt() > 0));

        var captured = capture(service, Duration.ofSeconds(10));

        assertThat(store(service).find(KEY)).contains(captured);
        assertThat(capture(service, Duration.ofSeconds(10))).isEqualTo(captured);
        assertThat(store(service).find("../../etc/passwd")).isEmpty();
        var files = files(captured);
        assertThat(captured.name()).doesNotContain("without");
        assertThat(files.keySet())
                .contains(
                        "manifest.json",
                        "events.json",
                        "images.txt",
                        "configmaps.json",
                        "versions.json",
                        "objects/deployments.json",
                        "objects/pods.json",
                        "objects/replicasets.json",
                        "objects/services.json");
        assertThat(files.get("images.txt")).contains("\tweb\tshop/web:v1\t").contains("\tweb\tshop/web:crash-ev\t");
        assertThat(files.get("objects/pods.json"))
                .doesNotContain("managedFields")
                .contains("\"restartCount\" : ");
        assertThat(files.get("versions.json")).contains("gitVersion").contains("\"version\" : \"crash-ev\"");
        assertThat(files.entrySet())
                .anyMatch(f ->
                        f.getKey().endsWith("/web.previous.log") && f.getValue().contains("first attempt failed"));
        try (var left = Files.list(Path.of(captured.source()).resolveSibling("."))) {
            assertThat(left.map(p -> p.getFileName().toString())).containsExactly("20-evidence");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void no_planted_secret_is_kept() {
        var plants = new PlantedSecrets(42);
        var inLogs = new ArrayList<>(plants.lines(4));
        inLogs.addAll(plants.pem());
        logs("planted", inLogs.stream().map(PlantedSecrets.Planted::text).toArray(String[]::new));
        var inObjects = plants.lines(4);
        var named = new ArrayList<String>();
        var data = new HashMap<String, String>();
        for (var i = 0; i < inObjects.size(); i++) {
            data.put("line-" + i, inObjects.get(i).text());
        }
        for (var name : List.of("db-password", "API_KEY", "clientSecret", "auth.token", "tls-private-key")) {
            named.add(plants.word(20));
            data.put(name, named.getLast());
        }
        shop.configMap("web", data);
        var known = plants.word(18);
        shop.kube.create(
                "/api/v1/namespaces/%s/secrets".formatted(shop.namespace),
                Map.of(
                        "metadata", Map.of("name", "web"),
                        "stringData", Map.of("pin", known)));
        logs("planted-known", "the pin is " + known);
        deployPlanted("web", "planted-1", plants, inObjects, named);
        deployPlanted("api", "planted-known", plants, inObjects, named);
        shop.complete("web");
        shop.complete("api");
        var service = shop.service(
                "web",
                new Strategy.Rolling("web"),
                new TrafficBy.Fixed(),
                Map.of("web", WorkloadKind.DEPLOYMENT, "api", WorkloadKind.DEPLOYMENT));

        var files = files(capture(service, Duration.ofSeconds(20)));

        var all = String.join("\n", files.values());
        var secrets = new ArrayList<String>(named);
        inLogs.forEach(p -> secrets.add(p.secret()));
        inObjects.forEach(p -> secrets.add(p.secret()));
        secrets.add(known);
        secrets.add(Base64.getEncoder().encodeToString(known.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        secrets.removeIf(String::isEmpty);
        assertThat(secrets).hasSizeGreaterThan(200);
        assertThat(secrets.stream().filter(all::contains).toList()).isEmpty();
        assertThat(all).contains("the pin is ********").contains("is not valid").contains("GET /blob?sv=2020");
    }

    private void deployPlanted(
            String name,
            String version,
            PlantedSecrets plants,
            List<PlantedSecrets.Planted> lines,
            List<String> named) {
        var object = Shop.workload("Deployment", name, version, 1, Map.of("app", name));
        var annotations = object.withObject("/metadata/annotations");
        var template = (ObjectNode) object.at("/spec/template");
        var spec = (ObjectNode) template.at("/spec");
        var env = ((ObjectNode) spec.at("/containers/0")).putArray("env");
        for (var i = 0; i < lines.size(); i++) {
            annotations.put("example.org/line-" + i, lines.get(i).text());
            env.addObject().put("name", "LINE_" + i).put("value", lines.get(i).text());
        }
        for (var variable : List.of("DB_PASSWORD", "API_TOKEN", "signingKey", "AWS_SECRET_ACCESS_KEY")) {
            named.add(plants.word(20));
            env.addObject().put("name", variable).put("value", named.getLast());
        }
        annotations.put("kubectl.kubernetes.io/last-applied-configuration", object.toString());
        ArrayNode from = ((ObjectNode) spec.at("/containers/0")).putArray("envFrom");
        from.addObject().putObject("configMapRef").put("name", "web");
        from.addObject().putObject("secretRef").put("name", "web");
        shop.kube.create("/apis/apps/v1/namespaces/%s/deployments".formatted(shop.namespace), object.toString());
    }

    @Test
    void pods_that_go_meanwhile_are_named_and_the_rest_is_kept() throws Exception {
        shop.releases("web", 12, "v1");
        var service = shop.rolling("web");
        var remover = Thread.ofVirtual().start(() -> shop.merge("deployments", "web", "{\"spec\":{\"replicas\":1}}"));

        var captured = capture(service, Duration.ofSeconds(10));
        remover.join();

        var logs = files(captured).keySet().stream()
                .filter(f -> f.startsWith("logs/"))
                .count();
        assertThat(logs).isPositive();
        assertThat(captured.name()).doesNotContain("no answer in time");
    }

    @Test
    void fifty_pods_fit_into_the_budget_of_an_emergency() {
        shop.releases("web", 50, "v1");
        var service = shop.rolling("web");
        var begun = System.nanoTime();

        var captured = capture(service, Duration.ofSeconds(3));

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
        System.out.println(
                "50 pods: " + Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms, " + captured.name());
        assertThat(files(captured).keySet().stream().filter(f -> f.startsWith("logs/")))
                .isNotEmpty();
    }
}
