package lastgood.testkit.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import lastgood.core.Capacity;
import lastgood.core.ConfigState;
import lastgood.core.Digest;
import lastgood.core.Evidence;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry;
import lastgood.core.Parts;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.ServiceState;
import lastgood.core.Strategy;
import lastgood.core.TrafficState;
import lastgood.core.Verdict;
import lastgood.core.Version;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.core.data.Backup;
import lastgood.core.data.Migrations;
import lastgood.core.data.RestorePoint;
import lastgood.core.data.WriteAccess;
import lastgood.core.decide.SeverityMatrix;
import lastgood.core.detect.Counts;
import lastgood.core.plan.DatabaseFacts;
import lastgood.core.plan.Facts;
import lastgood.core.plan.Policy;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.ProofRules;
import lastgood.core.recover.Sample;
import lastgood.core.recover.WatchRules;
import lastgood.engine.Engine;
import lastgood.engine.Outbox;
import lastgood.engine.Owner;
import lastgood.engine.Ports;
import lastgood.engine.Progress;
import lastgood.engine.port.Checks;
import lastgood.engine.port.Configs;
import lastgood.engine.port.Drivers;
import lastgood.engine.port.EvidenceStore;
import lastgood.engine.port.Fence;
import lastgood.engine.port.JournalStore;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Locks;
import lastgood.engine.port.Probes;
import lastgood.engine.port.Telemetry;
import lastgood.engine.port.Traffic;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.Workloads;
import lastgood.engine.port.database.Access;
import lastgood.engine.port.database.Backups;
import lastgood.engine.port.database.Databases;
import lastgood.engine.port.database.Points;
import lastgood.engine.port.database.Repairs;
import lastgood.engine.port.database.Schemas;
import lastgood.testkit.sim.Fuse.Touch;
import org.jspecify.annotations.Nullable;

/// One service, its releases, its users and lastgood itself. The engine sees the world only through the fuse; tests
/// see it directly.
public final class SimWorld {

    public static final ServiceRef SERVICE = new ServiceRef("production", "checkout");
    private static final Duration SCRAPE = Duration.ofSeconds(1);
    private static final double SICK_SHARE = 0.1;
    private static final double SLOW_SHARE = 0.01;

    public static final Person MAYA = new Person("maya");
    public static final Person LEAD = new Person("lead");

    public final SimClock clock = new SimClock();
    public final Fuse fuse = new Fuse(clock);
    public final ServiceRef service;
    public final SimPlatform platform;
    public final SimStores.Journals journals = new SimStores.Journals();
    public final SimStores.SimLedgers ledgers = new SimStores.SimLedgers();
    public final SimStores.SimEvidence evidence = new SimStores.SimEvidence(clock);
    public final SimStores.SimLocks locks = new SimStores.SimLocks();
    public final List<String> told = new ArrayList<>();
    private final Set<Digest> sick = new HashSet<>();
    private final List<Runnable> outbox = new ArrayList<>();
    private final Strategy strategy;
    private @Nullable SimDatabase database;
    private List<String> since = List.of();
    private final List<Telemetry.Served> served = new ArrayList<>();
    private long perScrape;
    private double quietlyFailing;
    private boolean blind;
    private int owners;

    public SimWorld(Strategy strategy) {
        this(SERVICE, strategy);
    }

    /// A world of its own for another service.
    public SimWorld(ServiceRef service, Strategy strategy) {
        this.service = service;
        this.platform = new SimPlatform(clock, service);
        this.strategy = strategy;
        platform.inFront(strategy.workloads());
        clock.onEverySlice(this::tellPeople);
    }

    /// A revision whose identity is its name.
    public static Revision revision(String version) {
        return new Revision(Digest.of(version), new Version(version));
    }

    /// A release that was put out, and what became of it.
    public SimWorld release(int number, String version, Standing standing) {
        return release(number, Parts.of(revision(version)), standing);
    }

    public SimWorld release(int number, Parts parts, Standing standing) {
        var at = clock.now();
        parts.config().values().forEach(platform::keeps);
        add(new LedgerEntry.Deployed(
                new Release(number, parts.main(), parts.others(), parts.config(), List.of(), at, MAYA),
                "ro/" + number));
        if (standing == Standing.NEVER_LIVE) {
            return this;
        }
        add(new LedgerEntry.Live(number, at, "ro/%d/live".formatted(number)));
        switch (standing) {
            case GOOD, GOOD_AND_LIVE ->
                add(new LedgerEntry.Judged(number, new Verdict.Pass(), "bake", "", at, "bake/" + number));
            case FAILED ->
                add(new LedgerEntry.Judged(number, new Verdict.Fail("errors"), "bake", "", at, "bake/" + number));
            case LIVE, NEVER_LIVE -> {}
        }
        if (standing == Standing.GOOD || standing == Standing.FAILED) {
            add(new LedgerEntry.Left(number, LedgerEntry.Leaving.SUPERSEDED, at, "ro/%d/left".formatted(number)));
        }
        return this;
    }

    public enum Standing {
        GOOD,
        GOOD_AND_LIVE,
        FAILED,
        LIVE,
        NEVER_LIVE
    }

    private void add(LedgerEntry entry) {
        ledgers.append(ledgers.read(service), List.of(entry));
    }

    /// Users of this revision get errors.
    public SimWorld sick(String version) {
        sick.add(revision(version).digest());
        return this;
    }

    /// Somebody counts users' requests, this many each second, and plans ask for a proof by them.
    public SimWorld counted(long requestsPerSecond) {
        perScrape = requestsPerSecond;
        clock.onEverySlice(this::scrape);
        return this;
    }

    /// This share of the requests fails whoever answers, and no check notices.
    public SimWorld quietlyFailing(double share) {
        quietlyFailing = share;
        return this;
    }

    private void scrape() {
        var last =
                served.isEmpty() ? clock.now().minus(SCRAPE) : served.getLast().at();
        if (clock.now().isBefore(last.plus(SCRAPE))) {
            return;
        }
        var serving = platform.maintenance() ? Optional.<Digest>empty() : platform.serving();
        var requests = serving.isEmpty() ? 0 : perScrape;
        var share = serving.filter(sick::contains).isPresent() ? SICK_SHARE : quietlyFailing;
        served.add(new Telemetry.Served(
                clock.now(),
                Duration.between(last, clock.now()),
                new Counts(requests, Math.round(requests * share)),
                new Counts(requests, Math.round(requests * SLOW_SHARE))));
    }

    private Telemetry telemetry() {
        return new Telemetry() {
            @Override
            public Feed open(Question question) {
                throw new Unreachable("the simulated world counts whole services only");
            }

            @Override
            public List<Served> served(ServiceRef ref, Instant from, Duration late) {
                return look("served", () -> {
                    if (blind) {
                        throw new Unreachable("nobody can be asked");
                    }
                    return served.stream().filter(s -> s.at().isAfter(from)).toList();
                });
            }
        };
    }

    /// Nobody can measure anything.
    public void blind(boolean blind) {
        this.blind = blind;
    }

    public static SortedMap<String, Integer> weights(Object... namesAndParts) {
        var weights = new TreeMap<String, Integer>();
        for (var i = 0; i < namesAndParts.length; i += 2) {
            weights.put((String) namesAndParts[i], (Integer) namesAndParts[i + 1]);
        }
        return weights;
    }

    public static Policy policy() {
        return new Policy(
                SeverityMatrix.runbook(),
                Duration.ofMinutes(5),
                new WatchRules(WatchRules.alwaysRequired(), Duration.ofSeconds(1), 3, 8, 8),
                Duration.ofSeconds(10),
                Duration.ofHours(24),
                Duration.ofHours(24));
    }

    /// As strict as for real, and as hasty as the rest of this world.
    private static Policy proving(Policy policy) {
        var proof = new ProofRules(
                10_000, 50_000, Duration.ofMillis(500), 10_000, 0, Duration.ofSeconds(2), 8, 12, true, List.of());
        return policy.withWatch(policy.watch().proving(proof));
    }

    public Facts facts() {
        var workloads = new TreeMap<String, WorkloadState>();
        strategy.workloads()
                .forEach(n -> platform.find(new Workload(service, n)).ifPresent(w -> workloads.put(n, w)));
        platform.companions(service).forEach(w -> workloads.put(w.workload().name(), w));
        var config = new TreeMap<String, ConfigState>();
        platform.all(service).forEach(c -> config.put(c.name(), c));
        return new Facts(
                ledgers.read(service),
                new ServiceState(service, strategy, workloads, config, platform.get(service)),
                perScrape == 0 ? policy() : proving(policy()),
                new TreeMap<>(),
                databaseFacts());
    }

    /// Of the newest release that the bad one replaced.
    private DatabaseFacts databaseFacts() {
        return database == null ? new DatabaseFacts.None() : database.facts(revision("v4"), since);
    }

    /// The service has that database.
    ///
    /// @param since migrations that came with the bad release, newest first
    public SimWorld with(SimDatabase its, List<String> since) {
        this.database = its;
        this.since = List.copyOf(since);
        platform.needs(its::isOpen);
        clock.onEverySlice(() -> watchData(its));
        return this;
    }

    /// Whoever brings a release back has it there before anybody may write again.
    void releaseBeforeWriters() {
        database()
                .ifPresent(d -> d.whenOpened(() -> {
                    if (strategy.workloads().stream()
                            .flatMap(n -> platform.find(new Workload(service, n)).stream())
                            .noneMatch(w -> d.fits(w.requested().digest()))) {
                        d.broken().add("writers were let in before a release was there that works on the schema");
                    }
                }));
    }

    public Optional<SimDatabase> database() {
        return Optional.ofNullable(database);
    }

    /// From our first change on, nobody gets a release that does not work on the schema.
    private void watchData(SimDatabase its) {
        its.connected(platform.instances());
        if (platform.landed().isEmpty() || platform.maintenance()) {
            return;
        }
        platform.serving()
                .filter(r -> !its.fits(r))
                .ifPresent(r -> its.broken()
                        .add("at %s users got %s on a schema that it does not work on"
                                .formatted(clock.now(), r.brief())));
        if (its.dataChanged() && !its.isOpen()) {
            its.broken().add("at %s users got the service and nobody could write".formatted(clock.now()));
        }
    }

    /// A new process that may drive runs.
    public Engine engine() {
        return engine(Progress.NONE);
    }

    public Engine engine(Progress progress) {
        return engine(ports(), progress);
    }

    /// An engine over other ports than its own, such as sabotaged ones.
    public Engine engine(Ports ports, Progress progress) {
        var owner = "host:" + ++owners;
        var mail = new Outbox(ports.journals(), (_, id, text) -> told.add(id + " " + text), outbox::add, clock, owner);
        return new Engine(ports, new Owner(owner, MAYA), progress, mail);
    }

    private void tellPeople() {
        var mail = List.copyOf(outbox);
        outbox.clear();
        mail.forEach(Runnable::run);
    }

    /// Everything as the engine sees it: through the fuse.
    public Ports ports() {
        return new Ports(
                        fusedJournals(),
                        fusedLocks(),
                        drivers(),
                        fusedWorkloads(),
                        fusedConfigs(),
                        fusedTraffic(),
                        fusedLedgers(),
                        fusedEvidence(),
                        checks(),
                        fusedDatabases(),
                        clock)
                .counting(telemetry(), Probes.none());
    }

    private JournalStore fusedJournals() {
        return new JournalStore() {
            @Override
            public List<RunId> runs() {
                return journals.runs();
            }

            @Override
            public List<String> read(RunId run) {
                return journals.read(run);
            }

            @Override
            public boolean append(RunId run, int seen, String line) {
                return fuse.touch(Touch.APPEND, "append", () -> journals.append(run, seen, line));
            }
        };
    }

    private Locks fusedLocks() {
        return new Locks() {
            @Override
            public RunId acquire(ServiceRef service, RunId run) {
                return locks.acquire(service, run);
            }

            @Override
            public Optional<RunId> holder(ServiceRef service) {
                return locks.holder(service);
            }

            @Override
            public void release(ServiceRef service, RunId run) {
                act("release the lock", () -> locks.release(service, run));
            }
        };
    }

    private static Drivers drivers() {
        return new Drivers() {
            @Override
            public void beat(RunId run) {}

            @Override
            public void leave(RunId run) {}

            @Override
            public Optional<String> alive(RunId run) {
                return Optional.empty();
            }
        };
    }

    private Workloads fusedWorkloads() {
        return new Workloads() {
            @Override
            public Optional<WorkloadState> find(Workload workload) {
                return look("find " + workload.name(), () -> platform.find(workload));
            }

            @Override
            public List<WorkloadState> companions(ServiceRef service) {
                return look("companions", () -> platform.companions(service));
            }

            @Override
            public void restart(WorkloadState seen, Fence fence) {
                act("restart", () -> platform.restart(seen, fence));
            }

            @Override
            public void bound(WorkloadState seen, Capacity to, Fence fence) {
                act("bound", () -> platform.bound(seen, to, fence));
            }

            @Override
            public void put(WorkloadState seen, Revision to, Fence fence) {
                act("put", () -> platform.put(seen, to, fence));
            }

            @Override
            public void scale(WorkloadState seen, int instances, Fence fence) {
                act("scale", () -> platform.scale(seen, instances, fence));
            }

            @Override
            public void pause(WorkloadState seen, boolean paused, Fence fence) {
                act("pause", () -> platform.pause(seen, paused, fence));
            }

            @Override
            public void create(Workload workload, Revision revision, int instances, Fence fence) {
                act("create", () -> platform.create(workload, revision, instances, fence));
            }

            @Override
            public void remove(WorkloadState seen, Fence fence) {
                act("remove", () -> platform.remove(seen, fence));
            }
        };
    }

    private Configs fusedConfigs() {
        return new Configs() {
            @Override
            public List<ConfigState> all(ServiceRef service) {
                return look("configs", () -> platform.all(service));
            }

            @Override
            public Optional<ConfigState> find(ServiceRef service, String name) {
                return look("find config " + name, () -> platform.find(service, name));
            }

            @Override
            public Optional<String> missing(ServiceRef service, String name, Digest content) {
                return platform.missing(service, name, content);
            }

            @Override
            public void restore(ServiceRef service, ConfigState seen, Digest to, Fence fence) {
                act("restore", () -> platform.restore(service, seen, to, fence));
            }

            @Override
            public void create(ServiceRef service, String name, Digest content, Fence fence) {
                act("create config", () -> platform.create(service, name, content, fence));
            }
        };
    }

    private Traffic fusedTraffic() {
        return new Traffic() {
            @Override
            public TrafficState get(ServiceRef service) {
                return look("traffic", () -> platform.get(service));
            }

            @Override
            public void shift(TrafficState seen, SortedMap<String, Integer> weights, Fence fence) {
                act("shift", () -> platform.shift(seen, weights, fence));
            }

            @Override
            public void maintenance(TrafficState seen, boolean on, Fence fence) {
                act("maintenance", () -> platform.maintenance(seen, on, fence));
            }
        };
    }

    private Ledgers fusedLedgers() {
        return new Ledgers() {
            @Override
            public Ledger read(ServiceRef service) {
                return look("ledger", () -> ledgers.read(service));
            }

            @Override
            public void append(Ledger seen, List<LedgerEntry> entries) {
                act("write the ledger", () -> ledgers.append(seen, entries));
            }
        };
    }

    private EvidenceStore fusedEvidence() {
        return new EvidenceStore() {
            @Override
            public Optional<Evidence> find(String key) {
                return look("evidence", () -> evidence.find(key));
            }

            @Override
            public Evidence capture(ServiceRef service, Duration budget, String key) {
                return fuse.touch(Touch.ACT, "capture", () -> evidence.capture(service, budget, key));
            }
        };
    }

    private Databases fusedDatabases() {
        if (database == null) {
            return Databases.none();
        }
        var real = database.databases();
        return new Databases(
                fused(real.access()),
                fused(real.schemas()),
                fused(real.points()),
                fused(real.backups()),
                fused(real.repairs()),
                (ref, comprehensive) -> look("integrity", () -> real.integrity().check(ref, comprehensive)));
    }

    private Access fused(Access real) {
        return new Access() {
            @Override
            public Access.State look(ServiceRef ref) {
                return SimWorld.this.look("access", () -> real.look(ref));
            }

            @Override
            public void set(Access.State seen, WriteAccess to, Fence fence) {
                act("set access", () -> real.set(seen, to, fence));
            }
        };
    }

    private Schemas fused(Schemas real) {
        return new Schemas() {
            @Override
            public Schemas.State look(ServiceRef ref) {
                return SimWorld.this.look("schema", () -> real.look(ref));
            }

            @Override
            public Migrations migrations(ServiceRef ref) {
                return SimWorld.this.look("migrations", () -> real.migrations(ref));
            }

            @Override
            public void undo(Schemas.State seen, List<String> migrations, Digest to, Fence fence) {
                act("undo", () -> real.undo(seen, migrations, to, fence));
            }

            @Override
            public void apply(Schemas.State seen, String migration, Fence fence) {
                act("apply", () -> real.apply(seen, migration, fence));
            }
        };
    }

    private Points fused(Points real) {
        return new Points() {
            @Override
            public Optional<RestorePoint> find(ServiceRef ref, String name) {
                return look("point", () -> real.find(ref, name));
            }

            @Override
            public List<RestorePoint> all(ServiceRef ref) {
                return look("points", () -> real.all(ref));
            }

            @Override
            public void mark(ServiceRef ref, String name, String release, Fence fence) {
                act("mark", () -> real.mark(ref, name, release, fence));
            }

            @Override
            public void close(ServiceRef ref, String name, Fence fence) {
                act("close", () -> real.close(ref, name, fence));
            }
        };
    }

    private Backups fused(Backups real) {
        return new Backups() {
            @Override
            public List<Backup> all(ServiceRef ref) {
                return SimWorld.this.look("backups", () -> real.all(ref));
            }

            @Override
            public Backups.State look(ServiceRef ref, String name) {
                return SimWorld.this.look("backup", () -> real.look(ref, name));
            }

            @Override
            public void take(ServiceRef ref, String name, String alias, String reason, Fence fence) {
                act("take", () -> real.take(ref, name, alias, reason, fence));
            }

            @Override
            public void verify(ServiceRef ref, String name, Fence fence) {
                act("verify", () -> real.verify(ref, name, fence));
            }
        };
    }

    private Repairs fused(Repairs real) {
        return new Repairs() {
            @Override
            public Salvaged salvaged(ServiceRef ref, String scratch, Digest assessment) {
                return look("salvaged", () -> real.salvaged(ref, scratch, assessment));
            }

            @Override
            public void salvage(ServiceRef ref, String scratch, Digest assessment, Fence fence) {
                act("salvage", () -> real.salvage(ref, scratch, assessment, fence));
            }

            @Override
            public Swapped swapped(ServiceRef ref, String scratch) {
                return look("swapped", () -> real.swapped(ref, scratch));
            }

            @Override
            public void swap(ServiceRef ref, String scratch, String keepAs, Fence fence) {
                act("swap", () -> real.swap(ref, scratch, keepAs, fence));
            }
        };
    }

    /// Health as users feel it: what the revision that serves them is like, and whether all that belongs to it is
    /// there.
    private Checks checks() {
        return (_, release, since, full) -> {
            var finding = finding(release, since);
            var results = WatchRules.alwaysRequired().stream()
                    .map(c -> new CheckResult(c, finding, finding.name(), "", "sim"))
                    .toList();
            return new Sample(results, full);
        };
    }

    private CheckResult.Finding finding(Release release, Instant since) {
        if (blind || since.isAfter(clock.now()) || platform.maintenance()) {
            return CheckResult.Finding.UNKNOWN;
        }
        var serving = platform.serving();
        var well = serving.isPresent()
                && platform.serves(release.parts())
                && !sick.contains(serving.get())
                && database().filter(d -> d.isDamaged() || !d.isOpen()).isEmpty();
        return well ? CheckResult.Finding.PASS : CheckResult.Finding.FAIL;
    }

    private <T> T look(String what, Supplier<T> world) {
        return fuse.touch(Touch.LOOK, what, world);
    }

    private void act(String what, Runnable world) {
        var _ = fuse.touch(Touch.ACT, what, () -> {
            world.run();
            return true;
        });
    }
}
