package lastgood.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import lastgood.core.Digest;
import lastgood.core.Workload;
import lastgood.kubernetes.scrape.Exposed;
import lastgood.kubernetes.scrape.PodPages;
import lastgood.kubernetes.scrape.PodPages.Shown;
import lastgood.testkit.kube.Cluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What pods show, through the API server's proxy.
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class PodPagesContract {

    private static final byte[] PAGE = "http_requests_total{code=\"200\"} 7\n".getBytes(UTF_8);

    @TempDir
    Path folder;

    Shop shop;

    abstract Cluster cluster();

    /// A port at which pods may answer.
    abstract int port();

    /// One at which nobody does.
    abstract int closedPort();

    /// From now on pods answer this to whoever asks for this path.
    abstract void answer(String path, int status, String type, byte[] body);

    /// Lets the API server find the pods that are there now.
    void reachable() {}

    @BeforeEach
    void aShop() {
        shop = new Shop(cluster(), folder);
    }

    @AfterEach
    void closeTheShop() {
        shop.close();
    }

    private PodPages pages(KubeService service, int port, String path) {
        return new PodPages(
                shop.api, Map.of(service.service(), service), new Exposed.Defaults("http", OptionalInt.of(port), path));
    }

    private Shown first(PodPages pages, KubeService service) {
        return pages.read(
                service.service(), pages.of(service.service()).getFirst().name());
    }

    private Digest running(KubeService service) {
        return shop.parts(service)
                .workloads()
                .find(new Workload(service.service(), "web"))
                .orElseThrow()
                .requested()
                .digest();
    }

    @Test
    void pods_are_told_apart_by_what_they_run_and_show_their_page() {
        shop.releases("web", 2, "v1");
        var service = shop.rolling("web");
        var v1 = running(service);
        shop.setImage("web", "unready-v2");
        Shop.eventually("a pod of the new version", () -> shop.pods("web").size() == 3);
        answer("/metrics", 200, "text/plain; version=0.0.4", PAGE);
        reachable();
        var pages = pages(service, port(), "/metrics");

        Shop.eventually("all three to run", () -> pages.of(service.service()).size() == 3);
        var pods = pages.of(service.service());

        assertThat(pods).filteredOn(p -> p.revision().equals(Optional.of(v1))).hasSize(2);
        assertThat(pods)
                .filteredOn(p -> p.revision().equals(Optional.of(running(service))))
                .hasSize(1);
        assertThat(pods).allSatisfy(p -> assertThat(p.started()).isPresent());
        assertThat(first(pages, service)).isInstanceOfSatisfying(Shown.Text.class, text -> {
            assertThat(text.body()).isEqualTo(PAGE);
        });
    }

    @Test
    void nobody_there_an_ailing_pod_and_one_that_shows_something_else_are_three_things() {
        shop.releases("web", 1, "v1");
        var service = shop.rolling("web");
        answer("/sick", 503, "text/plain", "overloaded".getBytes(UTF_8));
        answer("/other?x=1", 404, "text/plain", "404 page not found".getBytes(UTF_8));
        reachable();

        assertThat(first(pages(service, closedPort(), "/metrics"), service))
                .isInstanceOfSatisfying(
                        Shown.Silent.class, s -> assertThat(s.why()).contains("refused"));
        assertThat(first(pages(service, port(), "/sick"), service))
                .isInstanceOfSatisfying(
                        Shown.Silent.class, s -> assertThat(s.why()).contains("503"));
        assertThat(first(pages(service, port(), "/other?x=1"), service))
                .isInstanceOfSatisfying(
                        Shown.Unusable.class, s -> assertThat(s.why()).contains("answers 404", "/other"));
    }

    @Test
    void a_hundred_megabytes_are_not_read() {
        shop.releases("web", 1, "v1");
        var service = shop.rolling("web");
        answer("/metrics", 200, "text/plain", new byte[100 * 1024 * 1024]);
        reachable();
        var pages = pages(service, port(), "/metrics");
        var pod = pages.of(service.service()).getFirst().name();
        var before = shop.api.bytes();

        assertThat(pages.read(service.service(), pod))
                .isInstanceOfSatisfying(
                        Shown.Unusable.class, s -> assertThat(s.why()).contains("more than 8 MB"));

        assertThat(shop.api.bytes() - before).isLessThan(9L * 1024 * 1024);
    }

    @Test
    void a_pod_that_has_gone_is_neither_well_nor_silent() {
        shop.releases("web", 1, "v1");
        var service = shop.rolling("web");
        var pages = pages(service, port(), "/metrics");
        var pod = pages.of(service.service()).getFirst().name();
        shop.scale("web", 0);
        Shop.eventually("the pod to be gone", () -> shop.pods("web").isEmpty());

        assertThat(pages.read(service.service(), pod)).isEqualTo(new Shown.Gone());
        assertThat(pages.of(service.service())).isEmpty();
    }
}
