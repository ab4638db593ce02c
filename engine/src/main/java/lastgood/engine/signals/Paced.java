package lastgood.engine.signals;

import java.time.Duration;
import java.time.Instant;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Signals;
import lastgood.engine.port.Time;
import org.jspecify.annotations.Nullable;

/// Asks a source no more often than that, and repeats its last answer in between; also the answer that it is deaf, so
/// a source in trouble is not asked all the harder.
final class Paced implements Signals {

    private final String name;
    private final Signals source;
    private final Duration every;
    private final Time time;
    private @Nullable Answer last;

    Paced(String name, Signals source, Duration every, Time time) {
        this.name = name;
        this.source = source;
        this.every = every;
        this.time = time;
    }

    private record Answer(ServiceRef service, int release, Instant at, Heard heard) {
        boolean isFor(ServiceRef asked, Release about) {
            return service.equals(asked) && release == about.number();
        }
    }

    @Override
    public synchronized Heard hear(Asked asked) {
        var now = time.now();
        var known = last;
        if (known != null
                && known.isFor(asked.service(), asked.release())
                && known.at().plus(every).isAfter(now)) {
            return known.heard();
        }
        var heard = AllSignals.hear(new AllSignals.Source(name, source), asked);
        last = new Answer(asked.service(), asked.release().number(), now, heard);
        return heard;
    }
}
