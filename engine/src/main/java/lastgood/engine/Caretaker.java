package lastgood.engine;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.engine.journal.RunState;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;

/// Carries on what a crash left behind, in a process that is there anyway. It is an owner like any other: if a
/// person attaches to the run at the same moment, the journal decides who goes on.
public final class Caretaker {

    /// Long enough for the process that just opened a run to begin it.
    private static final Duration GRACE = Duration.ofMillis(1500);

    private final Runs runs;
    private final Function<ServiceRef, Engine> engines;
    private final lastgood.engine.port.Time time;
    private final Consumer<String> log;

    /// @param engines an engine for a service; throws [Forbidden] if the configuration no longer knows it
    /// @param log takes a line that an operator would want to read
    public Caretaker(
            Runs runs, Function<ServiceRef, Engine> engines, lastgood.engine.port.Time time, Consumer<String> log) {
        this.runs = runs;
        this.engines = engines;
        this.time = time;
        this.log = log;
    }

    /// Looks once, and carries on at most one run until it is parked.
    ///
    /// @return whether there was one
    public boolean tick() throws InterruptedException {
        for (var run : runs.abandoned()) {
            if (Engine.lastChange(run.journal()).plus(GRACE).isAfter(time.now())) {
                continue;
            }
            carryOn(run.run(), run.state());
            return true;
        }
        return false;
    }

    private void carryOn(RunId run, RunState state) throws InterruptedException {
        log.accept("%s has no driver any more (last: %s); carrying it on".formatted(run, state.owner()));
        try {
            var parked = engines.apply(state.opened().service()).drive(run, () -> false);
            log.accept("%s: %s".formatted(run, parked));
        } catch (Forbidden | Unreachable | WorldMoved e) {
            log.accept("%s could not be carried on: %s".formatted(run, e.getMessage()));
        }
    }
}
