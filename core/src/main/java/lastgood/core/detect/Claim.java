package lastgood.core.detect;

import lastgood.core.detect.Bet.Null;

/// Something that can be proved of two streams of requests, by rejecting its opposite.
///
/// `rho` is a factor on the reference's rate and `delta` a margin in absolute terms: 0.05 is 5 percentage points
/// (pp). `bets` are odds as multiples of the null's border (AT_MOST), or shares of the way from the reference's
/// rate to the border (AT_LEAST).
final class Claim {

    /// Working space that is long enough for the payoffs of any claim.
    static final int BETS_MAX = 7;

    private final String name;
    private final Null side;
    private final double rho;
    private final double delta;
    private final double[] bets;

    /// From a slightly raised rate to a total outage of a service that hardly ever fails. Seven bets cost ln 7 =
    /// 1.9 nats.
    private static final double[] ERRORS = {1.4, 2.2, 4, 9, 25, 70, 400};

    /// Tails of latency are frequent already, so the odds grow less.
    private static final double[] TAILS = {1.3, 1.8, 3, 6, 15, 40};

    /// For "not that much worse": no difference at all, or some of it.
    private static final double[] HARMLESS = {0, 0.25, 0.5};

    private Claim(String name, Null side, double rho, double delta, double[] bets) {
        this.name = name;
        this.side = side;
        this.rho = rho;
        this.delta = delta;
        this.bets = bets;
    }

    static Claim degraded(Tolerance tolerance) {
        var name = "errors degraded (above %s x + %s)"
                .formatted(Points.number(tolerance.factor()), Points.text(tolerance.extra()));
        return new Claim(name, Null.AT_MOST, tolerance.factor(), tolerance.extra(), ERRORS);
    }

    static Claim errorsAbove(double delta) {
        return new Claim("errors more than %s above".formatted(Points.text(delta)), Null.AT_MOST, 1, delta, ERRORS);
    }

    /// More than a raised rate: most of its users get nothing.
    static Claim broken() {
        return errorsAbove(0.5);
    }

    static Claim errorsBelow(double delta) {
        return new Claim("errors less than %s above".formatted(Points.text(delta)), Null.AT_LEAST, 1, delta, HARMLESS);
    }

    /// Against one's own past, which had other hours and other users: a wide margin.
    static Claim worseThanBefore() {
        return new Claim("errors above 2 x before the deploy + 1 pp", Null.AT_MOST, 2, 0.01, ERRORS);
    }

    /// Without anything to compare with: an absolute limit on the share of errors.
    static Claim aboveLimit(double limit) {
        return new Claim("errors above %s".formatted(Points.percent(limit)), Null.AT_MOST, 1, limit, ERRORS);
    }

    /// Against services that were not deployed: they are other services, so the margin is wide.
    static Claim worseThanGuard() {
        return new Claim("errors above 4 x the guard group + 5 pp", Null.AT_MOST, 4, 0.05, ERRORS);
    }

    static Claim slower() {
        return new Claim("slower: the tail is above 1.5 x + 1 pp", Null.AT_MOST, 1.5, 0.01, TAILS);
    }

    static Claim twiceAsSlow() {
        return new Claim("slower than twice the reference", Null.AT_MOST, 1.1, 0.005, TAILS);
    }

    static Claim notMuchSlower() {
        return new Claim("tail less than 10 pp above", Null.AT_LEAST, 1, 0.1, HARMLESS);
    }

    /// A scrape that fails is rarer news than a request that fails, and one pod is a large share of few.
    static Claim unreachable() {
        return new Claim("scrapes fail more than 20 pp more often", Null.AT_MOST, 1, 0.2, ERRORS);
    }

    String name() {
        return name;
    }

    Null side() {
        return side;
    }

    double rho() {
        return rho;
    }

    double delta() {
        return delta;
    }

    int bets() {
        return bets.length;
    }

    /// The rate that bet k is on, given what is expected of the reference and the allowance at this age.
    double bet(int k, double q0, double margin) {
        var edge = rho * q0 + margin;
        if (side == Null.AT_LEAST) {
            return q0 + bets[k] * (edge - q0);
        }
        var odds = bets[k] * edge / (1 - edge);
        return edge < 1 ? odds / (1 + odds) : 1;
    }
}
