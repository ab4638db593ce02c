package lastgood.kubernetes.history;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import lastgood.core.ConfigState;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry;
import lastgood.core.Release;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.core.ServiceState;
import lastgood.core.Standing;
import lastgood.core.Strategy;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.engine.port.Configs;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Locks;
import lastgood.engine.port.Traffic;
import lastgood.engine.port.Workloads;
import lastgood.engine.port.WorldMoved;
import lastgood.kubernetes.KubeService;
import lastgood.kubernetes.workloads.Naming;

/// A ledger that knows what others put out: what is stored, and behind it what the cluster shows of it that is not
/// stored yet. The first append writes both down, so nobody has to remember to.
///
/// While a run changes the service nothing is observed: what is seen then is half of a way that the run itself will
/// write down.
public final class ObservedLedgers implements Ledgers {

    /// A release a day for two months; Kubernetes itself keeps ten.
    private static final int SNAPSHOTS_KEPT = 60;

    private final Ledgers stored;
    private final Locks locks;
    private final Map<ServiceRef, KubeService> services;
    private final Workloads workloads;
    private final Configs configs;
    private final Traffic traffic;
    private final Generations generations;
    private final SnapshotTaker taker;
    private final InstantSource clock;
    private final Predicate<RunId> isOver;

    /// @param isOver whether a run has ended; a request for its lock that came late may have left the lock behind
    public ObservedLedgers(
            Ledgers stored,
            Locks locks,
            Map<ServiceRef, KubeService> services,
            Workloads workloads,
            Configs configs,
            Traffic traffic,
            Generations generations,
            SnapshotTaker taker,
            InstantSource clock,
            Predicate<RunId> isOver) {
        this.stored = stored;
        this.locks = locks;
        this.services = services;
        this.workloads = workloads;
        this.configs = configs;
        this.traffic = traffic;
        this.generations = generations;
        this.taker = taker;
        this.clock = clock;
        this.isOver = isOver;
    }

    @Override
    public Ledger read(ServiceRef service) {
        var ledger = stored.read(service);
        for (var entry : observed(ledger)) {
            ledger = ledger.with(entry);
        }
        return ledger;
    }

    @Override
    public void append(Ledger seen, List<LedgerEntry> entries) {
        var service = seen.service();
        var before = stored.read(service);
        if (!entries.isEmpty() && entries.stream().allMatch(e -> before.has(e.key()))) {
            // The answer to the same append was lost.
            return;
        }
        requireAsSeen(before, seen);
        var missing = new ArrayList<>(
                seen.entries().subList(before.entries().size(), seen.entries().size()));
        entries.stream().filter(e -> !seen.has(e.key())).forEach(missing::add);
        missing.stream()
                .filter(LedgerEntry.Deployed.class::isInstance)
                .map(e -> ((LedgerEntry.Deployed) e).what())
                .forEach(release -> taker.keep(service(service), release));
        if (!missing.isEmpty()) {
            stored.append(before, missing);
            forgetOld(before, missing);
        }
    }

    /// Snapshots are kept of the newest releases, of the live one and of every one that counts as good: what `previous`
    /// may come to is never thrown away.
    private void forgetOld(Ledger before, List<LedgerEntry> written) {
        var after = before;
        for (var entry : written) {
            after = after.with(entry);
        }
        for (var entry : written) {
            var old = entry.release() - SNAPSHOTS_KEPT;
            if (entry instanceof LedgerEntry.Deployed
                    && old > 0
                    && !(after.standing(old) instanceof Standing.Good)
                    && after.live().map(l -> l.number() != old).orElse(true)) {
                taker.forget(service(before.service()), old);
            }
        }
    }

    /// Written down is what the caller saw, provided that it is still what there is to see. Times do not count: a
    /// return
    /// to an earlier release has none of its own, so each look gives it another.
    private void requireAsSeen(Ledger before, Ledger seen) {
        var written = before.entries().size();
        var observed = observed(before);
        var same = seen.entries().size() == written + observed.size()
                && seen.entries().subList(0, written).equals(before.entries());
        for (var i = 0; same && i < observed.size(); i++) {
            same = isSame(observed.get(i), seen.entries().get(written + i));
        }
        if (!same) {
            throw new WorldMoved(
                    "the ledger of %s is no longer as it was read; nothing was changed".formatted(seen.service()));
        }
    }

    private static boolean isSame(LedgerEntry one, LedgerEntry other) {
        return one.key().equals(other.key())
                && (!(one instanceof LedgerEntry.Deployed(var what, var _))
                        || (other instanceof LedgerEntry.Deployed(var also, var _) && what.sameAs(also)));
    }

    private KubeService service(ServiceRef ref) {
        return Optional.ofNullable(services.get(ref))
                .orElseThrow(() -> new Forbidden("the configuration does not know %s".formatted(ref)));
    }

    // ---- observing

    private List<LedgerEntry> observed(Ledger ledger) {
        var service = service(ledger.service());
        if (locks.holder(ledger.service()).filter(isOver.negate()).isPresent()) {
            return List.of();
        }
        var seen = look(service);
        if (seen.newest().isEmpty()) {
            return List.of();
        }
        var history = history(service, seen);
        return Observation.of(
                ledger,
                history,
                g -> Naming.revision(service, seen.strategy().main(), g.found().template()),
                now(ledger, seen, history));
    }

    private ServiceState look(KubeService service) {
        var ref = service.service();
        SortedMap<String, WorkloadState> found = new TreeMap<>();
        service.strategyWorkloads()
                .forEach(name -> workloads.find(new Workload(ref, name)).ifPresent(w -> found.put(name, w)));
        workloads.companions(ref).forEach(w -> found.put(w.workload().name(), w));
        SortedMap<String, ConfigState> config = new TreeMap<>();
        configs.all(ref).forEach(c -> config.put(c.name(), c));
        return new ServiceState(ref, service.strategy(), found, config, traffic.get(ref));
    }

    /// The active one is live once it runs alone; a canary is out and not live.
    private List<Observation.Now> now(Ledger ledger, ServiceState seen, List<Generations.Generation> history) {
        var all = new ArrayList<Observation.Now>();
        seen.active()
                .ifPresent(w -> all.add(new Observation.Now(
                        seen.partsWith(w.requested()), w.complete() && w.wanted() > 0, since(ledger, w, history))));
        seen.liveCanary()
                .filter(c -> seen.active()
                        .map(a -> !a.workload().equals(c.workload()))
                        .orElse(true))
                .ifPresent(c -> all.add(new Observation.Now(seen.partsWith(c.requested()), false, clock.instant())));
        return all;
    }

    /// When its template was made, if that was after everything that the ledger knows; a return to an earlier one has
    /// no time of its own in the cluster.
    private Instant since(Ledger ledger, WorkloadState active, List<Generations.Generation> history) {
        var made = history.stream()
                .filter(g -> g.digest().equals(active.requested().digest()))
                .map(Generations.Generation::made)
                .reduce((_, later) -> later);
        var last = ledger.entries().isEmpty()
                ? Instant.EPOCH
                : ledger.entries().getLast().at();
        return made.filter(m -> m.isAfter(last)).orElseGet(clock::instant);
    }

    /// Of the workloads that traffic moves between, as one line, the present one at its end.
    private List<Generations.Generation> history(KubeService service, ServiceState seen) {
        return switch (service.strategy()) {
            case Strategy.Rolling(var main) -> generations.of(service, main);
            case Strategy.Canary(var main, var _, var _) -> generations.of(service, main);
            case Strategy.BlueGreen(var _, var both) -> ofBoth(service, both, seen);
        };
    }

    private List<Generations.Generation> ofBoth(KubeService service, List<String> both, ServiceState seen) {
        var active = seen.active().map(w -> w.requested().digest());
        var all = new ArrayList<Generations.Generation>();
        both.forEach(name -> all.addAll(generations.of(service, name)));
        all.sort(Comparator.comparing(Generations.Generation::made));
        var present = all.stream()
                .filter(g -> active.isPresent() && g.digest().equals(active.get()))
                .findFirst();
        // What was made after the active one and is not active was never what users got, or is so no longer. The
        // cluster counts in seconds: what was made in the same one came before, as far as anybody can tell.
        present.ifPresent(p -> all.removeIf(g -> g.equals(p) || g.made().isAfter(p.made())));
        present.ifPresent(all::add);
        return all;
    }

    /// A release as it stands in the ledger with its content.
    public interface SnapshotTaker {
        void keep(KubeService service, Release release);

        void forget(KubeService service, int release);
    }
}
