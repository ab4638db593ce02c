package lastgood.core.recover;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What has to hold, and for how long, before we say that users recovered.
///
/// @param required the checks that must pass; the others are shown and decide nothing
/// @param every time between samples
/// @param samplesWanted valid samples in a row that must all pass; a window of time is this many times
///     `every`, counted in samples so that a suspended machine or a jumping clock can only lengthen it
/// @param failuresMax failed samples, in all, after which it is not a recovery
/// @param blindMax samples without data, in all, after which we stop and say that we do not know
/// @param proof what users' requests have to prove besides; null: nobody counts them
public record WatchRules(
        Set<Check> required,
        Duration every,
        int samplesWanted,
        int failuresMax,
        int blindMax,
        @Nullable ProofRules proof) {

    /// The runbook decides within 15 minutes; a rollback that has not helped by then needs a person.
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final Duration SAMPLE_EVERY_MAX = Duration.ofSeconds(15);
    private static final int SAMPLES_MIN = 5;

    public WatchRules {
        // Sorted, because a plan's digest must not depend on the order in which a set happens to be read.
        required = Collections.unmodifiableSortedSet(new TreeSet<>(required));
        if (samplesWanted < 1 || failuresMax < 1 || blindMax < 1 || !every.isPositive()) {
            throw new IllegalArgumentException("a watch needs samples, a budget and a pace");
        }
    }

    public WatchRules(Set<Check> required, Duration every, int samplesWanted, int failuresMax, int blindMax) {
        this(required, every, samplesWanted, failuresMax, blindMax, null);
    }

    /// The same, and users' requests have to prove it.
    public WatchRules proving(ProofRules rules) {
        return new WatchRules(required, every, samplesWanted, failuresMax, blindMax, rules);
    }

    /// The same with other required checks.
    public WatchRules requiring(Set<Check> others) {
        return new WatchRules(others, every, samplesWanted, failuresMax, blindMax, proof);
    }

    /// The rules for a window: a sample each 15 s, more often if the window is short.
    public static WatchRules window(Duration window, Set<Check> required) {
        var every = min(SAMPLE_EVERY_MAX, window.dividedBy(SAMPLES_MIN));
        var pace = every.isPositive() ? every : Duration.ofMillis(200);
        var wanted = (int) Math.max(SAMPLES_MIN, window.dividedBy(pace));
        var patience = (int)
                Math.max(SAMPLES_MIN * 4L, min(PATIENCE, window.multipliedBy(2)).dividedBy(pace));
        return new WatchRules(required, pace, wanted, patience, patience);
    }

    /// What the local platform and Kubernetes can answer without being told more.
    public static Set<Check> alwaysRequired() {
        return EnumSet.of(Check.PODS, Check.ERROR_RATE, Check.LATENCY_P95);
    }

    /// Whether any of the checks is what users notice. Pods that run and logs without errors are signs; whether users
    /// are well they do not say, so a watch of these alone proves that the platform has settled and no more.
    public boolean asksUsers() {
        return proof != null
                || required.stream().anyMatch(c -> switch (c) {
                    case ERROR_RATE, LATENCY_P95, AUTH, ENDPOINTS, INTEGRATIONS, SMOKE, USERS -> true;
                    case PODS, DATABASE, LOGS -> false;
                });
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
