package lastgood.local.agent;

import java.time.Duration;
import java.time.Instant;
import lastgood.local.proxy.Fault;

/// A fault as it is kept: with its end, so that a new agent does not lengthen it.
record FaultWish(double errorPercent, long latencyMillis, long untilMillis) {

    Fault fault() {
        return new Fault(errorPercent, Duration.ofMillis(latencyMillis), Instant.ofEpochMilli(untilMillis));
    }
}
