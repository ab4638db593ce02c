package lastgood.prometheus;

import java.util.List;
import java.util.Optional;

/// The counters that the team's own signals rest on.
///
/// @param requests of all requests; empty: those that are found by themselves
/// @param latency of response times; empty: likewise
public record Own(Optional<Requests> requests, Optional<Latency> latency) {

    public static final Own NONE = new Own(Optional.empty(), Optional.empty());

    /// @param every labels of all that is counted
    /// @param failed that failures have besides; empty: told by their status code
    public record Requests(String metric, List<Matcher> every, List<Matcher> failed) {
        public Requests {
            every = List.copyOf(every);
            failed = List.copyOf(failed);
        }
    }

    public record Latency(String buckets, List<Matcher> every) {
        public Latency {
            every = List.copyOf(every);
        }

        /// By custom, what is not in seconds says so in its name.
        double secondsPerUnit() {
            return buckets.contains("millisecond") || buckets.endsWith("_ms_bucket") ? 0.001 : 1;
        }
    }
}
