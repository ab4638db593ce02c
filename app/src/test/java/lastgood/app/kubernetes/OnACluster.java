package lastgood.app.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import lastgood.app.CommandLine;
import lastgood.app.CommandLine.Said;
import lastgood.testkit.kube.Shop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;

/// A shop on a cluster, and the whole program at a command line beside it. The same assertions hold on the simulated
/// API and on a real control plane.
@DisplayNameGeneration(ReplaceUnderscores.class)
abstract class OnACluster {

    private static final Pattern RUN = Pattern.compile("\\b(rb|op|ro)-[0-9a-z]{8}");

    /// Nobody measures users here, and half an hour of watching proves nothing about pods that are made up.
    static final String QUICK = """
            verify:
              window: 100ms
              checks: { errorRate: {enabled: false}, latencyP95: {enabled: false}, auth: {enabled: false},
                database: {enabled: false}, endpoints: {enabled: false}, logs: {enabled: false},
                integrations: {enabled: false}, smoke: {enabled: false}, users: {enabled: false} }
            """;

    abstract Place place();

    @TempDir
    Path folder;

    Place place;
    Shop shop;

    @BeforeEach
    void openTheShop() {
        place = place();
        shop = new Shop(place.cluster(), folder);
        services(web(""));
    }

    @AfterEach
    void closeTheShop() {
        place.heal();
        shop.close();
        place.close();
    }

    // ---- configuration

    /// The service `web`, quickly proved; `more` is more of its settings.
    static String web(String more) {
        return service("web", more);
    }

    static String service(String name, String more) {
        return "  %s:\n%s%s".formatted(name, QUICK.indent(4), more.isBlank() ? "" : more.indent(4));
    }

    void services(String... services) {
        write("""
                apiVersion: lastgood.dev/v1alpha1
                kind: Catalog
                environments:
                  production: { namespace: %s, cluster: { kubeconfig: %s } }
                services:
                %s""".formatted(shop.namespace, shop.kubeconfig, String.join("", services)));
    }

    private void write(String text) {
        try {
            Files.writeString(folder.resolve("lastgood.yaml"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path data() {
        return folder.resolve("data");
    }

    // ---- the command line

    CommandLine laptop(String name) {
        return new CommandLine(
                name,
                Map.of("HOME", folder.toString()),
                List.of("--config", folder.resolve("lastgood.yaml").toString(), "--data", data().toString()));
    }

    Said lastgood(String... words) {
        return laptop("laptop").run(words);
    }

    /// Without a configuration: only `-n`, the workload and the kubeconfig.
    Said plainly(String... words) {
        return new CommandLine(
                        "laptop",
                        Map.of("HOME", folder.toString()),
                        List.of(
                                "-n",
                                shop.namespace,
                                "--kubeconfig",
                                shop.kubeconfig.toString(),
                                "--data",
                                data().toString()))
                .run(words);
    }

    void good(String version) {
        good("web", version);
    }

    /// A person says so, because half an hour of proof is more than a test has.
    void good(String service, String version) {
        done(lastgood("release", "mark", "good", version, "-e", "production", "-s", service, "--reason", "seen"));
    }

    Said rollback(String revision) {
        return lastgood("rollback", "-e", "production", "-s", "web", "--revision", revision, "--yes");
    }

    CommandLine.Running startRollback(String revision) {
        return laptop("laptop").start("rollback", "-e", "production", "-s", "web", "--revision", revision, "--yes");
    }

    static Said done(Said said) {
        return ended(said, 0);
    }

    static Said ended(Said said, int exit) {
        assertThat(said.exit()).as(said.toString()).isEqualTo(exit);
        return said;
    }

    static String run(Said said) {
        return run(said.out() + said.err());
    }

    static String run(String text) {
        var found = RUN.matcher(text);
        assertThat(found.find()).as("a run in: " + text).isTrue();
        return found.group();
    }

    /// Waits for something while a command runs, which must not have ended by then.
    static void meanwhile(CommandLine.Running running, String what, BooleanSupplier seen) {
        Shop.eventually(what, () -> {
            assertThat(running.isOver())
                    .as("ended before " + what + ":\n" + running.saidSoFar())
                    .isFalse();
            return seen.getAsBoolean();
        });
    }

    /// The cluster notes when something was made in whole seconds, and orders by that.
    static void nextSecond() {
        var now = java.time.Instant.now().getEpochSecond();
        Shop.eventually("the next second", () -> java.time.Instant.now().getEpochSecond() > now);
    }
}
