package lastgood.bench.detect;

import java.util.Arrays;
import lastgood.core.detect.Histogram;
import lastgood.core.detect.Scrape;

/// Rules that test hypotheses, written from their descriptions. Alpha is 0.001 where there is one, as for ours.
final class TestRules {

    private static final double ALPHA = 0.001;
    private static final double NEEDED = -StrictMath.log(ALPHA);

    /// What counts as a bad release for the tests of one rate against another: 5 points more.
    private static final double INCREASE = 0.05;

    private TestRules() {}

    /// The idea of Kayenta's judge: a Mann-Whitney test of a minute's samples of both versions over the hour so
    /// far, at 98 %, with an effect of at least 25 %; error rate and p95, each enough to fail. Judged every ten
    /// minutes.
    static final class Kayenta implements Rule {
        private static final double SIGNIFICANT = -StrictMath.log(0.02);
        private static final double EFFECT_MIN = 1.25;
        private static final int MINUTES_MIN = 10;
        private final double[][] samples = new double[4][60];
        private Window minute = new Window(1);
        private int perMinute;
        private int seen;
        private int minutes;
        private double worst;

        @Override
        public String name() {
            return "kayenta";
        }

        @Override
        public void begin(World.Past past, int scrapeSeconds) {
            perMinute = 60 / scrapeSeconds;
            minute = new Window(perMinute);
            seen = 0;
            minutes = 0;
            worst = 0;
        }

        @Override
        public double score(Scrape scrape) {
            seen++;
            minute.add(scrape);
            if (seen % perMinute == 0) {
                sample();
            }
            return worst;
        }

        private void sample() {
            if (minutes == 60) {
                minutes = 0;
                worst = 0;
            }
            samples[0][minutes] = minute.fresh().share();
            samples[1][minutes] = minute.reference().share();
            samples[2][minutes] = p95(minute.freshLatency());
            samples[3][minutes] = p95(minute.referenceLatency());
            minutes++;
            if (minutes % MINUTES_MIN == 0) {
                worst = Math.max(judge(samples[0], samples[1]), judge(samples[2], samples[3]));
            }
        }

        private static double p95(Histogram latency) {
            var p95 = Window.quantile(latency, 0.95);
            return Double.isNaN(p95) ? 0 : p95;
        }

        private double judge(double[] canary, double[] baseline) {
            var a = Arrays.copyOf(canary, minutes);
            var b = Arrays.copyOf(baseline, minutes);
            if (Figures.mean(a) < EFFECT_MIN * Figures.mean(b)) {
                return 0;
            }
            return -StrictMath.log(mannWhitney(a, b)) / SIGNIFICANT;
        }

        /// Two-sided p-value by the normal limit, ties corrected for.
        static double mannWhitney(double[] a, double[] b) {
            var n = a.length + b.length;
            var all = new double[n];
            System.arraycopy(a, 0, all, 0, a.length);
            System.arraycopy(b, 0, all, a.length, b.length);
            Arrays.sort(all);
            var ties = 0.0;
            var ranks = 0.0;
            for (var i = 0; i < n; ) {
                var j = i;
                while (j < n && all[j] == all[i]) {
                    j++;
                }
                var tied = (double) j - i;
                ties += tied * tied * tied - tied;
                var value = all[i];
                var mine = Arrays.stream(a).filter(v -> v == value).count();
                ranks += mine * (i + j + 1) / 2.0;
                i = j;
            }
            var u = ranks - a.length * (a.length + 1.0) / 2;
            var mean = a.length * (double) b.length / 2;
            var variance = a.length * (double) b.length / 12 * (n + 1 - ties / (n * (n - 1.0)));
            if (variance <= 0) {
                return 1;
            }
            var z = Math.max(0, Math.abs(u - mean) - 0.5) / StrictMath.sqrt(variance);
            return Math.max(1e-300, Math.min(1, 2 * upperTail(z)));
        }

        /// P(normal > z), by the continued fraction for large z and Abramowitz and Stegun 26.2.17 below.
        private static double upperTail(double z) {
            var density = StrictMath.exp(-z * z / 2) / StrictMath.sqrt(2 * StrictMath.PI);
            if (z > 5) {
                return density / (z + 1 / (z + 2 / (z + 3 / z)));
            }
            var t = 1 / (1 + 0.2316419 * z);
            return density
                    * t
                    * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        }
    }

    /// Page's cumulative sum for coins: the rate of before against 5 points more.
    static final class Cusum implements Rule {
        private double p0;
        private double sum;

        @Override
        public String name() {
            return "cusum";
        }

        @Override
        public void begin(World.Past past, int scrapeSeconds) {
            p0 = rateBefore(past);
            sum = 0;
        }

        @Override
        public double score(Scrape scrape) {
            sum = Math.max(0, sum + logRatio(scrape, p0));
            return sum / NEEDED;
        }
    }

    /// Wald's sequential test of the same two rates; begins again when it accepts the rate of before.
    static final class Sprt implements Rule {
        private static final double MISSED = 0.05;
        private double p0;
        private double sum;

        @Override
        public String name() {
            return "sprt";
        }

        @Override
        public void begin(World.Past past, int scrapeSeconds) {
            p0 = rateBefore(past);
            sum = 0;
        }

        @Override
        public double score(Scrape scrape) {
            sum += logRatio(scrape, p0);
            if (sum < StrictMath.log(MISSED / (1 - ALPHA))) {
                sum = 0;
            }
            return Math.max(0, sum / StrictMath.log((1 - MISSED) / ALPHA));
        }
    }

    private static double rateBefore(World.Past past) {
        return Math.max(0.0005, past.before().errors().share());
    }

    private static double logRatio(Scrape scrape, double p0) {
        var p1 = Math.min(0.99, p0 + INCREASE);
        var seen = scrape.fresh().errors();
        return seen.bad() * StrictMath.log(p1 / p0)
                + (seen.requests() - seen.bad()) * StrictMath.log((1 - p1) / (1 - p0));
    }

    /// The mixture test of A/B platforms: a normal mixture over the difference of the two rates since the deploy.
    static final class Msprt implements Rule {
        private static final double SPREAD = 0.02;
        private long n1;
        private long x1;
        private long n0;
        private long x0;

        @Override
        public String name() {
            return "msprt";
        }

        @Override
        public void begin(World.Past past, int scrapeSeconds) {
            n1 = 0;
            x1 = 0;
            n0 = 0;
            x0 = 0;
        }

        @Override
        public double score(Scrape scrape) {
            n1 += scrape.fresh().errors().requests();
            x1 += scrape.fresh().errors().bad();
            n0 += scrape.reference().errors().requests();
            x0 += scrape.reference().errors().bad();
            if (n1 < 30 || n0 < 30) {
                return 0;
            }
            var pooled = (double) (x1 + x0) / (n1 + n0);
            var v = pooled * (1 - pooled) * (1.0 / n1 + 1.0 / n0);
            var difference = (double) x1 / n1 - (double) x0 / n0;
            if (difference <= 0 || v <= 0) {
                return 0;
            }
            var t2 = SPREAD * SPREAD;
            var log = 0.5 * StrictMath.log(v / (v + t2)) + t2 * difference * difference / (2 * v * (v + t2));
            return Math.max(0, log / NEEDED);
        }
    }

    /// A sequential test of counts: given how many requests failed in all, how many of them were the new
    /// version's? A Dirichlet mixture against the share of traffic, as Netflix describes it for its canaries.
    static final class NetflixCount implements Rule {
        private static final double PRIOR = 10;
        private double shareSum;
        private long scrapes;
        private long x1;
        private long x0;
        private double logNull;

        @Override
        public String name() {
            return "netflix-count";
        }

        @Override
        public void begin(World.Past past, int scrapeSeconds) {
            shareSum = 0;
            scrapes = 0;
            x1 = 0;
            x0 = 0;
            logNull = 0;
        }

        @Override
        public double score(Scrape scrape) {
            var mine = scrape.fresh().errors();
            var theirs = scrape.reference().errors();
            if (mine.requests() == 0 || theirs.requests() == 0) {
                return 0;
            }
            var share = (double) mine.requests() / (mine.requests() + theirs.requests());
            shareSum += share;
            scrapes++;
            x1 += mine.bad();
            x0 += theirs.bad();
            logNull += mine.bad() * StrictMath.log(share) + theirs.bad() * StrictMath.log(1 - share);
            var a1 = PRIOR * shareSum / scrapes;
            var a0 = PRIOR - a1;
            var log = logBeta(a1 + x1, a0 + x0) - logBeta(a1, a0) - logNull;
            var worse = x1 > (x1 + x0) * shareSum / scrapes;
            return worse ? Math.max(0, log / NEEDED) : 0;
        }

        private static double logBeta(double a, double b) {
            return logGamma(a) + logGamma(b) - logGamma(a + b);
        }

        /// Stirling's series after shifting the argument above 8.
        private static double logGamma(double x) {
            var shift = 0.0;
            var z = x;
            while (z < 8) {
                shift -= StrictMath.log(z);
                z++;
            }
            var r = 1 / (z * z);
            return shift
                    + (z - 0.5) * StrictMath.log(z)
                    - z
                    + 0.5 * StrictMath.log(2 * StrictMath.PI)
                    + (1.0 / 12 - r * (1.0 / 360 - r / 1260)) / z;
        }
    }
}
