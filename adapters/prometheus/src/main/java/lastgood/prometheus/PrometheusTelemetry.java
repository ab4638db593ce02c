package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import lastgood.core.Digest;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Scrape;
import lastgood.core.feed.Assembler;
import lastgood.core.feed.Glimpse;
import lastgood.core.feed.Ladder;
import lastgood.core.feed.Pace;
import lastgood.core.feed.Party;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Telemetry;
import lastgood.engine.port.Unreachable;

/// What users got, by a Prometheus: raw samples of the pods of both releases, from the release's first scrape on.
///
/// Time is the samples' own, and now is what Prometheus' clock shows: ours may be wrong. Whatever cannot be read is
/// blindness with its reason, never calm; what was missed is read when it can be.
public final class PrometheusTelemetry implements Telemetry {

    /// Read at one go, when somebody begins late.
    private static final Duration STRETCH_MAX = Duration.ofMinutes(10);

    /// A scrape becomes visible when it is over, and bears the time at which it began.
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private static final Duration USUAL_INTERVAL = Duration.ofSeconds(15);

    /// In which the interval between scrapes is measured, and the old version seen serving.
    private static final Duration LEAD = Duration.ofMinutes(5);

    /// Without a scrape for so long nobody can be said to look.
    private static final int SILENT_INTERVALS = 4;

    /// Each is one more question at each look.
    private static final int GUARD_MAX = 5;

    private final Prometheus prometheus;
    private final Selectors selectors;

    public PrometheusTelemetry(Prometheus prometheus, Map<ServiceRef, Watched> services, Instances instances) {
        this.prometheus = prometheus;
        this.selectors = new Selectors(prometheus, services, instances);
    }

    @Override
    public Feed open(Question question) {
        return new PrometheusFeed(question);
    }

    @Override
    public List<Served> served(ServiceRef service, Instant from, Duration late) {
        var now = prometheus.now().minus(SETTLED);
        var interval = interval(service, Optional.empty(), now);
        // One more, so that the first one in the window has something to be compared with.
        var at = from.minus(interval.multipliedBy(2));
        var readings = new Readings(
                prometheus, selectors, service, Optional.empty(), Party.FRESH, from.toEpochMilli(), interval);
        var assembler = new Assembler(from.toEpochMilli(), Pace.each(interval), Set.of());
        var newest = from;
        while (at.isBefore(now)) {
            var to = earlier(at.plus(STRETCH_MAX), now);
            for (var glimpse : readings.count(readings.fetch(at, to))) {
                assembler.take(glimpse);
                newest = Instant.ofEpochMilli(glimpse.atMillis());
            }
            at = to;
        }
        var all = new ArrayList<Served>();
        var last = Duration.ZERO.minus(interval);
        for (var scrape : assembler.settle(newest.toEpochMilli())) {
            if (scrape.sight() instanceof Scrape.Sight.Clear) {
                var latency = scrape.fresh().latency();
                all.add(new Served(
                        Instant.ofEpochMilli(assembler.start().orElseThrow()).plus(scrape.since()),
                        scrape.since().minus(last),
                        scrape.fresh().errors(),
                        latency.requests() == 0 ? Counts.NONE : latency.slowerThan(notAbove(latency, late))));
            }
            last = scrape.since();
        }
        return all;
    }

    private static int notAbove(lastgood.core.detect.Histogram latency, Duration late) {
        var found = 0;
        for (var i = 0; i < latency.buckets(); i++) {
            found = latency.bound(i) <= late.toMillis() / 1000.0 ? i : found;
        }
        return found;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    /// Between scrapes, as they show it in the minutes before that; nothing has to be configured.
    private Duration interval(ServiceRef service, Optional<Digest> revision, Instant before) {
        var dialect = selectors.dialect(service);
        var metric = dialect.pod().isEmpty() ? dialect.requests() : "up";
        return selectors
                .of(dialect, metric, service, revision)
                .map(s -> PrometheusMetrics.interval(prometheus.samples(s, LEAD, before)))
                .orElse(USUAL_INTERVAL);
    }

    private final class PrometheusFeed implements Feed {
        private final Question question;
        private final Optional<Digest> old;
        private final List<Readings> readings = new ArrayList<>();
        private final List<Scrape> waiting = new ArrayList<>();
        private Optional<Assembler> assembler = Optional.empty();
        private Optional<Basis> basis = Optional.empty();
        private Duration interval = USUAL_INTERVAL;
        private Instant done;
        private Instant newest;

        PrometheusFeed(Question question) {
            this.question = question;
            var fresh = question.fresh().revision().digest();
            old = question.old().map(o -> o.revision().digest()).filter(d -> !d.equals(fresh));
            done = question.since().minus(LEAD);
            newest = question.since();
        }

        @Override
        public Optional<Basis> basis() {
            return basis;
        }

        @Override
        public List<Scrape> next() {
            try {
                var now = prometheus.now().minus(SETTLED);
                if (assembler.isEmpty()) {
                    begin();
                }
                read(assembler.orElseThrow(), now);
                return handOut(assembler.orElseThrow(), now);
            } catch (Unreachable | Forbidden e) {
                var why = String.valueOf(e.getMessage()).lines().findFirst().orElse("no answer");
                return List.of(Scrape.blind(since(), why));
            }
        }

        private Duration since() {
            return assembler.map(Assembler::since).orElse(Duration.ZERO);
        }

        private void begin() {
            var service = question.service();
            interval = interval(service, Optional.empty(), question.since());
            var since = question.since().toEpochMilli();
            var dialect = selectors.dialect(service);
            // What is counted in front of the pods does not tell releases apart.
            var tells = !dialect.pod().isEmpty();
            readings.clear();
            readings.add(new Readings(
                    prometheus,
                    selectors,
                    service,
                    tells ? Optional.of(question.fresh().revision().digest()) : Optional.empty(),
                    Party.FRESH,
                    since,
                    interval));
            old.filter(_ -> tells)
                    .ifPresent(o -> readings.add(
                            new Readings(prometheus, selectors, service, Optional.of(o), Party.OLD, since, interval)));
            guard().forEach(g -> readings.add(
                    new Readings(prometheus, selectors, g, Optional.empty(), Party.GUARD, since, interval)));
            assembler = Optional.of(new Assembler(since, Pace.each(interval), question.critical()));
        }

        /// Those that count something.
        private List<ServiceRef> guard() {
            return question.guard().stream()
                    .filter(g -> selectors.knows(g) && !g.equals(question.service()))
                    .filter(g -> selectors.find(g).isPresent())
                    .limit(GUARD_MAX)
                    .toList();
        }

        /// Stretch by stretch. Only as far as there are samples: some backends show them minutes late.
        private void read(Assembler into, Instant now) {
            while (done.isBefore(now)) {
                var to = earlier(done.plus(STRETCH_MAX), now);
                var glimpses = new ArrayList<Glimpse>();
                var seen = done;
                var fetched = new ArrayList<Readings.Fetched>();
                for (var side : readings) {
                    fetched.add(side.fetch(done, to));
                }
                for (var i = 0; i < fetched.size(); i++) {
                    glimpses.addAll(readings.get(i).count(fetched.get(i)));
                }
                glimpses.sort(Comparator.comparingLong(Glimpse::atMillis));
                for (var glimpse : glimpses) {
                    into.take(glimpse);
                    seen = Instant.ofEpochMilli(glimpse.atMillis());
                }
                if (!glimpses.isEmpty()) {
                    newest = seen;
                }
                var stretch = to.isBefore(now);
                done = stretch ? to : seen;
                waiting.addAll(into.settle(newest.toEpochMilli()));
                if (!stretch) {
                    return;
                }
            }
        }

        private List<Scrape> handOut(Assembler from, Instant now) {
            if (from.start().isPresent() && basis.isEmpty()) {
                basis = Optional.of(choose(from));
            }
            if (waiting.isEmpty() && Duration.between(newest, now).compareTo(silent()) > 0) {
                return List.of(Scrape.blind(
                        since(),
                        "no pod of it has been scraped since %s".formatted(newest.truncatedTo(ChronoUnit.SECONDS))));
            }
            var all = List.copyOf(waiting);
            waiting.clear();
            return all;
        }

        private Duration silent() {
            return interval.multipliedBy(SILENT_INTERVALS).plus(SETTLED);
        }

        private Basis choose(Assembler from) {
            var start = from.start().orElseThrow();
            var past = new PastQueries(prometheus, selectors)
                    .before(
                            Instant.ofEpochMilli(Ladder.pastEnds(start, question.since())),
                            question.service(),
                            old,
                            guard(),
                            interval);
            var name = old.flatMap(_ -> question.old()).map(Release::toString).orElse("");
            return Ladder.choose(start, name, from.oldServes(), past);
        }
    }
}
