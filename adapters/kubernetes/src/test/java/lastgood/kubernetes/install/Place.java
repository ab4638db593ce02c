package lastgood.kubernetes.install;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import lastgood.engine.port.Time;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Connection;
import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.ControlPlane;
import lastgood.testkit.kube.KubeApi;
import lastgood.testkit.kube.sim.SimCluster;

/// A namespace of one's own on a cluster, simulated or real, so that the same assertions hold on both.
public sealed interface Place extends AutoCloseable {

    Cluster cluster();

    /// Whom nobody has given any rights yet.
    Cluster account(String namespace, String name);

    String newNamespace(String prefix);

    @Override
    void close();

    default Api api() {
        return api(cluster());
    }

    default KubeApi raw() {
        return new KubeApi(cluster());
    }

    static Api api(Cluster cluster) {
        try {
            var file = Files.createTempFile("lastgood-place-", ".kubeconfig");
            try {
                var config = cluster.kubeconfig(file, "default");
                return new Api(new Connection(
                        Optional.of(config), Optional.of("test"), false, Optional.empty(), "lastgood-test"));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void until(String what, BooleanSupplier reached) {
        var end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("never: " + what);
            }
            try {
                Thread.sleep(30);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted waiting: " + what, e);
            }
        }
    }

    Time CLOCK = new Time() {
        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public void pause(Duration duration) throws InterruptedException {
            Thread.sleep(duration);
        }
    };

    static Place simulated() {
        return new Simulated(SimCluster.start());
    }

    static Place real() {
        return new Real(ControlPlane.shared());
    }

    record Simulated(SimCluster cluster) implements Place {

        private static final AtomicInteger NAMESPACES = new AtomicInteger();

        @Override
        public Cluster account(String namespace, String name) {
            var token = "sim-" + namespace + "-" + name;
            cluster.users().add("system:serviceaccount:%s:%s".formatted(namespace, name), token);
            return new As(cluster, token);
        }

        @Override
        public String newNamespace(String prefix) {
            var name = prefix + "-" + NAMESPACES.incrementAndGet();
            try (var raw = raw()) {
                raw.create("/api/v1/namespaces", Map.of("metadata", Map.of("name", name)));
            }
            return name;
        }

        @Override
        public void close() {
            cluster.close();
        }
    }

    record Real(ControlPlane cluster) implements Place {
        @Override
        public Cluster account(String namespace, String name) {
            return cluster.as(cluster.serviceAccount(namespace, name));
        }

        @Override
        public String newNamespace(String prefix) {
            return cluster.newNamespace(prefix);
        }

        @Override
        public void close() {} // shared by the whole run
    }

    record As(Cluster cluster, String token) implements Cluster {
        @Override
        public String name() {
            return cluster.name() + " as somebody";
        }

        @Override
        public URI url() {
            return cluster.url();
        }

        @Override
        public String authority() {
            return cluster.authority();
        }

        @Override
        public void close() {}
    }
}
