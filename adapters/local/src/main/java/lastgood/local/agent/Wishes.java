package lastgood.local.agent;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import lastgood.core.ServiceRef;
import lastgood.core.Workload;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.WorldMoved;
import lastgood.local.LocalService;
import lastgood.local.wire.Calls;

/// All that is asked of this platform, as one value: a change makes the next one or is refused. Each change is
/// held against what its caller saw, so it lands at most once and never on top of somebody else's.
///
/// @param changes how many there have been; the source of stamps
record Wishes(
        long changes,
        SortedMap<String, Wish> workloads,
        SortedMap<String, TrafficWish> traffic,
        SortedMap<String, FaultWish> faults) {

    /// Workloads on one machine; each is a thread that looks after nothing else.
    private static final int WORKLOADS_MAX = 200;

    Wishes {
        workloads = Collections.unmodifiableSortedMap(new TreeMap<>(workloads));
        traffic = Collections.unmodifiableSortedMap(new TreeMap<>(traffic));
        faults = Collections.unmodifiableSortedMap(new TreeMap<>(faults));
    }

    static Wishes none() {
        return new Wishes(0, new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    }

    Optional<Wish> find(Workload workload) {
        return Optional.ofNullable(workloads.get(workload.toString()));
    }

    TrafficWish traffic(ServiceRef service) {
        return traffic.getOrDefault(service.toString(), TrafficWish.none());
    }

    Wishes create(Calls.Create call, String uid) {
        if (find(call.workload()).isPresent()) {
            throw new WorldMoved("%s exists already; nothing was changed".formatted(call.workload()));
        }
        if (workloads.size() >= WORKLOADS_MAX) {
            throw new Forbidden("there are %d workloads already; nothing was changed".formatted(WORKLOADS_MAX));
        }
        return with(new Wish(
                call.workload(), uid, nextStamp(), call.mark(), call.revision(), bounded(call.instances()), false));
    }

    Wishes put(Calls.Put call) {
        return change(
                call.workload(),
                call.uid(),
                call.stamp(),
                w -> new Wish(w.workload(), w.uid(), nextStamp(), call.mark(), call.revision(), w.wanted(), false));
    }

    Wishes scale(Calls.Scale call) {
        var instances = bounded(call.instances());
        return change(
                call.workload(),
                call.uid(),
                call.stamp(),
                w -> new Wish(w.workload(), w.uid(), nextStamp(), call.mark(), w.revision(), instances, w.paused()));
    }

    Wishes pause(Calls.Pause call) {
        return change(
                call.workload(),
                call.uid(),
                call.stamp(),
                w -> new Wish(
                        w.workload(), w.uid(), nextStamp(), call.mark(), w.revision(), w.wanted(), call.paused()));
    }

    Wishes remove(Calls.Remove call) {
        asSeen(call.workload(), call.uid(), call.stamp());
        var rest = new TreeMap<>(workloads);
        rest.remove(call.workload().toString());
        return new Wishes(changes + 1, rest, traffic, faults);
    }

    Wishes shift(Calls.Shift call) {
        call.weights().values().forEach(w -> {
            if (w < 0 || w > 100) {
                throw new Forbidden(
                        "a weight is 0 to 100 parts of a hundred, not %d; nothing was changed".formatted(w));
            }
        });
        if (call.weights().values().stream().mapToInt(w -> w).sum() != 100) {
            throw new Forbidden("weights are parts of a hundred: %s; nothing was changed".formatted(call.weights()));
        }
        call.weights().forEach((name, weight) -> {
            if (weight > 0 && find(new Workload(call.service(), name)).isEmpty()) {
                throw new Forbidden(
                        "there is no workload %s of %s; nothing was changed".formatted(name, call.service()));
            }
        });
        var seen = asSeen(call.service(), call.stamp());
        return with(call.service(), new TrafficWish(nextStamp(), call.mark(), call.weights(), seen.maintenance()));
    }

    Wishes maintenance(Calls.Maintenance call) {
        var seen = asSeen(call.service(), call.stamp());
        return with(call.service(), new TrafficWish(nextStamp(), call.mark(), seen.weights(), call.on()));
    }

    Wishes fault(ServiceRef service, Optional<FaultWish> fault) {
        var all = new TreeMap<>(faults);
        fault.ifPresentOrElse(f -> all.put(service.toString(), f), () -> all.remove(service.toString()));
        return new Wishes(changes + 1, workloads, traffic, all);
    }

    private Wishes change(Workload workload, String uid, String stamp, UnaryOperator<Wish> to) {
        return with(to.apply(asSeen(workload, uid, stamp)));
    }

    private Wish asSeen(Workload workload, String uid, String stamp) {
        var there = find(workload)
                .orElseThrow(() -> new WorldMoved("%s no longer exists; nothing was changed".formatted(workload)));
        if (!there.uid().equals(uid)) {
            throw new WorldMoved("%s is another one than was seen (removed and made again); nothing was changed"
                    .formatted(workload));
        }
        if (!there.stamp().equals(stamp)) {
            throw new WorldMoved("%s was changed since it was seen (stamp %s, now %s); nothing was changed"
                    .formatted(workload, stamp, there.stamp()));
        }
        return there;
    }

    private TrafficWish asSeen(ServiceRef service, String stamp) {
        var there = traffic(service);
        if (!there.stamp().equals(stamp)) {
            throw new WorldMoved(
                    "the traffic of %s was changed since it was seen (stamp %s, now %s); nothing was changed"
                            .formatted(service, stamp, there.stamp()));
        }
        return there;
    }

    private static int bounded(int instances) {
        if (instances < 0 || instances > LocalService.INSTANCES_MAX) {
            throw new Forbidden("instances are 0 to %d on the local platform, not %d; nothing was changed"
                    .formatted(LocalService.INSTANCES_MAX, instances));
        }
        return instances;
    }

    private String nextStamp() {
        return Long.toString(changes + 1);
    }

    private Wishes with(Wish wish) {
        var all = new TreeMap<>(workloads);
        all.put(wish.workload().toString(), wish);
        return new Wishes(changes + 1, all, traffic, faults);
    }

    private Wishes with(ServiceRef service, TrafficWish wish) {
        var all = new TreeMap<>(traffic);
        all.put(service.toString(), wish);
        return new Wishes(changes + 1, workloads, all, faults);
    }
}
