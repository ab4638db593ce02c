package lastgood.cli.run;

import java.time.Duration;
import java.util.Optional;
import lastgood.cli.Session;
import lastgood.core.Release;
import lastgood.core.RevisionSelector;
import lastgood.core.Severity;
import lastgood.core.Standing;
import lastgood.core.decide.Situation.Way;
import lastgood.core.plan.Facts;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Planned;
import lastgood.core.plan.WithDatabase;
import lastgood.engine.port.Forbidden;
import lastgood.engine.port.Unreachable;
import lastgood.engine.port.WorldMoved;

/// What a rollback to the last good release would be, were it asked for now.
public final class WayBack {

    private WayBack() {}

    /// What nobody typed: to the last good release, as the proof says about the database.
    private static RollbackOptions.Asked asked(Optional<Severity> severity, boolean confirmed, String reason) {
        return new RollbackOptions.Asked(
                new RevisionSelector.Previous(),
                severity,
                false,
                WithDatabase.AUTO,
                Optional.empty(),
                StatedType.parse(null),
                confirmed,
                false,
                true,
                reason,
                Duration.ZERO);
    }

    /// The plan, with what it rests on.
    ///
    /// @param severity decides who has to approve
    public static Ready plan(Session session, Severity severity, String reason) {
        var proposal = Proposal.rollback(session, asked(Optional.of(severity), false, reason), _ -> {});
        return new Ready(proposal.facts(), proposal.ready());
    }

    /// @param facts what the plan rests on
    public record Ready(Facts facts, Planned.Ready planned) {
        public Plan plan() {
            return planned.plan();
        }
    }

    public static Way of(Session session) {
        try {
            var proposal = Proposal.rollback(session, asked(Optional.empty(), false, ""), _ -> {});
            return switch (proposal.planned()) {
                case Planned.NothingToDo(var why) -> new Way.Nowhere(why);
                case Planned.Refused(var why, var _, var _) -> new Way.Nowhere(why);
                case Planned.Ready(var plan, var _) ->
                    proposal.target()
                            .map(target -> to(proposal.facts(), target, plan))
                            .orElse(new Way.Nowhere("no release to go back to is recorded"));
            };
        } catch (Forbidden | Unreachable | WorldMoved e) {
            return new Way.Nowhere("it could not be planned: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static Way to(Facts facts, Release target, Plan plan) {
        return new Way.To(
                target, facts.ledger().standing(target.number()) instanceof Standing.Good, plan.type(), plan.lost());
    }
}
