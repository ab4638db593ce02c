package lastgood.cli.run;

import java.util.ArrayList;
import java.util.Optional;
import lastgood.cli.Exit;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.cli.Tool;
import lastgood.cli.Verb;
import lastgood.cli.Where;
import lastgood.cli.out.Screen;
import lastgood.cli.run.Consent.Danger;
import lastgood.cli.run.RollbackOptions.Asked;
import lastgood.core.RunId;
import lastgood.core.Standing;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Planned;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The hot verb.
@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        description = {
            "Puts a service back on an earlier release, and proves that users recovered.",
            "Several at once (--services, --all) go back one after the other, whoever depends on another one first."
        },
        footer = {
            "",
            "Examples:",
            "  lastgood rollback -e production --revision previous      the newest good release before this one",
            "  lastgood rollback -e production --revision v4.0.4        that one",
            "  lastgood rollback -e production --emergency              last known good, no questions, approval owed",
            "  lastgood rollback -e production --revision previous --dry-run",
            "  lastgood rollback -n shop deploy/web --revision previous     on a cluster, without a configuration",
            "  lastgood rollback -e production --services web,api --revision previous    both, dependents first"
        })
public final class RollbackVerb extends Verb {

    private final Tool tool;

    @Mixin
    private Where where = new Where();

    @Mixin
    private GroupOptions group = new GroupOptions();

    @Mixin
    private RollbackOptions options = new RollbackOptions();

    @Mixin
    private ConsentOptions consent = new ConsentOptions();

    @Option(names = "--dry-run", description = "show the plan and change nothing")
    private boolean dryRun;

    @Option(
            names = "--plan",
            paramLabel = "FILE",
            description = "carry out a saved plan; refused if the world moved since")
    private @Nullable String planFile;

    @Option(names = "--no-wait", description = "hand it to the agent, print the run's name and return")
    private boolean noWait;

    @Option(names = "--explain", description = "say at each step what exactly is done, on what condition")
    private boolean explain;

    public RollbackVerb(Tool tool) {
        this.tool = tool;
    }

    @Override
    public Exit say() throws InterruptedException {
        var screen = tool.screen(where.common());
        if (group.isMeant()) {
            return goBackTogether(screen);
        }
        var saved = planFile == null
                ? Optional.<SavedPlan>empty()
                : Optional.of(SavedPlan.read(tool.host().workingFolder(), planFile));
        saved.ifPresent(s -> s.into(options));
        var session = saved.map(s -> sessionOf(s)).orElseGet(() -> tool.session(where));
        var asked = options.asked(session, consent);
        if (noWait && !session.hasAgent()) {
            throw Failure.usage(
                    "%s is on a cluster, where no agent would carry it on"
                            .formatted(session.service().environment()),
                    "leave out --no-wait; Ctrl-C pauses it, and resume goes on from anywhere");
        }
        return dryRun
                ? PlanVerb.show(Proposal.rollback(session, asked, screen::say), screen, where.common(), options, false)
                : goBack(session, screen, asked, saved);
    }

    private Exit goBackTogether(Screen screen) throws InterruptedException {
        if (planFile != null || noWait) {
            throw Failure.usage(
                    "%s is for one service".formatted(planFile != null ? "--plan" : "--no-wait"),
                    "leave it out, or name one service with -s");
        }
        var names = group.services(tool, where);
        var together = new Together(tool, screen, where.common(), options, consent, names.command(), explain);
        var parts = together.look(tool.sessions(where, names.ordered()), dryRun);
        return dryRun ? together.show(parts) : together.goBack(parts);
    }

    private Session sessionOf(SavedPlan saved) {
        return tool.session(where.or(saved.environment(), saved.service()));
    }

    private Exit goBack(Session session, Screen screen, Asked asked, Optional<SavedPlan> saved)
            throws InterruptedException {
        tool.ensureAgent(session, screen);
        var rollout = Rollouts.underway(session);
        if (rollout.isEmpty() && Standby.of(session).isEmpty()) {
            Holder.of(session).ifPresent(run -> {
                throw Holder.refusal(session, run);
            });
        }
        var proposal = Proposal.rollback(session, asked, screen::say);
        saved.ifPresent(
                s -> s.check(proposal.planned() instanceof Planned.NothingToDo ? "nothing to do" : proposal.digest()));
        if (proposal.planned() instanceof Planned.NothingToDo(var why) && rollout.isEmpty()) {
            return Carry.nothingToDo(screen, where.common(), session, why);
        }
        if (!(proposal.planned() instanceof Planned.NothingToDo)) {
            agree(session, screen, proposal, rollout);
        }
        if (rollout.isPresent()) {
            Rollouts.cancel(session, screen, rollout.get());
        }
        return carryOut(
                session,
                screen,
                asked,
                rollout.isPresent() ? Proposal.rollback(session, asked, screen::say) : proposal);
    }

    private Exit carryOut(Session session, Screen screen, Asked asked, Proposal proposal) throws InterruptedException {
        if (proposal.planned() instanceof Planned.NothingToDo(var why)) {
            return Carry.nothingToDo(screen, where.common(), session, why);
        }
        var ready = proposal.ready();
        // Somebody has to ask for the approval, and only a driver does.
        var wait = !noWait || ready.plan().approval() instanceof ApprovalRule.Before;
        return new Carry(tool, session, screen, where.common())
                .out(
                        ready.plan(),
                        ready.remarks(),
                        new Carry.How(asked.reason(), asked.emergency(), asked.timeout(), wait, explain));
    }

    private void agree(Session session, Screen screen, Proposal proposal, Optional<RunId> rollout) {
        var ready = proposal.ready();
        var shown = new ArrayList<>(new PlanScreen(session, proposal.facts(), ready).lines("Rollback plan"));
        rollout.ifPresent(run -> shown.add("  FIRST the rollout %s is cancelled".formatted(run)));
        var risk = risk(session, proposal);
        new Consent(screen, session, consent)
                .require(
                        risk.isPresent() ? Danger.SEVERE : options.emergency ? Danger.MILD : Danger.MODERATE,
                        shown,
                        risk.orElse(""),
                        "lastgood rollback %s %s".formatted(session.flags(), options.again(ready.plan())));
    }

    private static String severe(Plan plan) {
        if (plan.main().stream().anyMatch(s -> s.step().changesData())) {
            return plan.lost().isEmpty()
                    ? "the database goes back with it"
                    : "the database goes back with it, and is lost: %s".formatted(String.join("; ", plan.lost()));
        }
        return plan.typeReason().startsWith("said by")
                ? "you say that it is of type 3"
                : "%s would run on a schema that is not proved to fit".formatted(plan.to());
    }

    /// What makes it severe, if anything does.
    static Optional<String> risk(Session session, Proposal proposal) {
        var plan = proposal.ready().plan();
        if (plan.type() == Plan.Type.TYPE_3) {
            return Optional.of(severe(plan));
        }
        return proposal.target()
                .filter(t -> session.isProtected()
                        && !(proposal.facts().ledger().standing(t.number()) instanceof Standing.Good))
                .map(t -> "%s is not known to be good and %s is protected"
                        .formatted(t, session.service().environment()));
    }
}
