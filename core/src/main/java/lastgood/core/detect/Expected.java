package lastgood.core.detect;

/// What rate the reference is expected to have in the next scrape: its counts so far, fading, on top of what was
/// known before the deploy. Uses the past alone, as every bet must.
///
/// A wrong guess costs power, never validity.
final class Expected {

    /// Half of what is remembered is younger than this; follows a day's load without chasing noise.
    private static final double HALF_LIFE_SECONDS = 300;

    /// A reference without a single failure is not taken for one that cannot fail.
    private static final double RATE_MIN = 1e-5;

    private static final double RATE_MAX = 0.99;

    private final double priorRequests;
    private final double priorBad;
    private double requests;
    private double bad;

    /// @param priorRate share of bad requests before the deploy, 0 to 1
    /// @param priorRequests how many requests that knowledge is worth
    Expected(double priorRate, double priorRequests) {
        this.priorRequests = priorRequests;
        priorBad = priorRate * priorRequests;
    }

    double rate() {
        var rate = (priorBad + bad) / (priorRequests + requests);
        return Math.min(RATE_MAX, Math.max(RATE_MIN, rate));
    }

    void saw(long n, long x, double secondsSinceLast) {
        var keep = StrictMath.pow(0.5, Math.max(0, secondsSinceLast) / HALF_LIFE_SECONDS);
        requests = requests * keep + n;
        bad = bad * keep + x;
    }
}
