package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import lastgood.core.ServiceRef;
import lastgood.core.feed.Assembler;
import lastgood.core.feed.Party;
import lastgood.engine.port.History;
import lastgood.engine.port.Telemetry;

/// What users got, by a Prometheus: raw samples of the pods of both releases, from the release's first scrape on.
public final class PrometheusTelemetry implements Telemetry {

    private final PrometheusSource source;
    private final History history;

    public PrometheusTelemetry(Prometheus prometheus, Map<ServiceRef, Watched> services, Instances instances) {
        this.source = new PrometheusSource(prometheus, services, instances);
        this.history = new PrometheusHistory(prometheus, new Selectors(prometheus, services, instances));
    }

    @Override
    public SampledFeed open(Question question) {
        return new SampledFeed(source, question);
    }

    /// How the service is counted, as far as that is known without a question.
    Optional<Dialect> known(ServiceRef service) {
        return source.known(service);
    }

    /// Whether the team named counters of its own for it.
    boolean countsItsOwn(ServiceRef service) {
        return source.countsItsOwn(service);
    }

    @Override
    public History history() {
        return history;
    }

    @Override
    public List<Served> served(ServiceRef service, Instant from, Duration late) {
        var now = source.settled(service);
        var pace = source.pace(service, now);
        var interval = pace.interval();
        // One more, so that the first one in the window has something to be compared with.
        var at = from.minus(interval.multipliedBy(2));
        var readings = new Readings(
                source.of(service, Optional.empty(), Party.FRESH, pace), Party.FRESH, from.toEpochMilli(), interval);
        var rounds = new ServedRounds(new Assembler(from.toEpochMilli(), pace, Set.of()));
        var newest = from;
        while (at.isBefore(now)) {
            var to = SampledFeed.earlier(at.plus(SampledFeed.STRETCH_MAX), now);
            for (var glimpse : readings.count(readings.fetch(at, to))) {
                rounds.take(glimpse);
                newest = Instant.ofEpochMilli(glimpse.atMillis());
            }
            at = to;
        }
        rounds.settle(newest);
        return rounds.since(from, late, interval);
    }
}
