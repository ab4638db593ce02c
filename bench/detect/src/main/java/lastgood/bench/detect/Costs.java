package lastgood.bench.detect;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import lastgood.bench.detect.Results.Cost;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Before;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Judges;
import lastgood.core.detect.Price;
import lastgood.core.detect.Scrape;
import lastgood.core.detect.Settings;

/// What the detector takes of a core and of memory.
final class Costs {

    private static final int SERVICES = 10_000;
    private static final int ROUTES = 100;

    /// Short batches, of which the fastest counts: on a machine that others use too, the mean would measure them.
    private static final int BATCHES = 400;

    private static final int SCRAPES = 10;

    private Costs() {}

    static Cost measure() {
        var plain = microsPerScrape(0);
        var routed = microsPerScrape(ROUTES);
        return new Cost((routed - plain) / ROUTES, plain, bytes(), SERVICES);
    }

    /// The difference between a service with routes and one without is what one stream's one claim costs.
    private static double microsPerScrape(int routes) {
        var chance = new Chance(5);
        var scrapes = new ArrayList<Scrape>();
        for (var i = 0; i < SCRAPES; i++) {
            scrapes.add(scrape(chance, routes));
        }
        var judges = judges();
        var best = Double.MAX_VALUE;
        for (var batch = 0; batch < BATCHES; batch++) {
            var from = System.nanoTime();
            scrapes.forEach(judges::take);
            best = Math.min(best, (System.nanoTime() - from) / 1e3 / SCRAPES);
        }
        return best;
    }

    private static Scrape scrape(Chance chance, int routes) {
        var list = new ArrayList<Scrape.Route>();
        for (var r = 0; r < routes; r++) {
            list.add(new Scrape.Route("/route/" + r, counts(chance, 40), counts(chance, 120)));
        }
        return new Scrape(
                Duration.ofHours(1),
                Duration.ofHours(1),
                Scrape.Side.of(counts(chance, 150)),
                Scrape.Side.of(counts(chance, 450)),
                Counts.NONE,
                list,
                new Scrape.Sight.Clear());
    }

    private static Counts counts(Chance chance, int about) {
        var n = about + chance.below(about);
        return new Counts(n, chance.binomial(n, 0.004));
    }

    private static Judges judges() {
        var before = new Before(new Counts(100_000, 200));
        var settings = Settings.beside(Price.TYPE_1, before);
        return new Judges(settings, new Basis(settings.reference(), before, 1, Instant.EPOCH, List.of()));
    }

    /// Used heap with and without ten thousand watched services, each after a few scrapes with latencies.
    private static double bytes() {
        var weather = Weather.calm(40, 0.25, 0.002);
        var world = new World(weather, 3);
        var past = world.past(true);
        var scrapes = List.of(world.next(), world.next(), world.next());
        var settings = Settings.beside(Price.TYPE_1, past.before());
        var basis = new Basis(settings.reference(), past.before(), 1, Instant.EPOCH, List.of());
        var before = used();
        var services = new ArrayList<Judges>(SERVICES);
        for (var i = 0; i < SERVICES; i++) {
            var judges = new Judges(settings, basis);
            scrapes.forEach(judges::take);
            services.add(judges);
        }
        var after = used();
        if (services.size() != SERVICES) {
            throw new IllegalStateException("the services must outlive the measurement");
        }
        return (double) (after - before) / SERVICES;
    }

    static long used() {
        var runtime = Runtime.getRuntime();
        for (var i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
