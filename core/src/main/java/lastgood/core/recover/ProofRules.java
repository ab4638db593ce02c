package lastgood.core.recover;

import java.time.Duration;
import java.util.List;
import lastgood.core.ServiceRef;

/// What has to be proved of users' requests, besides the checklist, before a run may say that they recovered. It
/// stands in the plan; so shares are parts per million, whole numbers as all numbers there.
///
/// @param failedBelowPpm share of requests that may fail
/// @param lateBelowPpm share that may take longer than `lateAfter`
/// @param alphaPpm largest chance that a service which is not well is called recovered
/// @param blocks of [#BLOCK] in each of which it has to be proved again, as far as there are enough requests
/// @param settling for so long failures are not held against the release: instances warm up
/// @param helpsWithin samples after which a rollback without a proof has not helped, if there were requests enough
/// @param samplesMax samples after which the proof is given up, however few requests there were
/// @param probes whether requests of our own may stand in where there are hardly any users
/// @param dependents services that must not have got worse by it
public record ProofRules(
        int failedBelowPpm,
        int lateBelowPpm,
        Duration lateAfter,
        int alphaPpm,
        int blocks,
        Duration settling,
        int helpsWithin,
        int samplesMax,
        boolean probes,
        List<ServiceRef> dependents) {

    public static final Duration BLOCK = Duration.ofMinutes(10);

    /// The runbook's p95: one in twenty may be later.
    private static final int LATE_PPM = 50_000;

    /// Proof and hold are wrong with a chance of at most 1 % each.
    private static final int ALPHA_PPM = 10_000;

    /// The runbook decides within 15 minutes; a rollback that has not helped by then needs a person.
    private static final Duration HELPS_WITHIN_MAX = Duration.ofMinutes(10);

    private static final Duration HELPS_WITHIN_MIN = Duration.ofMinutes(1);

    /// At one request a second the proof takes 17 minutes and the hold 30.
    private static final Duration PATIENCE_MAX = Duration.ofMinutes(60);

    private static final Duration PATIENCE_MIN = Duration.ofMinutes(2);

    public ProofRules {
        dependents = List.copyOf(dependents);
        if (failedBelowPpm < 1 || lateBelowPpm < 1 || alphaPpm < 1 || helpsWithin < 1 || samplesMax < 1) {
            throw new IllegalArgumentException("a proof needs limits, an alpha and an end");
        }
    }

    /// As much as a watch of that length can hold.
    public static ProofRules of(
            Limits limits, Duration window, Duration every, boolean probes, List<ServiceRef> dependents) {
        var helps = clamp(window.dividedBy(3), HELPS_WITHIN_MIN, HELPS_WITHIN_MAX);
        var patience = clamp(window.multipliedBy(2), PATIENCE_MIN, PATIENCE_MAX);
        return new ProofRules(
                (int) Math.max(1, Math.round(limits.errorPercentBelow() * 10_000)),
                LATE_PPM,
                limits.p95Below(),
                ALPHA_PPM,
                (int) window.dividedBy(BLOCK),
                helps.dividedBy(2),
                samples(helps, every),
                samples(patience, every),
                probes,
                dependents);
    }

    private static int samples(Duration time, Duration every) {
        return (int) Math.max(1, time.dividedBy(every));
    }

    private static Duration clamp(Duration value, Duration least, Duration most) {
        return value.compareTo(least) < 0 ? least : value.compareTo(most) > 0 ? most : value;
    }
}
