package lastgood.testkit.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Supplier;
import lastgood.engine.port.Unreachable;

/// Sits at every touch between the engine and the world, numbers them, and blows where it is told to.
public final class Fuse {

    /// What kind of touch it is; not every fault makes sense at each.
    public enum Touch {
        /// Reads something.
        LOOK,
        /// Changes something.
        ACT,
        /// Appends to a journal.
        APPEND
    }

    /// What goes wrong.
    public enum Fault {
        /// The process dies before the request leaves.
        CRASH_BEFORE,
        /// The process dies after it was carried out and before the answer was read.
        CRASH_AFTER,
        /// The process dies, and the request is carried out some time later.
        CRASH_LANDS_LATE,
        /// It was carried out; the answer is lost.
        ANSWER_LOST,
        /// The request got lost.
        REQUEST_LOST,
        /// No answer; it is carried out some time later.
        LANDS_LATE,
        /// The process is stopped, somebody else carries on, and it wakes up later.
        SLEEP;

        /// Whether a process dies of it.
        public boolean isCrash() {
            return this == CRASH_BEFORE || this == CRASH_AFTER || this == CRASH_LANDS_LATE;
        }

        public boolean fits(Touch touch) {
            return switch (touch) {
                case LOOK -> this == CRASH_BEFORE || this == CRASH_AFTER || this == REQUEST_LOST || this == SLEEP;
                case ACT -> true;
                // An append that lands late is a lost one: whoever reads before it lands appends there himself.
                case APPEND -> this != CRASH_LANDS_LATE && this != LANDS_LATE;
            };
        }
    }

    /// Long enough for the next owner to have begun.
    private static final Duration LATE = Duration.ofMillis(700);

    private final SimClock clock;
    private final Map<Integer, Fault> set = new HashMap<>();
    private final List<Touch> touches = new ArrayList<>();
    private final List<Fault> fired = new ArrayList<>();
    private Runnable sleep = () -> {};
    private int count;
    private Outage outage = new Outage((_, _) -> false, Instant.MIN, Unreachable::new);

    /// What is not carried out, until when, and what is said instead.
    private record Outage(BiPredicate<Touch, String> of, Instant until, Function<String, RuntimeException> said) {}

    public Fuse(SimClock clock) {
        this.clock = clock;
    }

    /// At the n-th touch from the beginning, counted over all owners, that goes wrong.
    public void set(int touch, Fault fault) {
        set.put(touch, fault);
    }

    /// What a process does that is put to sleep at a touch.
    public void onSleep(Runnable sleep) {
        this.sleep = sleep;
    }

    /// From now on these requests get lost: a server that restarts, a network that lets looks through and no changes.
    ///
    /// @param of the kind of touch, and its name
    public void away(BiPredicate<Touch, String> of, Duration howLong) {
        refuse(of, howLong, Unreachable::new);
    }

    /// The same with another answer than none.
    public void refuse(BiPredicate<Touch, String> of, Duration howLong, Function<String, RuntimeException> said) {
        outage = new Outage(of, clock.now().plus(howLong), said);
    }

    /// Forgets what was, and what was set.
    public void reset() {
        set.clear();
        touches.clear();
        count = 0;
    }

    /// The touches so far, in order.
    public List<Touch> touches() {
        return touches;
    }

    /// What really went wrong: a fault that is set where the run never came to, or that does not fit there, did not.
    public List<Fault> fired() {
        return fired;
    }

    /// Answers what the world answers, unless a fault is set here.
    public <T> T touch(Touch touch, String what, Supplier<T> world) {
        touches.add(touch);
        var fault = set.get(count++);
        if (outage.of().test(touch, what) && clock.now().isBefore(outage.until())) {
            throw outage.said().apply("no route for " + what);
        }
        if (fault == null || !fault.fits(touch)) {
            return world.get();
        }
        fired.add(fault);
        return switch (fault) {
            case CRASH_BEFORE -> throw new Crash("before " + what);
            case CRASH_AFTER -> {
                var _ = world.get();
                throw new Crash("after " + what);
            }
            case CRASH_LANDS_LATE -> {
                clock.later(LATE, () -> land(world));
                throw new Crash("during " + what);
            }
            case ANSWER_LOST -> {
                var _ = world.get();
                throw new Unreachable("connection reset while waiting for the answer to " + what);
            }
            case REQUEST_LOST -> throw new Unreachable("no route for " + what);
            case LANDS_LATE -> {
                clock.later(LATE, () -> land(world));
                throw new Unreachable("timed out: " + what);
            }
            case SLEEP -> {
                sleep.run();
                yield world.get();
            }
        };
    }

    /// Nobody is there any more to read the answer, a refusal included.
    private static <T> void land(Supplier<T> world) {
        try {
            var _ = world.get();
        } catch (RuntimeException e) {
            // Refused by its own precondition: exactly what should become of a late request.
        }
    }
}
