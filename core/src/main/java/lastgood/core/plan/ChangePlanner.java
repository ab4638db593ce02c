package lastgood.core.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import lastgood.core.LedgerEntry.Leaving;
import lastgood.core.Release;
import lastgood.core.ServiceState;
import lastgood.core.Strategy;
import lastgood.core.Workload;
import lastgood.core.WorkloadState;
import lastgood.core.decide.ApprovalRule;

/// Plans the single changes that the runbook makes by hand: a switch of colours, a canary stopped, a pause,
/// the maintenance page. They run through the same engine as a rollback, so they too are locked, recorded and
/// undone.
public final class ChangePlanner {

    private ChangePlanner() {}

    /// One such change.
    public sealed interface Request {
        record SwitchTo(String colour) implements Request {}

        record Decommission(String colour) implements Request {}

        /// No traffic to the canary; it stays where it is for a look.
        record StopCanary() implements Request {}

        /// No traffic to the canary, and it is parked.
        record RollBackCanary() implements Request {}

        record DeleteCanary() implements Request {}

        record Maintenance(boolean on) implements Request {}

        record PauseRollout(boolean paused) implements Request {}
    }

    public static Planned plan(Facts facts, Request request) {
        return switch (request) {
            case Request.SwitchTo(var colour) -> switchTo(facts, colour);
            case Request.Decommission(var colour) -> decommission(facts, colour);
            case Request.StopCanary() -> canaryOff(facts, false);
            case Request.RollBackCanary() -> canaryOff(facts, true);
            case Request.DeleteCanary() -> deleteCanary(facts);
            case Request.Maintenance(var on) -> maintenance(facts, on);
            case Request.PauseRollout(var paused) -> pause(facts, paused);
        };
    }

    private static Planned switchTo(Facts facts, String colour) {
        var seen = facts.seen();
        if (!(seen.strategy() instanceof Strategy.BlueGreen colours)) {
            return notBlueGreen(seen);
        }
        if (!colours.colours().contains(colour)) {
            return noSuchColour(colours, colour);
        }
        var target = seen.workload(colours.workloadOf(colour));
        if (target.isEmpty()) {
            return new Planned.Refused(
                    "%s does not run".formatted(colour), List.of(), "release deploy puts a release there");
        }
        if (seen.traffic().weight(target.get().workload().name()) == 100) {
            return new Planned.NothingToDo("%s has all the traffic already".formatted(colour));
        }
        var revoked = facts.releaseOf(target.get().requested()).flatMap(r -> revoked(facts, r));
        if (revoked.isPresent()) {
            return revoked.get();
        }
        var steps = new StepList(facts.policy());
        var active = seen.active();
        var capacity = Math.max(
                target.get().wanted(), active.map(WorkloadState::wanted).orElse(1));
        steps.capacity(target.get(), capacity);
        steps.add(new Step.ShiftTraffic(
                seen.service(),
                seen.traffic().weights(),
                RollbackPlanner.only(target.get().workload().name())));
        facts.releaseOf(target.get().requested())
                .ifPresent(r -> steps.add(
                        new Step.WriteLedger(seen.service(), RolloutPlanner.goLive(facts.ledger(), r.number()))));
        return ready(
                facts, active.map(a -> colours.colourOf(a.workload().name())).orElse("-"), colour, steps);
    }

    private static Planned decommission(Facts facts, String colour) {
        var seen = facts.seen();
        if (!(seen.strategy() instanceof Strategy.BlueGreen colours)) {
            return notBlueGreen(seen);
        }
        if (!colours.colours().contains(colour)) {
            return noSuchColour(colours, colour);
        }
        var workload = seen.workload(colours.workloadOf(colour));
        if (workload.isEmpty()) {
            return new Planned.NothingToDo("%s does not exist".formatted(colour));
        }
        if (seen.traffic().weight(workload.get().workload().name()) > 0) {
            return new Planned.Refused(
                    "%s is the active colour".formatted(colour),
                    List.of(),
                    "switch first: strategy bluegreen switch --to …");
        }
        return removal(facts, workload.get(), colour);
    }

    private static Planned removal(Facts facts, WorkloadState workload, String name) {
        var steps = new StepList(facts.policy());
        steps.add(
                new Step.CaptureEvidence(facts.seen().service(), facts.policy().evidenceBudget()));
        if (workload.wanted() > 0) {
            steps.add(new Step.Scale(workload.workload(), workload.wanted(), 0));
        }
        steps.add(new Step.RemoveWorkload(workload.workload(), workload.uid()));
        return ready(facts, name, "removed", steps);
    }

    private static Planned canaryOff(Facts facts, boolean park) {
        var seen = facts.seen();
        if (!(seen.strategy() instanceof Strategy.Canary(var main, var _, var _))) {
            return notCanary(seen);
        }
        var canary = seen.liveCanary();
        if (canary.isEmpty() || (!park && seen.traffic().weight(main) == 100)) {
            return new Planned.NothingToDo("no traffic goes to a canary");
        }
        var steps = new StepList(facts.policy());
        steps.add(new Step.CaptureEvidence(seen.service(), facts.policy().evidenceBudget()));
        if (seen.traffic().weight(main) != 100) {
            steps.add(new Step.ShiftTraffic(seen.service(), seen.traffic().weights(), RollbackPlanner.only(main)));
        }
        if (park) {
            facts.releaseOf(canary.get().requested())
                    .ifPresent(r -> steps.add(
                            new Step.WriteLedger(seen.service(), RollbackPlanner.takenOut(facts, r.number()))));
            if (canary.get().wanted() > 0) {
                steps.add(new Step.Scale(canary.get().workload(), canary.get().wanted(), 0));
            }
        }
        return ready(facts, "canary " + canary.get().requested().version(), "stable", steps);
    }

    private static Planned deleteCanary(Facts facts) {
        var seen = facts.seen();
        if (!(seen.strategy() instanceof Strategy.Canary(var _, var name, var _))) {
            return notCanary(seen);
        }
        var canary = seen.workload(name);
        if (canary.isEmpty()) {
            return new Planned.NothingToDo("there is no canary");
        }
        if (seen.traffic().weight(name) > 0) {
            return new Planned.Refused(
                    "the canary still gets %d%% of the traffic"
                            .formatted(seen.traffic().weight(name)),
                    List.of(),
                    "strategy canary stop, or strategy canary rollback, first");
        }
        return removal(facts, canary.get(), "canary");
    }

    private static Planned maintenance(Facts facts, boolean on) {
        if (facts.seen().traffic().maintenance() == on) {
            return new Planned.NothingToDo("maintenance is %s already".formatted(on ? "on" : "off"));
        }
        var steps = new StepList(facts.policy())
                .add(new Step.SetMaintenance(facts.seen().service(), on));
        return ready(facts, on ? "service" : "maintenance page", on ? "maintenance page" : "service", steps);
    }

    private static Planned pause(Facts facts, boolean paused) {
        var newest = facts.seen().newest();
        if (newest.isEmpty()) {
            return new Planned.Refused("nothing runs", List.of(), "release deploy puts a release out");
        }
        if (newest.get().paused() == paused) {
            return new Planned.NothingToDo("the rollout %s".formatted(paused ? "is paused already" : "is not paused"));
        }
        var steps = new StepList(facts.policy()).add(new Step.Pause(newest.get().workload(), paused));
        return ready(facts, paused ? "rolling out" : "paused", paused ? "paused" : "rolling out", steps);
    }

    /// The way back from a run: each of its changes turned round, in the opposite order, which is again
    /// capacity before traffic before parking. Configuration is the exception: it goes back first, because the
    /// instances that are started or replaced on the way read it.
    public static Planned undo(Facts facts, Plan done) {
        if (!done.oneWay().isEmpty()) {
            return new Planned.Refused(
                    "this cannot be undone", done.oneWay(), "release deploy puts a release out again");
        }
        var steps = new StepList(facts.policy());
        steps.add(
                new Step.CaptureEvidence(facts.seen().service(), facts.policy().evidenceBudget()));
        var notes = new ArrayList<Note>();
        for (var step : configFirst(done.steps().reversed())) {
            switch (step) {
                case Step.PutRevision(var workload, var from, var to) ->
                    steps.add(new Step.PutRevision(workload, to, from));
                case Step.Scale(var workload, var from, var to) -> scaleBack(facts, steps, workload, to, from);
                case Step.Restart again -> steps.add(again);
                case Step.RestoreConfig(var service, var name, Step.RestoreConfig.Held.Content(var before), var to) ->
                    steps.add(new Step.RestoreConfig(service, name, new Step.RestoreConfig.Held.Content(to), before));
                // One that was missing is left there: removing what instances may read by now helps nobody.
                case Step.RestoreConfig _ -> {}
                case Step.ShiftTraffic(var service, var from, var to) ->
                    steps.add(new Step.ShiftTraffic(service, new TreeMap<>(to), new TreeMap<>(from)));
                case Step.Pause(var workload, var paused) -> steps.add(new Step.Pause(workload, !paused));
                case Step.SetMaintenance(var service, var on) -> steps.add(new Step.SetMaintenance(service, !on));
                case Step.CreateWorkload(var workload, var _, var _) ->
                    facts.seen().workload(workload.name()).ifPresent(w -> {
                        if (w.wanted() > 0) {
                            steps.add(new Step.Scale(workload, w.wanted(), 0));
                        }
                        steps.add(new Step.RemoveWorkload(workload, w.uid()));
                    });
                case Step.WriteLedger(var _, var written) -> written.reversed().forEach(n -> inverse(n, notes));
                case Step.SetWriteAccess(var service, var from, var to) ->
                    steps.add(new Step.SetWriteAccess(service, to, from));
                // The autoscaler got its own bounds back at the end of the run itself.
                case Step.PinCapacity _, Step.CaptureEvidence _, Step.WatchRecovery _, Step.RemoveWorkload _ -> {}
                // There is a way on from these, and none back: see Plan.oneWay.
                case Step.UndoMigrations _, Step.ApplyMigration _, Step.SalvageRows _, Step.SwapDatabase _ -> {}
                case Step.TakeBackup _,
                        Step.MarkPoint _,
                        Step.ClosePoint _,
                        Step.CheckIntegrity _,
                        Step.CheckSchema _ -> {}
            }
        }
        var service = facts.seen().service();
        if (!notes.isEmpty()) {
            steps.add(new Step.WriteLedger(service, notes));
        }
        var revoked = watched(facts, notes).flatMap(r -> revoked(facts, r));
        if (revoked.isPresent()) {
            return revoked.get();
        }
        watched(facts, notes)
                .ifPresent(r -> steps.add(
                        new Step.WatchRecovery(service, r, facts.policy().watch())));
        return new Planned.Ready(
                new Plan(
                        Plan.Kind.UNDO,
                        service,
                        facts.seen().strategy().word(),
                        done.to(),
                        done.from(),
                        Plan.Type.TYPE_1,
                        "undoes a %s of type %d"
                                .formatted(done.kind().word(), done.type().number()),
                        steps.steps(),
                        new ApprovalRule.None(),
                        List.of()),
                made(done));
    }

    /// What has a hole does not come back by a side door either.
    private static Optional<Planned> revoked(Facts facts, Release release) {
        return facts.ledger()
                .revoked(release.parts())
                .map(r -> new Planned.Refused(
                        "%s would be what users get, and it was revoked for security by %s: %s"
                                .formatted(release, r.by(), r.why()),
                        List.of(),
                        "put out another release; if it was revoked by mistake: release mark good %d --security --reason …"
                                .formatted(release.number())));
    }

    private static List<String> made(Plan done) {
        return done.steps().stream()
                .map(s -> s.step()
                                instanceof Step.RestoreConfig(var _, var name, Step.RestoreConfig.Held.Nothing(), var _)
                        ? "config %s was missing before; it was made, and stays".formatted(name)
                        : "")
                .filter(Predicate.not(String::isEmpty))
                .toList();
    }

    private static List<Step> configFirst(List<PlannedStep> reversed) {
        var config = new ArrayList<Step>();
        var steps = new ArrayList<Step>();
        for (var planned : reversed) {
            (planned.step() instanceof Step.RestoreConfig ? config : steps).add(planned.step());
        }
        var first = steps.stream().filter(ChangePlanner::startsInstances).findFirst();
        steps.addAll(first.map(steps::indexOf).orElse(steps.size()), config);
        return steps;
    }

    private static boolean startsInstances(Step step) {
        return step instanceof Step.PutRevision || step instanceof Step.Restart || step instanceof Step.Scale;
    }

    /// What was parked by the run has to be up again, and stay up, before it gets traffic.
    private static void scaleBack(Facts facts, StepList steps, Workload workload, int from, int to) {
        var seen = facts.seen().workload(workload.name()).filter(w -> from < to && w.wanted() == from);
        if (seen.isPresent()) {
            steps.capacity(seen.get(), to);
        } else {
            steps.add(new Step.Scale(workload, from, to));
        }
    }

    private static void inverse(Note note, List<Note> notes) {
        switch (note) {
            case Note.GoLive(var release) -> notes.add(new Note.Leave(release, Leaving.SUPERSEDED));
            case Note.Leave(var release, var _) -> notes.add(new Note.GoLive(release));
            // A release that was put out stays in the history; judgements are facts, not changes.
            case Note.Deploy _, Note.Judge _, Note.Quarantine _ -> {}
        }
    }

    private static java.util.Optional<lastgood.core.Release> watched(Facts facts, List<Note> notes) {
        return notes.stream()
                .filter(Note.GoLive.class::isInstance)
                .reduce((_, later) -> later)
                .flatMap(n -> facts.ledger().release(n.release()));
    }

    private static Planned ready(Facts facts, String from, String to, StepList steps) {
        return new Planned.Ready(
                new Plan(
                        Plan.Kind.CHANGE,
                        facts.seen().service(),
                        facts.seen().strategy().word(),
                        from,
                        to,
                        Plan.Type.TYPE_1,
                        "no release changes",
                        steps.steps(),
                        new ApprovalRule.None(),
                        List.of()),
                List.of());
    }

    private static Planned notBlueGreen(ServiceState seen) {
        return new Planned.Refused(
                "%s is released %s, not blue-green"
                        .formatted(seen.service(), seen.strategy().word()),
                List.of(),
                "set strategy.type: blue-green for it");
    }

    private static Planned notCanary(ServiceState seen) {
        return new Planned.Refused(
                "%s is released %s, not by canary"
                        .formatted(seen.service(), seen.strategy().word()),
                List.of(),
                "set strategy.type: canary for it");
    }

    private static Planned noSuchColour(Strategy.BlueGreen colours, String colour) {
        return new Planned.Refused(
                "there is no colour `%s`".formatted(colour),
                List.of(),
                "the colours are " + String.join(" and ", colours.colours()));
    }
}
