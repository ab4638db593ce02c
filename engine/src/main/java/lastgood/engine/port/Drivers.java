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

    /// Who drives it, if it is alive: ended processes and those that have not been heard of for long are nobody.
    Optional<String> alive(RunId run);
}
