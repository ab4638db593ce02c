package lastgood.core.detect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Is the service well again? Recovered is a claim with a proof, not the absence of alarms.
///
/// Proved when "1 % or more of the requests fail" and "5 % or more take longer than 500 ms" are both rejected; as
/// both must be, each costs the whole alpha and no correction is owed. Then the proof has to be given again from
/// nothing in every ten minutes of the hold. Refuted when the opposite of either is proved, or when errors are
/// proved to be above what was normal before the incident.
///
/// Pure, like [Detector]: the same scrapes give the same findings.
public final class RecoveryProof {

    private static final int BETS = 4;

    /// As shares of the limit. A service that is well fails far below it; 0.02 stands for "hardly ever".
    private static final double[] BELOW = {0.02, 0.1, 0.25, 0.5};

    private static final double[] ABOVE = {1.5, 2.5, 6, 20};

    private final Goal goal;
    private final double needed;
    private final double[] payoffs = new double[Claim.BETS_MAX];
    private final Comparison relapse;
    private Part errors;
    private Part slow;
    private Part blockErrors;
    private Part blockSlow;
    private boolean proved;
    private double blockSeconds;
    private double settledSeconds;
    private final List<Block> blocks = new ArrayList<>();
    private Finding last = new Finding.NotProved(0);

    /// @param errorsBelow share of requests that may fail, 0 to 1
    /// @param slowBelow share that may take longer than the limit; the limit itself is a bucket that the caller
    ///     picks, the largest one that is not above it
    /// @param alpha largest chance that a service which is not well is called recovered
    /// @param before what was normal before the incident; [Before#UNKNOWN] leaves that comparison out
    /// @param blocks how many times the proof must be given again
    /// @param settling for so long nothing is taken as proof of the opposite: instances warm up, and requests that
    ///     were underway still fail. The proof itself may come at any time.
    public record Goal(
            double errorsBelow,
            double slowBelow,
            double alpha,
            Before before,
            int blocks,
            Duration blockLength,
            Duration settling) {

        /// The runbook's numbers: below 1 % errors, p95 below 500 ms, and 30 minutes.
        public static Goal usual(Before before) {
            return new Goal(0.01, 0.05, 0.01, before, 3, Duration.ofMinutes(10), Duration.ZERO);
        }
    }

    public sealed interface Finding {
        /// @param held whether the hold is over as well
        record Proved(boolean held) implements Finding {}

        /// @param moreRequests about how many would prove it at the present rates; 0 if none would
        record NotProved(long moreRequests) implements Finding {}

        record Refuted(String why) implements Finding {}
    }

    /// What one block of the hold came to.
    public enum Block {
        HELD,
        /// Too few requests to prove anything: neither good nor bad. Probes can supply them.
        TOO_FEW,
        /// Enough requests if the service were well, and still no proof.
        NOT_PROVED
    }

    public RecoveryProof(Goal goal) {
        this.goal = goal;
        needed = -StrictMath.log(goal.alpha());
        errors = new Part(goal.errorsBelow());
        slow = new Part(goal.slowBelow());
        blockErrors = new Part(goal.errorsBelow());
        blockSlow = new Part(goal.slowBelow());
        relapse = new Comparison(Claim.degraded(Tolerance.usual()), false);
    }

    /// One scrape of the whole service.
    ///
    /// @param failed requests and those that failed
    /// @param late requests and those that took longer than the limit
    /// @param since time since the scrape before
    public Finding take(Counts failed, Counts late, Duration since) {
        if (last instanceof Finding.Refuted) {
            return last;
        }
        settledSeconds += since.toMillis() / 1000.0;
        if (goal.before().known() && settled()) {
            relapse.take(failed, goal.before().high(), 0, 1, payoffs);
        }
        errors.take(failed, payoffs);
        slow.take(late, payoffs);
        if (proved) {
            hold(failed, late, since);
        }
        last = find();
        return last;
    }

    /// The blocks of the hold that are over.
    public List<Block> blocks() {
        return List.copyOf(blocks);
    }

    /// All requests so far and those that failed.
    public Counts failed() {
        return errors.seen;
    }

    /// All requests so far and those that were late.
    public Counts late() {
        return slow.seen;
    }

    /// Whether there were enough requests for a service that is well to have proved it, half of the time or more.
    public boolean hadEnough() {
        return Math.min(errors.seen.requests(), slow.seen.requests()) >= enoughForOneBlock();
    }

    public List<Reading> readings() {
        var list = new ArrayList<Reading>();
        list.add(errors.well("fewer than %s fail".formatted(Points.percent(goal.errorsBelow()))));
        list.add(slow.well("fewer than %s are late".formatted(Points.percent(goal.slowBelow()))));
        list.add(errors.ill("more than %s fail".formatted(Points.percent(goal.errorsBelow()))));
        list.add(slow.ill("more than %s are late".formatted(Points.percent(goal.slowBelow()))));
        list.add(relapse.reading(needed));
        return list;
    }

    private void hold(Counts failed, Counts late, Duration since) {
        blockSeconds += since.toMillis() / 1000.0;
        blockErrors.take(failed, payoffs);
        blockSlow.take(late, payoffs);
        if (blockSeconds < goal.blockLength().toSeconds() || done()) {
            return;
        }
        var enough = Math.min(blockErrors.seen.requests(), blockSlow.seen.requests()) >= enoughForOneBlock();
        blocks.add(blockErrors.well() && blockSlow.well() ? Block.HELD : enough ? Block.NOT_PROVED : Block.TOO_FEW);
        blockErrors = new Part(goal.errorsBelow());
        blockSlow = new Part(goal.slowBelow());
        blockSeconds = 0;
    }

    /// A block with too few requests is over without a word against it; one with enough and no proof has to be made
    /// up for.
    private boolean done() {
        return blocks.stream().filter(b -> b != Block.NOT_PROVED).count() >= goal.blocks();
    }

    private boolean settled() {
        return proved || settledSeconds > goal.settling().toMillis() / 1000.0;
    }

    /// Requests with which a service that fails at a fifth of the limit proves to be well, half of the time or more.
    private double enoughForOneBlock() {
        var strictest = Math.min(goal.errorsBelow(), goal.slowBelow());
        var cost = needed + StrictMath.log(BETS) - StrictMath.log(0.75);
        return 2 * cost / Bet.kl(strictest / 5, strictest);
    }

    private Finding find() {
        if (errors.ill() || (blocks.size() > 0 && blockErrors.ill())) {
            return new Finding.Refuted("more than %s of the requests fail: %d of %d"
                    .formatted(Points.percent(goal.errorsBelow()), errors.seen.bad(), errors.seen.requests()));
        }
        if (slow.ill()) {
            return new Finding.Refuted("more than %s of the requests are late: %d of %d"
                    .formatted(Points.percent(goal.slowBelow()), slow.seen.bad(), slow.seen.requests()));
        }
        if (relapse.peak() >= needed) {
            return new Finding.Refuted("errors are above what was normal before the incident: %d of %d"
                    .formatted(errors.seen.bad(), errors.seen.requests()));
        }
        proved |= errors.well() && slow.well();
        return proved
                ? new Finding.Proved(done())
                : new Finding.NotProved(Math.max(errors.moreRequests(), slow.moreRequests()));
    }

    /// One limit, bet against from both sides.
    private final class Part {
        private final double limit;
        private final Capital below = new Capital(BETS, false);
        private final Capital above = new Capital(BETS, false);
        private Counts seen = Counts.NONE;
        private double recent;
        private double recentBad;

        Part(double limit) {
            this.limit = limit;
        }

        void take(Counts counts, double[] payoffs) {
            if (counts.requests() == 0) {
                return;
            }
            seen = seen.plus(counts);
            recent = recent / 2 + counts.requests();
            recentBad = recentBad / 2 + counts.bad();
            bet(below, BELOW, counts, payoffs);
            if (settled()) {
                bet(above, ABOVE, counts, payoffs);
            }
        }

        private void bet(Capital capital, double[] shares, Counts counts, double[] payoffs) {
            for (var k = 0; k < BETS; k++) {
                var odds = shares[k] * limit / (1 - limit);
                payoffs[k] = Bet.onOne(limit, counts.requests(), counts.bad(), odds / (1 + odds));
            }
            capital.take(payoffs);
        }

        boolean well() {
            return below.peak() >= needed;
        }

        boolean ill() {
            return above.peak() >= needed;
        }

        Reading well(String claim) {
            return new Reading(claim, below.now(), below.peak(), needed);
        }

        Reading ill(String claim) {
            return new Reading(claim, above.now(), above.peak(), needed);
        }

        long moreRequests() {
            if (well()) {
                return 0;
            }
            var rate = (recentBad + limit / 10 * 100) / (recent + 100);
            var missing = seen.requests() == 0 ? needed + StrictMath.log(BETS) - StrictMath.log(0.75) : needed;
            return rate >= limit
                    ? 0
                    : (long) StrictMath.ceil((missing - below.now()) / Bet.kl(Math.max(rate, Bet.EDGE), limit));
        }
    }
}
