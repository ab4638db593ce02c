package lastgood.core.detect;

import java.util.Set;

/// How one release is watched.
///
/// @param alpha largest chance that a healthy release is called bad, over the whole watch
/// @param phi from [Dispersion], at least 1
/// @param endless a watch without a release's end: then 1/alpha scrapes pass between false alarms
/// @param tolerance what is not called degraded yet
/// @param criticalRoutes share half of the attention given to routes
/// @param routesMax other routes that are watched one by one; the rest is one more, called `other`
public record Settings(
        Reference reference,
        Before before,
        double alpha,
        double phi,
        Tolerance tolerance,
        WarmUp errorsWarmUp,
        WarmUp latencyWarmUp,
        boolean endless,
        Set<String> criticalRoutes,
        int routesMax) {

    /// 200 routes cost ln 200 = 5.3 nats each: two more failures on a route that is wholly broken.
    public static final int ROUTES_MAX = 200;

    /// For a decision of this price, with the old version beside the new one.
    public static Settings beside(Price price, Before before) {
        return new Settings(
                new Reference.Beside(),
                before,
                price.alpha(),
                1,
                Tolerance.usual(),
                WarmUp.ofErrors(),
                WarmUp.ofLatency(),
                false,
                Set.of(),
                ROUTES_MAX);
    }

    public Settings {
        criticalRoutes = Set.copyOf(criticalRoutes);
        if (!(alpha > 0 && alpha < 1) || !(phi >= 1) || routesMax < 1 || routesMax > ROUTES_MAX) {
            throw new IllegalArgumentException("alpha is between 0 and 1, phi at least 1, routes 1 to %d: %s, %s, %d"
                    .formatted(ROUTES_MAX, alpha, phi, routesMax));
        }
        if (reference instanceof Reference.Earlier && !before.known()) {
            throw new IllegalArgumentException("there is nothing before the deploy to compare with");
        }
    }

    public Settings with(Reference other) {
        return new Settings(
                other, before, alpha, phi, tolerance, errorsWarmUp, latencyWarmUp, endless, criticalRoutes, routesMax);
    }

    public Settings with(Tolerance other) {
        return new Settings(
                reference, before, alpha, phi, other, errorsWarmUp, latencyWarmUp, endless, criticalRoutes, routesMax);
    }

    public Settings withAlpha(double other) {
        return new Settings(
                reference,
                before,
                other,
                phi,
                tolerance,
                errorsWarmUp,
                latencyWarmUp,
                endless,
                criticalRoutes,
                routesMax);
    }

    public Settings withPhi(double other) {
        return new Settings(
                reference,
                before,
                alpha,
                other,
                tolerance,
                errorsWarmUp,
                latencyWarmUp,
                endless,
                criticalRoutes,
                routesMax);
    }

    public Settings withWarmUp(WarmUp errors, WarmUp latency) {
        return new Settings(
                reference, before, alpha, phi, tolerance, errors, latency, endless, criticalRoutes, routesMax);
    }

    /// For a watch between releases: on average at least 1/`falseAlarmsPerScrape` scrapes pass between false alarms.
    public Settings withoutEnd(double falseAlarmsPerScrape) {
        return new Settings(
                reference,
                before,
                falseAlarmsPerScrape,
                phi,
                tolerance,
                errorsWarmUp,
                latencyWarmUp,
                true,
                criticalRoutes,
                routesMax);
    }

    public Settings withRoutes(Set<String> critical, int max) {
        return new Settings(
                reference, before, alpha, phi, tolerance, errorsWarmUp, latencyWarmUp, endless, critical, max);
    }
}
