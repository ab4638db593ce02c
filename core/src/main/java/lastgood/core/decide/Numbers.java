package lastgood.core.decide;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import lastgood.core.Verdict;
import lastgood.core.Words;
import lastgood.core.detect.Assessment;
import lastgood.core.detect.Counts;

/// The recorded numbers that explain a decision, for a person at 3 a.m.
final class Numbers {

    private Numbers() {}

    static List<String> of(Assessment a, Restraint restraint, Situation s) {
        var lines = new ArrayList<String>();
        lines.add(
                a.verdict() instanceof Verdict.Fail(var reason)
                        ? reason
                        : "%s of the new version failed, %s of the reference; errors rose by %s"
                                .formatted(counts(a.fresh()), counts(a.reference()), a.increase()));
        if (a.evidence().peak() > 0) {
            var now = Restraint.odds(a.evidence().now());
            var peak = Restraint.odds(a.evidence().peak());
            lines.add("evidence against it: %s%s; %s takes %s"
                    .formatted(
                            now,
                            now.equals(peak) ? "" : ", %s at its highest".formatted(peak),
                            restraint.priced(),
                            Restraint.odds(restraint.needed())));
        }
        if (a.moreRequests() > 0) {
            lines.add("about %,d more requests would decide%s".formatted(a.moreRequests(), eta(a, s.watched())));
        }
        return lines;
    }

    private static String counts(Counts counts) {
        return counts.requests() == 0
                ? "none of 0"
                : String.format(
                        Locale.ROOT, "%,d of %,d (%.2f%%)", counts.bad(), counts.requests(), counts.share() * 100);
    }

    /// At the traffic that it had so far.
    private static String eta(Assessment a, Duration watched) {
        var soFar = a.fresh().requests();
        var seconds = Math.max(1, Math.min(watched.toSeconds(), a.since().toSeconds()));
        if (soFar == 0) {
            return "";
        }
        var eta = Duration.ofSeconds((long) Math.ceil((double) a.moreRequests() * seconds / soFar));
        return ", in about %s at this traffic".formatted(Words.duration(eta));
    }
}
