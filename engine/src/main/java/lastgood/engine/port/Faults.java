package lastgood.engine.port;

import java.time.Duration;
import lastgood.core.ServiceRef;

/// Breaks a service on purpose, for drills. Every fault ends by itself, also if whoever set it is gone.
public interface Faults {

    /// @param errorPercent share of requests answered with 500, 0 to 100
    /// @param latency added to each request
    /// @param kill instances ended at once, as a crash would
    /// @param expires when it ends by itself, at most an hour from now
    void inject(ServiceRef service, double errorPercent, Duration latency, int kill, Duration expires);

    void clear(ServiceRef service);
}
