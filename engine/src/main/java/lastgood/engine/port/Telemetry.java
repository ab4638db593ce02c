package lastgood.engine.port;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Scrape;

/// What users got, scrape by scrape: increments counted from raw samples, never rates. Whoever judges a release
/// reads it here.
public interface Telemetry {

    /// Nobody counts. A plan that is made here asks for no proof; one that was made elsewhere cannot be proved here.
    static Telemetry none() {
        return new Telemetry() {
            @Override
            public Feed open(Question question) {
                throw new Unreachable(NOT_CONNECTED);
            }

            @Override
            public List<Served> served(ServiceRef service, Instant from, Duration late) {
                throw new Unreachable(NOT_CONNECTED);
            }
        };
    }

    String NOT_CONNECTED = "no metrics are connected";

    /// The counts of a release from its first sample on. Opened again, after a crash or for a second opinion, it
    /// gives the same scrapes, as long as the source still has the samples. One that keeps none says so in its
    /// [Basis], and begins again with what can still be read.
    Feed open(Question question);

    /// All requests of a service, whoever answered them, from then until now, scrape by scrape, oldest first.
    ///
    /// @param late what takes longer counts as late; the largest bucket that is not above it
    /// @throws Unreachable if the source does not answer
    List<Served> served(ServiceRef service, Instant from, Duration late);

    /// What each instance counted in the past. Who shows no more than the present says so.
    default History history() {
        return History.none("nothing that counts requests here keeps its past, instance by instance");
    }

    /// @param old the release that it replaced or that serves beside it; empty = there was none
    /// @param since when it was put out, by the ledger: nothing older is of interest
    /// @param guard services that share its surroundings and were not deployed
    /// @param critical routes that get half of the attention
    record Question(
            ServiceRef service,
            Release fresh,
            Optional<Release> old,
            Instant since,
            List<ServiceRef> guard,
            Set<String> critical) {
        public Question {
            guard = List.copyOf(guard);
            critical = Set.copyOf(critical);
        }
    }

    interface Feed {
        /// What it is compared with; empty until the release's first sample has been seen, and known whenever a
        /// scrape has been handed out that is not blind. See [Basis#alone] for when the old version is gone.
        Optional<Basis> basis();

        /// What was completed since it was last asked, oldest first; a blind one if the source cannot be read now,
        /// at the time of the scrape before it. Nothing is thrown for that, and what was missed comes later.
        List<Scrape> next();

        /// How often it is worth asking; empty: whoever asks knows best.
        default Optional<Duration> lookEvery() {
            return Optional.empty();
        }

        /// Why, and since when, the counts do not come from where they usually do; empty: they do.
        default Optional<String> standIn() {
            return Optional.empty();
        }
    }

    /// @param at when it was scraped
    /// @param span since the scrape before
    record Served(Instant at, Duration span, Counts failed, Counts late) {}
}
