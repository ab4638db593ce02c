package lastgood.core.decide;

import java.time.Duration;
import java.util.Set;
import lastgood.core.plan.Plan;

/// The team's rules for a decision.
///
/// @param matrix what each severity asks for
/// @param decideWithin the decision clock, from the first suspicion
/// @param automaticTypes rollbacks of these types may go ahead without a person here; empty = none
/// @param temporalAutomatic whether a release that is bad "since the deploy" without a comparison is taken out
/// unattended
/// @param cooldown after an automatic rollback nothing more is done automatically for so long
public record DecisionRules(
        SeverityMatrix matrix,
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
        return new DecisionRules(SeverityMatrix.runbook(), DECIDE_WITHIN, Set.of(), false, COOLDOWN);
    }
}
