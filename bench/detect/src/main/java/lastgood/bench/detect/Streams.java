package lastgood.bench.detect;

import java.util.ArrayList;
import java.util.List;
import lastgood.bench.detect.Weather.Clusters;
import lastgood.bench.detect.Weather.Outage;
import lastgood.bench.detect.Weather.Shape;
import lastgood.bench.detect.Weather.WarmUpLaw;

/// Which weather a watch has.
final class Streams {

    private static final double DAY = 86_400;
    private static final int SCRAPE_SECONDS = 15;
    private static final List<Double> TRAFFIC = List.of(1.0, 10.0, 100.0);
    private static final List<Double> SHARES = List.of(0.05, 0.25, 0.5);

    private Streams() {}

    /// A day of a healthy release: load and failures of the day, a cold start, flaws in the data, and three
    /// outages of dependencies that both versions suffer.
    static Weather healthyDay(Chance chance, boolean heldOut) {
        var outages = new ArrayList<Outage>();
        for (var i = 0; i < 3; i++) {
            outages.add(outage(chance, DAY));
        }
        return new Weather(
                chance.oneOf(TRAFFIC),
                chance.oneOf(SHARES),
                chance.between(0.0005, 0.01),
                true,
                heldOut ? Clusters.PARETO : chance.oneOf(List.of(Clusters.SINGLE, Clusters.GEOMETRIC_3)),
                heldOut ? chance.oneOf(List.of(WarmUpLaw.LINEAR, WarmUpLaw.STEPPED)) : WarmUpLaw.EXPONENTIAL,
                heldOut ? chance.oneOf(List.of(Shape.BIMODAL, Shape.HEAVY)) : Shape.LOGNORMAL,
                outages,
                Weather.Fault.NONE,
                true,
                SCRAPE_SECONDS);
    }

    /// @param rps requests a second to the new version, a quarter of all
    static Weather fault(Chance chance, double rps, Weather.Fault fault) {
        return new Weather(
                4 * rps,
                0.25,
                chance.between(0.001, 0.004),
                true,
                Clusters.SINGLE,
                WarmUpLaw.EXPONENTIAL,
                Shape.LOGNORMAL,
                List.of(),
                fault,
                true,
                SCRAPE_SECONDS);
    }

    /// An hour of a healthy release with one outage of a dependency in it.
    static Weather outageHour(Chance chance) {
        var w = healthyDay(chance, false);
        return w.with(List.of(outage(chance, 3600)));
    }

    private static Outage outage(Chance chance, double within) {
        var from = within * 0.8 * chance.uniform();
        return new Outage(from, from + chance.between(180, 1800), chance.between(0.05, 0.6), chance.below(2) == 0);
    }
}
