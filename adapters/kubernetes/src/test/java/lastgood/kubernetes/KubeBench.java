package lastgood.kubernetes;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import lastgood.testkit.kube.Cluster;
import lastgood.testkit.kube.ControlPlane;
import lastgood.testkit.kube.KubeApi;
import lastgood.testkit.kube.sim.SimCluster;

/// The figures of Kubernetes: whole commands, as people start them, beside `kubectl` on the same control plane, turn by
/// turn. `bench/kube` starts it.
final class KubeBench {

    private static final int ROUNDS = 11;

    private final List<String> lastgood;
    private final String kubectl;
    private final Path folder;

    private KubeBench(String lastgood, String kubectl, Path folder) {
        this.lastgood = List.of(lastgood);
        this.kubectl = kubectl;
        this.folder = folder;
    }

    /// @param args the launcher of lastgood, `kubectl`, and an empty folder
    public static void main(String[] args) throws Exception {
        var bench = new KubeBench(args[0], args[1], Path.of(args[2]));
        try (var real = ControlPlane.shared()) {
            System.out.println("rollback of one Deployment on " + real.name()
                    + ", median of 10 after one that does not count; a pod is ready after about 100 ms");
            bench.rollbacks(real, 3);
            bench.rollbacks(real, 50);
            bench.thousand(real);
        }
        bench.counts(3);
        bench.counts(50);
        System.exit(0);
    }

    private void rollbacks(Cluster cluster, int replicas) throws Exception {
        try (var theirs = new Shop(cluster, folder);
                var ours = new Shop(cluster, folder)) {
            theirs.releases("web", replicas, "v1", "v2");
            ours.releases("web", replicas, "v1", "v2");
            // So that lastgood finds its records as in any run but the first.
            run(ours, command(lastgood, "release", "record", "-n", ours.namespace, "deploy/web"));
            var kubectlTimes = new ArrayList<Double>();
            var lastgoodTimes = new ArrayList<Double>();
            var engineTimes = new ArrayList<Double>();
            for (var round = 0; round < ROUNDS; round++) {
                var target = round % 2 == 0 ? "v1" : "v2";
                kubectlTimes.add(timed(() -> {
                    run(theirs, command(List.of(kubectl), "-n", theirs.namespace, "rollout", "undo", "deployment/web"));
                    run(
                            theirs,
                            command(List.of(kubectl), "-n", theirs.namespace, "rollout", "status", "deployment/web"));
                }));
                var text = new StringBuilder();
                lastgoodTimes.add(timed(() -> text.append(run(
                        ours,
                        command(
                                lastgood,
                                "rollback",
                                "-n",
                                ours.namespace,
                                "deploy/web",
                                "--revision",
                                target,
                                "--yes",
                                "--no-verify",
                                "--reason",
                                "bench")))));
                engineTimes.add(over(text.toString()));
                expect(ours, target);
            }
            var k = median(kubectlTimes);
            var l = median(lastgoodTimes);
            System.out.printf(
                    Locale.ROOT,
                    "  %2d replicas: kubectl undo+status %.0f ms, lastgood rollback %.0f ms (of which asked to over %.0f ms): ratio %.2f%n",
                    replicas,
                    k,
                    l,
                    median(engineTimes),
                    l / k);
        }
    }

    private static void expect(Shop shop, String version) {
        var image = shop.deployment("web")
                .at("/spec/template/spec/containers/0/image")
                .asText();
        if (!image.endsWith(":" + version)) {
            throw new IllegalStateException("expected %s and found %s".formatted(version, image));
        }
    }

    /// ` asked 17:18:36 by root · first change +280ms · over +948ms`
    private static double over(String report) {
        var found = java.util.regex.Pattern.compile("over \\+(?:([0-9.]+)s|([0-9]+)ms|([0-9]+)s)")
                .matcher(report);
        if (!found.find()) {
            return Double.NaN;
        }
        return found.group(2) != null
                ? Double.parseDouble(found.group(2))
                : 1000 * Double.parseDouble(found.group(1) != null ? found.group(1) : found.group(3));
    }

    /// A cluster with many other things in it.
    private void thousand(ControlPlane cluster) throws Exception {
        try (var shop = new Shop(cluster, folder)) {
            for (var i = 0; i < 999; i++) {
                shop.deploy("other-" + i, "v1", 0);
            }
            shop.releases("web", 3, "v1", "v2");
            var times = new ArrayList<Double>();
            for (var round = 0; round < ROUNDS; round++) {
                times.add(timed(() -> run(shop, command(lastgood, "status", "-n", shop.namespace, "deploy/web"))));
            }
            System.out.printf(
                    Locale.ROOT, "lastgood status in a namespace of 1,000 Deployments: %.0f ms%n", median(times));
        }
    }

    /// Requests and bytes, counted by the simulated API server; what a run leaves in etcd, as JSON.
    private void counts(int replicas) throws Exception {
        try (var sim = SimCluster.start();
                var shop = new Shop(sim, folder)) {
            shop.releases("web", replicas, "v1", "v2");
            run(shop, command(lastgood, "release", "record", "-n", shop.namespace, "deploy/web"));
            var requests = new AtomicLong();
            var writes = new AtomicLong();
            var bytes = new AtomicLong();
            sim.observe(e -> {
                if (e.request().header("User-Agent").startsWith("lastgood")) {
                    requests.incrementAndGet();
                    if (!e.request().method().equals("GET")) {
                        writes.incrementAndGet();
                    }
                    bytes.addAndGet(e.bytesIn() + e.bytesOut());
                }
            });
            run(
                    shop,
                    command(
                            lastgood,
                            "rollback",
                            "-n",
                            shop.namespace,
                            "deploy/web",
                            "--revision",
                            "v1",
                            "--yes",
                            "--no-verify",
                            "--reason",
                            "bench"));
            System.out.printf(
                    "a rollback of %d replicas: %d requests (%d of them writes), %,d bytes both ways; kept in the cluster: %s%n",
                    replicas, requests.get(), writes.get(), bytes.get(), kept(shop));
        }
    }

    private static String kept(Shop shop) {
        var sizes = new java.util.TreeMap<String, Integer>();
        try (var kube = new KubeApi(shop.cluster)) {
            for (var map : kube.get("/api/v1/namespaces/%s/configmaps".formatted(shop.namespace))
                    .path("items")) {
                var kind = map.path("metadata")
                        .path("labels")
                        .path("lastgood.dev/record")
                        .asText("");
                if (!kind.isEmpty()) {
                    sizes.merge(kind, map.toString().length(), Integer::sum);
                }
            }
        }
        return sizes.toString();
    }

    // ---- processes

    private interface Work {
        void run() throws Exception;
    }

    private static double timed(Work work) throws Exception {
        var began = System.nanoTime();
        work.run();
        return (System.nanoTime() - began) / 1e6;
    }

    private static List<String> command(List<String> start, String... words) {
        var all = new ArrayList<>(start);
        all.addAll(List.of(words));
        return all;
    }

    private String run(Shop shop, List<String> command) throws IOException, InterruptedException {
        var out = folder.resolve("out").toFile();
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out)
                .redirectInput(new File("/dev/null"));
        builder.environment()
                .putAll(Map.of(
                        "KUBECONFIG",
                        shop.kubeconfig.toString(),
                        "XDG_STATE_HOME",
                        folder.resolve("state").toString()));
        var process = builder.start();
        var code = process.waitFor();
        var text = Files.readString(out.toPath());
        if (code != 0) {
            throw new IllegalStateException("%s ended with %d:%n%s".formatted(command, code, text));
        }
        return text;
    }

    /// Without the first, which pays for what is cold.
    private static double median(List<Double> times) {
        var sorted = times.subList(1, times.size()).stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }
}
