package lastgood.core.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.LedgerEntry.Leaving;
import lastgood.core.Release;
import lastgood.core.RevisionSelector;
import lastgood.core.Selection;
import lastgood.core.Severity;
import lastgood.core.Standing;
import lastgood.core.Strategy;
import lastgood.core.Words;
import lastgood.core.WorkloadState;
import lastgood.core.decide.ApprovalRule;

/// Plans the way back to an earlier release.
///
/// The order is always: evidence while it is still there; configuration before the instances that read it; the
/// target; capacity before traffic; the companions ([Beside] says why after it); the ledger, so that whoever comes
/// next knows what runs; the proof; and only then the failed release is parked. Nothing is removed. Where
/// data has to
/// change too, [ClosedRollback] does the same behind closed doors.
public final class RollbackPlanner {

    private RollbackPlanner() {}

    /// What a person asks for.
    ///
    /// @param severity as stated; decides who approves
    /// @param emergency last known good at once, the approval owed afterwards; never less safety
    /// @param database what shall become of the database
    /// @param confirmed whether a person has said yes by the service's name; an emergency asks nobody, so
    ///     it changes no data without
    /// @param behindMaintenance whether users get the maintenance page while it happens
    public record Request(
            RevisionSelector target,
            Optional<Severity> severity,
            boolean emergency,
            WithDatabase database,
            boolean confirmed,
            boolean behindMaintenance) {}

    public static Planned plan(Facts facts, Request request) {
        return switch (facts.select(request.target())) {
            case Selection.AlreadyLive(var release) -> alreadyThere(facts, release, request);
            case Selection.NothingGood _
            when isNowhere(facts) ->
                new Planned.Refused(
                        "%s has no workload, and no release of it is recorded"
                                .formatted(facts.seen().service()),
                        List.of(),
                        "check the name, and the namespace or environment: is it running there at all?");
            case Selection.NothingGood(var rejected) ->
                new Planned.Refused(
                        "there is no good release to go back to",
                        rejected.stream().map(RollbackPlanner::line).toList(),
                        rejected.isEmpty()
                                ? "nothing older than the running release is recorded; name a release with --revision, or deploy one"
                                : "if you know that one of them is good, name it: --revision %s"
                                        .formatted(rejected.getFirst().release().version()));
            case Selection.NoSuch(var wanted, var there) ->
                new Planned.Refused(
                        "there is no release `%s` of %s"
                                .formatted(wanted, facts.seen().service()),
                        there.stream()
                                .map(r -> line(
                                        new Selection.Rejected(r, facts.ledger().standing(r.number()))))
                                .toList(),
                        "choose one of these, or `good`, or `previous`");
            case Selection.Ambiguous(var wanted, var matches) ->
                new Planned.Refused(
                        "`%s` is %d different releases".formatted(wanted, matches.size()),
                        matches.stream()
                                .map(r -> line(
                                        new Selection.Rejected(r, facts.ledger().standing(r.number()))))
                                .toList(),
                        "name it by number or by digest");
            case Selection.Chosen chosen -> to(facts, request, chosen);
        };
    }

    /// More likely a name that was mistyped than a service without a past.
    private static boolean isNowhere(Facts facts) {
        return facts.seen().newest().isEmpty() && facts.ledger().releases().isEmpty();
    }

    private static Planned alreadyThere(Facts facts, Release release, Request request) {
        if (facts.seen().newest().isPresent() && !facts.isThere(release)) {
            // Half of it is: somebody stopped on the way there, or put back one part by hand.
            return to(
                    facts,
                    request,
                    new Selection.Chosen(release, facts.ledger().standing(release.number()), List.of()));
        }
        if (facts.isThere(release) && request.target() instanceof RevisionSelector.Good) {
            return new Planned.NothingToDo(
                    "%s runs already and counts as good; if it hurts, `release mark bad %s --reason …` or --revision previous"
                            .formatted(release, release));
        }
        return new Planned.NothingToDo("%s is what runs already".formatted(release));
    }

    private static Planned to(Facts facts, Request request, Selection.Chosen chosen) {
        var target = chosen.release();
        if (chosen.standing() instanceof Standing.Revoked revoked) {
            return new Planned.Refused(
                    "%s is not gone back to: it is %s".formatted(target, revoked.words()),
                    chosen.rejected().stream().map(RollbackPlanner::line).toList(),
                    "choose another release; if it was revoked by mistake: release mark good %d --security --reason …"
                            .formatted(target.number()));
        }
        var missing = missing(facts, target);
        if (missing.isPresent()) {
            return new Planned.Refused(
                    "%s cannot be put back: %s".formatted(target, missing.get()),
                    chosen.rejected().stream().map(RollbackPlanner::line).toList(),
                    "restore what is missing, or choose another release: `release list` shows them");
        }
        if (facts.seen().newest().isEmpty()) {
            return new Planned.Refused(
                    "%s has no workload to roll back".formatted(facts.seen().service()),
                    List.of(),
                    "put the release out instead: release deploy %s".formatted(target));
        }
        return switch (DatabaseWay.of(facts, request, target, migrationsSince(facts, target))) {
            case DatabaseWay.No(var refused) -> refused;
            case DatabaseWay.Leave(var type, var reason, var remarks) ->
                ready(facts, request, chosen, type, reason, List.of(), steps(facts, request, target), remarks);
            case DatabaseWay.Change(var type, var reason, var changes, var lost, var remarks) ->
                ready(
                        facts,
                        request,
                        chosen,
                        type,
                        reason,
                        lost,
                        ClosedRollback.steps(facts, request, target, changes),
                        remarks);
        };
    }

    private static Planned ready(
            Facts facts,
            Request request,
            Selection.Chosen chosen,
            Plan.Type type,
            String reason,
            List<String> lost,
            List<PlannedStep> steps,
            List<String> aboutData) {
        var remarks = new ArrayList<>(remarks(facts, request, chosen));
        remarks.addAll(aboutData);
        remarks.addAll(aboutBackup(facts, steps));
        return new Planned.Ready(
                new Plan(
                        Plan.Kind.ROLLBACK,
                        facts.seen().service(),
                        facts.seen().strategy().word(),
                        fromWords(facts),
                        chosen.release().version().text(),
                        type,
                        reason,
                        steps,
                        approval(facts, request),
                        lost),
                remarks);
    }

    /// What the team's rule makes of this plan, where that is not what every plan does.
    private static List<String> aboutBackup(Facts facts, List<PlannedStep> steps) {
        var taken = steps.stream().anyMatch(s -> s.step() instanceof Step.TakeBackup);
        var changes = steps.stream().anyMatch(s -> s.step() instanceof Step.SetWriteAccess);
        return switch (facts.policy().backupFirst()) {
            case CHANGING_DATA -> List.of();
            case NEVER ->
                changes && !taken
                        ? List.of("NO BACKUP is taken before data is changed: backup.beforeRollback says never")
                        : List.of();
            case ALWAYS ->
                switch (facts.database()) {
                    case DatabaseFacts.None() -> List.of();
                    case DatabaseFacts.Unknown(var why) ->
                        List.of(
                                "NO BACKUP is taken, though backup.beforeRollback says always: the database could not be looked at (%s)"
                                        .formatted(why));
                    case DatabaseFacts.Known known ->
                        List.of("a verified backup is taken first, because backup.beforeRollback says always%s"
                                .formatted(
                                        known.times().backup().isZero()
                                                ? "; how long that takes was never measured"
                                                : "; the last ones took about "
                                                        + Words.duration(
                                                                known.times().backup())));
                };
        };
    }

    /// Why some part of it cannot be put back. What stays as it is need not be.
    private static Optional<String> missing(Facts facts, Release target) {
        var needed = new ArrayList<>(List.of(target.revision().digest()));
        facts.seen().companions().forEach((name, w) -> {
            var to = target.others().get(name);
            if (to != null && !w.requested().sameAs(to)) {
                needed.add(to.digest());
            }
        });
        target.config().forEach((name, content) -> {
            var now = facts.seen().config().get(name);
            if (now == null || !now.content().equals(content)) {
                needed.add(content);
            }
        });
        return needed.stream()
                .flatMap(d -> Optional.ofNullable(facts.missing().get(d)).stream())
                .findFirst();
    }

    private static String fromWords(Facts facts) {
        return facts.current()
                .map(r -> r.version().text())
                .or(() -> facts.seen().newest().map(w -> w.requested().version().text()))
                .orElse("-");
    }

    /// Migrations of every release after the target, up to the newest one: a schema does not go back with the pods.
    private static List<String> migrationsSince(Facts facts, Release target) {
        return facts.ledger().releases().stream()
                .filter(r -> r.number() > target.number())
                .flatMap(r -> r.migrations().stream())
                .distinct()
                .toList();
    }

    private static ApprovalRule approval(Facts facts, Request request) {
        if (request.emergency()) {
            return facts.policy().matrix().rule(Severity.SEV1).approval();
        }
        return request.severity()
                .map(s -> facts.policy().matrix().rule(s).approval())
                .orElse(new ApprovalRule.None());
    }

    private static List<String> remarks(Facts facts, Request request, Selection.Chosen chosen) {
        var remarks = new ArrayList<String>();
        if (chosen.standing() instanceof Standing.NeverProved(var served)
                && request.target() instanceof RevisionSelector.Relative) {
            remarks.add(
                    "%s is presumed good: never proved; served %s before it was replaced, and nothing was ever judged"
                            .formatted(chosen.release(), Words.duration(served)));
        } else if (!(chosen.standing() instanceof Standing.Good)) {
            remarks.add("%s is not known to be good: %s"
                    .formatted(chosen.release(), chosen.standing().words()));
        }
        chosen.rejected().forEach(r -> remarks.add("passed over " + line(r)));
        if (facts.current().isEmpty()) {
            remarks.add("what runs now is not in the ledger: somebody put it out without lastgood");
        } else if (facts.current().filter(facts::isThere).isEmpty()) {
            remarks.add("what runs now is %s only in part: somebody stopped half-way, or changed a part by hand"
                    .formatted(facts.current().get()));
        }
        remarks.addAll(new Beside(facts.seen(), chosen.release().parts())
                .remarks(chosen.release().toString()));
        if (facts.seen().traffic().maintenance()) {
            remarks.add("the maintenance page is on and stays on: nothing can be proved until `maintenance off`");
        }
        facts.seen().newest().stream()
                .filter(WorkloadState::paused)
                .forEach(w -> remarks.add(
                        "the rollout is paused: the same change that restores the release also ends the pause"));
        return remarks;
    }

    private static String line(Selection.Rejected r) {
        return "%d  %s  %s  %s"
                .formatted(
                        r.release().number(),
                        r.release().version(),
                        r.release().revision().digest().brief(),
                        r.standing().words());
    }

    private static List<PlannedStep> steps(Facts facts, Request request, Release target) {
        var steps = new StepList(facts.policy());
        var service = facts.seen().service();
        steps.add(evidence(facts, request));
        if (facts.policy().backupFirst() == Policy.BackupFirst.ALWAYS
                && facts.database() instanceof DatabaseFacts.Known) {
            // Before the page: users of a release that half works have it for as long as the backup takes.
            steps.add(new Step.TakeBackup(service, "before-rollback", "before the release goes back"));
        }
        var behindMaintenance =
                request.behindMaintenance() && !facts.seen().traffic().maintenance();
        if (behindMaintenance) {
            steps.add(new Step.SetMaintenance(service, true));
        }
        var beside = new Beside(facts.seen(), target.parts());
        beside.config(steps);
        var park = new ArrayList<Step>();
        switch (facts.seen().strategy()) {
            case Strategy.Rolling _ -> facts.seen().active().ifPresent(w -> beside.put(steps, w, target.revision()));
            case Strategy.Canary(var main, var _, var _) -> canary(facts, steps, main, beside, park);
            case Strategy.BlueGreen colours -> blueGreen(facts, steps, colours, beside, park);
        }
        beside.companions(steps);
        if (behindMaintenance) {
            // Before the watch, which needs users to see; and once more at the end, whatever happens until then.
            steps.add(new Step.SetMaintenance(service, false));
            steps.finallyDo(new Step.SetMaintenance(service, false));
        }
        steps.add(new Step.WriteLedger(service, notes(facts, target)));
        steps.add(new Step.WatchRecovery(service, target, facts.policy().watch()));
        park.forEach(steps::add);
        return steps.steps();
    }

    static Step evidence(Facts facts, Request request) {
        return new Step.CaptureEvidence(
                facts.seen().service(),
                request.emergency()
                        ? Policy.EVIDENCE_IN_EMERGENCY
                        : facts.policy().evidenceBudget());
    }

    private static void canary(Facts facts, StepList steps, String main, Beside beside, List<Step> park) {
        var seen = facts.seen();
        seen.liveCanary().ifPresent(canary -> {
            if (seen.traffic().weight(main) != 100) {
                steps.add(new Step.ShiftTraffic(seen.service(), seen.traffic().weights(), only(main)));
            }
            if (canary.wanted() > 0) {
                park.add(new Step.Scale(canary.workload(), canary.wanted(), 0));
            }
        });
        seen.workload(main).ifPresent(w -> beside.put(steps, w, beside.wanted().main()));
    }

    private static void blueGreen(
            Facts facts, StepList steps, Strategy.BlueGreen colours, Beside beside, List<Step> park) {
        var seen = facts.seen();
        var target = beside.wanted().main();
        var active = seen.active().orElseThrow(() -> new IllegalStateException("planned without a workload"));
        var idle = colours.other(active.workload().name());
        if (seen.workload(idle).isEmpty() || onlyCompanionsDiffer(active, beside)) {
            beside.put(steps, active, target);
            return;
        }
        var other = seen.workload(idle).orElseThrow();
        beside.put(steps, other, target);
        // Capacity before traffic: the target takes at least what the failing colour carried.
        steps.capacity(other, Math.max(active.wanted(), other.wanted()));
        steps.add(new Step.ShiftTraffic(seen.service(), seen.traffic().weights(), only(idle)));
        if (active.wanted() > 0) {
            park.add(new Step.Scale(active.workload(), active.wanted(), 0));
        }
    }

    /// Then users stay where they are.
    static boolean onlyCompanionsDiffer(WorkloadState active, Beside beside) {
        return active.requested().sameAs(beside.wanted().main()) && !beside.configDiffers();
    }

    /// All traffic to one workload.
    static SortedMap<String, Integer> only(String workload) {
        return new TreeMap<>(java.util.Map.of(workload, 100));
    }

    static List<Note> notes(Facts facts, Release target) {
        var notes = new ArrayList<Note>();
        facts.current()
                .filter(from -> from.number() != target.number())
                .ifPresent(from -> notes.addAll(takenOut(facts, from.number())));
        notes.add(new Note.GoLive(target.number()));
        return notes;
    }

    /// What the ledger says of a release that was taken out because it hurt.
    static List<Note> takenOut(Facts facts, int release) {
        var left = new Note.Leave(release, Leaving.ROLLED_BACK);
        return facts.policy().quarantine().isPositive()
                ? List.of(left, new Note.Quarantine(release, facts.policy().quarantine(), "was rolled back"))
                : List.of(left);
    }
}
