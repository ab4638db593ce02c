package lastgood.bench.detect;

import java.io.PrintStream;
import java.util.Locale;
import java.util.stream.IntStream;
import lastgood.bench.detect.Figures.Rate;
import lastgood.core.Verdict;

/// Many days of healthy releases, watched as a watch does it, and nothing else: how often it goes back for nothing.
final class Days {

    private static final int SCRAPES_A_DAY = 86_400 / 15;
    private static final int SCRAPES_AN_HOUR = 240;
    private static final int A_WORD_EVERY = 100;

    /// One service of ten requests a second.
    private static final double RPS = 10;

    private Days() {}

    /// @param rolledBack proved, and proved to be the release's fault: what a watch may act on by itself
    /// @param inItsHour the same while the release is watched as one; later a watch only calls a person
    /// @param called proved to be worse, and not whose fault it is: a person is called
    record Day(boolean rolledBack, boolean inItsHour, boolean called) {}

    record Counted(Rate rolledBack, Rate inItsHour, Rate called, double seconds) {}

    /// A whole day beside the old version, although a release is watched as one for an hour only.
    static Day watch(Weather weather, long seed) {
        var world = new World(weather, seed);
        var ours = new Ours(Ours.Without.NOTHING);
        ours.begin(world.past(true), weather.scrapeSeconds());
        for (var t = 1; t <= SCRAPES_A_DAY; t++) {
            if (ours.score(world.next()) >= 1) {
                return new Day(true, t <= SCRAPES_AN_HOUR, false);
            }
        }
        return new Day(false, false, ours.judges().assess().verdict() instanceof Verdict.Fail);
    }

    static Counted run(int days, long seed, PrintStream out) {
        var from = System.nanoTime();
        var counts = new int[3];
        for (var done = 0; done < days; done += A_WORD_EVERY) {
            var first = done;
            var batch = IntStream.range(first, Math.min(days, first + A_WORD_EVERY))
                    .parallel()
                    .mapToObj(day -> day(day, seed))
                    .toList();
            for (var day : batch) {
                counts[0] += day.rolledBack() ? 1 : 0;
                counts[1] += day.inItsHour() ? 1 : 0;
                counts[2] += day.called() ? 1 : 0;
            }
            var until = Math.min(days, done + A_WORD_EVERY);
            out.printf(
                    Locale.ROOT,
                    "  %d days, %.0f s: false rollbacks %s, of them in the release's hour %d; a person called %d%n",
                    until,
                    (System.nanoTime() - from) / 1e9,
                    new Rate(counts[0], until),
                    counts[1],
                    counts[2]);
            out.flush();
        }
        return new Counted(
                new Rate(counts[0], days),
                new Rate(counts[1], days),
                new Rate(counts[2], days),
                (System.nanoTime() - from) / 1e9);
    }

    private static Day day(int day, long seed) {
        var mine = (seed + 2) * 1_000_003 + day;
        return watch(Streams.healthyDay(new Chance(mine), day % 5 == 4).at(RPS), mine + 1);
    }
}
