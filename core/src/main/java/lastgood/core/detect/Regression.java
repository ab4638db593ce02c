package lastgood.core.detect;

/// Whether a service that was left alone has got worse than it used to be: errors above 1.5 x what was normal + 0.1 pp.
/// Asked as often as one likes, it is wrong with a chance of at most alpha.
public final class Regression {

    private final Comparison comparison = new Comparison(Claim.degraded(Tolerance.usual()), false);
    private final double[] payoffs = new double[Claim.BETS_MAX];
    private final Before before;
    private final double needed;
    private Counts seen = Counts.NONE;

    /// @param normal what was counted before; of a service without a past nothing is ever proved
    public Regression(Counts normal, double alpha) {
        before = new Before(normal);
        needed = -StrictMath.log(alpha);
    }

    public void take(Counts counts) {
        seen = seen.plus(counts);
        if (before.known()) {
            comparison.take(counts, before.high(), 0, 1, payoffs);
        }
    }

    public boolean proved() {
        return comparison.peak() >= needed;
    }

    public Counts seen() {
        return seen;
    }
}
