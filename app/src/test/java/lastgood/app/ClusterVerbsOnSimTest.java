package lastgood.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lastgood.cli.Cli;
import lastgood.testkit.kube.KubeApi;
import lastgood.testkit.kube.sim.SimCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The `cluster` verbs from the command line to an API server.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ClusterVerbsOnSimTest {

    @TempDir
    Path folder;

    private final SimCluster cluster = SimCluster.start();
    private String out = "";

    @BeforeEach
    void a_shop() throws IOException {
        try (var kube = new KubeApi(cluster)) {
            kube.create("/api/v1/namespaces", Map.of("metadata", Map.of("name", "shop")));
            kube.create("/apis/apps/v1/namespaces/shop/deployments", """
                    {"metadata":{"name":"web"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web"}},
                     "template":{"metadata":{"labels":{"app":"web"}},
                      "spec":{"containers":[{"name":"web","image":"shop/web:v1"}]}}}}""");
        }
        var config = cluster.kubeconfig(folder.resolve("kubeconfig"), "shop");
        Files.writeString(folder.resolve("lastgood.yaml"), """
                apiVersion: lastgood.dev/v1alpha1
                kind: Catalog
                environments:
                  production: { namespace: shop, cluster: { kubeconfig: "%s" } }
                services:
                  web: { workload: { kind: Deployment, name: web } }
                """.formatted(config));
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private int say(String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of(
                "-e", "production", "--config", folder.resolve("lastgood.yaml").toString()));
        var captured = new ByteArrayOutputStream();
        var before = System.out;
        System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try (var host = new ThisMachine(Map.of("HOME", folder.toString()))) {
            return new Cli(host, List.of()).run(all.toArray(String[]::new));
        } finally {
            System.setOut(before);
            out = captured.toString(StandardCharsets.UTF_8);
        }
    }

    @Test
    void install_makes_everything_once() {
        assertThat(say("cluster", "install", "--yes")).isZero();
        assertThat(out).contains("created", "CustomResourceDefinition rollbacks.lastgood.dev", "Role shop/lastgood");

        assertThat(say("cluster", "install", "--yes")).isZero();
        assertThat(out).contains("nothing to do: everything is there");
    }

    @Test
    void print_writes_the_same_down_without_asking_the_cluster() {
        assertThat(say("cluster", "install", "--print")).isZero();

        assertThat(out).contains("kind: CustomResourceDefinition", "kind: RoleBinding");
    }

    @Test
    void doctor_is_data_too() throws IOException {
        assertThat(say("cluster", "doctor", "-o", "json")).isZero();

        var items = new ObjectMapper().readTree(out).path("items");
        assertThat(items.findValuesAsText("what")).contains("API server", "clock", "Deployment shop/web");
        assertThat(items.findValuesAsText("level")).contains("ok").doesNotContain("missing");
    }
}
