package lastgood.engine.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lastgood.core.ServiceRef;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Scrape;
import lastgood.engine.port.Signals;
import lastgood.engine.port.Telemetry;
import lastgood.engine.port.Unreachable;

/// Where a watch gets what it judges.
public record Sources(Telemetry telemetry, Signals signals) {

    /// Where nothing counts what users get: every look is blind, and says why.
    public static Sources blind(String why) {
        return new Sources(new Blind(why), Signals.NONE);
    }

    private record Blind(String why) implements Telemetry {
        @Override
        public Feed open(Question question) {
            return new Feed() {
                @Override
                public Optional<Basis> basis() {
                    return Optional.empty();
                }

                @Override
                public List<Scrape> next() {
                    return List.of(Scrape.blind(Duration.ZERO, why));
                }
            };
        }

        @Override
        public List<Served> served(ServiceRef service, Instant from, Duration late) {
            throw new Unreachable(why);
        }
    }
}
