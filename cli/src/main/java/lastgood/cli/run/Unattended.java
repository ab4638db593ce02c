package lastgood.cli.run;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Optional;
import lastgood.cli.Common;
import lastgood.cli.Exit;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.out.Screen;
import lastgood.core.Person;
import lastgood.core.Release;
import lastgood.core.RunId;
import lastgood.core.Severity;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.decide.SeverityMatrix;
import lastgood.core.decide.SeverityRule;
import lastgood.core.plan.Facts;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Policy;
import lastgood.engine.Control;
import lastgood.engine.Runs;
import lastgood.engine.port.Fence;

/// What a watch does by itself, on nobody's behalf but lastgood's.
public final class Unattended {

    private final Tool tool;
    private final Session session;
    private final Screen screen;
    private final Common common;

    /// @param session whoever's it is; what is done is recorded as done by lastgood itself
    public Unattended(Tool tool, Session session, Screen screen, Common common) {
        this.tool = tool;
        this.session = session.by(Person.ITSELF);
        this.screen = screen;
        this.common = common;
    }

    /// Stops replacing instances, if a run of ours is replacing them: cheap, and taken back with `release resume`.
    ///
    /// @return the run that was paused
    public Optional<RunId> pauseRollout(String why) {
        return session.runs()
                .active(session.service())
                .filter(r -> r.state().opened().kind() == Plan.Kind.ROLLOUT)
                .filter(r -> session.control().pause(r.run(), session.person(), why) instanceof Control.Said.Ok)
                .map(r -> {
                    hold(session, r);
                    return r.run();
                });
    }

    /// The rollout of ours that has the service.
    public Optional<RunId> rollout() {
        return Rollouts.underway(session);
    }

    /// The platform stops with the run, in the run's name.
    public static void hold(Session session, Runs.Listed.Known run) {
        Look.state(session)
                .newest()
                .filter(w -> !w.paused())
                .ifPresent(w -> session.ports()
                        .workloads()
                        .pause(
                                w,
                                true,
                                new Fence(run.run(), "pause", run.state().epoch())));
    }

    /// Takes evidence of what hurts, once for each key, within the usual budget.
    public void capture(String key) {
        var store = session.ports().evidence();
        if (store.find(key).isEmpty()) {
            store.capture(session.service(), Policy.EVIDENCE, key);
        }
    }

    /// How a rollback is opened.
    ///
    /// @param release number of the one that is to be taken out
    /// @param severity decides who has to approve
    /// @param approval who says yes, and whether that is waited for
    /// @param stop whether a rollout that is underway is cancelled for it: the runbook's first step
    public record Order(
            int release, Severity severity, ApprovalRule approval, boolean stop, Plan.Type type, String reason) {}

    /// Plans again from what is there now, and carries it out; it stops where an approval is needed.
    ///
    /// @return empty if the plan is another one than was decided on
    public Optional<Exit> rollBack(Order order) throws InterruptedException {
        var rollout = Rollouts.underway(session);
        if (rollout.isPresent() && order.stop()) {
            Rollouts.cancel(session, screen, rollout.get());
        }
        var planning = session.withPolicy(approvedAs(session.policy(), order));
        var ready = WayBack.plan(planning, order.severity(), order.reason());
        var plan = ready.plan();
        if (plan.type() != order.type() || running(ready.facts()) != order.release()) {
            return Optional.empty();
        }
        return Optional.of(new Carry(tool, session, screen, common)
                .out(
                        plan,
                        ready.planned().remarks(),
                        new Carry.How(order.reason(), false, Duration.ZERO, true, false)));
    }

    /// Somebody may have gone back by hand a moment ago; one further is not what was decided.
    private static int running(Facts facts) {
        return facts.current().or(facts.ledger()::live).map(Release::number).orElse(0);
    }

    /// Takes back one that waits for an approval.
    public void cancel(RunId run, String why) throws InterruptedException {
        Rollouts.settle(session, run, session.control().cancel(run, session.person(), why));
    }

    /// Follows what somebody approved, until it is over.
    public Exit follow(RunId run) throws InterruptedException {
        return new Carry(tool, session, screen, common).attach(run);
    }

    /// Whether it goes ahead is decided before, from the proof; here only the approval follows from that.
    private static Policy approvedAs(Policy policy, Order order) {
        var rules = new EnumMap<Severity, SeverityRule>(Severity.class);
        for (var severity : Severity.values()) {
            rules.put(severity, policy.matrix().rule(severity));
        }
        var rule = policy.matrix().rule(order.severity());
        rules.put(
                order.severity(),
                new SeverityRule(
                        rule.symptom(),
                        rule.when(),
                        rule.action(),
                        rule.within(),
                        order.approval(),
                        rule.postmortem()));
        return new Policy(
                new SeverityMatrix(rules),
                policy.stepTimeout(),
                policy.watch(),
                policy.evidenceBudget(),
                policy.quarantine(),
                policy.presumeAfter());
    }
}
