package lastgood.local.agent;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lastgood.core.Digest;

/// What to do next about one workload: a function from what is wanted and what is seen, with no clock in it.
///
/// It replaces instances one by one, as a Kubernetes Deployment with `maxSurge: 1, maxUnavailable: 0` does:
///
/// - at most one instance more than wanted, those being stopped aside;
/// - an old one that serves is stopped only if `wanted` steady ones remain, so new ones that crash never take old
///   ones down;
/// - an old one that is not ready just now may come back, so it goes only when a new one has taken its place; one that
///   is hopeless goes at once. That is where we differ from Kubernetes: after a release that never became ready,
///   waiting for each of its corpses in turn would only make the rollback slow.
///
/// Paused, it stops replacing and keeps the number, and when that changes, the proportion of old and new.
final class Decision {

    /// Instances above what is wanted while replacing.
    private static final int SURGE = 1;

    private static final Comparator<Seen> LEAST_USEFUL_FIRST =
            Comparator.comparing(Seen::ready).thenComparing(Seen::steady).thenComparing(Seen::age);

    private Decision() {}

    static List<Action> decide(Digest requested, int wanted, boolean paused, List<Seen> seen) {
        if (paused) {
            return keepNumber(requested, wanted, seen);
        }
        var fresh = seen.stream().filter(i -> i.revision().equals(requested)).toList();
        var old = seen.stream().filter(i -> !i.revision().equals(requested)).toList();
        var actions = new ArrayList<Action>();
        var stopped = surplus(fresh, wanted, actions);
        stopped += retire(fresh, old, wanted, actions);
        var room = wanted + SURGE - (seen.size() - stopped);
        if (old.isEmpty()) {
            room = wanted - fresh.size();
        }
        for (var n = Math.min(wanted - fresh.size(), room); n > 0; n--) {
            actions.add(new Action.Start(requested));
        }
        return actions;
    }

    private static int surplus(List<Seen> fresh, int wanted, List<Action> actions) {
        var over = Math.max(0, fresh.size() - wanted);
        fresh.stream()
                .sorted(LEAST_USEFUL_FIRST)
                .limit(over)
                .forEach(i -> actions.add(new Action.Stop(i.id(), "fewer are wanted")));
        return over;
    }

    private static int retire(List<Seen> fresh, List<Seen> old, int wanted, List<Action> actions) {
        var before = actions.size();
        var steady = fresh.stream().filter(Seen::steady).count();
        var serving = old.stream().filter(Seen::ready).count();
        var notReadyYet = fresh.stream().filter(i -> !i.steady()).count();
        // how many may go so that, with the new ones that are not there yet set aside, `wanted` remain
        var maySlip = fresh.size() + old.size() - wanted - notReadyYet;
        for (var instance : old.stream().sorted(LEAST_USEFUL_FIRST).toList()) {
            if (instance.hopeless()) {
                actions.add(new Action.Stop(instance.id(), "replaced; it never served"));
                maySlip--;
            } else if (!instance.ready() && maySlip > 0) {
                actions.add(new Action.Stop(instance.id(), "replaced"));
                maySlip--;
            } else if (instance.ready() && steady + serving > wanted) {
                actions.add(new Action.Stop(instance.id(), "replaced"));
                serving--;
            }
        }
        return actions.size() - before;
    }

    private static List<Action> keepNumber(Digest requested, int wanted, List<Seen> seen) {
        var actions = new ArrayList<Action>();
        var left = new ArrayList<>(seen);
        while (left.size() > wanted + (wanted > 0 && isMixed(left) ? SURGE : 0)) {
            var next = ofTheLargerPart(left).min(LEAST_USEFUL_FIRST).orElseThrow();
            left.remove(next);
            actions.add(new Action.Stop(next.id(), "fewer are wanted"));
        }
        var revision = seen.stream()
                .filter(Seen::ready)
                .max(Comparator.comparing(Seen::age))
                .or(() -> seen.stream().findFirst())
                .map(Seen::revision)
                .orElse(requested);
        for (var n = wanted - seen.size(); n > 0; n--) {
            actions.add(new Action.Start(revision));
        }
        return actions;
    }

    private static boolean isMixed(List<Seen> seen) {
        return seen.stream().map(Seen::revision).distinct().count() > 1;
    }

    /// Those of the revision that has the most, so that old and new keep their proportion; of all if they are even.
    private static Stream<Seen> ofTheLargerPart(List<Seen> seen) {
        var counts = seen.stream().collect(Collectors.groupingBy(Seen::revision, Collectors.counting()));
        var most = Collections.max(counts.values());
        return seen.stream().filter(i -> most.equals(counts.get(i.revision())));
    }
}
