package lastgood.testkit.kube.sim;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import lastgood.testkit.kube.Cluster;
import org.jspecify.annotations.Nullable;

/// A Kubernetes in this process. It comes in two shapes:
///
/// - [#start()] listens on loopback and its controllers run in the background, like a real one;
/// - [#quiet(Options)] has no socket and no thread: requests go to [#handle(Request)], and nothing moves until the
///   test says [#step()] or [#settle()] and moves the clock it gave. Suites that crash a client after each write in
///   turn want this one.
///
/// Same seed, same requests, same clock: same names, uids and versions.
public final class SimCluster implements Cluster {

    private static final String TOKEN = "sim-admin";

    /// Often enough that a test that polls does not wait for it, rarely enough to cost nothing.
    private static final Duration TICK = Duration.ofMillis(20);

    /// A rollout of a hundred pods takes a few hundred steps. More means two controllers undo each other's work.
    private static final int STEPS_MAX = 5_000;

    /// @param sleep how a delay passes that was set as a fault
    public record Options(Release release, InstantSource clock, long seed, Consumer<Duration> sleep) {

        public static Options standard() {
            return new Options(Release.V1_20, InstantSource.system(), 1, SimCluster::sleep);
        }

        public Options like(Release other) {
            return new Options(other, clock, seed, sleep);
        }

        public Options at(InstantSource other) {
            return new Options(release, other, seed, sleep);
        }

        public Options seeded(long other) {
            return new Options(release, clock, other, sleep);
        }
    }

    private final Options options;
    private final Store store = new Store();
    private final Registry registry;
    private final Users users;
    private final Faults faults;
    private final Api api;
    private final Desk desk;
    private final Kubelet kubelet;
    private final CnpgOperator cnpg;
    private final List<Controller> controllers;
    private @Nullable HttpDoor door;
    private @Nullable Thread ticker;
    private volatile boolean closed;

    private SimCluster(Options options) {
        this.options = options;
        var catalog = new Catalog(options.release());
        registry = new Registry(store, catalog, options.clock(), options.seed());
        users = new Users(store, TOKEN);
        faults = new Faults(store, options.sleep());
        var definitions = new Definitions(registry);
        api = new Api(registry, users, faults, new Discovery(catalog, options.release()), definitions);
        desk = new Desk(registry);
        kubelet = new Kubelet(desk);
        cnpg = new CnpgOperator(desk);
        controllers = List.of(
                definitions,
                new NamespaceController(desk),
                new DeploymentController(desk, options.release()),
                new ReplicaSetController(desk),
                new StatefulSetController(desk),
                new DaemonSetController(desk),
                new JobController(desk),
                new AutoscalerController(desk),
                new GarbageCollector(desk),
                kubelet,
                new EndpointsController(desk),
                new BudgetController(desk),
                cnpg);
        store.locked(() -> {
            Furniture.putInto(desk);
            return true;
        });
        settle();
    }

    /// Listens on loopback, with controllers that run by themselves.
    public static SimCluster start() {
        return start(Options.standard());
    }

    public static SimCluster start(Options options) {
        var cluster = new SimCluster(options);
        cluster.door = HttpDoor.open(cluster.api);
        cluster.ticker = Thread.ofVirtual().name("sim-controllers").start(cluster::keepTicking);
        return cluster;
    }

    /// Without socket and thread: moves only when told to.
    public static SimCluster quiet(Options options) {
        return new SimCluster(options);
    }

    /// One request from one who needs no socket.
    ///
    /// @throws ConnectionLost if a fault says so
    public Response handle(Request request) {
        return api.handle(request);
    }

    /// With the administrator's token unless the headers name another.
    public Response handle(String method, String target, Map<String, String> headers, byte[] body) {
        var all = new java.util.TreeMap<>(Map.of("Authorization", "Bearer " + TOKEN));
        all.putAll(headers);
        return handle(Request.of(method, target, all, body));
    }

    /// Every controller takes one step.
    public void step() {
        for (var controller : controllers) {
            store.locked(() -> {
                controller.tick();
                return true;
            });
        }
    }

    /// Steps until nothing changes any more without time passing.
    public void settle() {
        for (var steps = 0; steps < STEPS_MAX; steps++) {
            var before = store.version();
            step();
            if (store.version() == before) {
                return;
            }
        }
        throw new IllegalStateException("the controllers do not come to rest; refused last: " + desk.lastRefusal()
                + "; changed last: "
                + store.since(store.version() - 8).stream()
                        .map(e -> e.key().toString())
                        .toList());
    }

    /// For quiet clusters: the controllers are done before the answer to a write leaves.
    public void settleAfterWrites() {
        api.afterRequest(this::settle);
    }

    /// A controller that threw is a mistake of ours. Every request then says so, or tests would wait for ever for a
    /// cluster in which nothing moves any more.
    private void keepTicking() {
        try {
            while (!closed) {
                step();
                sleep(TICK);
            }
        } catch (RuntimeException mistake) {
            api.breakDown(mistake);
            throw mistake;
        }
    }

    public Faults faults() {
        return faults;
    }

    /// CloudNativePG, for those who define its kinds.
    public CnpgOperator cnpg() {
        return cnpg;
    }

    public Users users() {
        return users;
    }

    /// Is told of every request when its answer is made, or lost.
    public void observe(Consumer<Exchange> observer) {
        api.observe(observer);
    }

    /// Called around each request that changes something: right before its first change, and when it is carried out but
    /// the answer has not left. Either may throw, for instance as a process does that dies there.
    public void onWrite(Consumer<Request> before, Consumer<Request> after) {
        api.onWrite(before, after);
    }

    /// How many changes the log holds; a watch from before them ends in 410.
    public void logMax(int events) {
        store.logMax(events);
    }

    /// Forgets the log, as etcd does every five minutes.
    public void compact() {
        store.compact();
    }

    /// Whether a watch that comes too late gets an ERROR event, as the real server's cache does it, or a plain 410.
    public void goneIsAnEvent(boolean event) {
        api.goneIsAnEvent(event);
    }

    /// While on, reads with `resourceVersion=0` show the moment at which it was switched on.
    public void staleCache(boolean on) {
        api.staleCache(on);
    }

    /// How long a pod that is to be deleted lives on; nothing by default.
    public void podsLinger(Duration time) {
        kubelet.linger(time);
    }

    /// What containers print whose image's tag begins like this; the longest such prefix wins.
    public void logs(String tagPrefix, String... lines) {
        api.prints(tagPrefix, false, List.of(lines));
    }

    /// What they had printed before their last crash.
    public void previousLogs(String tagPrefix, String... lines) {
        api.prints(tagPrefix, true, List.of(lines));
    }

    /// Who answers for pods behind the API server's proxy; nobody by default.
    public void serves(PodServer server) {
        api.serves(server);
    }

    /// Adds or removes nodes until there are so many.
    public void nodes(int count) {
        store.locked(() -> {
            Furniture.nodes(desk, count);
            return true;
        });
    }

    /// The namespace gets stuck while it terminates: it refuses everything new and does not go away.
    public void terminate(String namespace) {
        store.locked(() -> {
            Furniture.terminate(registry, namespace);
            return true;
        });
    }

    /// The version of the newest change.
    public long version() {
        return store.version();
    }

    @Override
    public String name() {
        return "simulated " + options.release().version();
    }

    @Override
    public URI url() {
        return door == null ? URI.create("http://sim.invalid") : door.url();
    }

    @Override
    public String token() {
        return TOKEN;
    }

    @Override
    public String authority() {
        return "";
    }

    @Override
    public void close() {
        closed = true;
        if (ticker != null) {
            ticker.interrupt();
        }
        if (door != null) {
            door.close();
        }
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
