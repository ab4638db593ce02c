package lastgood.engine.port;

import java.time.Duration;
import java.util.Optional;
import lastgood.core.ServiceRef;
import lastgood.core.recover.Probed;

/// Requests of our own to a service, as its users would send them, for when there are hardly any users. They are
/// counted apart and said to be ours.
public interface Probes {

    /// Sends them at a calm pace for that long, and returns what became of them; empty = it has none to send, and no
    /// time has passed.
    ///
    /// @param late what takes longer counts as late
    Optional<Probed> send(ServiceRef service, Duration span, Duration late) throws InterruptedException;

    static Probes none() {
        return (_, _, _) -> Optional.empty();
    }
}
