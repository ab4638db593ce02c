package lastgood.core.detect;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Parts of a service that are judged on their own: a broken checkout hides in a good global rate.
///
/// The weighted mean of e-values is an e-value however the routes depend on each other. Critical routes share
/// half of the weight, all others the rest; beyond the limit they are counted together, so that a client which
/// invents paths costs neither memory nor power.
final class Routes {

    private static final String OTHER = "other";

    /// A route is expected to fail like the service, until it has shown its own rate.
    private static final double PRIOR_REQUESTS = 100;

    private static final double NEVER = Double.NEGATIVE_INFINITY;

    private final Set<String> critical;
    private final int max;
    private final Tolerance tolerance;
    private final boolean endless;
    private final Map<String, Watched> watched = new LinkedHashMap<>();
    private int plain;

    Routes(Set<String> critical, int max, Tolerance tolerance, boolean endless) {
        this.tolerance = tolerance;
        this.critical = critical;
        this.max = max;
        this.endless = endless;
    }

    void take(List<Scrape.Route> routes, double q0, double allowance, double phi, double since, double[] payoffs) {
        if (routes.isEmpty()) {
            return;
        }
        var together = new LinkedHashMap<String, Scrape.Route>();
        for (var route : routes) {
            together.merge(placeOf(route.name()), route, Routes::sum);
        }
        for (var part : together.entrySet()) {
            watched(part.getKey(), q0).take(part.getValue(), allowance, phi, since, payoffs);
        }
    }

    /// Log of the weighted mean. Routes that were not seen yet hold their share at an e-value of 1.
    double now() {
        var high = 0.0;
        for (var route : watched.values()) {
            high = Math.max(high, route.comparison.now());
        }
        var rest = 1.0;
        var sum = 0.0;
        for (var route : watched.values()) {
            rest -= route.weight;
            sum += route.weight * StrictMath.exp(route.comparison.now() - high);
        }
        return high + StrictMath.log(sum + Math.max(0, rest) * StrictMath.exp(-high));
    }

    /// The route with the most evidence against it so far.
    Reading worst(double needed) {
        var worst = new Reading("no route", NEVER, NEVER, needed);
        for (var route : watched.entrySet()) {
            var comparison = route.getValue().comparison;
            if (comparison.peak() > worst.peak()) {
                worst = new Reading(
                        "route %s: %s"
                                .formatted(route.getKey(), comparison.claim().name()),
                        comparison.now(),
                        comparison.peak(),
                        needed - StrictMath.log(route.getValue().weight));
            }
        }
        return worst;
    }

    /// The critical routes of which more than half of the requests fail beyond the reference's, as far as it is proved.
    /// Each has its share of the alpha, whatever happens on the others.
    List<String> broken(double needed) {
        var share = needed + StrictMath.log(Math.max(1, critical.size()));
        return watched.entrySet().stream()
                .filter(r -> r.getValue()
                        .broken
                        .filter(b -> b.reading(share).proved())
                        .isPresent())
                .map(Map.Entry::getKey)
                .toList();
    }

    boolean any() {
        return !watched.isEmpty();
    }

    private String placeOf(String name) {
        if (watched.containsKey(name) || critical.contains(name)) {
            return name;
        }
        if (plain >= max) {
            return OTHER;
        }
        plain++;
        return name;
    }

    private Watched watched(String name, double q0) {
        return watched.computeIfAbsent(
                name,
                n -> new Watched(
                        weight(n),
                        new Expected(q0, PRIOR_REQUESTS),
                        new Comparison(Claim.degraded(tolerance), endless),
                        critical.contains(n)
                                ? Optional.of(new Comparison(Claim.broken(), endless))
                                : Optional.empty()));
    }

    private double weight(String name) {
        if (critical.isEmpty()) {
            return 1.0 / (max + 1);
        }
        return critical.contains(name) ? 0.5 / critical.size() : 0.5 / (max + 1);
    }

    private static Scrape.Route sum(Scrape.Route a, Scrape.Route b) {
        return new Scrape.Route(
                a.name(), a.fresh().plus(b.fresh()), a.reference().plus(b.reference()));
    }

    private static final class Watched {
        private final double weight;
        private final Comparison comparison;
        private final Optional<Comparison> broken;
        private final Expected expected;

        Watched(double weight, Expected expected, Comparison comparison, Optional<Comparison> broken) {
            this.broken = broken;
            this.weight = weight;
            this.expected = expected;
            this.comparison = comparison;
        }

        void take(Scrape.Route seen, double allowance, double phi, double since, double[] payoffs) {
            comparison.take(seen.fresh(), seen.reference(), expected.rate(), allowance, phi, payoffs);
            broken.ifPresent(b -> b.take(seen.fresh(), seen.reference(), expected.rate(), allowance, phi, payoffs));
            expected.saw(seen.reference().requests(), seen.reference().bad(), since);
        }
    }
}
