package lastgood.engine.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lastgood.core.Words;
import lastgood.core.decide.Situation.Stage;
import lastgood.core.detect.Price;
import lastgood.core.feed.Placebo;
import lastgood.core.feed.Placebo.Came;
import lastgood.core.feed.Placebo.Watched;

/// What placebo deploys came to.
///
/// @param watched all of them, in order of time
/// @param judged those in which both halves had requests
/// @param prices how many were wrongly proved, at the price of each action
/// @param suspected how many would have paused a rollout
/// @param called how many would have called a person, because it was worse than the hour before
/// @param cleared how many were proved not to be 5 pp worse: the others had too few requests to say so
/// @param below99 false alarms of a rule that looks at success in minutes
/// @param below95 and of one that looks at stretches of five
/// @param phiUsed median of what was measured
/// @param phiNeeded what it would have to be at least for every promise to hold; empty if they hold
public record Calibrated(
        List<Watched> watched,
        int judged,
        List<Priced> prices,
        int suspected,
        int called,
        int cleared,
        int below99,
        int below95,
        double phiUsed,
        Optional<Phi> phiNeeded) {

    /// A rate is called too high if chance alone gives it less often than this.
    private static final double SURPRISE = 0.01;

    /// Beyond it, failures are not clustered but common: a margin, or a look at the instances, is what helps.
    private static final double PHI_MAX = 200;

    private static final double PHI_STEP = 1.15;

    public Calibrated {
        watched = List.copyOf(watched);
        prices = List.copyOf(prices);
    }

    /// @param action `rollback of Type 1`
    /// @param wrong how many of the judged
    /// @param low of the rate, Clopper-Pearson, 95 %
    /// @param holds whether so many are no surprise if the promise is kept
    public record Priced(String action, double alpha, int wrong, double low, double high, boolean holds) {}

    /// @param value what failures would have to cluster by
    /// @param left false rollbacks that stay with it; more than promised, if no value up to the largest helps
    public record Phi(double value, int left, boolean enough) {}

    /// Without what only judging again needs.
    static Watched light(Watched one) {
        return new Watched(
                one.startMillis(),
                one.instances(),
                one.evidence(),
                one.suspected(),
                one.came(),
                one.why(),
                one.after(),
                one.fresh(),
                one.old(),
                one.cleared(),
                one.peers(),
                one.basis(),
                List.of());
    }

    static Calibrated of(List<Watched> all, List<Watched> kept, Terms terms) {
        var judged = all.stream().filter(w -> !w.idle()).toList();
        var prices = new ArrayList<Priced>();
        var names = List.of("abort of a canary", "rollback of Type 1", "rollback of Type 2", "rollback of Type 3");
        var alphas = alphas(terms);
        for (var i = 0; i < names.size(); i++) {
            prices.add(priced(names.get(i), alphas.get(i), judged));
        }
        var holds = prices.stream().allMatch(Priced::holds);
        return new Calibrated(
                all,
                judged.size(),
                prices,
                count(judged, Watched::suspected),
                count(judged, w -> w.came() == Came.CALLED),
                count(judged, Watched::cleared),
                count(judged, w -> w.peers().below99()),
                count(judged, w -> w.peers().below95()),
                median(judged),
                holds
                        ? Optional.empty()
                        : Optional.of(search(kept, count(judged, Watched::suspected), judged.size(), terms)));
    }

    /// Of the watch as a whole: what its better comparison has to come to is counted in that already.
    private static double needed(double alpha) {
        return -StrictMath.log(alpha);
    }

    /// The halves serve side by side, so that comparison is the one that blames.
    private static Priced priced(String action, double alpha, List<Watched> judged) {
        var wrong = count(judged, w -> w.evidence() >= needed(alpha));
        return new Priced(
                action,
                alpha,
                wrong,
                Binomial.low(wrong, judged.size()),
                Binomial.high(wrong, judged.size()),
                Binomial.atLeast(wrong, judged.size(), alpha) >= SURPRISE);
    }

    private static int count(List<Watched> all, java.util.function.Predicate<Watched> which) {
        return (int) all.stream().filter(which).count();
    }

    private static double median(List<Watched> all) {
        var sorted = all.stream().mapToDouble(w -> w.basis().phi()).sorted().toArray();
        return sorted.length == 0 ? 1 : sorted[sorted.length / 2];
    }

    /// Those that were suspected, judged again with a larger phi each time: it only takes evidence away, so what was
    /// calm stays calm.
    ///
    /// @param kept of those, as many as there was room for
    private static Phi search(List<Watched> kept, int suspected, int judged, Terms terms) {
        var each = kept.isEmpty() ? 1 : (double) suspected / kept.size();
        for (var phi = 1.0; ; phi *= PHI_STEP) {
            var now = phi;
            var evidence = kept.stream()
                    .mapToDouble(w -> Placebo.again(
                                    w,
                                    terms.settings(w.basis())
                                            .withPhi(Math.max(now, w.basis().phi())))
                            .evidence())
                    .toArray();
            var enough = alphas(terms).stream()
                    .allMatch(alpha -> each * above(evidence, alpha) <= Math.floor(alpha * judged));
            if (enough || phi > PHI_MAX) {
                return new Phi(phi, (int) Math.round(each * above(evidence, Price.TYPE_1.alpha())), enough);
            }
        }
    }

    private static List<Double> alphas(Terms terms) {
        return List.of(
                terms.rules().watchAlpha(Stage.CANARY),
                Price.TYPE_1.alpha(),
                Price.TYPE_2.alpha(),
                Price.TYPE_3.alpha());
    }

    private static long above(double[] evidence, double alpha) {
        return java.util.Arrays.stream(evidence).filter(e -> e >= needed(alpha)).count();
    }

    /// Those that were wrongly proved, at the price of a rollback of Type 1.
    public List<Watched> wrong() {
        return watched.stream()
                .filter(w -> !w.idle() && w.came() == Came.BLAMED)
                .toList();
    }

    public boolean holds() {
        return prices.stream().allMatch(Priced::holds);
    }

    /// Whether silence would mean anything: most of them had requests enough to be cleared.
    public boolean tells() {
        return judged > 0 && cleared * 2 >= judged;
    }

    /// For people.
    public String halves() {
        var fewest = watched.stream().mapToInt(Watched::instances).min().orElse(0);
        var most = watched.stream().mapToInt(Watched::instances).max().orElse(0);
        return fewest == most ? Words.count(most, "instance") : "%d to %d instances".formatted(fewest, most);
    }
}
