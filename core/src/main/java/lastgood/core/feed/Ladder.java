package lastgood.core.feed;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Locale;
import lastgood.core.detect.Basis;
import lastgood.core.detect.Reference;

/// With what a release is compared: the best that there is.
public final class Ladder {

    private static final double PHI_REMARKABLE = 10;

    /// A rollout may take so long before its first instance answers; an older start is a clock that is wrong.
    private static final Duration BEFORE_FIRST_MAX = Duration.ofMinutes(30);

    private Ladder() {}

    /// Where the time before the release ends: when it was put out. A migration may hurt users before the first new
    /// instance answers, and what it did is not what was normal.
    public static long pastEnds(long startMillis, Instant putOut) {
        var put = putOut.toEpochMilli();
        return put > startMillis || put < startMillis - BEFORE_FIRST_MAX.toMillis() ? startMillis : put;
    }

    /// @param old how the other release is called; empty if there is none
    /// @param oldServes whether it still served when the new one was first seen
    public static Basis choose(long startMillis, String old, boolean oldServes, Past past) {
        var words = new ArrayList<String>();
        var before = past.before();
        var reference = reference(old, oldServes, past);
        words.add(
                switch (reference) {
                    case Reference.Beside() -> "compared with %s, which serves at the same time".formatted(old);
                    case Reference.Earlier() ->
                        "compared with the hour before it (%s), as %s"
                                .formatted(counts(past.hour()), nobodyBeside(old));
                    case Reference.Nothing(var max) ->
                        "held to at most %s of errors, as %s and the hour before it had only %d requests"
                                .formatted(
                                        percent(max),
                                        nobodyBeside(old),
                                        past.hour().requests());
                });
        if (reference instanceof Reference.Beside) {
            words.add(
                    past.known()
                            ? "the hour before it: %s".formatted(counts(past.hour()))
                            : "the hour before it had only %d requests, and says nothing"
                                    .formatted(past.hour().requests()));
        }
        if (past.known()) {
            words.add(
                    past.lastWeekAfter().requests() < Past.REQUESTS_MIN
                            ? "a week ago is not known, so no season is allowed for"
                            : String.format(
                                    Locale.ROOT,
                                    "a week ago this hour had %.2f times the errors of the one before",
                                    before.season()));
            words.add(
                    past.guard().requests() == 0
                            ? "no other service is there to tell an outage of the surroundings by"
                            : "other services, not deployed: %s".formatted(counts(past.guard())));
        }
        words.add(dispersion(past));
        return new Basis(reference, before, Math.max(1, past.phi()), Instant.ofEpochMilli(startMillis), words);
    }

    private static Reference reference(String old, boolean oldServes, Past past) {
        if (oldServes && !old.isEmpty()) {
            return new Reference.Beside();
        }
        return past.known() ? new Reference.Earlier() : Reference.Nothing.usual();
    }

    private static String nobodyBeside(String old) {
        return old.isEmpty() ? "there is no other release" : "%s serves no more".formatted(old);
    }

    private static String dispersion(Past past) {
        if (past.phiFrom().isEmpty()) {
            return "how failures cluster is not known; they count as single ones";
        }
        var warning = past.phi() > PHI_REMARKABLE ? ": they come in large clusters, so proofs take long" : "";
        return String.format(Locale.ROOT, "failures cluster by phi %.1f (%s)%s", past.phi(), past.phiFrom(), warning);
    }

    private static String counts(lastgood.core.detect.Counts counts) {
        return "%d of %d failed, %s".formatted(counts.bad(), counts.requests(), percent(counts.share()));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f%%", 100 * share);
    }
}
