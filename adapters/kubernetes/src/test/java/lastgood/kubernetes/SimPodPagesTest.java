package lastgood.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import lastgood.engine.port.Unreachable;
import lastgood.kubernetes.scrape.Exposed;
import lastgood.kubernetes.scrape.PodPages;
import lastgood.kubernetes.scrape.PodPages.Shown;
import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.sim.PodServer.Page;
import lastgood.testkit.kube.sim.SimCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SimPodPagesTest extends PodPagesContract {

    private static SimCluster cluster;

    private final Map<String, Page> answers = new ConcurrentHashMap<>();

    @BeforeAll
    static void start() {
        cluster = SimCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void nothingIsWrongAnyMore() {
        cluster.faults().clear();
    }

    @Override
    Cluster cluster() {
        return cluster;
    }

    @Override
    int port() {
        return 8080;
    }

    @Override
    int closedPort() {
        return 8081;
    }

    @Override
    void answer(String path, int status, String type, byte[] body) {
        answers.put("http:8080" + path, new Page(status, type, body));
        cluster.serves((_, scheme, port, where) -> Optional.ofNullable(answers.get(scheme + ":" + port + where)));
    }

    private PodPages pages(KubeService service) {
        return new PodPages(shop.api, Map.of(service.service(), service), Exposed.Defaults.NONE);
    }

    private Shown read(PodPages pages, KubeService service) {
        return pages.read(
                service.service(), pages.of(service.service()).getFirst().name());
    }

    @Test
    void annotations_say_where_a_pod_shows_its_page() {
        shop.deploy("web", "v1", 1);
        shop.merge("deployments", "web", """
                {"spec":{"template":{"metadata":{"annotations":
                {"prometheus.io/port":"9443","prometheus.io/scheme":"https","prometheus.io/path":"/m?all=1"}}}}}""");
        shop.complete("web");
        var service = shop.rolling("web");
        cluster.serves((_, scheme, port, path) -> Optional.of(new Page(
                200, "text/plain", "%s %d %s".formatted(scheme, port, path).getBytes(UTF_8))));

        assertThat(read(pages(service), service))
                .isInstanceOfSatisfying(
                        Shown.Text.class,
                        t -> assertThat(new String(t.body(), UTF_8)).isEqualTo("https 9443 /m?all=1"));
    }

    @Test
    void where_nobody_says_the_port_that_is_what_is_said() {
        shop.releases("web", 1, "v1");
        var service = shop.rolling("web");

        assertThat(read(pages(service), service))
                .isInstanceOfSatisfying(
                        Shown.Unusable.class,
                        u -> assertThat(u.why()).contains("prometheus.io/port", "metrics.pods.port"));
    }

    @Test
    void an_annotation_that_leads_elsewhere_is_not_followed() {
        shop.deploy("web", "v1", 1);
        shop.merge("deployments", "web", """
                {"spec":{"template":{"metadata":{"annotations":
                {"prometheus.io/port":"80","prometheus.io/path":"/../../../../secrets"}}}}}""");
        shop.complete("web");
        var service = shop.rolling("web");

        assertThat(read(pages(service), service)).isInstanceOf(Shown.Unusable.class);
    }

    @Test
    void an_api_server_that_does_not_answer_is_no_silent_pod() {
        shop.releases("web", 1, "v1");
        var service = shop.rolling("web");
        answer("/metrics", 200, "text/plain", new byte[0]);
        var pages = new PodPages(
                shop.api,
                Map.of(service.service(), service),
                new Exposed.Defaults("http", java.util.OptionalInt.of(8080), "/metrics"));
        var pod = pages.of(service.service()).getFirst().name();
        cluster.faults().on("GET", "/proxy").times(10).answer(500);

        assertThatThrownBy(() -> pages.read(service.service(), pod)).isInstanceOf(Unreachable.class);

        cluster.faults().clear();
        cluster.faults().on("GET", "/proxy").times(10).dropConnection();

        assertThatThrownBy(() -> pages.read(service.service(), pod)).isInstanceOf(Unreachable.class);
    }
}
