package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;
import lastgood.core.feed.Pace;
import lastgood.core.feed.Party;
import lastgood.core.feed.Past;
import lastgood.engine.port.Telemetry.Question;

/// Samples that a Prometheus took and keeps. Time is the samples' own, and now is what Prometheus' clock shows: ours
/// may be wrong.
final class PrometheusSource implements Source {

    /// A scrape becomes visible when it is over, and bears the time at which it began.
    static final Duration SETTLED = Duration.ofSeconds(2);

    private static final Duration USUAL_INTERVAL = Duration.ofSeconds(15);

    /// In which the interval between scrapes is measured.
    private static final Duration LEAD = Duration.ofMinutes(5);

    private static final int SILENT_INTERVALS = 4;

    /// Each is one more question at each look.
    private static final int GUARD_MAX = 5;

    private final Prometheus prometheus;
    private final Selectors selectors;

    PrometheusSource(Prometheus prometheus, Map<ServiceRef, Watched> services, Instances instances) {
        this.prometheus = prometheus;
        this.selectors = new Selectors(prometheus, services, instances);
    }

    @Override
    public Instant settled(ServiceRef service) {
        return prometheus.now().minus(SETTLED);
    }

    Optional<Dialect> known(ServiceRef service) {
        return selectors.known(service);
    }

    boolean countsItsOwn(ServiceRef service) {
        return selectors.countsItsOwn(service);
    }

    @Override
    public Dialect dialect(ServiceRef service) {
        return selectors.dialect(service);
    }

    /// As its scrapes show it in the minutes before that; nothing has to be configured.
    @Override
    public Pace pace(ServiceRef service, Instant before) {
        var dialect = selectors.dialect(service);
        var metric = dialect.pod().isEmpty() ? dialect.requests() : Readings.UP;
        return Pace.each(selectors
                .of(dialect, metric, service, Optional.empty())
                .map(s -> PrometheusMetrics.interval(prometheus.samples(s, LEAD, before)))
                .orElse(USUAL_INTERVAL));
    }

    @Override
    public Duration silent(Pace pace) {
        return pace.interval().multipliedBy(SILENT_INTERVALS).plus(SETTLED);
    }

    @Override
    public Stretches of(ServiceRef service, Optional<Digest> revision, Party party, Pace pace) {
        return new PrometheusStretches(prometheus, selectors, service, revision, party, pace.interval());
    }

    @Override
    public Instant countedFrom(Question question) {
        return question.since();
    }

    @Override
    public List<ServiceRef> guard(Question question) {
        return question.guard().stream()
                .filter(g -> selectors.knows(g) && !g.equals(question.service()))
                .filter(g -> selectors.find(g).isPresent())
                .limit(GUARD_MAX)
                .toList();
    }

    @Override
    public Past before(Instant start, Question question, Optional<Digest> old, Pace pace) {
        return new PastQueries(prometheus, selectors)
                .before(start, question.service(), old, guard(question), pace.interval());
    }

    @Override
    public List<String> words() {
        return List.of();
    }
}
