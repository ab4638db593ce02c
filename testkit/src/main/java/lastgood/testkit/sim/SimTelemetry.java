package lastgood.testkit.sim;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import lastgood.core.ServiceRef;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Before;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Histogram;
import lastgood.core.detect.Reference;
import lastgood.core.detect.Scrape;
import lastgood.core.detect.Scrape.Side;
import lastgood.engine.port.History;
import lastgood.engine.port.Telemetry;
import lastgood.engine.port.Unreachable;

/// Users that can be counted: so many requests a scrape, of which so many fail, the same each time.
public final class SimTelemetry implements Telemetry {

    private static final double[] BOUNDS = {0.1, 0.5, 1, Double.POSITIVE_INFINITY};

    private final InstantSource clock;
    private final Duration every;

    /// Requests of each scrape, and how many of them fail.
    public Counts fresh = new Counts(100, 0);

    /// The old version's, at the same time; none = it does not serve any more.
    public Counts old = Counts.NONE;

    /// What was normal in the hour before.
    public Counts before = new Counts(100_000, 100);

    /// Of services that were not deployed, each scrape and in the hour before.
    public Counts guard = Counts.NONE;

    public Counts guardBefore = Counts.NONE;

    /// Empty: it can be read.
    public String blind = "";

    /// Whether users are hurt at all at this moment; else `fresh` is served without a failure.
    public BooleanSupplier hurts = () -> true;

    public History history = History.none("nothing is remembered");

    public SimTelemetry(InstantSource clock, Duration every) {
        this.clock = clock;
        this.every = every;
    }

    @Override
    public History history() {
        return history;
    }

    @Override
    public Feed open(Question question) {
        return new Feed() {
            private Instant seen = question.since();

            @Override
            public Optional<Basis> basis() {
                return Optional.of(new Basis(
                        old.requests() > 0
                                ? new Reference.Beside()
                                : before.requests() > 0 ? new Reference.Earlier() : Reference.Nothing.usual(),
                        new Before(before, Histogram.NONE, guardBefore, 1),
                        1,
                        question.since(),
                        List.of("simulated")));
            }

            @Override
            public List<Scrape> next() {
                if (!blind.isEmpty()) {
                    return List.of(Scrape.blind(since(clock.instant()), blind));
                }
                var scrapes = new ArrayList<Scrape>();
                while (!seen.plus(every).isAfter(clock.instant())) {
                    seen = seen.plus(every);
                    scrapes.add(new Scrape(
                            since(seen),
                            // Warm by now.
                            Duration.ofHours(1),
                            side(now()),
                            side(old),
                            guard,
                            List.of(),
                            new Scrape.Sight.Clear()));
                }
                return scrapes;
            }

            private Duration since(Instant at) {
                return Duration.between(question.since(), at);
            }
        };
    }

    private Counts now() {
        return hurts.getAsBoolean() ? fresh : new Counts(fresh.requests(), 0);
    }

    private static Side side(Counts errors) {
        var n = errors.requests();
        return new Side(errors, Histogram.of(BOUNDS, new long[] {n, n, n, n}), Counts.NONE);
    }

    @Override
    public List<Served> served(ServiceRef service, Instant from, Duration late) {
        if (!blind.isEmpty()) {
            throw new Unreachable(blind);
        }
        var served = new ArrayList<Served>();
        for (var at = from.plus(every); !at.isAfter(clock.instant()); at = at.plus(every)) {
            served.add(new Served(at, every, now(), new Counts(now().requests(), 0)));
        }
        return served;
    }
}
