package lastgood.app.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import lastgood.app.CommandLine;
import lastgood.app.CommandLine.Said;
import lastgood.testkit.kube.Shop;
import lastgood.testkit.kube.sim.PodServer.Page;
import lastgood.testkit.kube.sim.SimCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From the command line to pods that show what they count: half of a rollout, in which every request to the new
/// version fails.
@DisplayNameGeneration(ReplaceUnderscores.class)
class PodsReadOnSimTest {

    private static final int A_SECOND = 50;

    @TempDir
    Path folder;

    private final SimCluster cluster = SimCluster.start();
    private final Map<String, Instant> since = new ConcurrentHashMap<>();
    private final AtomicLong pages = new AtomicLong();
    private Shop shop;

    @BeforeEach
    void a_new_version_fails_beside_the_old_one() {
        shop = new Shop(cluster, folder);
        shop.releases("web", 2, "v1");
        var old = names();
        shop.setImage("web", "unready-v2");
        Shop.eventually("a pod of v2", () -> names().size() == 3);
        cluster.serves((pod, _, port, path) -> {
            if (port != 9090 || !path.equals("/metrics")) {
                return Optional.empty();
            }
            var seconds = Duration.between(since.computeIfAbsent(pod, _ -> Instant.now()), Instant.now())
                            .toMillis()
                    / 1000.0;
            var page = page(old.contains(pod) ? "200" : "500", Math.round(A_SECOND * seconds) + 1);
            pages.incrementAndGet();
            return Optional.of(new Page(200, "text/plain; version=0.0.4", page));
        });
    }

    @AfterEach
    void stop() {
        shop.close();
        cluster.close();
    }

    private Set<String> names() {
        return shop.pods("web").stream()
                .map(p -> p.at("/metadata/name").asText())
                .collect(Collectors.toSet());
    }

    private static byte[] page(String code, long count) {
        return """
               # TYPE http_requests_total counter
               http_requests_total{code="%s",handler="/pay"} %d
               """.formatted(code, count).getBytes(UTF_8);
    }

    private Said say(String metrics, String... words) throws IOException {
        var file = folder.resolve("lastgood.yaml");
        Files.writeString(file, """
                apiVersion: lastgood.dev/v1alpha1
                kind: Catalog
                metrics: %s
                environments:
                  production: { namespace: %s, cluster: { kubeconfig: %s } }
                services:
                %s""".formatted(metrics, shop.namespace, shop.kubeconfig, OnACluster.web("")));
        return new CommandLine(
                        "laptop",
                        Map.of("HOME", folder.toString()),
                        List.of("-e", "production", "--config", file.toString()))
                .run(words);
    }

    @Test
    void asked_it_counts_for_some_seconds_and_says_from_what() throws IOException {
        var said = say("{ pods: { port: 9090 } }", "ask");

        assertThat(said.out())
                .contains("SURE        proved", "WHOSE       this release")
                .contains("counted from what the pods themselves show (http_requests_total)")
                .contains("which serves at the same time", "a guess: nothing is known of before");
    }

    @Test
    void a_prometheus_that_is_down_blinds_nobody_and_it_is_said_who_counts() throws IOException {
        var said = say("{ prometheus: 'http://127.0.0.1:1', pods: { port: 9090 } }", "ask");

        assertThat(said.out())
                .contains("NOT SEEN    what users get: could not ask Prometheus", "connection refused")
                .contains("it is counted from what the pods themselves show")
                .contains("SURE        proved");
    }

    @Test
    void a_watch_proves_a_total_outage_in_some_looks_and_decides_it_again_from_the_record() throws IOException {
        var record = folder.resolve("watch.jsonl").toString();

        var said = say("{ pods: { port: 9090 } }", "watch", "--for", "6s", "-o", "json", "--record", record);

        var lines = said.out().lines().filter(l -> l.startsWith("{")).toList();
        assertThat(lines).isNotEmpty();
        var last = new ObjectMapper().readTree(lines.getLast());
        assertThat(last.path("attribution").asText()).isEqualTo("Release");
        assertThat(say("{ pods: {} }", "ask", "--replay", record).exit()).isZero();
    }

    @Test
    void without_a_word_in_the_file_no_pod_is_read_and_no_right_is_asked_for() throws IOException {
        assertThat(say("{}", "ask").out()).contains("no metrics are connected");
        assertThat(pages.get()).isZero();
        assertThat(say("{}", "cluster", "install", "--print").out()).doesNotContain("pods/proxy");
        assertThat(say("{ pods: {} }", "cluster", "install", "--print").out()).contains("pods/proxy");
    }
}
