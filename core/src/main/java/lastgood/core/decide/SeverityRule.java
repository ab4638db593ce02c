package lastgood.core.decide;

import java.time.Duration;
import java.util.List;

/// One row of the decision matrix.
///
/// @param symptom what it looks like, in the team's words
/// @param when any of these makes it this severity
/// @param action what is done
/// @param within how soon the rollback has to begin, from the first suspicion; zero = nothing is said
/// @param approval who has to say yes
/// @param postmortem within what time one is owed; zero = none
public record SeverityRule(
        String symptom,
        List<Symptom> when,
        Action action,
        Duration within,
        ApprovalRule approval,
        Duration postmortem) {
    public SeverityRule {
        when = List.copyOf(when);
    }

    public enum Action {
        ROLLBACK_NOW("immediate rollback"),
        ROLLBACK("rollback"),
        PREPARE("prepare a rollback"),
        MONITOR("monitor");

        private final String label;

        Action(String label) {
            this.label = label;
        }

        @Override
        public String toString() {
            return label;
        }
    }
}
