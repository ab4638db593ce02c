package lastgood.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lastgood.cli.Cli;
import lastgood.testkit.kube.KubeApi;
import lastgood.testkit.kube.sim.SimCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The team's own queries, from the file to what people read. Prometheus is played: its own grammar and counts are
/// tested on a real one elsewhere.
@DisplayNameGeneration(ReplaceUnderscores.class)
class QueriesOnSimTest {

    @TempDir
    static Path folder;

    private static SimCluster cluster;
    private static HttpServer prometheus;
    private String out = "";

    @BeforeAll
    static void a_shop_and_somebody_who_counts() throws IOException {
        cluster = SimCluster.start();
        try (var kube = new KubeApi(cluster)) {
            kube.create("/api/v1/namespaces", Map.of("metadata", Map.of("name", "shop")));
            kube.create("/apis/apps/v1/namespaces/shop/deployments", """
                    {"metadata":{"name":"web"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web"}},
                     "template":{"metadata":{"labels":{"app":"web"}},
                      "spec":{"containers":[{"name":"web","image":"shop/web:v1"}]}}}}""");
        }
        prometheus = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        prometheus.createContext("/api/v1/query", exchange -> {
            var asked = URLDecoder.decode(new String(exchange.getRequestBody().readAllBytes(), UTF_8), UTF_8);
            var refused = asked.contains("from_elsewhere");
            var bytes = (refused
                            ? "{\"status\":\"error\",\"error\":\"1:1: parse error: unknown function with name \\\"from_elsewhere\\\"\"}"
                            : answer(asked))
                    .getBytes(UTF_8);
            exchange.sendResponseHeaders(refused ? 400 : 200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        prometheus.start();
    }

    private static String answer(String query) {
        var result = query.contains("time()")
                ? "\"scalar\",\"result\":[1764000000,\"1764000000\"]"
                : "\"vector\",\"result\":[%s]"
                        .formatted(
                                query.contains("count by") && query.contains("shop_requests_total")
                                        ? one("{\"pod\":\"web-1-abcde\",\"status\":\"200\"}", "20")
                                        : query.contains("open_tickets")
                                                ? one("{}", "7")
                                                : query.contains("several")
                                                        ? one("{\"a\":\"1\"}", "1") + "," + one("{}", "2")
                                                        : "");
        return "{\"status\":\"success\",\"data\":{\"resultType\":%s}}".formatted(result);
    }

    private static String one(String labels, String value) {
        return "{\"metric\":%s,\"value\":[1764000000,\"%s\"]}".formatted(labels, value);
    }

    @AfterAll
    static void stop() {
        cluster.close();
        prometheus.stop(0);
    }

    private int say(String service, int port, String... words) throws IOException {
        var config = cluster.kubeconfig(folder.resolve("kubeconfig"), "shop");
        var file = Files.writeString(folder.resolve("lastgood.yaml"), """
                apiVersion: lastgood.dev/v1alpha1
                kind: Catalog
                metrics: { prometheus: "http://127.0.0.1:%d" }
                environments:
                  production: { namespace: shop, cluster: { kubeconfig: "%s" } }
                services:
                  web: { %s }
                """.formatted(port, config, service));
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("-e", "production", "--config", file.toString()));
        var captured = new ByteArrayOutputStream();
        var before = System.out;
        System.setOut(new PrintStream(captured, true, UTF_8));
        try (var host = new ThisMachine(Map.of("HOME", folder.toString()))) {
            return new Cli(host, List.of()).run(all.toArray(String[]::new));
        } finally {
            System.setOut(before);
            out = captured.toString(UTF_8);
        }
    }

    private int say(String service, String... words) throws IOException {
        return say(service, prometheus.getAddress().getPort(), words);
    }

    @Test
    void under_which_names_requests_are_counted_is_shown_with_those_that_were_tried() throws IOException {
        assertThat(say("", 9, "config", "effective", "--origins")).isZero();
        assertThat(out)
                .contains("signals.counted", "chosen when Prometheus is first read", "could not ask Prometheus")
                .contains(
                        "tried: http_server_request_duration_seconds_count, http_requests_total, istio_requests_total");

        assertThat(say("", "config", "effective", "--origins")).isZero();
        assertThat(out).contains("chosen when Prometheus is first read", "has none of them");

        var own = "signals: { errorRate: { query: shop_requests_total } }";
        assertThat(say(own, "config", "effective", "--origins", "-o", "json")).isZero();
        var rows = new ObjectMapper().readTree(out).path("settings");
        assertThat(rows.findValuesAsText("value"))
                .contains("shop_requests_total (failures by status), no response times");
        assertThat(rows.findValuesAsText("origin")).contains("signals.errorRate; tried: shop_requests_total");
    }

    @Test
    void a_check_with_a_query_shows_it_with_its_value_limit_and_verdict() throws IOException {
        var users = "verify: { checks: { users: { query: 'sum(open_tickets{service=\"$service\"})', below: \"5\" } } }";

        assertThat(say(users, "verify", "users")).isEqualTo(5);

        assertThat(out).contains("FAIL", "users", "7", "(< 5)", "by sum(open_tickets{service=\"web\"})");
        assertThat(say(users.replace("\"5\"", "\"8\""), "verify", "users")).isZero();
    }

    @Test
    void several_numbers_are_neither_well_nor_ill() throws IOException {
        var users = "verify: { checks: { users: { query: several, below: \"5\" } } }";

        assertThat(say(users, "verify", "users")).isEqualTo(5);

        assertThat(out).contains("UNKNOWN", "it answers 2 series, and one number is needed", "(< 5)", "by several");
    }

    @Test
    void a_query_that_the_server_does_not_take_is_said_in_its_own_words_by_the_doctor_and_whoever_asks()
            throws IOException {
        var signals =
                "signals: { saturation: { query: from_elsewhere(x) }, requestRate: { query: sum(open_tickets) } }";

        say(signals, "cluster", "doctor", "-o", "json");
        var items = new ObjectMapper().readTree(out).path("items");
        assertThat(items.findValuesAsText("what"))
                .contains("Prometheus: signals.saturation of production/web", "Prometheus: requests of production/web");
        assertThat(items.findValuesAsText("why"))
                .anyMatch(why -> why.contains("parse error: unknown function with name \"from_elsewhere\""))
                .contains("7");

        assertThat(say(signals, "metrics", "signals")).isEqualTo(8);
        assertThat(out)
                .contains("saturation", "UNKNOWN: Prometheus at", "parse error")
                .contains("requestRate", "7", "shown and checked; proves nothing", "sum(open_tickets)");
    }

    @Test
    void a_mistake_is_found_before_anybody_is_asked() throws IOException {
        assertThat(say("signals: { saturation: { query: 'sum(x' } }", "config", "effective"))
                .isEqualTo(2);
    }

    @Test
    void a_condition_without_an_answer_is_named_among_what_was_not_seen() throws IOException {
        var triggers = "triggers: { critical: { query: several }, corruption: { enabled: false } }";
        assertThat(say(triggers, "ask")).isEqualTo(2); // no condition

        say("triggers: { security: { query: 'max(several) > bool 5' } }", "ask", "-o", "json");

        assertThat(out).contains("query of security: it answers 2 series");
    }
}
