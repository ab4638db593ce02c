package lastgood.core.decide;

import java.time.Duration;

/// One row of the decision matrix.
///
/// @param symptom what it looks like, in the runbook's words
/// @param action what is done
/// @param approval who has to say yes
/// @param postmortem within what time one is owed; zero = none
public record SeverityRule(String symptom, Action action, ApprovalRule approval, Duration postmortem) {
    public enum Action {
        ROLLBACK_NOW,
        ROLLBACK,
        PREPARE,
        MONITOR
    }
}
