package lastgood.core.recover;

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

    static Recovery judge(WatchRules rules, Tally tally, Sample last) {
        if (tally.failed() >= rules.failuresMax()) {
            return new Refuted(
                    "%d of %d samples failed; last: %s".formatted(tally.failed(), tally.taken(), worst(last, rules)));
        }
        if (tally.blind() >= rules.blindMax()) {
            return new Unproved("%d of %d samples had no data; last: %s"
                    .formatted(tally.blind(), tally.taken(), worst(last, rules)));
        }
        var still = rules.samplesWanted() - tally.inARow();
        if (still <= 0 && last.full() && last.of(rules.required()) == Finding.PASS) {
            return new Proved("%d samples in a row passed all of %s%s"
                    .formatted(
                            tally.inARow(),
                            names(rules),
                            rules.asksUsers() ? "" : "; whether users are well was not measured"));
        }
        return new Watching(Math.max(1, still), still <= 1);
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
