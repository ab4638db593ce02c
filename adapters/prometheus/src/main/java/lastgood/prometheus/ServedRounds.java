package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Histogram;
import lastgood.core.detect.Scrape;
import lastgood.core.feed.Assembler;
import lastgood.core.feed.Glimpse;
import lastgood.engine.port.Telemetry.Served;

/// All requests of a service, round by round, whoever answered them.
final class ServedRounds {

    private final Assembler assembler;
    private final List<Scrape> rounds = new ArrayList<>();
    private Optional<Duration> forgotten = Optional.empty();

    ServedRounds(Assembler assembler) {
        this.assembler = assembler;
    }

    void take(Glimpse glimpse) {
        assembler.take(glimpse);
    }

    void settle(Instant until) {
        rounds.addAll(assembler.settle(until.toEpochMilli()));
    }

    /// Forgets the oldest ones.
    void keep(int max) {
        if (rounds.size() > max) {
            var old = rounds.subList(0, rounds.size() - max);
            forgotten = Optional.of(old.getLast().since());
            old.clear();
        }
    }

    /// @param first how much time the very first round stands for
    List<Served> since(Instant from, Duration late, Duration first) {
        var all = new ArrayList<Served>();
        if (assembler.start().isEmpty()) {
            return all;
        }
        var start = Instant.ofEpochMilli(assembler.start().getAsLong());
        var last = forgotten.orElse(Duration.ZERO.minus(first));
        for (var scrape : rounds) {
            var at = start.plus(scrape.since());
            if (scrape.sight() instanceof Scrape.Sight.Clear && !at.isBefore(from)) {
                var latency = scrape.fresh().latency();
                all.add(new Served(
                        at,
                        scrape.since().minus(last),
                        scrape.fresh().errors(),
                        latency.requests() == 0 ? Counts.NONE : latency.slowerThan(notAbove(latency, late))));
            }
            last = scrape.since();
        }
        return all;
    }

    private static int notAbove(Histogram latency, Duration late) {
        var found = 0;
        for (var i = 0; i < latency.buckets(); i++) {
            found = latency.bound(i) <= late.toMillis() / 1000.0 ? i : found;
        }
        return found;
    }
}
