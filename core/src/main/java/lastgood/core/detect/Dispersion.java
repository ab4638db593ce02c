package lastgood.core.detect;

/// How much more the failures of one version vary between its instances than coins would (phi, 1 = like coins):
/// failures
/// come in clusters. Measured on the old version before the deploy, because every bet is tempered by it.
///
/// The instances are split in two halves that serve at the same time, so drift common to both cancels. With one
/// instance
/// only, two successive scrapes are the halves; then drift counts as clustering, which errs on the safe side.
///
/// A quasi-likelihood correction: right for many requests, not exact for few. Hence the A/A calibration beside it.
public final class Dispersion {

    /// Room for the next hours being worse than the last ones.
    private static final double ROOM = 1.3;

    /// Knowledge worth this many expected failures at phi = 1; a handful of failures should not decide it.
    private static final double PRIOR = 5;

    private double seen;
    private double wanted;
    private Counts last = Counts.NONE;

    /// One scrape of both halves.
    public void halves(Counts a, Counts b) {
        var n = a.requests() + b.requests();
        if (a.requests() == 0 || b.requests() == 0) {
            return;
        }
        var share = (double) a.requests() / n;
        var bad = a.bad() + b.bad();
        var off = a.bad() - share * bad;
        seen += off * off;
        wanted += bad * share * (1 - share);
    }

    /// One scrape of a single instance.
    public void next(Counts scrape) {
        halves(last, scrape);
        last = scrape;
    }

    /// What bets are divided by, at least 1; people should be told when it is above 10.
    public double phi() {
        return Math.max(1, ROOM * (seen + PRIOR) / (wanted + PRIOR));
    }
}
