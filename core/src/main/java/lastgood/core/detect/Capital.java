package lastgood.core.detect;

import java.util.Arrays;

/// What the bets against one null have come to: a mixture over bets and over the scrape at which each was begun.
///
/// For bet k, M_k(t) = (M_k(t-1) + w_t) * E_k(t). The weights w_t add up to 1, so M is a mixture of fortunes that
/// were started at every scrape with w_t each, and the chance that it ever reaches 1/alpha under the null is at
/// most alpha. Starting anew is what finds a fault that begins after an hour of good history. In a watch without
/// an end w_t = 1 (the Shiryaev-Roberts e-detector): then 1/alpha scrapes pass between false alarms on average,
/// or more.
///
/// All in natural logarithms, which stay finite however long the watch is.
///
/// Source: Shin, Ramdas, Rinaldo, "E-detectors" (2024).
final class Capital {

    /// The share of the fortune that is bet at once; the rest is spread over later beginnings.
    private static final double FIRST = StrictMath.log(0.75);

    private static final double HALF = StrictMath.log(0.5);

    /// exp(-40) is far below a double's last digit next to 1.
    private static final double NEGLIGIBLE = -40;

    private final double[] logs;
    private final boolean endless;
    private long scrapes;
    private double now;
    private double peak;

    Capital(int bets, boolean endless) {
        logs = new double[bets];
        this.endless = endless;
    }

    int bets() {
        return logs.length;
    }

    /// Takes the payoffs of one scrape, as logarithms, one for each bet.
    void take(double[] payoffs) {
        scrapes++;
        var start = endless
                ? 0
                : scrapes == 1 ? FIRST : HALF - StrictMath.log((double) scrapes) - StrictMath.log((double) scrapes + 1);
        for (var k = 0; k < logs.length; k++) {
            logs[k] = (scrapes == 1 ? start : logAdd(logs[k], start)) + payoffs[k];
        }
        now = logMean(logs, logs.length);
        peak = Math.max(peak, now);
    }

    /// Log of the e-value at this moment.
    double now() {
        return now;
    }

    /// Log of the largest e-value so far, at least 0. Evidence that was once enough stays enough.
    double peak() {
        return peak;
    }

    long scrapes() {
        return scrapes;
    }

    /// Begins again, as if nothing had been seen.
    void forget() {
        Arrays.fill(logs, 0);
        scrapes = 0;
        now = 0;
        peak = 0;
    }

    static double logAdd(double a, double b) {
        var high = Math.max(a, b);
        var gap = Math.min(a, b) - high;
        return gap < NEGLIGIBLE ? high : high + StrictMath.log1p(StrictMath.exp(gap));
    }

    static double logMean(double[] logs, int count) {
        var high = logs[0];
        for (var k = 1; k < count; k++) {
            high = Math.max(high, logs[k]);
        }
        var sum = 0.0;
        for (var k = 0; k < count; k++) {
            var gap = logs[k] - high;
            sum += gap < NEGLIGIBLE ? 0 : StrictMath.exp(gap);
        }
        return high + StrictMath.log(sum / count);
    }
}
