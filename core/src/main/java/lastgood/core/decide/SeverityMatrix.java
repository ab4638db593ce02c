package lastgood.core.decide;

import static lastgood.core.decide.Symptom.Is.ABOVE;
import static lastgood.core.decide.Symptom.Is.AT_LEAST;
import static lastgood.core.decide.Symptom.Is.BELOW;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.core.Severity;
import lastgood.core.decide.Symptom.ErrorRate;
import lastgood.core.decide.Symptom.Seen;
import lastgood.core.decide.Symptom.Word;

/// The decision matrix: for each severity what it looks like, what is done and who approves. The defaults are the
/// runbook's; where it names a reason to roll back without a severity (latency, security, a migration), the row is
/// the mildest one that still makes somebody decide within its fifteen minutes.
public record SeverityMatrix(Map<Severity, SeverityRule> rules) {

    /// The runbook names no deadline for an approval given afterwards; its post-mortem is due within 24 h.
    static final Duration APPROVAL_OWED_WITHIN = Duration.ofDays(1);

    private static final SeverityMatrix RUNBOOK = theRunbooks();

    public SeverityMatrix {
        rules = Map.copyOf(rules);
        for (var severity : Severity.values()) {
            if (!rules.containsKey(severity)) {
                throw new IllegalArgumentException("the matrix has no rule for " + severity);
            }
        }
    }

    public static SeverityMatrix runbook() {
        return RUNBOOK;
    }

    public SeverityRule rule(Severity severity) {
        var rule = rules.get(severity);
        if (rule == null) {
            throw new IllegalStateException("checked when the matrix was made: " + severity);
        }
        return rule;
    }

    /// The worst row that looks for this. A team that wrote its own rows and left a symptom out gets the runbook's
    /// answer: what nobody thought of must not come out as the mildest.
    Severity severityOf(Word word) {
        return named(word).or(() -> RUNBOOK.named(word)).orElse(Severity.SEV4);
    }

    private Optional<Severity> named(Word word) {
        return Arrays.stream(Severity.values())
                .filter(s -> rule(s).when().contains(new Seen(word)))
                .findFirst();
    }

    private static SeverityMatrix theRunbooks() {
        var lead = "platform-lead";
        var rules = new EnumMap<Severity, SeverityRule>(Severity.class);
        rules.put(
                Severity.SEV1,
                new SeverityRule(
                        "complete outage, data loss",
                        seen(Word.OUTAGE, Word.DATA_LOSS, Word.CORRUPTION, Word.AUTH),
                        SeverityRule.Action.ROLLBACK_NOW,
                        Duration.ZERO,
                        new ApprovalRule.After(lead, List.of(), APPROVAL_OWED_WITHIN),
                        Duration.ofDays(1)));
        rules.put(
                Severity.SEV2,
                new SeverityRule(
                        "elevated errors > 10%",
                        List.of(
                                new ErrorRate(ABOVE, 0.1),
                                new Seen(Word.CRITICAL),
                                new Seen(Word.SECURITY),
                                new Seen(Word.MIGRATION)),
                        SeverityRule.Action.ROLLBACK,
                        Duration.ofMinutes(15),
                        new ApprovalRule.Before(lead, List.of(), false),
                        Duration.ofDays(2)));
        // The on-call engineer is the one who types: the runbook asks for his decision, not for a second person.
        rules.put(
                Severity.SEV3,
                new SeverityRule(
                        "elevated errors 5-10%",
                        List.of(new ErrorRate(AT_LEAST, 0.05), new Seen(Word.LATENCY)),
                        SeverityRule.Action.PREPARE,
                        Duration.ZERO,
                        new ApprovalRule.Before("oncall", List.of(), true),
                        Duration.ZERO));
        rules.put(
                Severity.SEV4,
                new SeverityRule(
                        "minor issues < 5%",
                        List.of(new ErrorRate(BELOW, 0.05), new Seen(Word.CANARY)),
                        SeverityRule.Action.MONITOR,
                        Duration.ZERO,
                        new ApprovalRule.None(),
                        Duration.ZERO));
        return new SeverityMatrix(rules);
    }

    private static List<Symptom> seen(Word... words) {
        return Arrays.stream(words).<Symptom>map(Seen::new).toList();
    }
}
