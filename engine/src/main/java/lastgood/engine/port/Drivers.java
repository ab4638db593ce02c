package lastgood.engine.port;

import java.util.Optional;
import lastgood.core.RunId;

/// Who tries to carry a run on right now. Liveness only: it decides who *tries*; whether a change may be
/// made is decided by the journal's compare-and-swap and by the change's own precondition.
public interface Drivers {

    /// Says that this process drives the run. Repeated while it does.
    void beat(RunId run);

    /// This process no longer drives it.
    void leave(RunId run);

    /// What this process waits for, for those who follow the run from elsewhere: passed on with the next beat, and not
    /// kept. A place that cannot carry it lets them see the records only.
    default void waits(RunId run, Waiting waiting) {}

    /// What its driver waited for when it was last heard of.
    default Optional<Waiting> waiting(RunId run) {
        return Optional.empty();
    }

    /// @param step its id
    record Waiting(String step, String words) {}

    /// Who drives it, if it is alive: ended processes and those that have not been heard of for long are nobody.
    Optional<String> alive(RunId run);
}
