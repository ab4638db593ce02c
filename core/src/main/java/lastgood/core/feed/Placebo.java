package lastgood.core.feed;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import lastgood.core.Verdict;
import lastgood.core.detect.Attribution;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Judges;
import lastgood.core.detect.Scrape;
import lastgood.core.detect.Settings;

/// A deploy that never was. At some moment of the recorded past half of the instances, drawn by lot, are called new
/// and the others old; from there on everything goes the way of a real watch: [Assembler], [Ladder], [Judges].
/// Whatever is found is false, since the two halves run the same thing.
///
/// What it cannot show: instances that have just started (these are warm), and what a team's probes and alerts add.
public final class Placebo {

    /// As long as a release is watched as one.
    public static final Duration WATCHED = Duration.ofHours(1);

    /// Evidence that pauses a rollout.
    private static final double SUSPICIOUS = StrictMath.log(20);

    /// Fewer than this on either side, and nothing is decided whatever they were.
    private static final long REQUESTS_MIN = 3;

    private static final int CHANCES = 2;

    private Placebo() {}

    /// @param startMillis when the watch begins
    /// @param evidence largest that the comparison of the halves came to, in nats
    /// @param came what a watch would have said
    /// @param why the claim, where something was proved
    /// @param after how long it took
    /// @param fresh what the half that is called new got
    /// @param scrapes for judging again with other settings
    public record Watched(
            long startMillis,
            int instances,
            double evidence,
            boolean suspected,
            Came came,
            String why,
            Duration after,
            Counts fresh,
            Counts old,
            boolean cleared,
            Peers peers,
            Basis basis,
            List<Scrape> scrapes) {

        public Watched {
            scrapes = List.copyOf(scrapes);
        }

        /// Whether there was so little to see that nothing could have been found.
        public boolean idle() {
            return fresh.requests() < REQUESTS_MIN || old.requests() < REQUESTS_MIN;
        }
    }

    /// What a watch says at the end.
    public enum Came {
        QUIET,
        /// Proved to be worse than the hour before, and not whose fault it is: a person is called.
        CALLED,
        /// Proved, and proved to be the release: a false rollback.
        BLAMED
    }

    /// @param recorded from six hours before that moment to an hour after it, if there was so much
    /// @param terms what a real watch would be judged by
    /// @return empty if fewer than two instances were there
    public static Optional<Watched> watch(
            Recorded recorded,
            Instant at,
            Pace pace,
            Set<String> critical,
            Function<Basis, Settings> terms,
            SplittableRandom lots) {
        var millis = at.toEpochMilli();
        var before = millis - CHANCES * pace.alive().toMillis();
        var there = recorded.instances(before, millis);
        if (there.size() < 2) {
            return Optional.empty();
        }
        var assembler = new Assembler(millis, pace, critical);
        var sides = draw(there, lots);
        for (var glimpse : recorded.between(before, millis + WATCHED.toMillis())) {
            // Who comes later is given a side when he comes.
            var side = sides.computeIfAbsent(glimpse.source(), _ -> lots.nextBoolean() ? Party.FRESH : Party.OLD);
            if (side == Party.OLD || glimpse.atMillis() >= millis) {
                assembler.take(as(side, glimpse));
            }
        }
        var scrapes = assembler.settle(millis + WATCHED.toMillis());
        if (assembler.start().isEmpty()) {
            return Optional.empty();
        }
        var start = assembler.start().getAsLong();
        var basis = Ladder.choose(start, "the other half", assembler.oldServes(), recorded.before(start));
        return Optional.of(judge(start, there.size(), basis, terms.apply(basis), scrapes));
    }

    /// The same scrapes once more, by other settings.
    public static Watched again(Watched before, Settings settings) {
        return judge(before.startMillis(), before.instances(), before.basis(), settings, before.scrapes());
    }

    private static Map<String, Party> draw(Set<String> there, SplittableRandom lots) {
        var names = new ArrayList<>(there);
        for (var i = names.size() - 1; i > 0; i--) {
            var j = lots.nextInt(i + 1);
            var name = names.get(i);
            names.set(i, names.get(j));
            names.set(j, name);
        }
        var sides = new HashMap<String, Party>();
        for (var i = 0; i < names.size(); i++) {
            sides.put(names.get(i), i < names.size() / 2 ? Party.FRESH : Party.OLD);
        }
        return sides;
    }

    private static Glimpse as(Party side, Glimpse g) {
        return new Glimpse(g.atMillis(), g.source(), g.instance(), side, g.read(), g.errors(), g.latency(), g.routes());
    }

    private static Watched judge(long start, int instances, Basis basis, Settings settings, List<Scrape> scrapes) {
        var judges = new Judges(settings, basis);
        // Each of two comparisons has half of the alpha.
        var needed = -StrictMath.log(settings.alpha() / 2);
        var came = Came.QUIET;
        var why = "";
        var after = Duration.ZERO;
        var suspected = false;
        var peers = new Peers.Course();
        for (var scrape : scrapes) {
            judges.take(scrape);
            peers.take(scrape);
            var most = judges.evidence().stream()
                    .mapToDouble(Double::doubleValue)
                    .max()
                    .orElse(0);
            if (most * needed < SUSPICIOUS || came == Came.BLAMED) {
                continue;
            }
            var seen = judges.assess();
            suspected = suspected || seen.suspicion() instanceof lastgood.core.detect.Suspicion.Since;
            if (seen.verdict() instanceof Verdict.Fail(var reason)) {
                var blamed = seen.attribution() instanceof Attribution.Release;
                if (blamed || came == Came.QUIET) {
                    came = blamed ? Came.BLAMED : Came.CALLED;
                    why = reason;
                    after = seen.since();
                }
            }
        }
        var end = judges.all().getFirst();
        return new Watched(
                start,
                instances,
                end.evidence().peak(),
                suspected,
                came,
                why,
                after,
                end.fresh(),
                end.reference(),
                end.verdict() instanceof Verdict.Pass,
                peers.end(),
                basis,
                scrapes);
    }
}
