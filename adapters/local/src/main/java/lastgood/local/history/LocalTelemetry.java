package lastgood.local.history;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import lastgood.core.Digest;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Histogram;
import lastgood.core.detect.Scrape;
import lastgood.core.feed.Assembler;
import lastgood.core.feed.Glimpse;
import lastgood.core.feed.Halves;
import lastgood.core.feed.Ladder;
import lastgood.core.feed.Pace;
import lastgood.core.feed.Party;
import lastgood.core.feed.Past;
import lastgood.engine.port.History;
import lastgood.engine.port.Metrics.Point;
import lastgood.engine.port.Telemetry;
import lastgood.engine.port.Unreachable;
import lastgood.local.files.Failures;
import lastgood.local.proxy.Answered;
import lastgood.local.proxy.Buckets;

/// What the proxy of this machine counted. Read from files, so that it can be asked while no agent runs; then it
/// says that nobody counts, which is not calm.
public final class LocalTelemetry implements Telemetry {

    /// The proxy is the one source there is: who it read, and whether it lives, is the same question.
    private static final String PROXY = "proxy";

    private static final Duration SECOND = Duration.ofSeconds(1);

    /// Longer rounds would find a fault later; shorter ones make every later fault a little harder to prove.
    private static final Pace PACE = new Pace(SECOND, Duration.ofSeconds(5), Duration.ofSeconds(10));

    /// A line comes each second; a machine that is busy may be late with a few of them.
    private static final Duration SILENT_MAX = Duration.ofSeconds(10);

    /// What nobody answered is the release's own only if no other one has answered anything for so long: else an
    /// outage that hits both would be blamed on it.
    private static final long ALONE_MILLIS = 5_000;

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration DISPERSION = Duration.ofHours(6);
    private static final double[] BOUNDS = Buckets.seconds();

    private final HistoryFiles files;
    private final InstantSource clock;

    /// @param data the data folder
    public LocalTelemetry(Path data, InstantSource clock) {
        this.files = new HistoryFiles(data);
        this.clock = clock;
    }

    @Override
    public Feed open(Question question) {
        return new LocalFeed(question);
    }

    @Override
    public History history() {
        return new LocalHistory(files);
    }

    @Override
    public List<Served> served(ServiceRef service, Instant from, Duration late) {
        var bucket = notAbove(late);
        return seconds(from.toEpochMilli(), Long.MAX_VALUE).stream()
                .map(line -> {
                    var all = line.of(service.toString());
                    var latency = latency(all);
                    var counts = errors(all);
                    return new Served(
                            Instant.ofEpochMilli(line.at()),
                            Duration.ofMillis(line.span()),
                            counts,
                            latency.requests() == 0 ? Counts.NONE : latency.slowerThan(bucket));
                })
                .toList();
    }

    /// See [lastgood.engine.port.Metrics#course]: seconds for the last two hours, minutes for the time before.
    public List<Point> course(ServiceRef service, Instant from, Instant to, Duration step) {
        if (step.compareTo(SECOND) < 0) {
            throw new IllegalArgumentException("a step is a second or longer: " + step);
        }
        record Key(long begin, String revision) {}
        var sums = new TreeMap<Key, List<Answered>>((a, b) -> a.begin() != b.begin()
                ? Long.compare(a.begin(), b.begin())
                : a.revision().compareTo(b.revision()));
        for (var line : all(from.toEpochMilli(), to.toEpochMilli())) {
            var begin = (line.at() - 1 - from.toEpochMilli()) / step.toMillis();
            for (var a : line.of(service.toString())) {
                sums.computeIfAbsent(new Key(begin, a.revision()), _ -> new ArrayList<>())
                        .add(a);
            }
        }
        var points = new ArrayList<Point>();
        sums.forEach((key, all) -> {
            var counts = errors(all);
            points.add(new Point(
                    from.plus(step.multipliedBy(key.begin())),
                    key.revision().isEmpty() ? Optional.empty() : Optional.of(new Digest(key.revision())),
                    counts.requests(),
                    counts.bad(),
                    p95(all)));
        });
        return points;
    }

    // ---- files

    private List<Line> seconds(long from, long to) {
        return read(HistoryFiles.SECONDS, from, to);
    }

    private List<Line> read(HistoryFiles.Grain grain, long from, long to) {
        try {
            return files.read(grain, from, to);
        } catch (IOException e) {
            throw Failures.unreachable("could not read what was counted from " + files.folder(), e);
        }
    }

    /// Minutes as long as there are no seconds, and then those.
    private List<Line> all(long from, long to) {
        var fine = seconds(from, to);
        var border = fine.isEmpty()
                ? to
                : Math.min(
                        to, HistoryFiles.MINUTE * Math.ceilDiv(fine.getFirst().at(), HistoryFiles.MINUTE) - 1);
        var minutes = read(HistoryFiles.MINUTES, from, border);
        if (minutes.isEmpty()) {
            return fine;
        }
        var done = minutes.getLast().at();
        var all = new ArrayList<>(minutes);
        fine.stream().filter(l -> l.at() > done).forEach(all::add);
        return all;
    }

    // ---- sums

    private static Counts errors(List<Answered> all) {
        return all.stream().map(LocalTelemetry::errors).reduce(Counts.NONE, Counts::plus);
    }

    static Counts errors(Answered a) {
        return new Counts(a.requests(), a.errors());
    }

    private static Histogram latency(List<Answered> all) {
        return all.stream().map(LocalTelemetry::latency).reduce(Histogram.NONE, LocalTelemetry::plus);
    }

    static Histogram latency(Answered a) {
        var within = new long[BOUNDS.length];
        a.buckets().forEach((bucket, n) -> {
            if (bucket >= 0 && bucket < within.length) {
                within[bucket] += n;
            }
        });
        for (var i = 1; i < within.length; i++) {
            within[i] += within[i - 1];
        }
        return within[within.length - 1] == 0 ? Histogram.NONE : Histogram.of(BOUNDS, within);
    }

    private static Histogram plus(Histogram a, Histogram b) {
        return b.requests() == 0 ? a : a.plus(b);
    }

    private static Duration p95(List<Answered> all) {
        var counts = new long[Buckets.COUNT];
        all.forEach(a -> a.buckets().forEach((bucket, n) -> {
            if (bucket >= 0 && bucket < counts.length) {
                counts[bucket] += n;
            }
        }));
        return Duration.ofNanos(1000 * Buckets.percentileMicros(counts, 0.95, Long.MAX_VALUE / 1_000_000));
    }

    private static int notAbove(Duration late) {
        var seconds = late.toMillis() / 1000.0;
        var found = 0;
        for (var i = 0; i < BOUNDS.length; i++) {
            found = BOUNDS[i] <= seconds ? i : found;
        }
        return found;
    }

    // ---- a feed

    private final class LocalFeed implements Feed {
        private final Question question;
        private final String service;
        private final String fresh;
        private final String old;
        private final Set<String> guard = new HashSet<>();
        private final Assembler assembler;
        private final Tail tail;
        private Optional<Basis> basis = Optional.empty();
        private long lastAt;
        private long lastOfOthers = Long.MIN_VALUE;

        LocalFeed(Question question) {
            this.question = question;
            service = question.service().toString();
            fresh = digest(question.fresh());
            old = question.old()
                    .map(LocalTelemetry::digest)
                    .filter(d -> !d.equals(fresh))
                    .orElse("");
            question.guard().forEach(g -> guard.add(g.toString()));
            guard.remove(service);
            var since = question.since().toEpochMilli();
            assembler = new Assembler(since, PACE, question.critical());
            tail = new Tail(files, since - 2 * ALONE_MILLIS);
            lastAt = since;
        }

        @Override
        public Optional<Basis> basis() {
            return basis;
        }

        @Override
        public List<Scrape> next() {
            try {
                var lines = tail.next();
                var scrapes = new ArrayList<Scrape>();
                for (var line : lines) {
                    lastAt = Math.max(lastAt, line.at());
                    glimpses(line).forEach(assembler::take);
                    scrapes.addAll(assembler.settle(line.at()));
                    if (basis.isEmpty() && assembler.start().isPresent()) {
                        basis = Optional.of(choose(assembler.start().getAsLong()));
                    }
                }
                if (lines.isEmpty() && clock.millis() - lastAt > SILENT_MAX.toMillis()) {
                    return List.of(Scrape.blind(
                            assembler.since(),
                            "nothing has been counted since %s: the agent does not run"
                                    .formatted(Instant.ofEpochMilli(lastAt)
                                            .truncatedTo(java.time.temporal.ChronoUnit.SECONDS))));
                }
                return scrapes;
            } catch (IOException | Unreachable e) {
                return List.of(
                        Scrape.blind(assembler.since(), "what was counted could not be read: " + e.getMessage()));
            }
        }

        private List<Glimpse> glimpses(Line line) {
            var all = new ArrayList<Glimpse>();
            var mine = line.of(service);
            if (mine.stream().anyMatch(a -> !a.byNobody() && !a.revision().equals(fresh) && a.requests() > 0)) {
                lastOfOthers = line.at();
            }
            var alone = lastOfOthers == Long.MIN_VALUE || line.at() - lastOfOthers > ALONE_MILLIS;
            for (var a : mine) {
                if (a.revision().equals(fresh) || (a.byNobody() && alone)) {
                    all.add(glimpse(line, a, Party.FRESH));
                } else if (!old.isEmpty() && a.revision().equals(old)) {
                    all.add(glimpse(line, a, Party.OLD));
                }
            }
            line.of().stream()
                    .filter(a -> guard.contains(a.service()))
                    .forEach(a -> all.add(glimpse(line, a, Party.GUARD)));
            if (assembler.start().isPresent() && all.stream().noneMatch(g -> g.party() != Party.GUARD)) {
                // Somebody counted, and there was nothing.
                all.add(new Glimpse(
                        line.at(), PROXY, "", Party.FRESH, true, Counts.NONE, Histogram.NONE, new TreeMap<>()));
            }
            return all;
        }

        private static Glimpse glimpse(Line line, Answered a, Party party) {
            var routes = new TreeMap<String, Counts>();
            a.routes().forEach((name, n) -> routes.put(name, new Counts(n[0], n[1])));
            return new Glimpse(line.at(), PROXY, a.instance(), party, true, errors(a), latency(a), routes);
        }

        // ---- what was before

        private Basis choose(long start) {
            return Ladder.choose(
                    start,
                    question.old()
                            .filter(_ -> !old.isEmpty())
                            .map(Release::toString)
                            .orElse(""),
                    assembler.oldServes(),
                    past(Ladder.pastEnds(start, question.since())));
        }

        /// Of whole minutes, and of the seconds since the last of them: those are there at once and stay.
        private Past past(long start) {
            var border = Math.floorDiv(start, HistoryFiles.MINUTE) * HistoryFiles.MINUTE - 1;
            var hour = before(start, border, HOUR);
            var weekAgo = start - WEEK.toMillis();
            Predicate<Answered> mine = a -> a.service().equals(service);
            var halves = new Halves();
            before(start, border, DISPERSION).forEach(line -> halves.round(byInstance(line)));
            return new Past(
                    counts(hour, mine),
                    latency(hour.stream().flatMap(l -> l.of(service).stream()).toList()),
                    counts(hour, a -> guard.contains(a.service())),
                    counts(read(HistoryFiles.MINUTES, weekAgo - HOUR.toMillis(), weekAgo), mine),
                    counts(read(HistoryFiles.MINUTES, weekAgo, weekAgo + HOUR.toMillis()), mine),
                    halves.phi(),
                    halves.from());
        }

        private List<Line> before(long start, long border, Duration span) {
            var lines = new ArrayList<>(read(HistoryFiles.MINUTES, start - span.toMillis(), border));
            lines.addAll(seconds(border, start - 1));
            return lines;
        }

        private Map<String, Counts> byInstance(Line line) {
            var counts = new HashMap<String, Counts>();
            line.of(service).stream()
                    .filter(a -> a.revision().equals(old))
                    .filter(a -> !a.byNobody())
                    .forEach(a -> counts.merge(a.instance(), errors(a), Counts::plus));
            return counts;
        }
    }

    private static Counts counts(List<Line> lines, Predicate<Answered> which) {
        return lines.stream()
                .flatMap(l -> l.of().stream())
                .filter(which)
                .map(LocalTelemetry::errors)
                .reduce(Counts.NONE, Counts::plus);
    }

    private static String digest(Release release) {
        return release.revision().digest().text();
    }
}
