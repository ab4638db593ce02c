package lastgood.testkit.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import lastgood.core.ServiceRef;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Histogram;
import lastgood.core.feed.Glimpse;
import lastgood.core.feed.Pace;
import lastgood.core.feed.Party;
import lastgood.engine.port.History;

/// Some days of a service that was never deployed to, made anew each time it is read: the same days for the same seed.
public final class SimHistory implements History {

    private static final Duration SLOT = Duration.ofMinutes(5);
    private static final double[] BOUNDS = {0.1, 0.5, 1, Double.POSITIVE_INFINITY};

    private final long seed;
    private final Duration every;

    public int instances = 4;

    /// To each instance, in each interval.
    public int requests = 30;

    public double failing = 0.002;

    /// How often an instance has a bad spell of its own, and how much it fails then: clusters that no split of its
    /// past shows, if it had none yet.
    public Duration spellEvery = Duration.ZERO;

    public Duration spell = Duration.ofMinutes(3);
    public double failingThen = 0.5;

    /// When counting began.
    public Instant since;

    /// How often somebody read.
    public int pieces;

    public SimHistory(long seed, Instant since, Duration every) {
        this.seed = seed;
        this.since = since;
        this.every = every;
    }

    @Override
    public Survey survey(ServiceRef service, Instant from, Instant to) {
        var slots = new ArrayList<Slot>();
        var begin = from.isBefore(since) ? since : from;
        for (var at = begin; at.plus(SLOT).compareTo(to) <= 0; at = at.plus(SLOT)) {
            slots.add(new Slot(at, instances, (long) instances * requests * SLOT.dividedBy(every)));
        }
        return new Survey(SLOT, slots, Pace.each(every), Duration.ofHours(3), "nothing", List.of("simulated"));
    }

    @Override
    public Pieces open(ServiceRef service, Instant from) {
        return new Pieces() {
            private Instant done = from;

            @Override
            public List<Glimpse> until(Instant to) {
                pieces++;
                var all = new ArrayList<Glimpse>();
                var begin = Math.floorDiv(done.toEpochMilli(), every.toMillis()) + 1;
                for (var n = begin; n * every.toMillis() <= to.toEpochMilli(); n++) {
                    if (n * every.toMillis() >= since.toEpochMilli()) {
                        for (var i = 0; i < instances; i++) {
                            all.add(glimpse(n, i));
                        }
                    }
                }
                done = to;
                return all;
            }
        };
    }

    private Glimpse glimpse(long nth, int instance) {
        var chance = new SplittableRandom(seed * 1_000_003 + nth * 31 + instance);
        var rate = inASpell(nth, instance) ? failingThen : failing;
        var bad = 0;
        var late = 0;
        for (var r = 0; r < requests; r++) {
            bad += chance.nextDouble() < rate ? 1 : 0;
            late += chance.nextDouble() < 0.05 ? 1 : 0;
        }
        var latency = Histogram.of(BOUNDS, new long[] {requests - late, requests, requests, requests});
        return new Glimpse(
                nth * every.toMillis(),
                "web-" + instance,
                "web-" + instance,
                Party.OLD,
                true,
                new Counts(requests, bad),
                latency,
                new TreeMap<>());
    }

    private boolean inASpell(long nth, int instance) {
        if (spellEvery.isZero()) {
            return false;
        }
        var at = nth * every.toMillis();
        var turn = Math.floorDiv(at, spellEvery.toMillis());
        var begin = turn * spellEvery.toMillis()
                + (long) (new SplittableRandom(seed * 7 + turn * 101 + instance).nextDouble()
                        * (spellEvery.toMillis() - spell.toMillis()));
        return at >= begin && at < begin + spell.toMillis();
    }
}
