package lastgood.core.detect;

import java.time.Duration;
import java.util.List;
import lastgood.core.Verdict;

/// What is known at one moment of a watch, with every number that explains it.
///
/// @param since from the new version's first sample
/// @param verdict Fail is a proof that the new version is worse, Pass that it is not; whose fault it is stands in
///     `attribution`
/// @param evidence all claims together, as the log of one e-value; Fail when its peak reached ln(1/alpha)
/// @param increase bounds of the rise of the error rate
/// @param moreRequests about how many more to the new version would decide; 0 if it is decided or no number would do
/// @param readings each claim on its own
/// @param brokenRoutes critical routes that are proved to fail more than half of their users
/// @param expected share of bad requests that the reference was expected to have
/// @param allowance added to the margins of errors for the warm-up
public record Assessment(
        Duration since,
        Verdict verdict,
        Reading evidence,
        Suspicion suspicion,
        Increase increase,
        Grade grade,
        Attribution attribution,
        long moreRequests,
        List<Reading> readings,
        List<String> brokenRoutes,
        Counts fresh,
        Counts reference,
        double expected,
        double allowance,
        double phi,
        long scrapes) {

    public Assessment {
        readings = List.copyOf(readings);
        brokenRoutes = List.copyOf(brokenRoutes);
    }

    /// The same numbers, and somebody else's word on whose fault it is.
    Assessment blaming(Attribution other) {
        return new Assessment(
                since,
                verdict,
                evidence,
                suspicion,
                increase,
                grade,
                other,
                moreRequests,
                readings,
                brokenRoutes,
                fresh,
                reference,
                expected,
                allowance,
                phi,
                scrapes);
    }

    /// Whether the new version is proved to be slower than twice the reference.
    public boolean twiceAsSlow() {
        return readings.stream()
                .anyMatch(r -> r.claim().equals(Claim.twiceAsSlow().name()) && r.proved());
    }

    /// Whether "not 5 points worse, and not much slower" holds at an alpha that many times smaller than the watch's.
    public boolean cleared(double stricter) {
        var more = StrictMath.log(stricter);
        var harmless = readings.stream().filter(r -> isHarmless(r.claim())).toList();
        return verdict instanceof Verdict.Pass
                && !harmless.isEmpty()
                && harmless.stream().allMatch(r -> r.peak() >= r.needed() + more);
    }

    private static boolean isHarmless(String claim) {
        return claim.equals(Claim.errorsBelow(Grade.SEV3_FROM).name())
                || claim.equals(Claim.notMuchSlower().name());
    }
}
