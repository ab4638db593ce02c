package lastgood.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import lastgood.core.ConfigState;
import lastgood.core.LedgerEntry;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.ServiceState;
import lastgood.core.Verdict;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.core.plan.Facts;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.Sample;
import lastgood.core.recover.WatchRules;
import lastgood.engine.Engine;
import lastgood.engine.Outbox;
import lastgood.engine.Owner;
import lastgood.engine.Ports;
import lastgood.engine.Progress;
import lastgood.engine.port.Drivers;
import lastgood.engine.port.database.Databases;
import lastgood.kubernetes.api.Api;
import lastgood.kubernetes.api.Wire;
import lastgood.kubernetes.objects.Trees;
import lastgood.kubernetes.records.Cabinet;
import lastgood.testkit.kube.sim.SimCluster;
import lastgood.testkit.sim.Fuse;
import lastgood.testkit.sim.Fuse.Touch;
import lastgood.testkit.sim.SimClock;
import lastgood.testkit.sim.SimStores;
import lastgood.testkit.sim.SimWorld;

/// One service in a quiet cluster whose controllers work while somebody waits, and the whole adapter in front of it,
/// anew for each owner: what a process remembers dies with it. Every request of an owner goes through the fuse.
final class CrashWorld {

    static final ServiceRef SERVICE = new ServiceRef("production", "checkout");
    static final String NAMESPACE = "default";

    /// A rollout of three takes about a second then; a crash meets it half-way.
    private static final int STEPS_A_SLICE = 3;

    /// Where records are kept.
    enum Home {
        CONFIG_MAPS,
        OUR_KINDS
    }

    final SimClock clock = new SimClock();
    final Fuse fuse = new Fuse(clock);
    final SimCluster cluster;
    final List<String> told = new ArrayList<>();

    /// Changes of wishes that came to be, each as the object and the step whose mark it bears.
    final Map<String, Integer> effects = new TreeMap<>();

    /// What users should never have seen.
    final List<String> broken = new ArrayList<>();

    private final KubeService service;
    private final SimStores.SimEvidence evidence = new SimStores.SimEvidence(clock);
    private final Deque<List<Runnable>> mail = new ArrayDeque<>();
    private UnaryOperator<Wire> wires = w -> w;
    private boolean usersAreWatched;
    private int owners;
    private long restedAt;

    CrashWorld(KubeService service, Home home) {
        this.service = service;
        this.cluster = SimCluster.quiet(
                new SimCluster.Options(lastgood.testkit.kube.sim.Release.V1_20, clock::now, 1, clock::pause));
        if (home == Home.OUR_KINDS) {
            OurKinds.define(this);
        }
        clock.onEverySlice(this::moveOn);
    }

    KubeService service() {
        return service;
    }

    /// Breaks what owners are connected by, on purpose.
    void sabotage(UnaryOperator<Wire> how) {
        wires = how;
    }

    /// From here on what users get counts.
    void watchUsers() {
        usersAreWatched = true;
        effects.clear();
    }

    private void moveOn() {
        for (var i = 0; i < STEPS_A_SLICE && restedAt != cluster.version(); i++) {
            var before = cluster.version();
            gateway();
            cluster.step();
            lookAtUsers();
            // Nothing here depends on time alone, so controllers that have nothing to do will have nothing to do.
            restedAt = cluster.version() == before ? before : 0;
        }
        if (!mail.isEmpty()) {
            var letters = List.copyOf(mail.getFirst());
            mail.getFirst().clear();
            letters.forEach(CrashWorld::tell);
        }
    }

    /// A thread of its own, whose failure is nobody's.
    private static void tell(Runnable letter) {
        try {
            letter.run();
        } catch (RuntimeException e) {
            // The journal shows that it was not told; the next owner tells it.
        }
    }

    // ---- the cluster as its owners see it

    JsonNode send(String method, String path, String type, String body) {
        var response = cluster.handle(method, path, Map.of("Content-Type", type), body.getBytes(UTF_8));
        if (response.status() >= 300) {
            throw new IllegalStateException("%s %s: %d %s".formatted(method, path, response.status(), response.text()));
        }
        return tree(response.text());
    }

    static JsonNode tree(String text) {
        try {
            return Api.JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<JsonNode> find(String path) {
        var response = cluster.handle("GET", path, Map.of(), new byte[0]);
        return response.status() == 200 ? Optional.of(tree(response.text())) : Optional.empty();
    }

    List<JsonNode> list(String path) {
        return find(path).map(l -> Trees.items(l.path("items")).toList()).orElse(List.of());
    }

    static String path(String group, String plural) {
        return (group.equals("v1") ? "/api/" : "/apis/") + group + "/namespaces/" + NAMESPACE + "/" + plural;
    }

    CrashWorld create(String group, String plural, JsonNode object) {
        send("POST", path(group, plural), "application/json", object.toString());
        return this;
    }

    CrashWorld merge(String group, String plural, String name, String patch) {
        send("PATCH", path(group, plural) + "/" + name, "application/merge-patch+json", patch);
        return this;
    }

    CrashWorld jsonPatch(String group, String plural, String name, String patch) {
        send("PATCH", path(group, plural) + "/" + name, "application/json-patch+json", patch);
        return this;
    }

    /// A gateway takes notice of routes.
    private void gateway() {
        for (var route : list(path(OurKinds.GATEWAY, "httproutes"))) {
            var generation = route.at("/metadata/generation").asLong();
            if (route.at("/status/parents/0/conditions/0/observedGeneration").asLong() != generation) {
                send(
                        "PATCH",
                        path(OurKinds.GATEWAY, "httproutes") + "/" + Trees.name(route) + "/status",
                        "application/merge-patch+json",
                        "{\"status\":{\"parents\":[{\"conditions\":[{\"type\":\"Accepted\",\"status\":\"True\",\"observedGeneration\":%d}]}]}}"
                                .formatted(generation));
            }
        }
    }

    // ---- users

    private void lookAtUsers() {
        if (usersAreWatched) {
            front().stream().filter(s -> endpoints(s) == 0).forEach(s -> {
                var what = "nobody answers for " + s;
                if (!broken.contains(what)) {
                    broken.add(what);
                }
            });
        }
    }

    /// Services that get requests.
    private List<String> front() {
        var routes = list(path(OurKinds.GATEWAY, "httproutes"));
        return routes.isEmpty()
                ? list(path("v1", "services")).stream()
                        .filter(s -> s.path("spec").has("selector"))
                        .map(Trees::name)
                        .toList()
                : routes.stream()
                        .flatMap(r -> Trees.items(r.at("/spec/rules/0/backendRefs")))
                        .filter(b -> b.path("weight").asInt() > 0)
                        .map(b -> b.path("name").asText())
                        .toList();
    }

    private int endpoints(String name) {
        return find(path("v1", "endpoints") + "/" + name)
                .map(e -> Trees.items(e.path("subsets"))
                        .mapToInt(s -> s.path("addresses").size())
                        .sum())
                .orElse(0);
    }

    // ---- owners

    /// The adapter as a new process has it.
    ///
    /// @param fused whether its requests can go wrong
    KubeParts parts(boolean fused) {
        Wire wire = fused ? wires.apply(new Fused(this)) : new Fused(this, false);
        var api = new Api(wire, "");
        return KubeParts.of(api, Cabinet.of(api), NAMESPACE, Map.of(SERVICE, service), clock::now);
    }

    private record Fused(CrashWorld world, boolean burns) implements Wire {
        Fused(CrashWorld world) {
            this(world, true);
        }

        @Override
        public String url() {
            return "http://sim.invalid";
        }

        @Override
        public Reply exchange(Call call) throws IOException {
            try {
                return burns
                        ? world.fuse.touch(
                                call.method().equals("GET") ? Touch.LOOK : Touch.ACT,
                                call.method() + " " + call.path(),
                                () -> world.carryOut(call))
                        : world.carryOut(call);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }

        @Override
        public void close() {}
    }

    private Wire.Reply carryOut(Wire.Call call) {
        var path = call.path().replaceAll("[?].*", "");
        var before = call.method().equals("GET") ? Optional.<JsonNode>empty() : find(path);
        try {
            var reply = new SimWire(cluster).exchange(call);
            if (!call.method().equals("GET") && reply.status() < 300 && !isRecord(call)) {
                count(call, path, before);
            }
            return reply;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isRecord(Wire.Call call) {
        return call.path().contains("lastgood")
                || (call.method().equals("POST") && String.valueOf(call.body()).contains("\"lastgood.dev/service\""));
    }

    private void count(Wire.Call call, String path, Optional<JsonNode> before) {
        var after = call.method().equals("POST") ? Optional.of(tree(String.valueOf(call.body()))) : find(path);
        var name = call.method().equals("POST") ? path + "/" + Trees.name(after.orElseThrow()) : path;
        if (call.method().equals("POST")
                || call.method().equals("DELETE")
                || !before.map(CrashWorld::wishes).equals(after.map(CrashWorld::wishes))) {
            var mark = after.map(o -> Trees.annotation(o, Trees.MARK)).orElse("");
            effects.merge(call.method() + " " + name + " " + anonymous(mark), 1, Integer::sum);
        }
    }

    private static JsonNode wishes(JsonNode object) {
        return object.has("spec") ? object.path("spec") : object.path("data");
    }

    /// Which attempt at a run it was does not matter.
    static String anonymous(String text) {
        return text.replaceAll("rb-[0-9a-f]{8}", "RUN");
    }

    /// An engine with its own adapter, and the letters it has not sent yet.
    record Process(Engine engine, List<Runnable> letters) {}

    Process process(UnaryOperator<Ports> sabotage) {
        var parts = parts(true);
        var letters = new ArrayList<Runnable>();
        var ports = sabotage.apply(ports(parts));
        var name = "host:" + ++owners;
        var outbox =
                new Outbox(ports.journals(), (_, id, text) -> told.add(id + " " + text), letters::add, clock, name);
        return new Process(new Engine(ports, new Owner(name, SimWorld.MAYA), Progress.NONE, outbox), letters);
    }

    /// This one has the floor until it ends.
    void begins(Process process) {
        mail.push(process.letters());
    }

    void ends() {
        mail.pop();
    }

    Ports ports(KubeParts parts) {
        return new Ports(
                parts.journals(),
                parts.locks(),
                new NobodyDrives(),
                parts.workloads(),
                parts.configs(),
                parts.traffic(),
                parts.ledgers(),
                evidence,
                (_, _, _, full) -> new Sample(
                        WatchRules.alwaysRequired().stream()
                                .map(c -> new CheckResult(c, CheckResult.Finding.PASS, "", "", "sim"))
                                .toList(),
                        full),
                Databases.none(),
                clock);
    }

    private static final class NobodyDrives implements Drivers {
        @Override
        public void beat(RunId run) {}

        @Override
        public void leave(RunId run) {}

        @Override
        public Optional<String> alive(RunId run) {
            return Optional.empty();
        }
    }

    // ---- releases

    /// What runs now is written down.
    CrashWorld recorded() {
        clock.pause(Duration.ofSeconds(8));
        var ledgers = parts(false).ledgers();
        ledgers.append(ledgers.read(SERVICE), List.of());
        return this;
    }

    /// What runs now is written down, and proved.
    CrashWorld proved() {
        recorded();
        var ledgers = parts(false).ledgers();
        var ledger = ledgers.read(SERVICE);
        var live = ledger.live().orElseThrow().number();
        ledgers.append(
                ledger,
                List.of(new LedgerEntry.Judged(live, new Verdict.Pass(), "bake", "", clock.now(), "bake/" + live)));
        return this;
    }

    Facts facts() {
        var parts = parts(false);
        var workloads = new TreeMap<String, WorkloadState>();
        service.strategyWorkloads()
                .forEach(n -> parts.workloads().find(new Workload(SERVICE, n)).ifPresent(w -> workloads.put(n, w)));
        parts.workloads()
                .companions(SERVICE)
                .forEach(w -> workloads.put(w.workload().name(), w));
        var config = new TreeMap<String, ConfigState>();
        parts.configs().all(SERVICE).forEach(c -> config.put(c.name(), c));
        return new Facts(
                parts.ledgers().read(SERVICE),
                new ServiceState(
                        SERVICE,
                        service.strategy(),
                        workloads,
                        config,
                        parts.traffic().get(SERVICE)),
                SimWorld.policy(),
                new TreeMap<>());
    }

    // ---- how it ended

    String summary() {
        var lines = new ArrayList<String>();
        for (var kind : List.of(
                "apps/v1 deployments",
                "apps/v1 statefulsets",
                "batch/v1beta1 cronjobs",
                "autoscaling/v1 horizontalpodautoscalers",
                "v1 services",
                "v1 configmaps",
                OurKinds.GATEWAY + " httproutes")) {
            var words = kind.split(" ", -1);
            list(path(words[0], words[1])).stream()
                    .filter(o -> !Trees.name(o).startsWith("lastgood-")
                            && !Trees.name(o).startsWith("kube"))
                    .forEach(o -> lines.add(words[1] + " " + summary(o)));
        }
        list(path("v1", "pods")).stream()
                .map(p -> "pod %s %s ready %s"
                        .formatted(
                                Trees.texts(p.at("/metadata/labels")).getOrDefault("app", ""),
                                p.at("/spec/containers/0/image").asText(),
                                Trees.is(p, "Ready")))
                .sorted()
                .forEach(lines::add);
        return anonymous(String.join("\n", lines));
    }

    private static String summary(JsonNode object) {
        var annotations = new TreeMap<>(Trees.texts(object.at("/metadata/annotations")));
        annotations.remove(Trees.MARK);
        return "%s %s %s".formatted(Trees.name(object), wishes(object), annotations);
    }

    static ObjectNode object(String json) {
        return (ObjectNode) tree(json);
    }
}
