package lastgood.local.proxy;

import java.time.Duration;

/// Which requests an injected fault hits: exactly its share of them, spread evenly.
final class FaultTurns {

    private double owed;

    /// What one request gets.
    record Hit(boolean error, Duration latency) {
        static final Hit NONE = new Hit(false, Duration.ZERO);
    }

    synchronized Hit next(Fault fault) {
        owed += fault.errorPercent() / 100;
        var error = owed >= 1;
        owed -= error ? 1 : 0;
        return new Hit(error, fault.latency());
    }
}
