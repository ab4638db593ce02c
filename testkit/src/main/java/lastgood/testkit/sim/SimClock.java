package lastgood.testkit.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import lastgood.engine.port.Time;

/// Time that passes only when somebody waits for it. Whoever wants something to happen later says so here.
public final class SimClock implements Time {

    /// Waits in slices this long, so that instances start and late requests land *while* somebody waits.
    private static final Duration SLICE = Duration.ofMillis(250);

    private record Due(Instant at, Runnable what) {}

    private final List<Due> due = new ArrayList<>();
    private final List<Runnable> everySlice = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-02T14:00:00Z");

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public void pause(Duration duration) {
        var end = now.plus(duration);
        while (now.isBefore(end)) {
            var next = now.plus(SLICE);
            now = next.isAfter(end) ? end : next;
            happen();
        }
    }

    public void later(Duration after, Runnable what) {
        due.add(new Due(now.plus(after), what));
    }

    public void onEverySlice(Runnable what) {
        everySlice.add(what);
    }

    /// The clock is set, as an operator or a broken time server would; nothing happens meanwhile.
    public void jump(Duration by) {
        now = now.plus(by);
    }

    private void happen() {
        for (var d : List.copyOf(due)) {
            if (!d.at().isAfter(now)) {
                due.remove(d);
                d.what().run();
            }
        }
        everySlice.forEach(Runnable::run);
    }
}
