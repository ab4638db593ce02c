package lastgood.local.agent;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import lastgood.core.Digest;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.TrafficState;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.engine.port.Forbidden;
import lastgood.local.files.DataFolder;
import lastgood.local.files.Durable;
import lastgood.local.files.Failures;
import lastgood.local.files.Json;
import lastgood.local.proxy.Answered;
import lastgood.local.proxy.Backend;
import lastgood.local.proxy.Counters;
import lastgood.local.proxy.Exposition;
import lastgood.local.proxy.Fault;
import lastgood.local.proxy.Routes;
import lastgood.local.store.ObjectStore;
import lastgood.local.wire.Calls;
import lastgood.local.wire.ServiceSettings;

/// What the agent's clients ask of it, put together from wishes, instances and counters.
final class Platform {

    private static final Duration FAULT_MAX = Duration.ofHours(1);
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(1);

    /// When a service's settings were never said.
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private final DataFolder data;
    private final InstantSource clock;
    private final ObjectStore objects;
    private final WishStore wishes;
    private final Fleet fleet;
    private final Reconciler reconciler;
    private final ScrapeTargets targets;
    private final Map<String, ServiceSettings> settings = new ConcurrentHashMap<>();
    private final Map<String, Door> doors = new ConcurrentHashMap<>();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_WITHIN)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    Platform(DataFolder data, InstantSource clock, Map<String, String> environment, String mark) {
        this.data = data;
        this.clock = clock;
        this.objects = new ObjectStore(data);
        this.wishes = new WishStore(data.wishes());
        var launcher = new Launcher(data, objects, environment, mark);
        this.fleet = new Fleet(data, launcher, clock, this::settings, this::signal);
        this.reconciler = new Reconciler(wishes, fleet);
        this.targets = new ScrapeTargets(data);
    }

    private void signal() {
        reconciler.signal();
    }

    // ---- life

    /// @param adoptWithin how long users' ports stay shut while instances that run already are looked at
    void start(Duration adoptWithin) throws InterruptedException, IOException {
        loadSettings();
        fleet.adopt(adoptWithin);
        openDoors();
        Thread.ofVirtual().name("reconciler").start(reconciler);
    }

    /// No new requests, the open ones to their end, then the instances.
    boolean stop() throws InterruptedException {
        reconciler.end();
        var longest = settings.values().stream()
                .map(s -> s.drain().plus(s.stopWithin()))
                .max(Duration::compareTo)
                .orElse(DRAIN.multipliedBy(2));
        doors.forEach((service, door) ->
                door.close(settings(ServiceRef.parse(service)).drain()));
        return fleet.stopAll(longest.plusSeconds(10));
    }

    private void loadSettings() throws IOException {
        if (!Files.isDirectory(data.services())) {
            return;
        }
        try (var files = Files.list(data.services())) {
            for (var file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                var name = String.valueOf(file.getFileName());
                var dotted = name.substring(0, name.length() - ".json".length());
                var service = ServiceRef.parse(dotted.replace('.', '/'));
                settings.put(service.toString(), Json.read(Files.readAllBytes(file), ServiceSettings.class));
            }
        }
    }

    /// Tries again where a port was taken; called each second.
    void openDoors() {
        settings.forEach((service, s) -> door(ServiceRef.parse(service)).listen(s.listen(), s.drain()));
    }

    void forgetEndedFaults() {
        var now = clock.millis();
        var ended = wishes.now().faults().entrySet().stream()
                .filter(f -> f.getValue().untilMillis() <= now)
                .map(Map.Entry::getKey)
                .toList();
        ended.forEach(service -> wishes.change(w -> w.fault(ServiceRef.parse(service), Optional.empty())));
    }

    /// What was answered since this was last asked, by all services.
    List<Answered> drain() {
        var all = new ArrayList<Answered>();
        doors.forEach((service, door) -> all.addAll(door.counters().drain(service)));
        return all;
    }

    /// Called each second: Prometheus itself looks at what has changed each five.
    void tellScrapers() throws IOException {
        targets.write(fleet.all());
    }

    void noteLogs() {
        fleet.all().forEach(Instance::noteLog);
    }

    List<Path> logs() {
        return fleet.all().stream().map(i -> Path.of(i.view(0).log())).toList();
    }

    List<ServiceRef> services() {
        return settings.keySet().stream().map(ServiceRef::parse).sorted().toList();
    }

    private ServiceSettings settings(ServiceRef service) {
        return settings.getOrDefault(
                service.toString(),
                new ServiceSettings(
                        lastgood.local.LocalService.Listen.loopback(1), DRAIN.toMillis(), DRAIN.toMillis()));
    }

    private Door door(ServiceRef service) {
        return doors.computeIfAbsent(
                service.toString(), _ -> new Door(routes(service), new Counters(clock), client, clock));
    }

    private Routes routes(ServiceRef service) {
        return new Routes() {
            @Override
            public SortedMap<String, Integer> weights() {
                return wishes.now().traffic(service).weights();
            }

            @Override
            public boolean maintenance() {
                return wishes.now().traffic(service).maintenance();
            }

            @Override
            public Fault fault() {
                var wish = wishes.now().faults().get(service.toString());
                return wish == null ? Fault.none() : wish.fault();
            }

            @Override
            public List<Backend> ready(String workload) {
                return fleet.ready(service, workload);
            }
        };
    }

    // ---- workloads

    Calls.Found find(Calls.Find call) {
        return new Calls.Found(
                wishes.now().find(call.workload()).map(this::state).orElse(null));
    }

    Calls.Workloads workloads(Calls.OfService call) {
        return new Calls.Workloads(wishes.now().workloads().values().stream()
                .filter(w -> w.workload().service().equals(call.service()))
                .map(this::state)
                .toList());
    }

    private WorkloadState state(Wish wish) {
        // the notice is read before the instances: what is then reported is not older than what was noticed
        var observed = reconciler.hasObserved(wish.stamp());
        var all = fleet.of(wish.workload()).stream()
                .filter(i -> i.uid().equals(wish.uid()))
                .toList();
        var fresh = all.stream()
                .filter(i -> i.revision().sameAs(wish.revision()) && !i.stopping())
                .toList();
        return new WorkloadState(
                wish.workload(),
                wish.uid(),
                wish.stamp(),
                wish.revision(),
                wish.mark(),
                wish.wanted(),
                fresh.size(),
                (int) fresh.stream().filter(Instance::ready).count(),
                (int) all.stream()
                        .filter(i -> !i.revision().sameAs(wish.revision()))
                        .count(),
                wish.paused(),
                observed,
                trouble(wish.workload(), fresh));
    }

    private List<String> trouble(Workload workload, List<Instance> instances) {
        var all = new ArrayList<String>();
        instances.stream()
                .filter(i -> !i.trouble().isEmpty())
                .forEach(i -> all.add("instance %s: %s".formatted(i.id(), i.trouble())));
        var door = doors.get(workload.service().toString());
        if (door != null && !door.trouble().isEmpty()) {
            all.add("users cannot get in: " + door.trouble());
        }
        return all;
    }

    Calls.Nothing create(Calls.Create call) {
        requireParts(call.revision());
        return changed(w -> w.create(call, UUID.randomUUID().toString()));
    }

    Calls.Nothing put(Calls.Put call) {
        requireParts(call.revision());
        return changed(w -> w.put(call));
    }

    Calls.Nothing scale(Calls.Scale call) {
        return changed(w -> w.scale(call));
    }

    Calls.Nothing pause(Calls.Pause call) {
        return changed(w -> w.pause(call));
    }

    Calls.Nothing remove(Calls.Remove call) {
        return changed(w -> w.remove(call));
    }

    private Calls.Nothing changed(java.util.function.UnaryOperator<Wishes> change) {
        wishes.change(change);
        reconciler.signal();
        return new Calls.Nothing();
    }

    private void requireParts(Revision revision) {
        var missing = objects.missing(revision.digest());
        if (missing.isPresent()) {
            throw new Forbidden("%s cannot run here: %s; nothing was changed".formatted(revision, missing.get()));
        }
    }

    // ---- traffic

    TrafficState traffic(Calls.OfService call) {
        var wish = wishes.now().traffic(call.service());
        var ready = new TreeMap<String, Integer>();
        for (var workload : wishes.now().workloads().values()) {
            if (workload.workload().service().equals(call.service())) {
                var name = workload.workload().name();
                ready.put(name, fleet.ready(call.service(), name).size());
            }
        }
        return new TrafficState(call.service(), wish.stamp(), wish.mark(), wish.weights(), ready, wish.maintenance());
    }

    Calls.Nothing shift(Calls.Shift call) {
        return changed(w -> w.shift(call));
    }

    Calls.Nothing maintenance(Calls.Maintenance call) {
        return changed(w -> w.maintenance(call));
    }

    // ---- measurements

    Calls.WindowAnswer window(Calls.AskWindow call) {
        var window = door(call.service())
                .counters()
                .window(
                        call.revision().isEmpty() ? Optional.empty() : Optional.of(new Digest(call.revision())),
                        Instant.ofEpochMilli(call.sinceMillis()));
        return new Calls.WindowAnswer(
                window.span().toMillis(),
                window.requests(),
                window.errors(),
                window.p50().toNanos(),
                window.p95().toNanos(),
                window.p99().toNanos());
    }

    Calls.Instances instances(Calls.AskInstances call) {
        return new Calls.Instances(fleet.of(call.service()).stream()
                .map(i -> i.view(call.sinceMillis()))
                .toList());
    }

    String metrics() {
        var page = new Exposition();
        doors.forEach((service, door) -> page.add(ServiceRef.parse(service), door.counters()));
        fleet.all().stream()
                .map(i -> i.view(0))
                .collect(Collectors.groupingBy(
                        v -> List.of(
                                v.workload().toString(),
                                v.revision().digest().text(),
                                v.revision().version().text(),
                                v.state()),
                        TreeMapOfLists::new,
                        Collectors.counting()))
                .forEach((key, n) -> page.instances(
                        Workload.parse(key.get(0)).service(),
                        Workload.parse(key.get(0)).name(),
                        key.get(1),
                        key.get(2),
                        key.get(3),
                        n));
        return page.text();
    }

    /// In a fixed order, so that two readings can be compared.
    private static final class TreeMapOfLists extends TreeMap<List<String>, Long> {
        TreeMapOfLists() {
            super((a, b) -> String.join("\n", a).compareTo(String.join("\n", b)));
        }
    }

    // ---- faults

    Calls.Nothing inject(Calls.Inject call) {
        var expires = Duration.ofMillis(call.expiresMillis());
        if (expires.compareTo(FAULT_MAX) > 0 || !expires.isPositive()) {
            throw new Forbidden("a fault ends by itself within an hour, not after %s; nothing was changed"
                    .formatted(lastgood.core.Words.duration(expires)));
        }
        if (!(call.errorPercent() >= 0 && call.errorPercent() <= 100) || call.latencyMillis() < 0 || call.kill() < 0) {
            throw new Forbidden(
                    "a fault is 0 to 100 per cent of errors, a latency and a number of instances; nothing was changed");
        }
        var fault = new FaultWish(call.errorPercent(), call.latencyMillis(), clock.millis() + expires.toMillis());
        wishes.change(w -> w.fault(call.service(), Optional.of(fault)));
        fleet.of(call.service()).stream()
                .filter(Instance::ready)
                .limit(call.kill())
                .forEach(Instance::kill);
        return new Calls.Nothing();
    }

    Calls.Nothing clear(Calls.OfService call) {
        wishes.change(w -> w.fault(call.service(), Optional.empty()));
        return new Calls.Nothing();
    }

    // ---- settings

    /// Written only once the port is open: a setting that cannot be carried out is refused, and users stay where
    /// they were.
    Calls.Nothing apply(Calls.Apply call) {
        var service = call.service();
        settings.entrySet().stream()
                .filter(e -> !e.getKey().equals(service.toString()))
                .filter(e ->
                        e.getValue().listen().port() == call.settings().listen().port())
                .findFirst()
                .ifPresent(e -> {
                    throw new Forbidden("port %d is that of %s already; nothing was changed"
                            .formatted(call.settings().listen().port(), e.getKey()));
                });
        var trouble =
                door(service).listen(call.settings().listen(), call.settings().drain());
        if (!trouble.isEmpty()) {
            throw new Forbidden(
                    "%s cannot get its port: %s; nothing was changed\nhint: end that process, or set another `listen`"
                            .formatted(service, trouble));
        }
        try {
            Durable.write(data.service(service), Json.bytes(call.settings()));
            settings.put(service.toString(), call.settings());
            return new Calls.Nothing();
        } catch (IOException e) {
            throw Failures.forbidden("could not write down the settings of " + service, e);
        }
    }
}
