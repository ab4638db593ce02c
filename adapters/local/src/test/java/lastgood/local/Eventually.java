package lastgood.local;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/// Looks until something holds, and says what it last saw when it never does.
final class Eventually {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private Eventually() {}

    static <T> T see(Callable<T> look, Predicate<T> wanted) {
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        Object last = "nothing";
        while (System.nanoTime() < deadline) {
            try {
                var seen = look.call();
                if (wanted.test(seen)) {
                    return seen;
                }
                last = seen;
            } catch (Exception e) {
                last = e;
            }
            try {
                Thread.sleep(15);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        throw new AssertionError("it never came about; last seen: " + last);
    }

    static void holds(Callable<Boolean> look) {
        see(look, b -> b);
    }
}
