package lastgood.prometheus;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import lastgood.core.ServiceRef;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Scrape;
import lastgood.core.feed.Assembler;
import lastgood.core.feed.Glimpse;
import lastgood.core.feed.Party;
import lastgood.engine.port.Telemetry;
import lastgood.engine.port.Time;

/// What users got, by what the pods themselves show, read each second: a total outage shows in one or two rounds, and
/// a Prometheus that is down blinds nobody.
///
/// Nobody keeps what they show. A feed that is opened again begins with what new processes have counted since they
/// started, and with nothing of the others; the hour before and the week before are not known. The comparison says so.
public final class PodTelemetry implements Telemetry {

    /// What `ask` waits for: three differences, a second each.
    private static final int LOOKS_ONCE = 4;

    /// An hour of rounds, one a second.
    private static final int ROUNDS_MAX = 3600;

    private final Rounds rounds;
    private final ScrapeLimits limits;
    private final Time time;
    private final int looks;
    private final Map<ServiceRef, Log> logs = new HashMap<>();

    /// What was served since this process began to look.
    private record Log(PodSource source, Readings readings, ServedRounds rounds) {}

    public PodTelemetry(Exporters exporters, Time time, ScrapeLimits limits) {
        this(new Rounds(exporters, time::now, limits), time, limits, 1);
    }

    private PodTelemetry(Rounds rounds, Time time, ScrapeLimits limits, int looks) {
        this.rounds = rounds;
        this.time = time;
        this.limits = limits;
        this.looks = looks;
    }

    /// For who looks once: the first look takes some seconds, as one reading alone is no difference.
    public PodTelemetry asOnce() {
        return new PodTelemetry(rounds, time, limits, LOOKS_ONCE);
    }

    @Override
    public Feed open(Question question) {
        return open(question, new PodSource.Mode.Alone());
    }

    /// Goes on where somebody else can count no more: only what is asked of the service from now on.
    Feed instead(Question question, Optional<Dialect> counted) {
        return open(question, new PodSource.Mode.Instead(counted));
    }

    private Feed open(Question question, PodSource.Mode mode) {
        return new PodFeed(new SampledFeed(new PodSource(rounds, limits.gap(), mode), question));
    }

    @Override
    public synchronized List<Served> served(ServiceRef service, Instant from, Duration late) {
        var log = logs.get(service);
        if (log == null) {
            log = begin(service);
            logs.put(service, log);
        }
        var at = log.source().settled(service);
        for (Glimpse glimpse : log.readings().count(log.readings().fetch(at.minusMillis(1), at))) {
            log.rounds().take(glimpse);
        }
        log.rounds().settle(at);
        log.rounds().keep(ROUNDS_MAX);
        return log.rounds().since(from, late, Duration.ZERO);
    }

    private Log begin(ServiceRef service) {
        var source = new PodSource(rounds, limits.gap(), new PodSource.Mode.Instead(Optional.empty()));
        var begun = source.settled(service);
        source.dialect(service);
        var pace = source.pace(service, begun);
        return new Log(
                source,
                new Readings(
                        source.of(service, Optional.empty(), Party.FRESH, pace),
                        Party.FRESH,
                        begun.toEpochMilli(),
                        pace.interval()),
                new ServedRounds(new Assembler(begun.toEpochMilli(), pace, Set.of())));
    }

    private final class PodFeed implements Feed {
        private final SampledFeed feed;
        private boolean looked;

        PodFeed(SampledFeed feed) {
            this.feed = feed;
        }

        @Override
        public Optional<Basis> basis() {
            return feed.basis();
        }

        @Override
        public Optional<Duration> lookEvery() {
            return Optional.of(limits.gap());
        }

        @Override
        public List<Scrape> next() {
            var all = new ArrayList<>(feed.next());
            for (var i = 1; i < looks && !looked && all.stream().allMatch(PodFeed::isClear); i++) {
                try {
                    time.pause(limits.gap());
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                    return all;
                }
                all.addAll(feed.next());
            }
            looked = true;
            return all;
        }

        private static boolean isClear(Scrape scrape) {
            return scrape.sight() instanceof Scrape.Sight.Clear;
        }
    }
}
