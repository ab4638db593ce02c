package lastgood.testkit.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import lastgood.core.Autoscaler;
import lastgood.core.Capacity;
import lastgood.core.ConfigState;
import lastgood.core.Digest;
import lastgood.core.Parts;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.TrafficState;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.engine.port.Configs;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Traffic;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.Workloads;
import lastgood.engine.port.WorldMoved;
import org.jspecify.annotations.Nullable;

/// A small cluster: wishes with compare-and-swap, instances that take time and read the configuration when they
/// start, autoscalers that take away what has no traffic, traffic by weights. It carries no faults of its own; the
/// fuse in front of it does.
public final class SimPlatform implements Workloads, Configs, Traffic {

    private static final Duration START = Duration.ofSeconds(1);

    /// A revision that asks for this never becomes ready.
    public static final String NEVER_READY = "never-ready";

    private final SimClock clock;
    private final ServiceRef service;
    private final SortedMap<String, Sim> workloads = new TreeMap<>();
    private final SortedMap<String, Config> configs = new TreeMap<>();
    private final List<Digest> kept = new ArrayList<>();
    private Set<String> inFront = Set.of();
    private final List<String> landed = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private SortedMap<String, Integer> weights = new TreeMap<>();
    private boolean maintenance;
    private String trafficMark = "";
    private int stamp;
    private int uids;
    private boolean loseNext;
    private boolean watchUsers = true;
    private BooleanSupplier needed = () -> true;
    private @Nullable Digest banned;

    /// @param turn which restart it was started after
    /// @param config what the config objects held when it was started
    private record Instance(Digest revision, int turn, SortedMap<String, Digest> config, Instant readyAt) {}

    private record Config(String uid, String stamp, Digest content, String mark) {}

    /// @param needed instances that the traffic needs, when there is any
    private record Scaler(String uid, String stamp, Capacity capacity, int needed, String mark) {}

    private static final class Sim {
        final Workload workload;
        final String uid;
        String stamp;
        Revision requested;
        String mark = "";
        int wanted;
        boolean paused;
        int turn;

        @Nullable
        Scaler scaler;

        final List<Instance> instances = new ArrayList<>();

        Sim(Workload workload, String uid, String stamp, Revision requested, int wanted) {
            this.workload = workload;
            this.uid = uid;
            this.stamp = stamp;
            this.requested = requested;
            this.wanted = wanted;
        }
    }

    public SimPlatform(SimClock clock, ServiceRef service) {
        this.clock = clock;
        this.service = service;
        clock.onEverySlice(this::work);
    }

    // What a person or another program does, without lastgood.

    /// Runs already, as if for ever.
    public void runs(String name, Revision revision, int instances) {
        var sim = new Sim(new Workload(service, name), "uid-" + ++uids, next(), revision, instances);
        for (var i = 0; i < instances; i++) {
            sim.instances.add(new Instance(revision.digest(), 0, contents(), Instant.EPOCH));
        }
        workloads.put(name, sim);
    }

    /// Holds that already, and what it holds is kept. Comes before the workloads that have read it.
    public void holds(String config, Digest content) {
        configs.put(config, new Config("uid-" + ++uids, next(), content, ""));
        keeps(content);
    }

    /// Some release held it, and it can be put back.
    public void keeps(Digest content) {
        kept.add(content);
    }

    public void somebodyEdits(String config, Digest content) {
        var now = configs.get(config);
        configs.put(
                config,
                now == null
                        ? new Config("uid-" + ++uids, next(), content, "")
                        : new Config(now.uid(), next(), content, now.mark()));
    }

    public void somebodyRemovesConfig(String config) {
        configs.remove(config);
    }

    /// The workload is scaled by its traffic from now on.
    ///
    /// @param needed instances that all of the traffic needs
    public void scalesItself(String name, Capacity capacity, int needed) {
        sim(name).scaler = new Scaler("uid-" + ++uids, next(), capacity, needed, "");
    }

    public void somebodyBounds(String name, Capacity capacity) {
        var scaler = scaler(sim(name));
        sim(name).scaler = new Scaler(scaler.uid(), next(), capacity, scaler.needed(), scaler.mark());
    }

    /// Which workloads users' requests may go to; all others are companions.
    public void inFront(List<String> names) {
        inFront = Set.copyOf(names);
    }

    public void routes(SortedMap<String, Integer> to) {
        weights = new TreeMap<>(to);
        stamp++;
    }

    /// Somebody deploys by hand; our marks stay, as annotations do.
    public void somebodyPuts(String name, Revision revision) {
        var sim = sim(name);
        sim.requested = revision;
        sim.stamp = next();
    }

    public void somebodyScales(String name, int instances) {
        var sim = sim(name);
        sim.wanted = instances;
        sim.stamp = next();
    }

    public void somebodyPauses(String name) {
        var sim = sim(name);
        sim.paused = true;
        sim.stamp = next();
    }

    public void somebodyRemoves(String name) {
        workloads.remove(name);
    }

    /// The change after this one is made and its answer is lost.
    public void loseNextAnswer() {
        loseNext = true;
    }

    /// From now on nothing may ask for that revision again: it is the one that hurts.
    public void ban(Revision revision) {
        banned = revision.digest();
    }

    /// Users are not there yet, or not any more.
    public void nobodyWatches() {
        watchUsers = false;
    }

    /// What instances need to be ready.
    void needs(BooleanSupplier what) {
        needed = what;
    }

    // What tests ask.

    /// All that run.
    int instances() {
        return workloads.values().stream().mapToInt(w -> w.instances.size()).sum();
    }

    /// The keys of all changes that were carried out, in order: each should be there once.
    public List<String> landed() {
        return landed;
    }

    /// What users should never have seen.
    public List<String> broken() {
        return broken;
    }

    public boolean maintenance() {
        return maintenance;
    }

    /// The wishes, without anything that depends on the way there.
    public String summary() {
        var lines = new StringBuilder();
        workloads.forEach((name, w) -> lines.append("%s %s x%d%s%s ready=%d read=%s%n"
                .formatted(
                        name,
                        w.requested,
                        w.wanted,
                        w.paused ? " paused" : "",
                        w.scaler == null ? "" : " of " + w.scaler.capacity(),
                        ready(w),
                        w.instances.stream().map(Instance::config).distinct().toList())));
        configs.forEach((name, c) ->
                lines.append("config %s %s%n".formatted(name, c.content().brief())));
        return lines.append("traffic ")
                .append(withoutZeros(weights))
                .append(maintenance ? " maintenance" : "")
                .toString();
    }

    private static SortedMap<String, Integer> withoutZeros(SortedMap<String, Integer> weights) {
        var some = new TreeMap<>(weights);
        some.values().removeIf(w -> w == 0);
        return some;
    }

    /// The revision that most users get, if they get any.
    public Optional<Digest> serving() {
        return server().map(Instance::revision);
    }

    /// Whether most users get all of that: an instance of the main revision that has read that configuration, with
    /// the companions that belong to it.
    public boolean serves(Parts parts) {
        return server().filter(i -> i.revision().equals(parts.main().digest()))
                        .filter(i ->
                                i.config().entrySet().containsAll(parts.config().entrySet()))
                        .isPresent()
                && parts.others().entrySet().stream().allMatch(e -> works(e.getKey(), e.getValue(), parts));
    }

    private boolean works(String companion, Revision revision, Parts parts) {
        var w = workloads.get(companion);
        return w != null
                && w.instances.stream()
                        .filter(this::isReady)
                        .allMatch(i -> i.revision().equals(revision.digest())
                                && i.config()
                                        .entrySet()
                                        .containsAll(parts.config().entrySet()))
                && (w.wanted == 0 || w.instances.stream().anyMatch(this::isReady));
    }

    private Optional<Instance> server() {
        return weights.entrySet().stream()
                .filter(e -> e.getValue() > 0 && workloads.containsKey(e.getKey()))
                .reduce((a, b) -> b.getValue() > a.getValue() ? b : a)
                .map(e -> sim(e.getKey()))
                .flatMap(w -> w.instances.stream().filter(this::isReady).reduce((_, last) -> last));
    }

    // Workloads, Configs and Traffic.

    @Override
    public Optional<WorkloadState> find(Workload workload) {
        var w = workloads.get(workload.name());
        return w == null ? Optional.empty() : Optional.of(state(w));
    }

    @Override
    public List<WorkloadState> companions(ServiceRef ref) {
        return workloads.entrySet().stream()
                .filter(e -> !inFront.isEmpty() && !inFront.contains(e.getKey()))
                .map(e -> state(e.getValue()))
                .toList();
    }

    @Override
    public void restart(WorkloadState seen, Fence fence) {
        var w = still(seen);
        w.turn++;
        land(w, fence);
    }

    @Override
    public void bound(WorkloadState seen, Capacity to, Fence fence) {
        var w = workloads.get(seen.workload().name());
        if (w == null
                || w.scaler == null
                || !(seen.autoscaler() instanceof Autoscaler.Bounds bounds)
                || !bounds.uid().equals(w.scaler.uid())
                || !bounds.stamp().equals(w.scaler.stamp())) {
            throw new WorldMoved("the autoscaler of %s is another one by now"
                    .formatted(seen.workload().name()));
        }
        w.scaler = new Scaler(w.scaler.uid(), next(), to, w.scaler.needed(), fence.key());
        landed(fence);
    }

    @Override
    public List<ConfigState> all(ServiceRef ref) {
        return configs.keySet().stream()
                .flatMap(name -> find(ref, name).stream())
                .toList();
    }

    @Override
    public Optional<ConfigState> find(ServiceRef ref, String name) {
        return Optional.ofNullable(configs.get(name))
                .map(c -> new ConfigState(name, c.uid(), c.stamp(), c.content(), c.mark()));
    }

    @Override
    public Optional<String> missing(ServiceRef ref, String name, Digest content) {
        return kept.contains(content) ? Optional.empty() : Optional.of("nobody kept it");
    }

    @Override
    public void restore(ServiceRef ref, ConfigState seen, Digest to, Fence fence) {
        var now = configs.get(seen.name());
        if (now == null || !now.uid().equals(seen.uid()) || !now.stamp().equals(seen.stamp())) {
            throw new WorldMoved("config %s is no longer at %s".formatted(seen.name(), seen.stamp()));
        }
        configs.put(seen.name(), new Config(now.uid(), next(), isKept(seen.name(), to), fence.key()));
        landed(fence);
    }

    @Override
    public void create(ServiceRef ref, String name, Digest content, Fence fence) {
        if (configs.containsKey(name)) {
            throw new WorldMoved("config %s exists".formatted(name));
        }
        configs.put(name, new Config("uid-" + ++uids, next(), isKept(name, content), fence.key()));
        landed(fence);
    }

    private Digest isKept(String name, Digest content) {
        missing(service, name, content).ifPresent(why -> {
            throw new Forbidden("config %s cannot be put back: %s".formatted(name, why));
        });
        return content;
    }

    private SortedMap<String, Digest> contents() {
        var all = new TreeMap<String, Digest>();
        configs.forEach((name, c) -> all.put(name, c.content()));
        return all;
    }

    private static Scaler scaler(Sim w) {
        if (w.scaler == null) {
            throw new IllegalStateException("no autoscaler of " + w.workload);
        }
        return w.scaler;
    }

    @Override
    public void put(WorkloadState seen, Revision to, Fence fence) {
        var w = still(seen);
        if (to.digest().equals(banned)) {
            broken.add("the bad revision was asked for again by " + fence.key());
        }
        w.requested = to;
        w.paused = false;
        land(w, fence);
    }

    @Override
    public void scale(WorkloadState seen, int instances, Fence fence) {
        var w = still(seen);
        w.wanted = instances;
        land(w, fence);
    }

    @Override
    public void pause(WorkloadState seen, boolean paused, Fence fence) {
        var w = still(seen);
        w.paused = paused;
        land(w, fence);
    }

    @Override
    public void create(Workload workload, Revision revision, int instances, Fence fence) {
        if (workloads.containsKey(workload.name())) {
            throw new WorldMoved("%s exists".formatted(workload.name()));
        }
        var w = new Sim(workload, "uid-" + ++uids, next(), revision, instances);
        workloads.put(workload.name(), w);
        land(w, fence);
    }

    @Override
    public void remove(WorkloadState seen, Fence fence) {
        var w = still(seen);
        workloads.remove(w.workload.name());
        land(w, fence);
    }

    @Override
    public TrafficState get(ServiceRef ref) {
        var ready = new TreeMap<String, Integer>();
        workloads.forEach((name, w) ->
                ready.put(name, (int) w.instances.stream().filter(this::isReady).count()));
        return new TrafficState(ref, "t" + stamp, trafficMark, weights, ready, maintenance);
    }

    @Override
    public void shift(TrafficState seen, SortedMap<String, Integer> to, Fence fence) {
        still(seen);
        weights = new TreeMap<>(to);
        landTraffic(fence);
    }

    @Override
    public void maintenance(TrafficState seen, boolean on, Fence fence) {
        still(seen);
        maintenance = on;
        landTraffic(fence);
    }

    private Sim still(WorkloadState seen) {
        var w = workloads.get(seen.workload().name());
        if (w == null || !w.uid.equals(seen.uid()) || !w.stamp.equals(seen.stamp())) {
            throw new WorldMoved(
                    "%s is no longer at %s".formatted(seen.workload().name(), seen.stamp()));
        }
        return w;
    }

    private void still(TrafficState seen) {
        if (!seen.stamp().equals("t" + stamp)) {
            throw new WorldMoved("traffic is no longer at " + seen.stamp());
        }
    }

    private void land(Sim w, Fence fence) {
        w.mark = fence.key();
        w.stamp = next();
        landed(fence);
    }

    private void landTraffic(Fence fence) {
        trafficMark = fence.key();
        stamp++;
        landed(fence);
    }

    private void landed(Fence fence) {
        landed.add(fence.key());
        if (loseNext) {
            loseNext = false;
            throw new Unreachable("connection reset");
        }
    }

    private String next() {
        return "s" + ++stamp;
    }

    private Sim sim(String name) {
        var w = workloads.get(name);
        if (w == null) {
            throw new IllegalStateException("no workload " + name);
        }
        return w;
    }

    private WorkloadState state(Sim w) {
        var updated = (int) w.instances.stream().filter(i -> isUpdated(w, i)).count();
        return new WorkloadState(
                w.workload,
                w.uid,
                w.stamp,
                w.requested,
                w.mark,
                w.wanted,
                updated,
                ready(w),
                w.instances.size() - updated,
                w.paused,
                true,
                autoscaler(w),
                trouble(w),
                List.of());
    }

    private static Autoscaler autoscaler(Sim w) {
        return w.scaler == null
                ? new Autoscaler.None()
                : new Autoscaler.Bounds(
                        "Scaler",
                        w.workload.name(),
                        w.scaler.uid(),
                        w.scaler.stamp(),
                        w.scaler.capacity(),
                        w.scaler.mark());
    }

    private static boolean isUpdated(Sim w, Instance i) {
        return i.revision().equals(w.requested.digest()) && i.turn() == w.turn;
    }

    private static List<String> trouble(Sim w) {
        return w.requested.version().text().contains(NEVER_READY)
                ? List.of("exited with 1, again and again")
                : List.of();
    }

    private int ready(Sim w) {
        return (int)
                w.instances.stream().filter(i -> isUpdated(w, i) && isReady(i)).count();
    }

    private boolean isReady(Instance i) {
        return !i.readyAt().isAfter(clock.now()) && needed.getAsBoolean();
    }

    /// One slice of the controllers' work.
    private void work() {
        workloads.values().forEach(this::scale);
        workloads.values().forEach(this::reconcile);
        workloads.values().forEach(this::crowded);
        if (watchUsers && !maintenance && serving().isEmpty()) {
            broken.add("at %s users got neither the service nor the maintenance page".formatted(clock.now()));
        }
    }

    /// What an autoscaler does: as many as the traffic needs, between its bounds; nothing for a parked workload.
    private void scale(Sim w) {
        if (w.scaler == null || w.wanted == 0) {
            return;
        }
        var needed = weights.getOrDefault(w.workload.name(), 0) * w.scaler.needed() / 100;
        var capacity = w.scaler.capacity();
        var chosen = Math.clamp(needed, Math.max(1, capacity.min()), capacity.max());
        if (chosen != w.wanted) {
            w.wanted = chosen;
            w.stamp = next();
        }
    }

    /// All of the traffic on fewer instances than it needs: capacity came after it.
    private void crowded(Sim w) {
        if (w.scaler == null || maintenance || weights.getOrDefault(w.workload.name(), 0) < 100) {
            return;
        }
        var ready = w.instances.stream().filter(this::isReady).count();
        if (watchUsers && ready < w.scaler.needed()) {
            broken.add("at %s %s had all users on %d instances and needs %d"
                    .formatted(clock.now(), w.workload.name(), ready, w.scaler.needed()));
        }
    }

    private void reconcile(Sim w) {
        var all = w.instances;
        var updated = all.stream().filter(i -> isUpdated(w, i)).count();
        if (!w.paused && updated < w.wanted && all.size() <= w.wanted) {
            var never = w.requested.version().text().contains(NEVER_READY);
            all.add(new Instance(
                    w.requested.digest(),
                    w.turn,
                    contents(),
                    never ? Instant.MAX : clock.now().plus(START)));
            return;
        }
        if (w.paused && all.size() <= w.wanted) {
            return;
        }
        // One that was never of use goes at once; of the others, never fewer ready than wanted because of a
        // replacement.
        var useless = all.stream().filter(i -> !isUpdated(w, i) && !isReady(i)).findFirst();
        if (useless.isPresent()) {
            all.remove(useless.get());
            return;
        }
        var ready = all.stream().filter(this::isReady).count();
        if (all.size() > w.wanted && (ready > w.wanted || w.wanted == 0 || updated > w.wanted)) {
            var victim = all.stream().filter(i -> !isUpdated(w, i)).findFirst().orElse(all.getFirst());
            all.remove(victim);
        }
    }
}
