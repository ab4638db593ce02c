package lastgood.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.scrape.Exposed;
import lastgood.kubernetes.scrape.PodPages;
import lastgood.kubernetes.scrape.PodPages.Shown;
import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.ControlPlane;
import lastgood.testkit.kube.KubeApi;
import lastgood.testkit.kube.RealCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The API server reaches a pod by its address, and never one that is a loopback's. So the pods here have the address
/// that this machine has on its network.
@RealCluster
class RealPodPagesTest extends PodPagesContract {

    private record Answer(int status, String type, byte[] body) {}

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private String address = "";
    private HttpServer server;
    private int closed;

    @BeforeEach
    void pods_have_the_address_of_this_machine() throws IOException {
        var own = own();
        assumeTrue(own.isPresent(), "this machine has no address but its loopback's");
        address = own.get().getHostAddress();
        server = HttpServer.create(new InetSocketAddress(own.get(), 0), 16);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            var answer = answers.getOrDefault(exchange.getRequestURI().toString(), new Answer(404, "", new byte[1]));
            exchange.getResponseHeaders().set("Content-Type", answer.type());
            exchange.sendResponseHeaders(answer.status(), answer.body().length);
            try (exchange) {
                exchange.getResponseBody().write(answer.body());
            }
        });
        server.start();
        try (var free = new ServerSocket(0, 1, own.get())) {
            closed = free.getLocalPort();
        }
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    private static Optional<InetAddress> own() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(a -> a instanceof Inet4Address && !a.isLoopbackAddress() && !a.isLinkLocalAddress())
                .findFirst();
    }

    @Override
    Cluster cluster() {
        return ControlPlane.shared();
    }

    @Override
    int port() {
        return server.getAddress().getPort();
    }

    @Override
    int closedPort() {
        return closed;
    }

    @Override
    void answer(String path, int status, String type, byte[] body) {
        answers.put(path, new Answer(status, type, body));
    }

    @Override
    void reachable() {
        Shop.eventually(
                "pods to be running",
                () -> shop.pods("web").stream()
                        .allMatch(p -> p.at("/status/phase").asText().equals("Running")));
        addresses(address);
    }

    private void addresses(String ip) {
        for (var pod : shop.pods("web")) {
            shop.kube.patch(
                    "/api/v1/namespaces/%s/pods/%s/status".formatted(shop.namespace, Trees.name(pod)),
                    KubeApi.MERGE_PATCH,
                    "{\"status\":{\"podIP\":\"%s\",\"podIPs\":[{\"ip\":\"%s\"}]}}".formatted(ip, ip));
        }
    }

    @Test
    void the_api_server_lets_nobody_reach_a_loopback_and_that_is_no_silent_pod() {
        shop.releases("web", 1, "v1");
        var service = shop.rolling("web");
        addresses("127.0.0.1");
        var pages = new PodPages(
                shop.api,
                Map.of(service.service(), service),
                new Exposed.Defaults("http", OptionalInt.of(port()), "/metrics"));

        assertThat(pages.read(
                        service.service(),
                        pages.of(service.service()).getFirst().name()))
                .isInstanceOfSatisfying(
                        Shown.Unusable.class, u -> assertThat(u.why()).contains("address not allowed"));
    }
}
