package lastgood.core.detect;

/// One claim and the fortune of the bets against its opposite.
final class Comparison {

    private final Claim claim;
    private final Capital capital;

    Comparison(Claim claim, boolean endless) {
        this.claim = claim;
        capital = new Capital(claim.bets(), endless);
    }

    /// One scrape against a reference that was counted at the same time. Without requests on both sides nothing
    /// is bet, and the scrape does not count.
    ///
    /// @param expected rate of the reference, from the past alone
    /// @param allowance added to the margin, such as a warm-up's
    /// @param phi how much more the counts vary than coins would, at least 1; tempers the payoff
    /// @param payoffs working space, at least as long as there are bets
    void take(Counts fresh, Counts reference, double expected, double allowance, double phi, double[] payoffs) {
        if (fresh.requests() == 0 || reference.requests() == 0) {
            return;
        }
        var margin = claim.delta() + allowance;
        for (var k = 0; k < claim.bets(); k++) {
            payoffs[k] = Bet.onTwo(
                            claim.side(),
                            claim.rho(),
                            margin,
                            fresh.requests(),
                            fresh.bad(),
                            reference.requests(),
                            reference.bad(),
                            claim.bet(k, expected, margin),
                            expected)
                    / phi;
        }
        capital.take(payoffs);
    }

    /// One scrape against a rate that is known: before the deploy (its bound), or none at all (0).
    void take(Counts fresh, double rate, double allowance, double phi, double[] payoffs) {
        if (fresh.requests() == 0) {
            return;
        }
        var margin = claim.delta() + allowance;
        var edge = claim.rho() * rate + margin;
        for (var k = 0; k < claim.bets(); k++) {
            var bet = Math.max(Bet.EDGE, claim.bet(k, rate, margin));
            payoffs[k] = Bet.onOne(edge, fresh.requests(), fresh.bad(), bet) / phi;
        }
        capital.take(payoffs);
    }

    Claim claim() {
        return claim;
    }

    double now() {
        return capital.now();
    }

    double peak() {
        return capital.peak();
    }

    long scrapes() {
        return capital.scrapes();
    }

    void forget() {
        capital.forget();
    }

    Reading reading(double needed) {
        return new Reading(claim.name(), capital.now(), capital.peak(), needed);
    }
}
