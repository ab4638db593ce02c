package lastgood.testkit.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// A node without containers: it takes pods on as a scheduler and a kubelet would, and reports for each what its
/// image's tag tells, see [Cluster]. A job's pods end after a moment, well unless the tag begins with `fail`; an init
/// container may also be an `init-crash…`.
///
/// It looks at what is there and writes what should be, again and again, and believes nothing it wrote: an API server
/// that goes away for a while costs it nothing but time.
public final class FakeKubelet implements AutoCloseable {

    public static final String NODE = "fake-1";

    /// Short against the 100 ms after which a pod is ready, long enough to leave the processor to the others.
    private static final Duration LOOK = Duration.ofMillis(40);

    /// A node is given up after 40 s without a sign of life, or more.
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);

    /// After a lost connection. A restarted API server should not have to wait for its node.
    private static final Duration RETRY = Duration.ofMillis(200);

    private static final Duration WATCH = Duration.ofMinutes(4);

    private static final String NODES = "/api/v1/nodes";
    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";

    private final KubeApi api;
    private final Clock clock;
    private final PodLogs logs;
    private final Map<String, Known> pods = new ConcurrentHashMap<>();
    private final Map<String, String> movedTags = new ConcurrentHashMap<>();
    private final AtomicInteger addresses = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile List<String> images = List.of();
    private volatile Duration stopping = Duration.ZERO;
    private volatile int podsMax = Integer.MAX_VALUE;
    private volatile boolean closed;

    /// A pod with what this kubelet remembers of it. Written by the watch and the worker of this one pod.
    private static final class Known {
        private volatile JsonNode pod;
        private volatile Optional<Instant> started = Optional.empty();
        private volatile Optional<Instant> stopSeen = Optional.empty();
        private volatile String written = "";
        private final String ip;

        private Known(JsonNode pod, String ip) {
            this.pod = pod;
            this.ip = ip;
        }

        private boolean is(JsonNode other) {
            return uid(pod).equals(uid(other));
        }

        private boolean isBound() {
            return pod.at("/spec/nodeName").asText().equals(NODE);
        }

        private boolean isStopping() {
            return pod.at("/metadata/deletionTimestamp").isTextual();
        }

        private boolean isOver() {
            var phase = pod.at("/status/phase").asText();
            return phase.equals("Succeeded") || phase.equals("Failed");
        }

        /// A watch may bring what is older than the answer to our own write.
        private synchronized void sees(JsonNode newer) {
            if (version(newer) >= version(pod)) {
                pod = newer;
            }
        }

        private static long version(JsonNode pod) {
            return pod.at("/metadata/resourceVersion").asLong();
        }
    }

    private FakeKubelet(Cluster cluster, Clock clock) {
        this.api = new KubeApi(cluster);
        this.clock = clock;
        this.logs = PodLogs.serve(this::pod);
    }

    /// Makes the node and takes on whatever pods there are and come.
    public static FakeKubelet start(Cluster cluster) {
        var kubelet = new FakeKubelet(cluster, Clock.systemUTC());
        try {
            kubelet.makeNode();
            kubelet.heartbeat();
            kubelet.go("heartbeat", HEARTBEAT, kubelet::heartbeat);
            kubelet.go("watch", RETRY, kubelet::listAndWatch);
            kubelet.go("sync", LOOK, kubelet::sync);
            return kubelet;
        } catch (RuntimeException e) {
            kubelet.close();
            throw e;
        }
    }

    /// Each pod from now on takes this long to stop, at most its grace period.
    public void stoppingTakes(Duration time) {
        stopping = time;
    }

    /// Only so many pods find room; the others stay pending as unschedulable.
    public void roomFor(int podsMax) {
        this.podsMax = podsMax;
    }

    /// What the node says it has pulled already, as `repository:tag` or `repository@digest`.
    public void images(List<String> names) {
        images = List.copyOf(names);
        heartbeat();
    }

    /// From now on containers with this image run that digest (`sha256:…`), as if someone had pushed the tag again.
    public void moveTag(String image, String digest) {
        movedTags.put(image, digest);
    }

    /// The digest that an image has unless its tag was moved.
    public static String digest(String image) {
        return PodStatus.digest(image);
    }

    /// What containers print whose image's tag begins like this; the longest such prefix wins.
    public void logs(String tagPrefix, String... lines) {
        logs.current(tagPrefix, List.of(lines));
    }

    /// What they had printed before their last crash.
    public void previousLogs(String tagPrefix, String... lines) {
        logs.previous(tagPrefix, List.of(lines));
    }

    @Override
    public void close() {
        closed = true;
        api.close();
        logs.close();
        for (var thread : threads) {
            thread.interrupt();
        }
        for (var thread : threads) {
            joined(thread);
        }
    }

    private static void joined(Thread thread) {
        try {
            if (!thread.join(Duration.ofSeconds(20))) {
                throw new IllegalStateException(thread.getName() + " does not end");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whatever goes wrong with the API is tried again; that is what a kubelet is for.
    private void go(String name, Duration pause, Runnable work) {
        threads.add(Thread.ofVirtual().name("kubelet-" + name).start(() -> {
            while (!closed) {
                try {
                    work.run();
                } catch (UncheckedIOException | IllegalStateException _) {
                    // refused, gone or interrupted: the next round sees what became of it
                }
                pause(pause);
            }
        }));
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<JsonNode> pod(String namespaceAndName) {
        return Optional.ofNullable(pods.get(namespaceAndName)).map(known -> known.pod);
    }

    // ---- the node

    private void makeNode() {
        var node = Map.of(
                "apiVersion", "v1",
                "kind", "Node",
                "metadata",
                        Map.of(
                                "name",
                                NODE,
                                "labels",
                                Map.of("kubernetes.io/hostname", NODE, "kubernetes.io/os", "linux")));
        var answer = api.send("POST", NODES, KubeApi.JSON, KubeApi.json(node));
        if (answer.status() != 409) { // a kubelet that comes back finds its node
            answer.expected();
        }
    }

    private void heartbeat() {
        var now = clock.instant();
        api.patch(NODES + "/" + NODE + "/status", KubeApi.STRATEGIC_MERGE_PATCH, KubeApi.json(nodeStatus(now)));
        // Admission taints each new node; who lifts that is the node lifecycle controller, which not every cluster has.
        api.patch(NODES + "/" + NODE, KubeApi.MERGE_PATCH, "{\"spec\":{\"taints\":null}}");
        renewLease(now);
    }

    private Map<String, Object> nodeStatus(Instant now) {
        var capacity = Map.of("cpu", "64", "memory", "256Gi", "pods", "1000", "ephemeral-storage", "1Ti");
        return Map.of(
                "status",
                Map.of(
                        "capacity", capacity,
                        "allocatable", capacity,
                        "addresses",
                                List.of(
                                        Map.of("type", "InternalIP", "address", "127.0.0.1"),
                                        Map.of("type", "Hostname", "address", NODE)),
                        "daemonEndpoints", Map.of("kubeletEndpoint", Map.of("Port", logs.port())),
                        "nodeInfo", Map.of("kubeletVersion", "v0.0.0-fake", "containerRuntimeVersion", "fake://0"),
                        "images",
                                images.stream()
                                        .map(name -> Map.of("names", List.of(name), "sizeBytes", 10_000_000))
                                        .toList(),
                        "conditions",
                                List.of(
                                        nodeCondition("Ready", "True", "KubeletReady", now),
                                        nodeCondition("MemoryPressure", "False", "KubeletHasSufficientMemory", now),
                                        nodeCondition("DiskPressure", "False", "KubeletHasNoDiskPressure", now),
                                        nodeCondition("PIDPressure", "False", "KubeletHasSufficientPID", now))));
    }

    private static Map<String, Object> nodeCondition(String type, String status, String reason, Instant now) {
        return Map.of("type", type, "status", status, "reason", reason, "lastHeartbeatTime", PodStatus.time(now));
    }

    private void renewLease(Instant now) {
        var renewTime = now.truncatedTo(ChronoUnit.MICROS).plusNanos(1000).toString();
        var spec = Map.of("holderIdentity", NODE, "leaseDurationSeconds", 40, "renewTime", renewTime);
        var renewed = api.send("PATCH", LEASES + "/" + NODE, KubeApi.MERGE_PATCH, KubeApi.json(Map.of("spec", spec)));
        if (renewed.status() == 404) {
            api.send(
                    "POST",
                    LEASES,
                    KubeApi.JSON,
                    KubeApi.json(Map.of(
                            "apiVersion",
                            "coordination.k8s.io/v1",
                            "kind",
                            "Lease",
                            "metadata",
                            Map.of("name", NODE),
                            "spec",
                            spec)));
        }
    }

    // ---- the pods there are

    private void listAndWatch() {
        var list = api.get("/api/v1/pods");
        var there = new ArrayList<String>();
        for (var pod : list.path("items")) {
            there.add(key(pod));
            learn(pod);
        }
        pods.keySet().retainAll(there);
        try {
            var version = new String[] {list.at("/metadata/resourceVersion").asText()};
            while (!closed && !version[0].isEmpty()) {
                watchFrom(version);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Leaves the version to go on from; none if the server no longer knows it.
    private void watchFrom(String[] version) throws IOException, InterruptedException {
        api.watch(
                "/api/v1/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=%d&resourceVersion=%s"
                        .formatted(WATCH.toSeconds(), version[0]),
                event -> {
                    var type = event.path("type").asText();
                    version[0] = type.equals("ERROR")
                            ? ""
                            : event.at("/object/metadata/resourceVersion").asText();
                    take(type, event.path("object"));
                });
    }

    private void take(String type, JsonNode pod) {
        switch (type) {
            case "ADDED", "MODIFIED" -> learn(pod);
            case "DELETED" -> pods.computeIfPresent(key(pod), (_, known) -> known.is(pod) ? null : known);
            default -> {} // a bookmark or an error is about no pod
        }
    }

    private void learn(JsonNode pod) {
        pods.compute(key(pod), (_, known) -> {
            if (known == null || !known.is(pod)) { // a StatefulSet gives the same name again
                return new Known(pod, address(pod));
            }
            known.sees(pod);
            return known;
        });
    }

    private String address(JsonNode pod) {
        var had = pod.at("/status/podIP").asText();
        var number = addresses.incrementAndGet();
        return had.isEmpty()
                ? "10.%d.%d.%d".formatted(64 + (number >> 16) % 64, (number >> 8) & 255, number & 255)
                : had;
    }

    private static String key(JsonNode pod) {
        return pod.at("/metadata/namespace").asText() + "/"
                + pod.at("/metadata/name").asText();
    }

    private static String uid(JsonNode pod) {
        return pod.at("/metadata/uid").asText();
    }

    private static String path(JsonNode pod) {
        return "/api/v1/namespaces/%s/pods/%s"
                .formatted(
                        pod.at("/metadata/namespace").asText(),
                        pod.at("/metadata/name").asText());
    }

    // ---- what they should be

    /// One worker for each pod that needs something: the API server's answers are slower than our thoughts.
    private void sync() {
        bindPending();
        try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var known : pods.values()) {
                if (known.isBound()) {
                    workers.execute(() -> advance(known));
                }
            }
        }
    }

    private void bindPending() {
        var room = podsMax
                - pods.values().stream()
                        .filter(known -> known.isBound() && !known.isOver())
                        .count();
        for (var known : pods.values()) {
            if (known.pod.at("/spec/nodeName").asText().isEmpty() && !known.isStopping() && isMeantForUs(known.pod)) {
                if (room > 0) {
                    room--;
                    bind(known.pod);
                } else {
                    sayUnschedulable(known);
                }
            }
        }
    }

    private void bind(JsonNode pod) {
        var binding = Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Binding",
                "metadata",
                Map.of("name", pod.at("/metadata/name").asText(), "uid", uid(pod)),
                "target",
                Map.of("kind", "Node", "name", NODE));
        api.send(
                "POST",
                path(pod) + "/binding",
                KubeApi.JSON,
                KubeApi.json(binding)); // refused: bound or gone meanwhile
    }

    private void sayUnschedulable(Known known) {
        var condition = Map.of(
                "type", "PodScheduled",
                "status", "False",
                "reason", "Unschedulable",
                "message", "0/1 nodes are available: 1 Too many pods.");
        write(known, Map.of("conditions", List.of(condition)));
    }

    /// A DaemonSet names the node it means in an affinity.
    private static boolean isMeantForUs(JsonNode pod) {
        var terms =
                pod.at("/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms");
        for (var term : terms) {
            for (var field : term.path("matchFields")) {
                if (field.path("key").asText().equals("metadata.name")
                        && !field.at("/values/0").asText().equals(NODE)) {
                    return false;
                }
            }
        }
        return true;
    }

    private void advance(Known known) {
        try {
            if (known.isStopping()) {
                stop(known);
            } else {
                write(known, statusOf(known));
            }
        } catch (UncheckedIOException | IllegalStateException _) {
            // the API server is away or closing; the next round asks again
        }
    }

    private Map<String, Object> statusOf(Known known) {
        var now = clock.instant();
        var started = known.started.orElseGet(() -> {
            var time = known.pod.at("/status/startTime").asText();
            return time.isEmpty() ? now : Instant.parse(time);
        });
        known.started = Optional.of(started);
        return new PodStatus(known.pod, started, now, known.ip, this::digestNow).json();
    }

    private String digestNow(String image) {
        return movedTags.getOrDefault(image, digest(image));
    }

    private void write(Known known, Map<String, Object> status) {
        var text = KubeApi.json(Map.of("metadata", Map.of("uid", uid(known.pod)), "status", status));
        if (text.equals(known.written)) {
            return;
        }
        var answer = api.send("PATCH", path(known.pod) + "/status", KubeApi.STRATEGIC_MERGE_PATCH, text);
        if (answer.ok()) {
            known.written = text;
            known.sees(answer.body());
        }
    }

    private void stop(Known known) {
        var now = clock.instant();
        var since = known.stopSeen.orElse(now);
        known.stopSeen = Optional.of(since);
        var grace = Duration.ofSeconds(
                known.pod.at("/metadata/deletionGracePeriodSeconds").asLong(30));
        var time = stopping.compareTo(grace) < 0 ? stopping : grace;
        if (!now.isBefore(since.plus(time))) {
            var options = Map.of("gracePeriodSeconds", 0, "preconditions", Map.of("uid", uid(known.pod)));
            api.send("DELETE", path(known.pod), KubeApi.JSON, KubeApi.json(options));
        }
    }
}
