package lastgood.core.decide;

import java.time.Duration;
import java.util.Set;
import lastgood.core.detect.Price;
import lastgood.core.plan.Plan;

/// The team's rules for a decision.
///
/// @param matrix what each severity asks for
/// @param triggers what counts as a reason
/// @param decideWithin the decision clock, from the first suspicion
/// @param automaticTypes rollbacks of these types may go ahead without a person here; empty = none
/// @param temporalAutomatic whether a release that is bad "since the deploy" without a comparison is taken out
///     unattended
/// @param cooldown after an automatic rollback nothing more is rolled back automatically for so long
public record DecisionRules(
        SeverityMatrix matrix,
        TriggerRules triggers,
        Duration decideWithin,
        Set<Plan.Type> automaticTypes,
        boolean temporalAutomatic,
        Duration cooldown) {

    public static final Duration DECIDE_WITHIN = Duration.ofMinutes(15);
    public static final Duration COOLDOWN = Duration.ofMinutes(30);

    public DecisionRules {
        automaticTypes = Set.copyOf(automaticTypes);
    }

    public static DecisionRules runbook() {
        return new DecisionRules(
                SeverityMatrix.runbook(), TriggerRules.runbook(), DECIDE_WITHIN, Set.of(), false, COOLDOWN);
    }

    public DecisionRules automatic(Set<Plan.Type> types) {
        return new DecisionRules(matrix, triggers, decideWithin, types, temporalAutomatic, cooldown);
    }

    public DecisionRules with(TriggerRules other) {
        return new DecisionRules(matrix, other, decideWithin, automaticTypes, temporalAutomatic, cooldown);
    }

    public DecisionRules with(SeverityMatrix other) {
        return new DecisionRules(other, triggers, decideWithin, automaticTypes, temporalAutomatic, cooldown);
    }

    public DecisionRules withTemporalAutomatic(boolean automatic) {
        return new DecisionRules(matrix, triggers, decideWithin, automaticTypes, automatic, cooldown);
    }

    /// The alpha to open a watch with: the loosest that an action of this stage can have. The price of the action
    /// itself is asked for when it is decided, so it may become dearer while the watch goes on, and the watch need
    /// not be begun anew for that.
    public double watchAlpha(Situation.Stage stage) {
        return switch (stage) {
            case CANARY -> triggers.canary().enabled() ? triggers.canary().alpha() : Price.TYPE_1.alpha();
            case ROLLING, LIVE, SETTLED -> Price.TYPE_1.alpha();
        };
    }
}
