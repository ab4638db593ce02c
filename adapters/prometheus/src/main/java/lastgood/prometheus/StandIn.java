package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lastgood.core.ServiceRef;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Scrape;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.History;
import lastgood.engine.port.Telemetry;
import lastgood.engine.port.Time;
import lastgood.engine.port.Unreachable;

/// A Prometheus, and the pods themselves while it cannot be read.
///
/// A watch that has gone over to the pods stays with them: what Prometheus brings later contains the requests that were
/// counted meanwhile, and nothing may be counted twice. The next watch begins with Prometheus again. What the release
/// is compared with stays what it was; without one it is what the pods alone give.
public final class StandIn implements Telemetry {

    /// Longer than a restart of Prometheus or one lost scrape; far shorter than the two minutes after which a person is
    /// called for blindness.
    private static final Duration WAITS = Duration.ofSeconds(15);

    private final PrometheusTelemetry first;
    private final PodTelemetry pods;
    private final Time time;
    private final Duration waits;

    public StandIn(PrometheusTelemetry first, PodTelemetry pods, Time time) {
        this(first, pods, time, WAITS);
    }

    private StandIn(PrometheusTelemetry first, PodTelemetry pods, Time time, Duration waits) {
        this.first = first;
        this.pods = pods;
        this.time = time;
        this.waits = waits;
    }

    /// For who looks once: there is no later.
    public StandIn asOnce() {
        return new StandIn(first, pods.asOnce(), time, Duration.ZERO);
    }

    @Override
    public Feed open(Question question) {
        return new Either(question);
    }

    /// Pods remember nothing: the past is the first one's.
    @Override
    public History history() {
        return first.history();
    }

    /// Each list is of one of them, so nothing is in it twice.
    @Override
    public List<Served> served(ServiceRef service, Instant from, Duration late) {
        try {
            return first.served(service, from, late);
        } catch (Unreachable | Forbidden e) {
            // A recovery is proved by what was counted before, or not at all.
            if (!first.known(service).map(StandIn::isShownByPods).orElse(false)) {
                throw e;
            }
            try {
                return pods.served(service, from, late);
            } catch (Unreachable | Forbidden also) {
                e.addSuppressed(also);
                throw e;
            }
        }
    }

    /// What a proxy in front of the pods counts, no pod shows; and of the team's own counters only Prometheus is asked.
    /// Other counts are no continuation of these.
    private static boolean isShownByPods(Dialect dialect) {
        return !dialect.pod().isEmpty() && dialect.own().equals(Dialect.Own.NONE);
    }

    private final class Either implements Feed {
        private final Question question;
        private final SampledFeed usual;
        private Optional<Feed> instead = Optional.empty();
        private final List<Scrape> held = new ArrayList<>();
        private Optional<Instant> blindSince = Optional.empty();
        private Optional<String> over = Optional.empty();
        private Duration last = Duration.ZERO;
        private Optional<Duration> shift = Optional.empty();

        Either(Question question) {
            this.question = question;
            this.usual = first.open(question);
        }

        @Override
        public Optional<Basis> basis() {
            return over.isEmpty() ? usual.basis() : usual.basis().or(() -> instead.flatMap(Feed::basis));
        }

        @Override
        public Optional<Duration> lookEvery() {
            return instead.flatMap(Feed::lookEvery);
        }

        @Override
        public Optional<String> standIn() {
            return over;
        }

        @Override
        public List<Scrape> next() {
            if (over.isPresent()) {
                return shifted(instead.orElseThrow().next());
            }
            var scrapes = usual.next();
            var why = scrapes.stream().flatMap(s -> blind(s).stream()).findFirst();
            if (why.isEmpty() || !canStandIn()) {
                blindSince = Optional.empty();
                instead = Optional.empty();
                held.clear();
                scrapes.forEach(s -> last = s.since());
                return scrapes;
            }
            return whileBlind(scrapes, why.get());
        }

        private boolean canStandIn() {
            return usual.dialect().map(StandIn::isShownByPods).orElse(!first.countsItsOwn(question.service()));
        }

        /// Reads the pods from the first blind look on, so that nothing is missing when they are gone over to.
        private List<Scrape> whileBlind(List<Scrape> scrapes, String why) {
            var now = time.now();
            var since = blindSince.orElse(now);
            blindSince = Optional.of(since);
            var from = instead.orElseGet(() -> pods.instead(question, usual.dialect()));
            instead = Optional.of(from);
            from.next().stream().filter(s -> blind(s).isEmpty()).forEach(held::add);
            if (held.isEmpty() || now.isBefore(since.plus(waits))) {
                return scrapes;
            }
            over = Optional.of("%s; since %s it is counted from what the pods themselves show, %s"
                    .formatted(
                            why,
                            since.truncatedTo(ChronoUnit.SECONDS),
                            usual.basis().isPresent()
                                    ? "and compared as before"
                                    : "and nothing is known of before that"));
            var all = shifted(held);
            held.clear();
            return all;
        }

        /// On the time of the watch that began with the other one.
        private List<Scrape> shifted(List<Scrape> scrapes) {
            var begun = usual.basis();
            var anew = instead.flatMap(Feed::basis);
            if (begun.isEmpty() || anew.isEmpty()) {
                return List.copyOf(scrapes);
            }
            var by = shift.orElseGet(
                    () -> Duration.between(begun.get().start(), anew.get().start()));
            // Their clocks may differ, but a watch's time never goes back.
            by = by.compareTo(last) < 0 ? last : by;
            shift = Optional.of(by);
            var all = new ArrayList<Scrape>();
            for (var s : scrapes) {
                all.add(new Scrape(
                        s.since().plus(by), s.freshAge(), s.fresh(), s.reference(), s.guard(), s.routes(), s.sight()));
            }
            return all;
        }

        private static Optional<String> blind(Scrape scrape) {
            return switch (scrape.sight()) {
                case Scrape.Sight.Clear() -> Optional.empty();
                case Scrape.Sight.Blind(var cause) -> Optional.of(cause);
            };
        }
    }
}
