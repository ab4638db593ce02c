package lastgood.engine.port;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;

/// What users got: counts and response times, by revision.
public interface Metrics {

    /// @param revision only requests that this revision answered; empty = all, also those that nobody answered
    /// @param since requests older than this do not count
    Window window(ServiceRef service, Optional<Digest> revision, Instant since);

    /// The same over time, for pictures and exports: a point for each step and revision that had requests, oldest
    /// first. Steps are counted from `from`; the source may know the past only coarsely, or not at all.
    ///
    /// @param step at least a second
    /// @throws Unreachable if the source does not answer
    List<Point> course(ServiceRef service, Instant from, Instant to, Duration step);

    /// Under which names requests are counted, as far as that is known now. Never throws for a source that is silent.
    default Names names(ServiceRef service) {
        return new Names("by the proxy in front of its instances", List.of(), "an environment on this machine");
    }

    /// Who answers questions of the team's own.
    default Measures measures() {
        return Measures.NONE;
    }

    /// @param chosen in words; empty: none yet
    /// @param tried in this order
    /// @param why why this one, or why none
    record Names(String chosen, List<String> tried, String why) {
        public Names {
            tried = List.copyOf(tried);
        }
    }

    /// @param at where the step begins
    /// @param revision who answered; empty = nobody, or it is not known who
    /// @param p95 upper bound from the histogram; [Duration#ZERO] if there is none
    record Point(Instant at, Optional<Digest> revision, long requests, long errors, Duration p95) {}

    /// Counts, never rates: whoever judges needs to know how much there was to see.
    ///
    /// @param span how much time the counts cover
    /// @param errors responses of class 5xx, and requests that got none
    /// @param p95 upper bound from the histogram; [Duration#ZERO] if there were no requests
    record Window(Duration span, long requests, long errors, Duration p50, Duration p95, Duration p99) {

        /// In per cent, 0 to 100; 0 if there were no requests, so look at `requests` first.
        public double errorPercent() {
            return requests == 0 ? 0 : 100.0 * errors / requests;
        }
    }
}
