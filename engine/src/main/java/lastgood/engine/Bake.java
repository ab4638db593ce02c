package lastgood.engine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import lastgood.core.LedgerEntry;
import lastgood.core.Release;
import lastgood.core.ServiceRef;
import lastgood.core.Standing;
import lastgood.core.Verdict;
import lastgood.core.recover.CheckResult;
import lastgood.core.recover.Sample;
import lastgood.core.recover.WatchRules;

/// Judges the live release once it has been live for long enough, so that there is a last good release on the day
/// when one is needed. A bake without data proves nothing: the release stays unjudged, and is asked about again.
public final class Bake {

    /// The name in the ledger of whoever judged by this rule.
    public static final String BY = "bake";

    private final Ports ports;

    public Bake(Ports ports) {
        this.ports = ports;
    }

    /// @param bake how long a release has to be live first
    /// @return the verdict, if one was recorded now
    public Optional<Verdict> judge(ServiceRef service, Duration bake, WatchRules rules) {
        var ledger = ports.ledgers().read(service);
        var live = ledger.live();
        if (live.isEmpty() || !(ledger.standing(live.get().number()) instanceof Standing.Baking(var since))) {
            return Optional.empty();
        }
        var now = ports.time().now();
        if (since.plus(bake).isAfter(now) || ports.locks().holder(service).isPresent()) {
            return Optional.empty();
        }
        var release = live.get();
        if (ports.checks().ask(service, release, since, false).of(rules.required()) == CheckResult.Finding.UNKNOWN) {
            // Without data there will be no verdict: do not run the team's smoke test every few seconds for it.
            return Optional.empty();
        }
        var verdict = verdict(ports.checks().ask(service, release, since, true), rules);
        if (verdict.isEmpty()) {
            return Optional.empty();
        }
        var why = "live since %s".formatted(since);
        var key = "%s/%d/%d".formatted(BY, release.number(), since.toEpochMilli());
        ports.ledgers().append(ledger, entries(release, verdict.get(), why, key));
        return verdict;
    }

    private List<LedgerEntry> entries(Release release, Verdict verdict, String why, String key) {
        return List.of(new LedgerEntry.Judged(
                release.number(), verdict, BY, why, ports.time().now(), key));
    }

    private static Optional<Verdict> verdict(Sample sample, WatchRules rules) {
        return switch (sample.of(rules.required())) {
            case PASS -> Optional.of(new Verdict.Pass());
            case FAIL -> Optional.of(new Verdict.Fail(failures(sample, rules)));
            case UNKNOWN -> Optional.empty();
        };
    }

    private static String failures(Sample sample, WatchRules rules) {
        return sample.results().stream()
                .filter(r -> rules.required().contains(r.check()) && r.finding() == CheckResult.Finding.FAIL)
                .map(CheckResult::line)
                .reduce((a, b) -> a + "; " + b)
                .orElse("");
    }
}
