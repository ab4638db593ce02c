package lastgood.core.feed;

import lastgood.core.detect.Before;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Histogram;

/// What is known of a service from before a release.
///
/// @param hour the last hour, all versions together
/// @param guard the same hour of services that were not deployed
/// @param lastWeekBefore the same hour a week ago
/// @param lastWeekAfter the hour after that one, a week ago
/// @param phi from [lastgood.core.detect.Dispersion]
/// @param phiFrom where that was measured, for people
public record Past(
        Counts hour,
        Histogram latency,
        Counts guard,
        Counts lastWeekBefore,
        Counts lastWeekAfter,
        double phi,
        String phiFrom) {

    public static final Past UNKNOWN =
            new Past(Counts.NONE, Histogram.NONE, Counts.NONE, Counts.NONE, Counts.NONE, 1, "");

    /// A quiet hour is no ruler: at 0 of 100 the rate may still have been 4.5 %.
    static final long REQUESTS_MIN = 100;

    /// A season that makes errors more than three times as likely is an outage of last week's.
    private static final double SEASON_MAX = 3;

    /// Failures at the common rate that each of the two hours is given in advance, so that a handful decides nothing.
    private static final double PRIOR = 5;

    boolean known() {
        return hour.requests() >= REQUESTS_MIN;
    }

    Before before() {
        return known() ? new Before(hour, latency, guard, season()) : Before.UNKNOWN;
    }

    /// How much worse this hour was than the one before it, a week ago; at least 1.
    double season() {
        var both = lastWeekBefore.plus(lastWeekAfter);
        if (lastWeekBefore.requests() < REQUESTS_MIN || lastWeekAfter.requests() < REQUESTS_MIN || both.bad() == 0) {
            return 1;
        }
        var requests = PRIOR / both.share();
        var then = (lastWeekBefore.bad() + PRIOR) / (lastWeekBefore.requests() + requests);
        var later = (lastWeekAfter.bad() + PRIOR) / (lastWeekAfter.requests() + requests);
        return Math.clamp(later / then, 1, SEASON_MAX);
    }
}
