package lastgood.core.detect;

import lastgood.core.Severity;

/// What an increase of the error rate means by the runbook's matrix. Percentage points above the reference: above
/// 10 is SEV-2, from 5 to 10 with both ends SEV-3, less is SEV-4. "> 5 % above baseline" is read as 5 points, as
/// the matrix is.
public sealed interface Grade {

    /// At least this bad.
    record Proved(Severity severity) implements Grade {}

    /// Worse, surely; how bad is open.
    record AtLeastMinor() implements Grade {}

    /// Surely not more than 5 points worse: promotion may go on.
    record Cleared() implements Grade {}

    record Undecided() implements Grade {}

    double SEV3_FROM = 0.05;
    double SEV2_ABOVE = 0.1;
    double OUTAGE_ABOVE = 0.9;

    static Grade of(Increase increase, Outage outage) {
        if (outage == Outage.TOTAL || increase.provedAbove(OUTAGE_ABOVE)) {
            return new Proved(Severity.SEV1);
        }
        if (increase.provedAbove(SEV2_ABOVE)) {
            return new Proved(Severity.SEV2);
        }
        if (increase.provedAbove(SEV3_FROM)) {
            return new Proved(Severity.SEV3);
        }
        var minor = increase.provedBelow(SEV3_FROM);
        if (increase.provedAbove(0)) {
            return minor ? new Proved(Severity.SEV4) : new AtLeastMinor();
        }
        return minor ? new Cleared() : new Undecided();
    }

    /// For an increase that is known and not estimated, such as one a person states; the borders belong to SEV-3.
    static Grade ofKnown(double share) {
        if (!(share > 0)) {
            return new Cleared();
        }
        return new Proved(
                share > OUTAGE_ABOVE
                        ? Severity.SEV1
                        : share > SEV2_ABOVE ? Severity.SEV2 : share >= SEV3_FROM ? Severity.SEV3 : Severity.SEV4);
    }

    /// What is seen without counting errors: no instance of the new version is ready where the old one had some,
    /// or a synthetic probe fails on every instance.
    enum Outage {
        TOTAL,
        NOT_SEEN
    }
}
