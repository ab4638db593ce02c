package lastgood.bench.detect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import lastgood.core.detect.Before;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Differencing;
import lastgood.core.detect.Dispersion;
import lastgood.core.detect.Histogram;
import lastgood.core.detect.Scrape;

/// A service, its old and its new version, and the exposition endpoints of their pods. What rules get to see has
/// gone through raw counters and [Differencing], with resets, gaps and late scrapes in them if the weather says
/// so.
final class World {

    static final double[] BOUNDS = {0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, Double.POSITIVE_INFINITY};

    private static final long T0 = 1_700_000_000_000L;
    private static final int NEW_PODS = 2;
    private static final int OLD_PODS = 4;
    private static final int BEFORE_SCRAPES = 240;

    /// Cold processes fail this share more of their requests, and are this many times slower.
    private static final double COLD_ERRORS = 0.03;

    private static final double COLD_SLOWER = 4;

    private final Weather weather;
    private final Chance chance;
    private final Differencing counters;
    private final List<Pod> pods = new ArrayList<>();
    private final double[] within = new double[BOUNDS.length];
    private final double[] withinCold = new double[BOUNDS.length];
    private final double[] withinSlow = new double[BOUNDS.length];
    private final double hour;
    private double wander;
    private int scrape;
    private long fresh;
    private long freshBad;
    private long faulty;

    World(Weather weather, long seed) {
        this.weather = weather;
        chance = new Chance(seed);
        hour = 24 * chance.uniform();
        counters = new Differencing(T0, Duration.ofSeconds(weather.scrapeSeconds()));
        for (var b = 0; b < BOUNDS.length; b++) {
            var last = b == BOUNDS.length - 1;
            within[b] = last ? 1 : weather.shape().within(BOUNDS[b]);
            withinCold[b] = last ? 1 : weather.shape().within(BOUNDS[b] / COLD_SLOWER);
            withinSlow[b] = last
                    ? 1
                    : weather.shape().within(BOUNDS[b] / weather.fault().slower());
        }
        for (var i = 0; i < OLD_PODS; i++) {
            pods.add(new Pod("old-" + i, false, 40));
        }
        // The first exposition of the old pods is only a base: shown before the deploy.
        pods.forEach(p -> p.expose(T0));
        counters.advance();
        for (var i = 0; i < NEW_PODS; i++) {
            pods.add(new Pod("new-" + i, true, 0));
        }
    }

    /// The hour before the deploy, and how the failures of six hours vary between two halves of the old version.
    record Past(Before before, double phi) {}

    Past past(boolean guard) {
        var errors = Counts.NONE;
        var neighbours = Counts.NONE;
        var dispersion = new Dispersion();
        var latency = new long[BOUNDS.length];
        for (var t = 0; t < BEFORE_SCRAPES * 6; t++) {
            var seconds = (t - BEFORE_SCRAPES * 6.0) * weather.scrapeSeconds();
            var rate = base(seconds);
            var n = load(seconds) * weather.scrapeSeconds() * (1 - weather.share());
            var a = failures(chance.poisson(n / 2), rate);
            var b = failures(chance.poisson(n / 2), rate);
            dispersion.halves(a, b);
            if (t >= BEFORE_SCRAPES * 5) {
                errors = errors.plus(a).plus(b);
                neighbours = neighbours.plus(failures(chance.poisson(2 * n), rate));
                spread(a.requests() + b.requests(), within, latency);
            }
        }
        for (var b = 1; b < latency.length; b++) {
            latency[b] += latency[b - 1];
        }
        var known = Histogram.of(BOUNDS, latency);
        // The bench knows its own season: the load's hour is the same in both hours, up to the drift.
        return new Past(new Before(errors, known, guard ? neighbours : Counts.NONE, 1), dispersion.phi());
    }

    /// The next scrape as an adapter would see it.
    Scrape next() {
        scrape++;
        var now = (double) scrape * weather.scrapeSeconds();
        wander();
        for (var pod : pods) {
            pod.serve(now);
            pod.scrapeAt(now);
        }
        var n = load(now) * weather.scrapeSeconds() * 2;
        var guard = failures(chance.poisson(n), Math.min(1, base(now) + outage(now, true)));
        return gather(now, guard);
    }

    double now() {
        return (double) scrape * weather.scrapeSeconds();
    }

    /// Requests of the new version so far, and those that failed.
    Counts served() {
        return new Counts(fresh, freshBad);
    }

    /// Requests that failed, or were slow, because of the fault so far.
    long faulty() {
        return faulty;
    }

    private Scrape gather(double now, Counts guard) {
        var total = new long[2];
        var bad = new long[2];
        var buckets = new long[2][BOUNDS.length];
        for (var i : counters.advance()) {
            var side = i.target().startsWith("new") ? 0 : 1;
            switch (i.series().charAt(0)) {
                case 't' -> total[side] += i.count();
                case 'e' -> bad[side] += i.count();
                default -> buckets[side][i.series().charAt(1) - '0'] += i.count();
            }
        }
        var since = Duration.ofSeconds((long) now);
        return new Scrape(
                since,
                since,
                side(total[0], bad[0], buckets[0]),
                side(total[1], bad[1], buckets[1]),
                guard,
                List.of(),
                new Scrape.Sight.Clear());
    }

    private static Scrape.Side side(long total, long bad, long[] buckets) {
        return new Scrape.Side(new Counts(total, Math.min(bad, total)), Histogram.of(BOUNDS, buckets), Counts.NONE);
    }

    private void wander() {
        wander = weather.drift() ? 0.98 * wander + 0.06 * chance.normal() : 0;
    }

    private double load(double seconds) {
        var day = weather.drift() ? 1 + 0.6 * StrictMath.sin((hour + seconds / 3600) / 24 * 2 * StrictMath.PI) : 1;
        return weather.rps() * day;
    }

    private double base(double seconds) {
        var day = weather.drift() ? 1 + 0.3 * StrictMath.cos((hour + seconds / 3600) / 24 * 2 * StrictMath.PI) : 1;
        return weather.base() * day * StrictMath.exp(wander);
    }

    private double outage(double now, boolean neighbour) {
        var sum = 0.0;
        for (var o : weather.outages()) {
            sum += now > o.from() && now <= o.to() && (o.wide() || !neighbour) ? o.errors() : 0;
        }
        return sum;
    }

    private Counts failures(long n, double rate) {
        var clusters = weather.clusters();
        var bad = 0L;
        // A rate that is high is not made of rare clusters.
        if (clusters == Weather.Clusters.SINGLE || rate > 0.2) {
            bad = chance.binomial(n, rate);
        } else {
            for (var c = chance.poisson(n * rate / clusters.mean()); c > 0; c--) {
                bad += clusters.size(chance);
            }
        }
        return new Counts(n, Math.min(n, bad));
    }

    /// Into buckets, not yet cumulative.
    private void spread(long n, double[] cdf, long[] into) {
        var left = n;
        var below = 0.0;
        for (var b = 0; b < BOUNDS.length && left > 0; b++) {
            var here = b == BOUNDS.length - 1 ? left : chance.binomial(left, (cdf[b] - below) / (1 - below));
            into[b] += here;
            left -= here;
            below = Math.min(cdf[b], 1 - 1e-12);
        }
    }

    /// One instance: counters that only grow, unless it is restarted.
    private final class Pod {
        private final String name;
        private final boolean isNew;
        private final long[] buckets = new long[BOUNDS.length];
        private long total;
        private long errors;
        private long startedMillis;
        private int late;

        Pod(String name, boolean isNew, long total) {
            this.name = name;
            this.isNew = isNew;
            this.total = total;
            startedMillis = isNew ? T0 : T0 - 86_400_000L;
            buckets[BOUNDS.length - 1] = total;
        }

        void serve(double now) {
            if (weather.flaws() && !isNew && chance.below(4000) == 0) {
                total = 0;
                errors = 0;
                java.util.Arrays.fill(buckets, 0);
                startedMillis = millis(now) - 9_000;
            }
            var share = isNew ? weather.share() / NEW_PODS : (1 - weather.share()) / OLD_PODS;
            var n = chance.poisson(load(now) * weather.scrapeSeconds() * share);
            var cold = isNew ? weather.warmUp().cold(now) : 0;
            var hit = isNew && now > weather.fault().from();
            var natural = base(now) + outage(now, false) + COLD_ERRORS * cold;
            var counts = failures(n, Math.min(1, natural));
            var extra = hit ? chance.binomial(n - counts.bad(), weather.fault().errors()) : 0;
            var bad = counts.bad() + extra;
            total += n;
            errors += bad;
            var coldRequests = chance.binomial(n, 0.3 * cold);
            var serving = new long[BOUNDS.length];
            spread(coldRequests, withinCold, serving);
            spread(n - coldRequests, hit ? withinSlow : within, serving);
            var sum = 0L;
            for (var b = 0; b < BOUNDS.length; b++) {
                sum += serving[b];
                buckets[b] += sum;
            }
            if (isNew) {
                fresh += n;
                freshBad += bad;
                faulty += hit && weather.fault().slower() > 1 ? n : extra;
            }
        }

        void scrapeAt(double now) {
            if (weather.flaws() && late == 0 && chance.below(200) == 0) {
                late = 1 + chance.below(3); // one scrape fails, or three in a row
            }
            if (late > 0) {
                late--;
                return;
            }
            expose(millis(now) + (weather.flaws() ? chance.below(400) : 0));
        }

        void expose(long at) {
            counters.started(name, at, startedMillis);
            counters.sample(name, "t", at, (double) total);
            if (errors > 0) {
                counters.sample(name, "e", at, (double) errors); // as client libraries do: absent until the first error
            }
            for (var b = 0; b < BOUNDS.length; b++) {
                counters.sample(name, SERIES[b], at, (double) buckets[b]);
            }
        }

        private long millis(double now) {
            return T0 + (long) (now * 1000);
        }
    }

    private static final String[] SERIES = {"b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7"};
}
