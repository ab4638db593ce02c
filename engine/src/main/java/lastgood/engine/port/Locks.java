package lastgood.engine.port;

import java.util.Optional;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;

/// At most one active run for each service.
public interface Locks {

    /// Takes the lock for the run if nobody has it.
    ///
    /// @return the run that holds it now: the asker's own, or another's
    RunId acquire(ServiceRef service, RunId run);

    Optional<RunId> holder(ServiceRef service);

    /// Gives the lock up if that run holds it; else does nothing.
    void release(ServiceRef service, RunId run);
}
