package lastgood.core.decide;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import lastgood.core.Severity;

/// The decision matrix: for each severity what is done and who approves. The defaults are the runbook's.
public record SeverityMatrix(Map<Severity, SeverityRule> rules) {

    /// The runbook names no deadline for an approval given afterwards; its post-mortem is due within 24 h.
    private static final Duration APPROVAL_OWED_WITHIN = Duration.ofDays(1);

    public SeverityMatrix {
        rules = Map.copyOf(rules);
        for (var severity : Severity.values()) {
            if (!rules.containsKey(severity)) {
                throw new IllegalArgumentException("the matrix has no rule for " + severity);
            }
        }
    }

    public SeverityRule rule(Severity severity) {
        var rule = rules.get(severity);
        if (rule == null) {
            throw new IllegalStateException("checked when the matrix was made: " + severity);
        }
        return rule;
    }

    public static SeverityMatrix runbook() {
        var lead = "platform-lead";
        var rules = new EnumMap<Severity, SeverityRule>(Severity.class);
        rules.put(
                Severity.SEV1,
                new SeverityRule(
                        "complete outage, data loss",
                        SeverityRule.Action.ROLLBACK_NOW,
                        new ApprovalRule.After(lead, List.of(), APPROVAL_OWED_WITHIN),
                        Duration.ofDays(1)));
        rules.put(
                Severity.SEV2,
                new SeverityRule(
                        "elevated errors > 10%",
                        SeverityRule.Action.ROLLBACK,
                        new ApprovalRule.Before(lead, List.of(), false),
                        Duration.ofDays(2)));
        // The on-call engineer is the one who types: the runbook asks for his decision, not for a second person.
        rules.put(
                Severity.SEV3,
                new SeverityRule(
                        "elevated errors 5-10%",
                        SeverityRule.Action.PREPARE,
                        new ApprovalRule.Before("oncall", List.of(), true),
                        Duration.ZERO));
        rules.put(
                Severity.SEV4,
                new SeverityRule(
                        "minor issues < 5%", SeverityRule.Action.MONITOR, new ApprovalRule.None(), Duration.ZERO));
        return new SeverityMatrix(rules);
    }
}
