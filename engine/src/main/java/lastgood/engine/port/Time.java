package lastgood.engine.port;

import java.time.Duration;
import java.time.Instant;

/// The clock, and the only way to wait. Tests move it; nothing sleeps behind its back.
public interface Time {
    Instant now();

    /// Waits that long, or until something makes a look worth while.
    void pause(Duration duration) throws InterruptedException;
}
