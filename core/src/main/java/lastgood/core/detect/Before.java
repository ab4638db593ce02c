package lastgood.core.detect;

/// What was known of the service before the deploy; usually its last hour.
///
/// @param errors of all versions that were live
/// @param latency of the same requests, [Histogram#NONE] if unknown
/// @param guard errors of services that share its surroundings and were not deployed; [Counts#NONE] if there are
///     none
/// @param season how much worse this hour of the week was than the hour before it, a week ago; at least 1
public record Before(Counts errors, Histogram latency, Counts guard, double season) {

    public static final Before UNKNOWN = new Before(Counts.NONE, Histogram.NONE, Counts.NONE, 1);

    /// What the past is worth, in requests, as a guess for the reference's rate: enough to bet well in the first
    /// scrape,
    /// little enough to be outvoted within a minute at 100 requests a second.
    private static final double WORTH_MAX = 2000;

    /// ln 100: the bounds below are each wrong with a chance of at most 1 %.
    private static final double NATS = StrictMath.log(100);

    private static final double UNKNOWN_RATE = 0.005;
    private static final double UNKNOWN_WORTH = 50;

    public Before {
        if (!(season >= 1) || Double.isInfinite(season)) {
            throw new IllegalArgumentException("a season's factor is at least 1: " + season);
        }
    }

    public Before(Counts errors) {
        this(errors, Histogram.NONE, Counts.NONE, 1);
    }

    boolean known() {
        return errors.requests() > 0;
    }

    Expected expected() {
        return known()
                ? new Expected(errors.share(), Math.min(WORTH_MAX, (double) errors.requests()))
                : new Expected(UNKNOWN_RATE, UNKNOWN_WORTH);
    }

    /// The rate was surely below this, and with the season's factor so is today's.
    double high() {
        return Math.min(1 - Bet.EDGE, season * bound(errors, 1));
    }

    double low() {
        return bound(errors, 0);
    }

    double guardHigh() {
        return bound(guard, 1);
    }

    /// Chernoff's bound towards `end`: the rate at which the counts would be a surprise of 1 in 100.
    static double bound(Counts counts, double end) {
        if (counts.requests() == 0) {
            return end;
        }
        var share = counts.share();
        var in = share;
        var out = end;
        for (var i = 0; i < 60; i++) {
            var p = in + (out - in) / 2;
            if (counts.requests() * surprise(share, p) <= NATS) {
                in = p;
            } else {
                out = p;
            }
        }
        return out;
    }

    private static double surprise(double q, double p) {
        if (p <= 0 || p >= 1) {
            return q == p ? 0 : Double.POSITIVE_INFINITY;
        }
        var bad = q > 0 ? q * StrictMath.log(q / p) : 0;
        var good = q < 1 ? (1 - q) * StrictMath.log((1 - q) / (1 - p)) : 0;
        return bad + good;
    }
}
