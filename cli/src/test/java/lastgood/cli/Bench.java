package lastgood.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import lastgood.cli.out.Streams;
import lastgood.config.Catalog;
import lastgood.config.Effective;
import lastgood.core.Digest;
import lastgood.core.Person;
import lastgood.core.Revision;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.Strategy;
import lastgood.core.Version;
import lastgood.core.plan.Plan;
import lastgood.engine.Owner;
import lastgood.engine.Ports;
import lastgood.engine.port.Drivers;
import lastgood.engine.port.Faults;
import lastgood.engine.port.Metrics;
import lastgood.engine.port.Preflight;
import lastgood.engine.port.Revisions;
import lastgood.engine.port.Time;
import lastgood.engine.port.database.DatabaseQuestions;
import lastgood.engine.watch.WatchConfig;
import lastgood.testkit.sim.SimDatabase;
import lastgood.testkit.sim.SimWorld;

/// A command line in a test: the simulated world behind it, a configuration in a folder, and what it printed. The
/// engine's real code runs.
public final class Bench implements Host {

    static final String CATALOG = """
            apiVersion: lastgood.dev/v1alpha1
            kind: Catalog
            environments:
              production: { local: {} }
              staging: { local: {} }
            services:
              checkout:
                local: { command: ["./checkout", "{port}"], listen: 8080 }
                environments:
                  staging: { local: { listen: 8081 } }
            contacts:
              platform-lead: { users: [lead] }
            """;

    public final Path folder;
    public final SimWorld world;
    public final Map<String, String> variables = new HashMap<>(Map.of("TERM", "xterm", "HOME", "/nowhere"));
    public final Map<RunId, String> alive = new HashMap<>();
    public final List<String> faults = new ArrayList<>();
    public final List<Integer> exits = new ArrayList<>();
    public Person person = SimWorld.MAYA;
    public boolean terminal;
    public boolean unicode = true;
    public String typed = "";
    public Optional<String> agent = Optional.of("process 4711");
    public UnaryOperator<Ports> ports = p -> p;
    public Runnable stopSignal = () -> {};

    /// What the platform has against a plan.
    public Preflight preflight = Preflight.none();

    /// What is asked about the database beyond what steps ask.
    public DatabaseQuestions questions = DatabaseQuestions.none();

    /// What a watch sees; nothing, unless a test says so.
    public WatchConfig watch = WatchConfig.blind("nothing counts here");

    /// Everything one after the other, unless a test wants otherwise.
    public Executor executor = Runnable::run;

    /// What `cluster` verbs are told.
    public ClusterAdmin admin = new NoCluster();

    private final Strategy strategy;
    private final Map<ServiceRef, SimWorld> others = new HashMap<>();

    /// The records of these environments cannot be read: their cluster does not answer.
    public final Set<String> silent = new HashSet<>();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private int runs;

    public Bench(Path folder, Strategy strategy) {
        this.folder = folder;
        this.strategy = strategy;
        this.world = new SimWorld(strategy);
        write("lastgood.yaml", CATALOG);
    }

    /// v1 is good, v2 is live and nobody has judged it.
    public static Bench rolling(Path folder) {
        var bench = new Bench(folder, new Strategy.Rolling("checkout"));
        bench.world
                .release(1, "v1", SimWorld.Standing.GOOD)
                .release(2, "v2", SimWorld.Standing.LIVE)
                .sick("v2");
        bench.world.platform.runs("checkout", SimWorld.revision("v2"), 3);
        bench.world.platform.routes(SimWorld.weights("checkout", 100));
        return bench;
    }

    /// Another service, likewise with a good v1 and a v2 that hurts; with records and a clock of its own.
    public SimWorld another(String environment, String service) {
        var its = new SimWorld(new ServiceRef(environment, service), new Strategy.Rolling(service));
        its.release(1, "v1", SimWorld.Standing.GOOD)
                .release(2, "v2", SimWorld.Standing.LIVE)
                .sick("v2");
        its.platform.runs(service, SimWorld.revision("v2"), 3);
        its.platform.routes(SimWorld.weights(service, 100));
        others.put(its.service, its);
        return its;
    }

    public Bench protect() {
        write(
                "lastgood.yaml",
                CATALOG.replace("production: { local: {} }", "production: { local: {}, protected: true }"));
        return this;
    }

    /// The service has a database: v2 came with the migration `add_weight`, and what v1 makes of that is to be said.
    public SimQuestions withDatabase(SimDatabase database) {
        write("lastgood.yaml", databaseCatalog());
        world.with(database, List.of());
        var its = new SimQuestions(world.clock, database);
        questions = its;
        return its;
    }

    /// The configuration of services without a database.
    public String catalog() {
        return CATALOG;
    }

    public String databaseCatalog() {
        return CATALOG.replace(
                "    environments:\n      staging",
                "    database: { url: { env: DATABASE_URL } }\n    environments:\n      staging");
    }

    public Bench onTerminal(String answer) {
        terminal = true;
        typed = answer;
        return this;
    }

    public void write(String file, String text) {
        try {
            Files.writeString(folder.resolve(file), text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Runs one command line; what it prints replaces what was printed before.
    private boolean quiet;

    public int run(String... args) {
        out.reset();
        err.reset();
        return new Cli(this).run(args);
    }

    /// Words at spaces.
    public int say(String line) {
        return run(line.split(" "));
    }

    public String out() {
        return out.toString(UTF_8);
    }

    public String err() {
        return err.toString(UTF_8);
    }

    // ---- Host

    @Override
    public Map<String, String> variables() {
        return variables;
    }

    @Override
    public Path workingFolder() {
        return folder;
    }

    @Override
    public Streams streams() {
        return new Streams(
                new BufferedReader(new StringReader(typed)),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8),
                terminal,
                terminal,
                terminal,
                unicode,
                () -> 120);
    }

    @Override
    public Time time() {
        return world.clock;
    }

    @Override
    public RunId newRun(Plan.Kind kind) {
        return new RunId("%s-%08d".formatted(kind.prefix(), ++runs));
    }

    @Override
    public Session open(Catalog catalog, Effective effective) {
        var service = new ServiceRef(
                effective.environment().name(), effective.service().name());
        var its = others.getOrDefault(service, world);
        var real = silent.contains(service.environment()) ? Silence.on(its.ports()) : its.ports();
        return new Session(
                effective,
                service,
                others.containsKey(service) ? new Strategy.Rolling(service.service()) : strategy,
                SimWorld.policy(),
                3,
                ports.apply(new Ports(
                        real.journals(),
                        real.locks(),
                        drivers(),
                        real.workloads(),
                        real.configs(),
                        real.traffic(),
                        real.ledgers(),
                        real.evidence(),
                        real.checks(),
                        real.databases(),
                        real.time())),
                revisions(),
                metrics(),
                watch,
                faults(),
                (_, id, text) -> world.told.add(id + " " + text),
                plan -> preflight.check(plan),
                questions,
                executor,
                effective.environment().isLocal() ? agent(folder, folder) : Agent.none(),
                () -> effective.environment().isLocal() ? "files in " + folder : "cluster (CRDs v1alpha1)",
                new Owner("here:1", person));
    }

    @Override
    public ClusterAdmin cluster(Catalog catalog, Effective effective) {
        return admin;
    }

    private Drivers drivers() {
        return new Drivers() {
            @Override
            public void beat(RunId run) {}

            @Override
            public void leave(RunId run) {}

            @Override
            public Optional<String> alive(RunId run) {
                return Optional.ofNullable(alive.get(run));
            }
        };
    }

    private static Revisions revisions() {
        return new Revisions() {
            @Override
            public Revision stage(ServiceRef service, Version version, Map<String, String> options) {
                return SimWorld.revision(version.text());
            }

            @Override
            public Optional<String> missing(ServiceRef service, Revision revision) {
                return Optional.empty();
            }

            @Override
            public SortedMap<String, String> describe(ServiceRef service, Revision revision) {
                return new TreeMap<>(Map.of(
                        "command", "./checkout", "env CACHE", revision.version().text()));
            }
        };
    }

    /// Whether nobody asks the service for anything.
    public Bench quiet(boolean nobody) {
        quiet = nobody;
        return this;
    }

    private Metrics metrics() {
        return new Metrics() {
            @Override
            public Window window(ServiceRef service, Optional<Digest> revision, Instant since) {
                if (quiet) {
                    return new Window(Duration.ofMinutes(5), 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO);
                }
                return new Window(
                        Duration.ofMinutes(5),
                        1000,
                        78,
                        Duration.ofMillis(88),
                        Duration.ofMillis(1240),
                        Duration.ofSeconds(3));
            }

            @Override
            public List<Point> course(ServiceRef service, Instant from, Instant to, Duration step) {
                return List.of(new Point(from, Optional.empty(), 1000, 78, Duration.ofMillis(310)));
            }
        };
    }

    private Faults faults() {
        return new Faults() {
            @Override
            public void inject(ServiceRef service, double errorPercent, Duration latency, int kill, Duration expires) {
                faults.add("%s %s %s %d %s".formatted(service, errorPercent, latency, kill, expires));
            }

            @Override
            public void clear(ServiceRef service) {
                faults.add("clear " + service);
            }
        };
    }

    @Override
    public Agent agent(Path config, Path data) {
        return new Agent() {
            @Override
            public Optional<String> alive() {
                return agent;
            }

            @Override
            public void start() {
                agent = Optional.of("process 4712");
            }

            @Override
            public boolean stop() {
                var was = agent.isPresent();
                agent = Optional.empty();
                return was;
            }

            @Override
            public void run() {}
        };
    }

    @Override
    public void onStopSignal(Runnable action) {
        stopSignal = action;
    }

    @Override
    public void exitNow(int code) {
        exits.add(code);
    }

    @Override
    public List<String> launcher() {
        return List.of("/opt/last good/lastgood");
    }

    @Override
    public String version() {
        return "0-test";
    }
}
