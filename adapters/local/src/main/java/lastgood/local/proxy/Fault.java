package lastgood.local.proxy;

import java.time.Duration;
import java.time.Instant;

/// A fault that somebody asked for, until it ends by itself.
public record Fault(double errorPercent, Duration latency, Instant until) {

    public static Fault none() {
        return new Fault(0, Duration.ZERO, Instant.EPOCH);
    }

    boolean over(Instant now) {
        return !now.isBefore(until);
    }
}
