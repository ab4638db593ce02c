package lastgood.app;

import java.util.EnumSet;
import java.util.Set;
import lastgood.config.Above;
import lastgood.config.Catalog;
import lastgood.config.Condition;
import lastgood.config.Effective;
import lastgood.config.TriggersConfig;
import lastgood.core.decide.DecisionRules;
import lastgood.core.decide.Symptom;
import lastgood.core.decide.TriggerRules;
import lastgood.core.plan.Plan;

/// What the configuration says about noticing and deciding, in the words of core.
final class Decisions {

    private Decisions() {}

    static DecisionRules rules(Catalog catalog, Effective effective) {
        var policy = effective.policy();
        var here = policy.automatic()
                .environments()
                .contains(effective.environment().name());
        return new DecisionRules(
                FromConfig.matrix(policy, catalog.contacts()),
                triggers(effective.service().triggers()),
                policy.decideWithin(),
                here ? types(policy.automatic().types()) : Set.of(),
                here && policy.automatic().temporal(),
                policy.automatic().cooldown());
    }

    private static Set<Plan.Type> types(Set<Integer> numbers) {
        var types = EnumSet.noneOf(Plan.Type.class);
        for (var type : Plan.Type.values()) {
            if (numbers.contains(type.number())) {
                types.add(type);
            }
        }
        return types;
    }

    static TriggerRules triggers(TriggersConfig config) {
        return new TriggerRules(
                new TriggerRules.ErrorRate(
                        config.errorRate().enabled(),
                        above(config.errorRate().above()),
                        config.errorRate().lasting()),
                new TriggerRules.Latency(
                        config.latency().enabled(), config.latency().lasting()),
                new TriggerRules.Critical(
                        config.critical().enabled(),
                        config.critical().checks(),
                        config.critical().failures()),
                new TriggerRules.Corruption(
                        config.corruption().enabled(),
                        config.corruption().comprehensive()
                                ? TriggerRules.Depth.COMPREHENSIVE
                                : TriggerRules.Depth.QUICK,
                        config.corruption().every()),
                new TriggerRules.Security(
                        config.security().enabled(), config.security().webhook()),
                new TriggerRules.Migration(
                        config.migration().enabled(), config.migration().onFailure()),
                new TriggerRules.Canary(
                        config.canary().enabled(),
                        config.canary().alpha(),
                        config.canary().minRequests()));
    }

    private static TriggerRules.Above above(Above above) {
        return switch (above) {
            case Above.Points(var points) ->
                new TriggerRules.Above.Points(points.movePointLeft(2).doubleValue());
            case Above.Times(var factor) -> new TriggerRules.Above.Times(factor.doubleValue());
        };
    }

    static Symptom symptom(Condition.Symptom symptom) {
        return switch (symptom) {
            case Condition.Symptom.Outage() -> new Symptom.Seen(Symptom.Word.OUTAGE);
            case Condition.Symptom.DataLoss() -> new Symptom.Seen(Symptom.Word.DATA_LOSS);
            case Condition.Symptom.Of(var named) -> new Symptom.Seen(word(named));
            case Condition.Symptom.ErrorRate(var is, var limit) -> new Symptom.ErrorRate(is(is), limit.fraction());
        };
    }

    private static Symptom.Word word(Condition.Named named) {
        return switch (named) {
            case CORRUPTION -> Symptom.Word.CORRUPTION;
            case LATENCY -> Symptom.Word.LATENCY;
            case AUTH -> Symptom.Word.AUTH;
            case CRITICAL -> Symptom.Word.CRITICAL;
            case SECURITY -> Symptom.Word.SECURITY;
            case MIGRATION -> Symptom.Word.MIGRATION;
            case CANARY -> Symptom.Word.CANARY;
        };
    }

    private static Symptom.Is is(Condition.Comparison is) {
        return switch (is) {
            case ABOVE -> Symptom.Is.ABOVE;
            case AT_LEAST -> Symptom.Is.AT_LEAST;
            case BELOW -> Symptom.Is.BELOW;
            case AT_MOST -> Symptom.Is.AT_MOST;
        };
    }
}
