package lastgood.engine.port;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import lastgood.core.ServiceRef;
import lastgood.core.feed.Glimpse;
import lastgood.core.feed.Pace;

/// What each instance of a service counted in the past, as far back as somebody remembers it. A week of it is much, so
/// it is looked over coarsely first and then read piece by piece.
public interface History {

    /// Nobody remembers.
    static History none(String why) {
        return new History() {
            @Override
            public Survey survey(ServiceRef service, Instant from, Instant to) {
                throw new Unreachable(why);
            }

            @Override
            public Pieces open(ServiceRef service, Instant from) {
                throw new Unreachable(why);
            }
        };
    }

    /// Cheap, whatever the length.
    ///
    /// @throws Unreachable if the source does not answer
    Survey survey(ServiceRef service, Instant from, Instant to);

    /// @param from where reading begins
    Pieces open(ServiceRef service, Instant from);

    interface Pieces {
        /// From where the last piece ended, oldest first; all of it [lastgood.core.feed.Party#OLD].
        ///
        /// @throws Unreachable if the source does not answer
        List<Glimpse> until(Instant to);
    }

    /// @param slot how long one is
    /// @param slots in which somebody counted, oldest first
    /// @param pace of the rounds that can be made of what is remembered
    /// @param piece how much may be read at one go
    /// @param cost of an hour of it, for people: `3 requests, about 2 MB`
    /// @param unlike how it differs from what a real watch sees, for people, a sentence each
    record Survey(Duration slot, List<Slot> slots, Pace pace, Duration piece, String cost, List<String> unlike) {
        public Survey {
            slots = List.copyOf(slots);
            unlike = List.copyOf(unlike);
        }
    }

    /// @param at where it begins
    /// @param instances that answered requests in it
    record Slot(Instant at, int instances, long requests) {}
}
