package lastgood.core.detect;

import java.time.Duration;
import java.util.List;

/// What was counted since the last look, on all sides. Increments, never totals: see [Differencing].
///
/// @param since time since the new version's first sample, by the samples' own clock
/// @param freshAge how long the new version's instances have been ready, weighted by their traffic
/// @param fresh the new version
/// @param reference the old version, or a fresh instance of it; empty if none serves beside the new one
/// @param guard errors of services that were not deployed
/// @param routes parts of the service that are judged on their own, and other streams such as probes and restarts
public record Scrape(
        Duration since, Duration freshAge, Side fresh, Side reference, Counts guard, List<Route> routes, Sight sight) {

    public Scrape {
        routes = List.copyOf(routes);
    }

    /// Errors alone, which is the least that can be judged.
    public static Scrape of(Duration since, Counts fresh, Counts reference) {
        return new Scrape(since, since, Side.of(fresh), Side.of(reference), Counts.NONE, List.of(), new Sight.Clear());
    }

    /// Nobody could be asked.
    public static Scrape blind(Duration since, String cause) {
        return new Scrape(since, since, Side.NONE, Side.NONE, Counts.NONE, List.of(), new Sight.Blind(cause));
    }

    /// One version.
    ///
    /// @param errors requests and those that failed
    /// @param latency of the same requests
    /// @param scrapes attempts to read its instances' counters and those that failed
    public record Side(Counts errors, Histogram latency, Counts scrapes) {

        public static final Side NONE = new Side(Counts.NONE, Histogram.NONE, Counts.NONE);

        public static Side of(Counts errors) {
            return new Side(errors, Histogram.NONE, Counts.NONE);
        }
    }

    /// @param name such as `/api/checkout`, `probe:auth`, `restarts`
    public record Route(String name, Counts fresh, Counts reference) {}

    /// Whether the source of the counts answered.
    public sealed interface Sight {
        record Clear() implements Sight {}

        /// Not one of the instances, old or new, could be read.
        record Blind(String cause) implements Sight {}
    }
}
