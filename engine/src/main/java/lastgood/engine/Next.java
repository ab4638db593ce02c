package lastgood.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lastgood.core.decide.ApprovalRule;
import lastgood.core.plan.PlannedStep;
import lastgood.core.plan.PlannedStep.OnFailure;
import lastgood.core.plan.PlannedStep.Phase;
import lastgood.core.plan.Step;
import lastgood.engine.journal.Entry.Judgement;
import lastgood.engine.journal.Entry.Outcome;
import lastgood.engine.journal.RunState;
import lastgood.engine.journal.RunState.StepPhase;

/// What a run does next, decided from its journal alone. Pure: a table of journals is the test.
sealed interface Next {

    /// Look, and if need be change the world.
    record Advance(PlannedStep step) implements Next {}

    /// A cancel came while the step was underway: see how it stands, and leave it so.
    record Abandon(PlannedStep step) implements Next {}

    record AskApproval(ApprovalRule.Before rule) implements Next {}

    record FireDeadline() implements Next {}

    record Close(Outcome outcome, String why) implements Next {}

    /// Nothing to do until a person or a clock says otherwise.
    record Wait(RunState.Status status) implements Next {}

    /// Whoever cancels there knows more than we do, and has to say what comes next.
    String SHUT =
            "what is shut stays so: write fence, maintenance page, stopped instances; see `db status`, then db unfence, scale restore and maintenance off when it is right";

    static Next of(RunState run, Instant now) {
        if (run.closed().isPresent()) {
            return new Wait(run.status());
        }
        if (run.rejected().isPresent()) {
            var no = run.rejected().get();
            return new Close(Outcome.CANCELLED, "rejected by %s: %s; nothing was changed".formatted(no.by(), no.why()));
        }
        if (run.cancel().isPresent()) {
            return cancelled(run);
        }
        if (run.paused().isPresent() || run.unknown().isPresent()) {
            return new Wait(run.status());
        }
        if (!proving(run)
                && run.timer(RunState.DEADLINE).filter(due -> due.isBefore(now)).isPresent()) {
            return new FireDeadline();
        }
        if (!run.approvedAsNeeded()) {
            return approval(run, now);
        }
        return forward(run);
    }

    /// The timeout is for the changes. From the watch on users are on the target, and the watch has an end of its own:
    /// half an hour of proof (the runbook's) would never fit into the runbook's `--timeout 300`.
    private static boolean proving(RunState run) {
        return run.plan().main().stream()
                .anyMatch(s -> s.step() instanceof Step.WatchRecovery && run.phase(s.id()) != StepPhase.NOT_STARTED);
    }

    private static Next approval(RunState run, Instant now) {
        var pending = run.approvalRequested().filter(r -> r.expires().isAfter(now));
        return pending.isPresent() || !(run.plan().approval() instanceof ApprovalRule.Before rule)
                ? new Wait(RunState.Status.AWAITING_APPROVAL)
                : new AskApproval(rule);
    }

    private static Next forward(RunState run) {
        var failed = run.plan().main().stream()
                .filter(s -> run.phase(s.id()) == StepPhase.FAILED && s.onFailure() == OnFailure.STOP)
                .findFirst();
        var refuted = run.verdict().filter(v -> v.judgement() != Judgement.PROVED);
        // After either, what remains of the plan would build on something that is not there.
        if (failed.isEmpty()) {
            for (var step : run.plan().main()) {
                if (!run.finished(step) && (refuted.isEmpty() || standsAlone(step))) {
                    return new Advance(step);
                }
            }
        }
        for (var step : run.plan().last()) {
            if (!run.finished(step)) {
                return new Advance(step);
            }
        }
        if (failed.isPresent()) {
            return new Close(Outcome.FAILED, run.words(failed.get().id()));
        }
        if (refuted.isPresent()) {
            return new Close(Outcome.NOT_RECOVERED, refuted.get().why());
        }
        return run.verdict()
                .map(v -> new Close(asksUsers(run) ? Outcome.RECOVERED : Outcome.DONE, v.why()))
                .orElseGet(() -> new Close(Outcome.DONE, "all steps done"));
    }

    /// A database that was swapped needs a backup of its own, whether users are well or not.
    private static boolean standsAlone(PlannedStep step) {
        return step.step() instanceof Step.TakeBackup;
    }

    /// "Recovered" is said of users only.
    private static boolean asksUsers(RunState run) {
        return run.plan().steps().stream()
                .anyMatch(s -> s.step() instanceof Step.WatchRecovery watch
                        && watch.rules().asksUsers());
    }

    private static Next cancelled(RunState run) {
        for (var step : run.plan().main()) {
            if (run.phase(step.id()) == StepPhase.INTENDED) {
                return new Abandon(step);
            }
        }
        var shut = shut(run);
        for (var step : shut.isPresent()
                ? List.<PlannedStep>of()
                : run.changedData() ? run.plan().last() : run.plan().ifCalledOff()) {
            if (!run.finished(step)) {
                return new Advance(step);
            }
        }
        var why = run.cancel().map(c -> "by %s: %s".formatted(c.by(), c.why())).orElse("");
        return new Close(
                Outcome.CANCELLED,
                shut.map(what -> "%s; %s; %s".formatted(why, what, SHUT))
                        .orElse(
                                run.mayHaveChangedProduction()
                                        ? why + "; what was done so far stays"
                                        : why + "; nothing was changed"));
    }

    /// Why users and instances must not be let in; empty = they may.
    private static Optional<String> shut(RunState run) {
        if (run.isHalfWay()) {
            return Optional.of("data is changed half-way");
        }
        return run.plan().ifCalledOff().stream()
                .filter(s -> s.phase() == Phase.CALLED_OFF || s.step() instanceof Step.SetWriteAccess)
                .filter(s -> run.phase(s.id()) == StepPhase.FAILED)
                .findFirst()
                .map(s -> "not all could be given back (%s)".formatted(run.words(s.id())));
    }
}
