package lastgood.core.recover;

import java.util.Optional;
import lastgood.core.recover.CheckResult.Finding;

/// Whether users have recovered, as far as the samples say. A claim with a proof, never the absence of
/// alarms.
public sealed interface Recovery {

    /// Enough valid samples in a row passed, the last of them over the whole checklist.
    record Proved(String proof) implements Recovery {}

    /// It did not help.
    record Refuted(String why) implements Recovery {}

    /// We could not see; that is not the same as well.
    record Unproved(String why) implements Recovery {}

    /// Not yet either.
    record Watching(int still, boolean nextIsFull) implements Recovery {}

    /// By the samples alone.
    static Recovery judge(WatchRules rules, Tally tally, Sample last) {
        return judge(rules, tally, last, new Proof.NotOwed());
    }

    /// The checklist has to hold *and* users' requests have to prove it. Neither makes up for the other.
    static Recovery judge(WatchRules rules, Tally tally, Sample last, Proof proof) {
        if (tally.failed() >= rules.failuresMax()) {
            return new Refuted(also(
                    "%d of %d samples failed; last: %s".formatted(tally.failed(), tally.taken(), worst(last, rules)),
                    proof));
        }
        if (proof instanceof Proof.Refuted(var why)) {
            return new Refuted(why);
        }
        if (tally.blind() >= rules.blindMax()) {
            return new Unproved(also(
                    "%d of %d samples had no data; last: %s"
                            .formatted(tally.blind(), tally.taken(), worst(last, rules)),
                    proof));
        }
        var still = rules.samplesWanted() - tally.inARow();
        if (still <= 0 && last.full() && proof.ready() && last.of(rules.required()) == Finding.PASS) {
            return new Proved(proved(rules, tally, proof));
        }
        return gaveUp(rules, tally, proof)
                .<Recovery>map(Unproved::new)
                .orElseGet(() -> new Watching(Math.max(1, still), still <= 1 && proof.ready()));
    }

    private static String proved(WatchRules rules, Tally tally, Proof proof) {
        var row = "%d samples in a row passed all of %s".formatted(tally.inARow(), names(rules));
        return proof instanceof Proof.Given(var words)
                ? "%s; %s".formatted(words, row)
                : row + (rules.asksUsers() ? "" : "; whether users are well was not measured");
    }

    private static Optional<String> gaveUp(WatchRules rules, Tally tally, Proof proof) {
        var owed = rules.proof();
        if (owed == null) {
            return Optional.empty();
        }
        return switch (proof) {
            case Proof.NotOwed _, Proof.Given _, Proof.Refuted _ -> Optional.empty();
            case Proof.Missing(var words, var enough)
            when enough && tally.taken() >= owed.helpsWithin() ->
                Optional.of("the rollback has not been proved to help after %d samples: %s"
                        .formatted(tally.taken(), words));
            case Proof.Missing _, Proof.Holding _, Proof.Unread _ ->
                tally.taken() >= owed.samplesMax()
                        ? Optional.of("not proved after %d samples: %s".formatted(tally.taken(), proof.line()))
                        : Optional.empty();
        };
    }

    private static String also(String words, Proof proof) {
        return proof.line().isEmpty() ? words : "%s; %s".formatted(words, proof.line());
    }

    private static String names(WatchRules rules) {
        return rules.required().stream()
                .sorted()
                .map(Check::label)
                .reduce((a, b) -> a + ", " + b)
                .orElse("no check");
    }

    private static String worst(Sample sample, WatchRules rules) {
        return sample.results().stream()
                .filter(r -> rules.required().contains(r.check()) && r.finding() != Finding.PASS)
                .map(CheckResult::line)
                .reduce((a, b) -> a + "; " + b)
                .orElse("all passed");
    }
}
