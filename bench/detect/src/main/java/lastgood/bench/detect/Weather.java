package lastgood.bench.detect;

import java.util.List;

/// What a stream is made of.
///
/// @param rps requests a second to both versions together
/// @param share of them that the new version gets, 0 to 1
/// @param base share of failed requests of a healthy version
/// @param drift whether load and failures follow the hour of the day and wander
/// @param clusters how failures come together
/// @param warmUp how a fresh version is worse
/// @param shape of the latencies
/// @param outages of something that both versions need
/// @param fault what happens to the new version, none for a healthy release
/// @param flaws whether counters are reset, scrapes are missed and come late
/// @param scrapeSeconds time between scrapes
record Weather(
        double rps,
        double share,
        double base,
        boolean drift,
        Clusters clusters,
        WarmUpLaw warmUp,
        Shape shape,
        List<Outage> outages,
        Fault fault,
        boolean flaws,
        int scrapeSeconds) {

    /// @param from seconds after the deploy
    /// @param errors share of requests that it fails
    /// @param wide whether the neighbours suffer as well
    record Outage(double from, double to, double errors, boolean wide) {}

    /// @param from seconds after the deploy
    /// @param errors added to the new version's share of failures
    /// @param slower factor on its latencies
    record Fault(double from, double errors, double slower) {
        static final Fault NONE = new Fault(0, 0, 1);
    }

    /// Geometric is what the parameters were tuned on; the others are held out.
    enum Clusters {
        SINGLE,
        GEOMETRIC_3,
        PARETO;

        long size(Chance chance) {
            return switch (this) {
                case SINGLE -> 1;
                case GEOMETRIC_3 -> chance.geometric(3);
                case PARETO -> chance.pareto(1.6, 60);
            };
        }

        double mean() {
            return switch (this) {
                case SINGLE -> 1;
                case GEOMETRIC_3 -> 3;
                case PARETO -> 2.1; // of the rounded and capped law, by simulation
            };
        }
    }

    /// Exponential is what the allowance was tuned on; the others are held out.
    enum WarmUpLaw {
        NONE,
        EXPONENTIAL,
        LINEAR,
        STEPPED;

        /// Share of requests that still meet a cold process.
        double cold(double age) {
            return switch (this) {
                case NONE -> 0;
                case EXPONENTIAL -> StrictMath.exp(-age / 25);
                case LINEAR -> Math.max(0, 1 - age / 60);
                case STEPPED -> age < 20 ? 1 : age < 45 ? 0.4 : 0;
            };
        }
    }

    /// Log-normal is what was tuned on; the others are held out.
    enum Shape {
        LOGNORMAL,
        BIMODAL,
        HEAVY;

        /// Share of requests that take no longer.
        double within(double seconds) {
            return switch (this) {
                case LOGNORMAL -> normal(StrictMath.log(seconds / 0.08) / 0.6);
                case BIMODAL ->
                    0.88 * normal(StrictMath.log(seconds / 0.03) / 0.4)
                            + 0.12 * normal(StrictMath.log(seconds / 0.35) / 0.3);
                case HEAVY -> 1 / (1 + StrictMath.pow(seconds / 0.06, -1.8));
            };
        }

        /// Abramowitz and Stegun 26.2.17; wrong by less than 1e-7.
        private static double normal(double z) {
            var t = 1 / (1 + 0.2316419 * Math.abs(z));
            var tail = StrictMath.exp(-z * z / 2)
                    / StrictMath.sqrt(2 * StrictMath.PI)
                    * t
                    * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
            return z > 0 ? 1 - tail : tail;
        }
    }

    Weather with(Fault other) {
        return new Weather(rps, share, base, drift, clusters, warmUp, shape, outages, other, flaws, scrapeSeconds);
    }

    Weather with(List<Outage> other) {
        return new Weather(rps, share, base, drift, clusters, warmUp, shape, other, fault, flaws, scrapeSeconds);
    }

    Weather at(double otherRps) {
        return new Weather(otherRps, share, base, drift, clusters, warmUp, shape, outages, fault, flaws, scrapeSeconds);
    }

    /// A quiet service without drift, clusters, cold starts or flaws.
    static Weather calm(double rps, double share, double base) {
        return new Weather(
                rps,
                share,
                base,
                false,
                Clusters.SINGLE,
                WarmUpLaw.NONE,
                Shape.LOGNORMAL,
                List.of(),
                Fault.NONE,
                false,
                15);
    }
}
