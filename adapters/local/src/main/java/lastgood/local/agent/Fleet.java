package lastgood.local.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Workload;
import lastgood.local.files.DataFolder;
import lastgood.local.files.Durable;
import lastgood.local.process.Strays;
import lastgood.local.proxy.Backend;
import lastgood.local.wire.ServiceSettings;

/// All instances there are.
final class Fleet implements Instance.Surroundings {

    private static final Comparator<Instance> IN_ORDER = Comparator.comparing(Instance::id);

    private final ConcurrentHashMap<String, Instance> all = new ConcurrentHashMap<>();
    private final Ports ports = new Ports();
    private final DataFolder data;
    private final Launcher launcher;
    private final Roster roster;
    private final InstantSource clock;
    private final Function<ServiceRef, ServiceSettings> settings;
    private final Runnable changed;

    Fleet(
            DataFolder data,
            Launcher launcher,
            InstantSource clock,
            Function<ServiceRef, ServiceSettings> settings,
            Runnable changed) {
        this.data = data;
        this.launcher = launcher;
        this.roster = new Roster(data);
        this.clock = clock;
        this.settings = settings;
        this.changed = changed;
    }

    /// Takes over what an earlier agent left: living processes as they are; what nobody knows any more is ended.
    void adopt(Duration within) throws InterruptedException, IOException {
        var recorded = Roster.left(data);
        roster.begin(recorded);
        recorded.forEach(left -> all.put(left.id(), Instance.adopt(left, this)));
        var known = new HashSet<String>();
        all.values().stream().filter(Instance::hasProcess).forEach(i -> known.add(launcher.mark(i.id())));
        var ours = launcher.mark("");
        Strays.kill(mark -> mark.startsWith(ours) && !known.contains(mark));
        removeOldFolders();
        var living = all.values().stream().filter(Instance::hasProcess).toList();
        all.values().forEach(this::look);
        var deadline = System.nanoTime() + within.toNanos();
        for (var instance : living) {
            var _ = instance.awaitFirstProbe(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        }
    }

    private void removeOldFolders() throws IOException {
        var folder = Durable.parent(data.run("x"));
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (var folders = Files.list(folder)) {
            for (var old : folders.toList()) {
                if (!all.containsKey(String.valueOf(old.getFileName()))) {
                    Durable.remove(old);
                }
            }
        }
    }

    void start(Wish wish, Revision revision) {
        var id = "%08x".formatted(ThreadLocalRandom.current().nextInt());
        var instance = Instance.fresh(id, wish, revision, this);
        all.put(id, instance);
        look(instance);
    }

    private void look(Instance instance) {
        Thread.ofVirtual().name("instance-" + instance.id()).start(instance::run);
    }

    List<Instance> of(Workload workload) {
        return all.values().stream()
                .filter(i -> i.workload().equals(workload))
                .sorted(IN_ORDER)
                .toList();
    }

    List<Instance> of(ServiceRef service) {
        return all.values().stream()
                .filter(i -> i.workload().service().equals(service))
                .sorted(IN_ORDER)
                .toList();
    }

    List<Instance> all() {
        return all.values().stream().sorted(IN_ORDER).toList();
    }

    List<Backend> ready(ServiceRef service, String workload) {
        var ready = new ArrayList<Backend>();
        for (var instance : all.values()) {
            if (instance.ready()
                    && !instance.stopping()
                    && instance.workload().name().equals(workload)
                    && instance.workload().service().equals(service)) {
                ready.add(instance);
            }
        }
        return ready;
    }

    /// Ends all of them, side by side.
    ///
    /// @return whether they are gone
    boolean stopAll(Duration within) throws InterruptedException {
        all.values().forEach(Instance::requestStop);
        var deadline = System.nanoTime() + within.toNanos();
        while (!all.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        return all.isEmpty();
    }

    @Override
    public Launcher launcher() {
        return launcher;
    }

    @Override
    public Ports ports() {
        return ports;
    }

    @Override
    public DataFolder data() {
        return data;
    }

    @Override
    public Roster roster() {
        return roster;
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    @Override
    public ServiceSettings settings(Workload workload) {
        return settings.apply(workload.service());
    }

    @Override
    public void changed() {
        changed.run();
    }

    @Override
    public void gone(Instance instance) {
        all.remove(instance.id());
        changed.run();
    }
}
