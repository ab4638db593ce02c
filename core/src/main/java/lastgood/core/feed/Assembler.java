package lastgood.core.feed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Scrape;
import lastgood.core.detect.Scrape.Side;
import lastgood.core.detect.Scrape.Sight;

/// Puts readings of many instances together into rounds, and each round is one [Scrape].
///
/// Instances are read one after the other, each at its own moment of the interval. A round ends as soon as
/// every instance that is alive has been read in it: then both sides have been seen equally, and nobody waits
/// for longer. One that has missed its turn is not waited for, and nobody for longer than one and a half intervals.
///
/// Where a round ends depends on the readings' own timestamps alone, never on when somebody asked. So a feed
/// that is opened again gives the same scrapes, as long as the readings come in the order of their time; what
/// comes later than that is left out, and a counter's next reading contains it.
public final class Assembler {

    /// Routes in one scrape; a client that invents paths must not fill it.
    private static final int ROUTES_MAX = 1000;

    private static final String OTHER = "other";
    private static final long NOT_YET = Long.MIN_VALUE;

    private final long sinceMillis;
    private final Pace pace;
    private final Set<String> critical;
    private final Map<String, Long> alive = new LinkedHashMap<>();
    private final Map<String, Long> freshFrom = new HashMap<>();
    private final List<Glimpse> moment = new ArrayList<>();
    private final List<Scrape> complete = new ArrayList<>();
    private long momentAt = NOT_YET;
    private long doneUntil = NOT_YET;
    private long start = NOT_YET;
    private long closedAt = NOT_YET;
    private long lastOld = NOT_YET;
    private boolean oldServes;
    private boolean first = true;
    private Round round = new Round();

    /// @param sinceMillis when the release was put out: the same revision may have run before that
    /// @param critical routes that are never counted together with others
    public Assembler(long sinceMillis, Pace pace, Set<String> critical) {
        this.sinceMillis = sinceMillis;
        this.pace = pace;
        this.critical = Set.copyOf(critical);
    }

    /// Takes one reading; in order of time.
    public void take(Glimpse glimpse) {
        if (glimpse.atMillis() <= doneUntil || glimpse.atMillis() < momentAt) {
            return;
        }
        if (glimpse.atMillis() > momentAt) {
            finishMoment();
            momentAt = glimpse.atMillis();
        }
        moment.add(glimpse);
    }

    /// The scrapes that are complete, oldest first, each of them once.
    ///
    /// @param untilMillis nothing that is as old as this is still to come
    public List<Scrape> settle(long untilMillis) {
        if (momentAt <= untilMillis) {
            finishMoment();
        }
        closeOverdue(untilMillis);
        var done = List.copyOf(complete);
        complete.clear();
        return done;
    }

    /// When the release was first seen, by the readings' clock.
    public OptionalLong start() {
        return start == NOT_YET ? OptionalLong.empty() : OptionalLong.of(start);
    }

    /// Whether the old version was still read when the new one was first seen.
    public boolean oldServes() {
        return oldServes;
    }

    /// Time of the last scrape that was handed out, from the start.
    public Duration since() {
        return start == NOT_YET ? Duration.ZERO : Duration.ofMillis(Math.max(0, closedAt - start));
    }

    private void finishMoment() {
        if (moment.isEmpty()) {
            return;
        }
        begin();
        closeOverdue(momentAt - 1);
        moment.sort(Comparator.comparing(Glimpse::source).thenComparing(Glimpse::instance));
        for (var glimpse : moment) {
            if (glimpse.party() != Party.GUARD) {
                alive.put(glimpse.source(), momentAt);
            }
            if (start != NOT_YET) {
                round.add(glimpse, freshFrom);
            }
        }
        doneUntil = momentAt;
        moment.clear();
        if (start != NOT_YET && isComplete()) {
            close(momentAt);
        }
    }

    /// At the first moment in which the new version is seen.
    private void begin() {
        if (start != NOT_YET) {
            return;
        }
        if (moment.stream().anyMatch(g -> g.party() == Party.OLD && g.read())) {
            lastOld = momentAt;
        }
        if (momentAt >= sinceMillis && moment.stream().anyMatch(g -> g.party() == Party.FRESH)) {
            start = momentAt;
            closedAt = momentAt;
            oldServes = lastOld != NOT_YET && momentAt - lastOld <= pace.alive().toMillis();
        }
    }

    private boolean isComplete() {
        var age = momentAt - start;
        if (!first && momentAt - closedAt < pace.roundMillis(age)) {
            return false;
        }
        alive.values().removeIf(at -> momentAt - at > pace.alive().toMillis());
        return alive.entrySet().stream()
                .allMatch(source -> round.sources.contains(source.getKey()) || hasMissedItsTurn(source.getValue()));
    }

    /// In a rolling update most of those that are not read again were replaced, and an outage does not wait for them.
    private boolean hasMissedItsTurn(long lastRead) {
        return momentAt - lastRead > pace.turnMillis();
    }

    /// Rounds that have lasted long enough, whoever is missing in them.
    private void closeOverdue(long untilMillis) {
        while (start != NOT_YET && closedAt + patience() <= untilMillis) {
            close(closedAt + patience());
        }
    }

    private long patience() {
        var interval = pace.intervalMillis();
        return Math.max(pace.patience().toMillis(), pace.roundMillis(closedAt - start) + interval);
    }

    private void close(long at) {
        closedAt = at;
        first = false;
        doneUntil = Math.max(doneUntil, at);
        complete.add(round.scrape(at - start, critical));
        round = new Round();
    }

    private static final class Round {
        private final Set<String> sources = new HashSet<>();
        private Side fresh = Side.NONE;
        private Side old = Side.NONE;
        private Counts guard = Counts.NONE;
        private final Map<String, Scrape.Route> routes = new LinkedHashMap<>();
        private double ages;
        private double plainAges;
        private int freshRead;

        void add(Glimpse glimpse, Map<String, Long> freshFrom) {
            switch (glimpse.party()) {
                case FRESH -> {
                    sources.add(glimpse.source());
                    fresh = plus(fresh, glimpse);
                    if (glimpse.read()) {
                        var from = freshFrom.computeIfAbsent(glimpse.instance(), _ -> glimpse.atMillis());
                        var age = glimpse.atMillis() - from;
                        ages += (double) age * glimpse.errors().requests();
                        plainAges += age;
                        freshRead++;
                    }
                    glimpse.routes().forEach((name, counts) -> route(new Scrape.Route(name, counts, Counts.NONE)));
                }
                case OLD -> {
                    sources.add(glimpse.source());
                    old = plus(old, glimpse);
                    glimpse.routes().forEach((name, counts) -> route(new Scrape.Route(name, Counts.NONE, counts)));
                }
                case GUARD -> guard = guard.plus(glimpse.errors());
            }
        }

        private void route(Scrape.Route one) {
            routes.merge(one.name(), one, Round::sum);
        }

        private static Scrape.Route sum(Scrape.Route a, Scrape.Route b) {
            return new Scrape.Route(
                    a.name(), a.fresh().plus(b.fresh()), a.reference().plus(b.reference()));
        }

        private static Side plus(Side side, Glimpse glimpse) {
            return new Side(
                    side.errors().plus(glimpse.errors()),
                    glimpse.latency().requests() == 0
                            ? side.latency()
                            : side.latency().plus(glimpse.latency()),
                    side.scrapes().plus(new Counts(1, glimpse.read() ? 0 : 1)));
        }

        Scrape scrape(long sinceMillis, Set<String> critical) {
            var since = Duration.ofMillis(sinceMillis);
            var attempts = fresh.scrapes().plus(old.scrapes());
            if (attempts.bad() == attempts.requests()) {
                return Scrape.blind(since, "not one instance, old or new, could be read");
            }
            var requests = fresh.errors().requests();
            var age = requests > 0 ? ages / requests : freshRead > 0 ? plainAges / freshRead : sinceMillis;
            return new Scrape(
                    since, Duration.ofMillis(Math.round(age)), fresh, old, guard, busiest(critical), new Sight.Clear());
        }

        /// The critical ones and the busiest, so that when places are given out they come first.
        private List<Scrape.Route> busiest(Set<String> critical) {
            var sorted = new ArrayList<>(routes.values());
            sorted.sort(Comparator.comparing((Scrape.Route r) -> !critical.contains(r.name()))
                    .thenComparing(r -> -(r.fresh().requests() + r.reference().requests()))
                    .thenComparing(Scrape.Route::name));
            if (sorted.size() <= ROUTES_MAX) {
                return sorted;
            }
            var rest = sorted.subList(ROUTES_MAX, sorted.size()).stream()
                    .reduce(new Scrape.Route(OTHER, Counts.NONE, Counts.NONE), Round::sum);
            var kept = new ArrayList<>(sorted.subList(0, ROUTES_MAX));
            kept.add(rest);
            return kept;
        }
    }
}
