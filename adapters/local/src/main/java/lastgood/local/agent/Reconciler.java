package lastgood.local.agent;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import lastgood.core.Digest;
import lastgood.core.Revision;

/// Brings instances and wishes together: looks, lets [Decision] decide, acts, and looks again. It has no memory of
/// its own; after a restart it goes on from what is there.
final class Reconciler implements Runnable {

    /// Being steady is a matter of time and signals nothing, so it looks by itself as well.
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final Semaphore signal = new Semaphore(0);
    private final WishStore wishes;
    private final Fleet fleet;
    private volatile long observed = -1;
    private volatile boolean ended;

    Reconciler(WishStore wishes, Fleet fleet) {
        this.wishes = wishes;
        this.fleet = fleet;
    }

    void signal() {
        signal.release();
    }

    void end() {
        ended = true;
        signal();
    }

    /// Whether the change that bears this stamp has been taken notice of.
    boolean hasObserved(String stamp) {
        return observed >= Long.parseLong(stamp);
    }

    @Override
    public void run() {
        try {
            while (!ended) {
                survive(this::pass);
                if (signal.tryAcquire(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                    signal.drainPermits();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// A mistake of ours in one pass must not be the last pass: it is said in the agent's log and tried again.
    private static void survive(Runnable pass) {
        try {
            pass.run();
        } catch (RuntimeException e) {
            System.err.println("reconciler: " + e);
        }
    }

    private synchronized void pass() {
        var wanted = wishes.now();
        for (var wish : wanted.workloads().values()) {
            if (!ended) {
                bringAbout(wish);
            }
        }
        stopUnwanted(wanted);
        observed = wanted.changes();
    }

    private void bringAbout(Wish wish) {
        var instances = fleet.of(wish.workload()).stream()
                .filter(i -> i.uid().equals(wish.uid()) && !i.stopping())
                .toList();
        var actions = Decision.decide(
                wish.revision().digest(),
                wish.wanted(),
                wish.paused(),
                instances.stream().map(Instance::seen).toList());
        for (var action : actions) {
            switch (action) {
                case Action.Start(var digest) -> fleet.start(wish, named(digest, wish, instances));
                case Action.Stop(var id, var _) -> stop(id, instances);
            }
        }
    }

    private static Revision named(Digest digest, Wish wish, List<Instance> instances) {
        return Optional.of(wish.revision())
                .filter(r -> r.digest().equals(digest))
                .or(() -> instances.stream()
                        .map(Instance::revision)
                        .filter(r -> r.digest().equals(digest))
                        .findFirst())
                .orElseThrow();
    }

    private static void stop(String id, List<Instance> instances) {
        instances.stream().filter(i -> i.id().equals(id)).forEach(Instance::requestStop);
    }

    /// Instances of workloads that were removed, also of one whose name was used again.
    private void stopUnwanted(Wishes wanted) {
        for (var instance : fleet.all()) {
            var wish = wanted.find(instance.workload());
            if (wish.isEmpty() || !wish.get().uid().equals(instance.uid())) {
                instance.requestStop();
            }
        }
    }
}
