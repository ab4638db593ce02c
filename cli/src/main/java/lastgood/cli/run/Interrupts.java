package lastgood.cli.run;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import lastgood.cli.Exit;
import lastgood.cli.Host;
import lastgood.cli.Session;
import lastgood.core.RunId;

/// What Ctrl-C means while a run is underway: the first press pauses it where it is safe, the second leaves at once.
///
/// Whoever drives the run asks [#stop] at each safe point. Whoever only follows somebody else's run has nothing to
/// pause: then the first press already leaves.
final class Interrupts {

    /// `timeout` and some CI runners signal both a process and its group: that is one wish, not two.
    private static final Duration BOUNCE = Duration.ofMillis(500);

    private final Host host;
    private final Session session;
    private final RunId run;
    private final Consumer<String> say;
    private final AtomicInteger presses = new AtomicInteger();
    private volatile boolean following;
    private Instant last = Instant.EPOCH;

    private Interrupts(Host host, Session session, RunId run, Consumer<String> say) {
        this.host = host;
        this.session = session;
        this.run = run;
        this.say = say;
    }

    /// @param say prints a line at once, from whatever thread
    static Interrupts listen(Host host, Session session, RunId run, Consumer<String> say) {
        var interrupts = new Interrupts(host, session, run, say);
        host.onStopSignal(interrupts::pressed);
        return interrupts;
    }

    void following(boolean only) {
        following = only;
    }

    /// Signals come on threads of their own.
    private synchronized void pressed() {
        var now = host.time().now();
        if (presses.get() > 0 && last.plus(BOUNCE).isAfter(now)) {
            return;
        }
        last = now;
        var press = presses.incrementAndGet();
        if (following) {
            say.accept("detached; %s goes on without us: lastgood attach %s".formatted(run, session.named(run)));
            host.exitNow(Exit.INTERRUPTED.code());
        } else if (press == 1) {
            say.accept(
                    "stopping at the next safe point; the run %s will be paused; press again to leave now (another process carries on)"
                            .formatted(run));
        } else {
            say.accept("left; %s is not paused, and %s: lastgood attach %s"
                    .formatted(
                            run,
                            session.hasAgent() ? "the agent carries it on" : "nobody carries it on by itself",
                            session.named(run)));
            host.exitNow(Exit.INTERRUPTED.code());
        }
    }

    boolean stop() {
        return presses.get() > 0;
    }
}
