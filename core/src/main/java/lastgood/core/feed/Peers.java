package lastgood.core.feed;

import java.time.Duration;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Scrape;

/// What two rules would have said that are usual elsewhere: a limit on the new half's success, looked at now and then.
///
/// @param below99 below 99 % in five of its minutes
/// @param below95 below 95 % in four of its stretches of five minutes
public record Peers(boolean below99, boolean below95) {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

    /// One watch.
    static final class Course {
        private final Limit minutes = new Limit(MINUTE, 0.01);
        private final Limit stretches = new Limit(FIVE_MINUTES, 0.05);

        void take(Scrape scrape) {
            minutes.take(scrape);
            stretches.take(scrape);
        }

        Peers end() {
            return new Peers(minutes.broken >= 5, stretches.broken >= 4);
        }
    }

    private static final class Limit {
        private final Duration each;
        private final double most;
        private Duration until;
        private Counts seen = Counts.NONE;
        private int broken;

        Limit(Duration each, double most) {
            this.each = each;
            this.most = most;
            until = each;
        }

        void take(Scrape scrape) {
            seen = seen.plus(scrape.fresh().errors());
            if (scrape.since().compareTo(until) >= 0) {
                broken += seen.requests() > 0 && seen.share() > most ? 1 : 0;
                seen = Counts.NONE;
                until = scrape.since().plus(each);
            }
        }
    }
}
