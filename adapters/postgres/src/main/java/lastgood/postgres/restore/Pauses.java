package lastgood.postgres.restore;

import java.time.Duration;
import lastgood.engine.port.Unreachable;

/// Waiting for a server that says nothing by itself. Every loop around it has a named limit.
final class Pauses {

    private Pauses() {}

    static void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted while waiting for a server", e);
        }
    }
}
