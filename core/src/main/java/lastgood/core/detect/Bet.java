package lastgood.core.detect;

/// One bet against a null hypothesis on the counts of one scrape; the result is the natural logarithm of an e-value.
///
/// An e-value is a payoff that is at most 1 on average while the null is true. So a fortune made by betting on
/// and on reaches 1/alpha with a chance of at most alpha, however often one looks (Ville's inequality).
///
/// Two streams, null p1 <= rho*p0 + delta (or >=). For the point (q1, q0) that is bet on, let (p1*, p0*) be the
/// point on the null's border which minimises n1*KL(q1||p1) + n0*KL(q0||p0). The payoff is the likelihood ratio
/// of (q1, q0') against (p1*, p0*), where q0' makes the first-order (KKT) condition hold exactly at the p0* that
/// was found. Then for every (p1, p0) in the null the mean payoff is
///
///     f1^n1 * f0^n0 <= exp(n1*(f1-1) + n0*(f0-1)) = exp(lambda/rho * (p1 - rho*p0 - delta)) <= 1
///
/// with f = 1 + (p-p*)(q-p*)/(p*(1-p*)). Because q0' comes from p0*, and not the other way round, a coarse root
/// costs power and never validity. The rates may drift as they like inside the null: an outage of both sides is
/// inside.
///
/// Logarithms are [StrictMath]'s: the same bits on every machine, which a replay of a decision needs.
///
/// Sources: Grünwald, de Heide, Koolen, "Safe Testing" (2024); Turner, Ly, Grünwald, "Generic E-variables for exact
/// sequential k-sample tests" (2024); Ville (1939).
final class Bet {

    /// Rates are kept this far from 0 and 1, so that every logarithm is finite.
    static final double EDGE = 1e-9;

    /// Newton's method with a bracket needs 4 to 9 rounds; the limit is for rounding that will not settle.
    private static final int ROUNDS_MAX = 60;

    /// A step that is relatively smaller ends the search; Newton's next one would be below a double's last digit.
    private static final double STEP_MIN = 1e-10;

    private static final double BRACKET_MIN = 1e-15;

    private Bet() {}

    /// What the two streams must not be, if the null is true.
    enum Null {
        /// p1 <= rho*p0 + delta; rejecting it proves that the first stream is worse.
        AT_MOST,
        /// p1 >= rho*p0 + delta; rejecting it proves that the first stream is not that much worse.
        AT_LEAST
    }

    /// @param rho factor, above 0
    /// @param delta margin in absolute terms (0.05 = 5 percentage points), 0 to 1
    /// @param q1 rate of the first stream that is bet on, outside of the null for q0
    /// @param q0 rate of the second stream that is expected, from the past alone
    /// @return log of the e-value; 0 when there is nothing to bet on
    static double onTwo(Null side, double rho, double delta, long n1, long x1, long n0, long x0, double q1, double q0) {
        if (n1 <= 0 || n0 <= 0 || !outside(side, rho, delta, q1, q0)) {
            return 0;
        }
        var p0 = border(side, rho, delta, (double) n1, (double) n0, q1, q0);
        var p1 = rho * p0 + delta;
        if (!inside(p0) || !inside(p1)) {
            return 0;
        }
        var lambda = rho * n1 * (q1 - p1) / (p1 * (1 - p1));
        var q0kkt = p0 - lambda * p0 * (1 - p0) / n0;
        if (!inside(q0kkt)) {
            return 0;
        }
        return logRatio(n1, x1, q1, p1) + logRatio(n0, x0, q0kkt, p0);
    }

    /// One stream, null p <= rate (bet q above it) or p >= rate (bet q below it).
    static double onOne(double rate, long n, long x, double q) {
        if (n <= 0 || !inside(rate) || !inside(q)) {
            return 0;
        }
        return logRatio(n, x, q, rate);
    }

    /// How fast the evidence grows, in nats for each request of the first stream, if the rates are (q1, q0) and the
    /// second stream has `ratio` requests for each of the first.
    static double nats(Null side, double rho, double delta, double q1, double q0, double ratio) {
        if (!(ratio > 0) || !outside(side, rho, delta, q1, q0)) {
            return 0;
        }
        var p0 = border(side, rho, delta, 1, ratio, q1, q0);
        var p1 = rho * p0 + delta;
        return inside(p0) && inside(p1) ? kl(q1, p1) + ratio * kl(q0, p0) : 0;
    }

    /// Kullback-Leibler divergence of two coins, in nats.
    static double kl(double q, double p) {
        return q * StrictMath.log(q / p) + (1 - q) * StrictMath.log((1 - q) / (1 - p));
    }

    /// The second coordinate of the null's border point that is nearest to the bet.
    static double border(Null side, double rho, double delta, double n1, double n0, double q1, double q0) {
        var meet = (q1 - delta) / rho;
        var lo = side == Null.AT_MOST ? q0 : Math.max(meet, 0);
        var hi = side == Null.AT_MOST ? meet : Math.min(q0, (1 - EDGE - delta) / rho);
        var p0 = guess(side, rho, delta, n1, n0, q1, q0, lo, hi);
        for (var round = 0; round < ROUNDS_MAX && hi - lo > BRACKET_MIN * hi; round++) {
            var p1 = rho * p0 + delta;
            var v0 = p0 * (1 - p0);
            var v1 = p1 * (1 - p1);
            // The derivative times v0*v1 > 0: a cubic, negative left of the root and positive right of it.
            var slope = rho * n1 * (p1 - q1) * v0 + n0 * (p0 - q0) * v1;
            if (slope < 0) {
                lo = p0;
            } else {
                hi = p0;
            }
            var bend = rho * n1 * (rho * v0 + (p1 - q1) * (1 - 2 * p0)) + n0 * (v1 + (p0 - q0) * rho * (1 - 2 * p1));
            var next = p0 - slope / bend;
            var moved = next >= lo && next <= hi ? next : lo + (hi - lo) / 2;
            if (Math.abs(moved - p0) <= STEP_MIN * p0) {
                return moved;
            }
            p0 = moved;
        }
        return p0;
    }

    /// Where the root would be if the divergences were parabolas; saves a round or two of the search.
    private static double guess(
            Null side, double rho, double delta, double n1, double n0, double q1, double q0, double lo, double hi) {
        var share = n1 * rho / (n1 * rho + n0);
        var near = side == Null.AT_MOST ? lo + (hi - lo) * share : hi - (hi - lo) * share;
        var p1 = rho * near + delta;
        var w1 = n1 / (p1 * (1 - p1));
        var w0 = n0 / (near * (1 - near));
        var p0 = (rho * w1 * (q1 - delta) + w0 * q0) / (rho * rho * w1 + w0);
        return p0 > lo && p0 < hi ? p0 : near;
    }

    private static boolean outside(Null side, double rho, double delta, double q1, double q0) {
        if (!inside(q1) || !inside(q0)) {
            return false;
        }
        var edge = rho * q0 + delta;
        return side == Null.AT_MOST ? q1 > edge : q1 < edge;
    }

    private static boolean inside(double p) {
        return p > 0 && p < 1;
    }

    private static double logRatio(long n, long x, double q, double p) {
        var good = (n - x) * StrictMath.log((1 - q) / (1 - p));
        return x == 0 ? good : good + x * StrictMath.log(q / p);
    }
}
