package lastgood.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Collectors;
import lastgood.config.Approval;
import lastgood.config.Catalog;
import lastgood.config.Condition;
import lastgood.config.PolicyConfig;
import lastgood.config.SeverityLevel;
import lastgood.config.SeverityRule;

/// What the configured matrix says about measured harm: how bad it is, who has to agree, how long the decision may
/// take.
///
/// @param rule the worst one whose condition holds
/// @param within the decision clock, which runs from `since`
record Decision(SeverityRule rule, Duration within, Instant since) {

    /// @param errorPercent of all users' requests
    /// @param outage whether not one request was answered well
    record Harm(double errorPercent, boolean outage) {

        /// @param now of the last seconds, for the rate; the last second tells whether anyone is served at all
        static Harm of(Counts now, Counts lastSecond) {
            return new Harm(
                    now.errorPercent(), lastSecond.requests() > 0 && lastSecond.errors() == lastSecond.requests());
        }
    }

    static Decision of(PolicyConfig policy, Harm harm, Instant since) {
        var level = Arrays.stream(SeverityLevel.values())
                .filter(l -> policy.rule(l).when().anyOf().stream().anyMatch(s -> holds(s, harm)))
                .findFirst()
                .orElse(SeverityLevel.SEV_4);
        return new Decision(policy.rule(level), policy.decideWithin(), since);
    }

    private static boolean holds(Condition.Symptom symptom, Harm harm) {
        return switch (symptom) {
            case Condition.Symptom.Outage() -> harm.outage();
            // nothing here can tell
            case Condition.Symptom.DataLoss(), Condition.Symptom.Of _ -> false;
            case Condition.Symptom.ErrorRate(var is, var limit) -> {
                var percent = limit.fraction() * 100;
                yield switch (is) {
                    case ABOVE -> harm.errorPercent() > percent;
                    case AT_LEAST -> harm.errorPercent() >= percent;
                    case BELOW -> harm.errorPercent() < percent;
                    case AT_MOST -> harm.errorPercent() <= percent;
                };
            }
        };
    }

    String severity() {
        return rule.level().toString();
    }

    /// Whether somebody else than that person has to agree before anything is changed.
    boolean needsAnother(String person, Catalog catalog) {
        return rule.approval() instanceof Approval.Needed needed
                && needed.when() == Approval.When.BEFORE
                && needed.by().stream()
                        .map(role -> catalog.contacts().get(role))
                        .noneMatch(c -> c != null && c.users().contains(person));
    }

    /// `platform-lead (maya), before anything is changed`
    String approval(Catalog catalog) {
        return switch (rule.approval()) {
            case Approval.None() -> "nobody";
            case Approval.Needed(var by, var when, var _, var _) ->
                "%s, %s"
                        .formatted(
                                by.stream().map(role -> named(role, catalog)).collect(Collectors.joining(" or ")),
                                when == Approval.When.BEFORE ? "before anything is changed" : "afterwards");
        };
    }

    private static String named(String role, Catalog catalog) {
        var contact = catalog.contacts().get(role);
        return contact == null || contact.users().isEmpty()
                ? role
                : "%s (%s)".formatted(role, String.join(", ", contact.users()));
    }

    /// `14:57 of 15:00 left`, or how much too late it is.
    String clock(Instant now) {
        var left = within.minus(Duration.between(since, now));
        return left.isNegative()
                ? "%s over the %s".formatted(minutes(left.negated()), minutes(within))
                : "%s of %s left".formatted(minutes(left), minutes(within));
    }

    static String minutes(Duration d) {
        return "%d:%02d".formatted(d.toMinutes(), d.toSecondsPart());
    }
}
