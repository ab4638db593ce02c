package lastgood.core.detect;

import java.util.List;
import java.util.stream.DoubleStream;

/// By how much is it worse: a ladder of nested claims, "more than 0 pp", "more than 0.1 pp" ... and their mirror
/// images.
///
/// The lower bound is the last rung up to which every claim is proved. It is wrong only if the first rung that is
/// not true was proved, so the whole ladder costs one alpha. The same for the upper bound, from the top.
///
/// An upper bound speaks of the rate at some moment of the watch. When the lower bound climbs to it, the rate has
/// changed:
/// the upper bounds begin again, each time with half of the alpha that was left.
final class Nested {

    /// In absolute terms. Dense where the runbook's borders lie (5 and 10 pp), and up to a total outage.
    private static final double[] RUNGS = {0, 0.001, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.9
    };

    private static final double LN_2 = StrictMath.log(2);

    private final List<Comparison> more;
    private final List<Comparison> less;
    private final double needed;
    private int restarts;

    /// @param alpha the one at which a change of the rate is noticed
    Nested(double alpha, boolean endless) {
        more = DoubleStream.of(RUNGS)
                .mapToObj(d -> new Comparison(Claim.errorsAbove(d), endless))
                .toList();
        less = DoubleStream.of(RUNGS)
                .skip(1)
                .mapToObj(d -> new Comparison(Claim.errorsBelow(d), endless))
                .toList();
        needed = -StrictMath.log(alpha);
    }

    void take(Counts fresh, Counts reference, double expected, double allowance, double phi, double[] payoffs) {
        for (var rung : more) {
            rung.take(fresh, reference, expected, allowance, phi, payoffs);
        }
        for (var rung : less) {
            rung.take(fresh, reference, expected, 0, phi, payoffs);
        }
        forgetWhatChanged();
    }

    /// @param high the reference's rate is surely below this, and
    /// @param low surely above this
    void take(Counts fresh, double low, double high, double allowance, double phi, double[] payoffs) {
        for (var rung : more) {
            rung.take(fresh, high, allowance, phi, payoffs);
        }
        for (var rung : less) {
            rung.take(fresh, low, 0, phi, payoffs);
        }
        forgetWhatChanged();
    }

    Increase at(double alpha) {
        return atLog(-StrictMath.log(alpha));
    }

    private Increase atLog(double enough) {
        var above = -1.0;
        for (var i = 0; i < more.size() && more.get(i).peak() >= enough; i++) {
            above = RUNGS[i];
        }
        var below = 1.0;
        var enoughForLess = enough + (restarts + 1) * LN_2;
        for (var i = less.size() - 1; i >= 0 && less.get(i).peak() >= enoughForLess; i--) {
            below = RUNGS[i + 1];
        }
        return new Increase(above, below);
    }

    /// Evidence for "less than this share above", as a log; for the share nearest to the one asked.
    Reading below(double share, double alpha) {
        var rung = less.getLast();
        for (var i = less.size() - 1; i >= 0 && RUNGS[i + 1] >= share; i--) {
            rung = less.get(i);
        }
        return rung.reading(-StrictMath.log(alpha) + (restarts + 1) * LN_2);
    }

    List<Reading> readings(double alpha) {
        var enough = -StrictMath.log(alpha);
        return more.stream().map(c -> c.reading(enough)).toList();
    }

    private void forgetWhatChanged() {
        var now = atLog(needed);
        if (now.above() >= now.below()) {
            less.forEach(Comparison::forget);
            restarts++;
        }
    }
}
