package lastgood.testkit.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.TrafficState;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.engine.port.Fence;
import lastgood.engine.port.Traffic;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.Workloads;
import lastgood.engine.port.WorldMoved;
import org.jspecify.annotations.Nullable;

/// A small cluster: wishes with compare-and-swap, instances that take time, traffic by weights. It carries no
/// faults of its own; the fuse in front of it does.
public final class SimPlatform implements Workloads, Traffic {

    private static final Duration START = Duration.ofSeconds(1);

    /// A revision that asks for this never becomes ready.
    public static final String NEVER_READY = "never-ready";

    private final SimClock clock;
    private final ServiceRef service;
    private final SortedMap<String, Sim> workloads = new TreeMap<>();
    private final List<String> landed = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private SortedMap<String, Integer> weights = new TreeMap<>();
    private boolean maintenance;
    private String trafficMark = "";
    private int stamp;
    private int uids;
    private boolean loseNext;
    private boolean watchUsers = true;
    private @Nullable Digest banned;

    private record Instance(Digest revision, Instant readyAt) {}

    private static final class Sim {
        final Workload workload;
        final String uid;
        String stamp;
        Revision requested;
        String mark = "";
        int wanted;
        boolean paused;
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
            sim.instances.add(new Instance(revision.digest(), Instant.EPOCH));
        }
        workloads.put(name, sim);
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

    // What tests ask.

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
        workloads.forEach((name, w) -> lines.append("%s %s x%d%s ready=%d%n"
                .formatted(name, w.requested, w.wanted, w.paused ? " paused" : "", ready(w, w.requested.digest()))));
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
        return weights.entrySet().stream()
                .filter(e -> e.getValue() > 0 && workloads.containsKey(e.getKey()))
                .reduce((a, b) -> b.getValue() > a.getValue() ? b : a)
                .map(e -> sim(e.getKey()))
                .flatMap(w -> w.instances.stream()
                        .filter(this::isReady)
                        .map(Instance::revision)
                        .reduce((_, last) -> last));
    }

    // Workloads and Traffic.

    @Override
    public Optional<WorkloadState> find(Workload workload) {
        var w = workloads.get(workload.name());
        return w == null ? Optional.empty() : Optional.of(state(w));
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
        var requested = w.requested.digest();
        var updated = (int)
                w.instances.stream().filter(i -> i.revision().equals(requested)).count();
        return new WorkloadState(
                w.workload,
                w.uid,
                w.stamp,
                w.requested,
                w.mark,
                w.wanted,
                updated,
                ready(w, requested),
                w.instances.size() - updated,
                w.paused,
                true,
                trouble(w));
    }

    private static List<String> trouble(Sim w) {
        return w.requested.version().text().contains(NEVER_READY)
                ? List.of("exited with 1, again and again")
                : List.of();
    }

    private int ready(Sim w, Digest revision) {
        return (int) w.instances.stream()
                .filter(i -> i.revision().equals(revision) && isReady(i))
                .count();
    }

    private boolean isReady(Instance i) {
        return !i.readyAt().isAfter(clock.now());
    }

    /// One slice of the controllers' work.
    private void work() {
        workloads.values().forEach(this::reconcile);
        if (watchUsers && !maintenance && serving().isEmpty()) {
            broken.add("at %s users got neither the service nor the maintenance page".formatted(clock.now()));
        }
    }

    private void reconcile(Sim w) {
        var requested = w.requested.digest();
        var all = w.instances;
        var updated = all.stream().filter(i -> i.revision().equals(requested)).count();
        if (!w.paused && updated < w.wanted && all.size() <= w.wanted) {
            var never = w.requested.version().text().contains(NEVER_READY);
            all.add(new Instance(requested, never ? Instant.MAX : clock.now().plus(START)));
            return;
        }
        if (w.paused && all.size() <= w.wanted) {
            return;
        }
        // One that was never of use goes at once; of the others, never fewer ready than wanted because of a
        // replacement.
        var useless = all.stream()
                .filter(i -> !i.revision().equals(requested) && !isReady(i))
                .findFirst();
        if (useless.isPresent()) {
            all.remove(useless.get());
            return;
        }
        var ready = all.stream().filter(this::isReady).count();
        if (all.size() > w.wanted && (ready > w.wanted || w.wanted == 0 || updated > w.wanted)) {
            var victim = all.stream()
                    .filter(i -> !i.revision().equals(requested))
                    .findFirst()
                    .orElse(all.getFirst());
            all.remove(victim);
        }
    }
}
