package lastgood.cli.run;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import lastgood.core.LedgerEntry;
import lastgood.core.Words;
import lastgood.core.plan.Note;
import lastgood.core.plan.PlannedStep;
import lastgood.core.plan.Step;
import lastgood.core.plan.Step.RestoreConfig.Held;
import lastgood.core.recover.Check;

/// Steps in words.
final class Steps {

    private Steps() {}

    /// What it does.
    static String what(Step step) {
        return switch (step) {
            case Step.CaptureEvidence(var _, var budget) ->
                "keep logs, states and counters (at most %s)".formatted(Words.duration(budget));
            case Step.PutRevision(var workload, var from, var to) ->
                "%s: %s → %s, instance by instance".formatted(workload.name(), from.version(), to.version());
            case Step.CreateWorkload(var workload, var revision, var instances) ->
                "%s: start %s of %s".formatted(workload.name(), Words.count(instances, "instance"), revision.version());
            case Step.Scale(var workload, var from, var to) ->
                to == 0
                        ? "%s: park it (%d → 0 instances)".formatted(workload.name(), from)
                        : "%s: %d → %s".formatted(workload.name(), from, Words.count(to, "instance"));
            case Step.Restart(var workload, var revision) ->
                "%s: start it anew with %s, instance by instance".formatted(workload.name(), revision.version());
            case Step.PinCapacity(var workload, var from, var to) ->
                "%s: autoscaler from %s to %s instances".formatted(workload.name(), from, to);
            case Step.RestoreConfig(var _, var name, Held.Content(var from), var to) ->
                "config %s: %s → %s".formatted(name, from.brief(), to.brief());
            case Step.RestoreConfig(var _, var name, Held.Nothing(), var to) ->
                "config %s: make it anew with %s".formatted(name, to.brief());
            case Step.Pause(var workload, var paused) ->
                "%s: %s replacing instances".formatted(workload.name(), paused ? "stop" : "go on");
            case Step.ShiftTraffic(var _, var from, var to) -> "traffic %s → %s".formatted(weights(from), weights(to));
            case Step.SetMaintenance(var _, var on) -> "maintenance page %s".formatted(on ? "on" : "off");
            case Step.RemoveWorkload(var workload, var _) -> "remove %s".formatted(workload.name());
            case Step.WriteLedger(var _, var notes) -> "write down: %s".formatted(notes(notes));
            case Step.WatchRecovery(var _, var _, var rules) ->
                "watch: %s in a row, one each %s, must pass %s"
                        .formatted(
                                Words.count(rules.samplesWanted(), "sample"),
                                Words.duration(rules.every()),
                                rules.required().stream().map(Check::label).collect(Collectors.joining(", ")));
        };
    }

    /// How to get back from it.
    static String undo(Step step) {
        return switch (step) {
            case Step.CaptureEvidence _, Step.WatchRecovery _ -> "-";
            case Step.PutRevision(var workload, var from, var _) ->
                "%s back to %s".formatted(workload.name(), from.version());
            case Step.CreateWorkload(var workload, var _, var _) -> "remove %s".formatted(workload.name());
            case Step.Scale(var workload, var from, var _) ->
                "%s back to %s".formatted(workload.name(), Words.count(from, "instance"));
            case Step.Restart(var workload, var _) -> "start %s anew again".formatted(workload.name());
            case Step.PinCapacity(var _, var from, var _) -> "%s instances again, at the end".formatted(from);
            case Step.RestoreConfig(var _, var name, Held.Content(var from), var _) ->
                "config %s back to %s".formatted(name, from.brief());
            case Step.RestoreConfig(var _, var name, Held.Nothing(), var _) -> "config %s stays".formatted(name);
            case Step.Pause(var _, var paused) -> paused ? "release resume" : "release pause";
            case Step.ShiftTraffic(var _, var from, var _) -> from.isEmpty() ? "no way" : "traffic " + weights(from);
            case Step.SetMaintenance(var _, var on) -> on ? "maintenance off" : "maintenance on";
            case Step.RemoveWorkload _ -> "no way: it is gone";
            case Step.WriteLedger _ -> "the opposite entry";
        };
    }

    /// What exactly happens, for `--explain`.
    static String explain(Step step) {
        return switch (step) {
            case Step.CaptureEvidence _ ->
                "reads only; what is not reached within the budget is named, and the plan goes on";
            case Step.PutRevision(var _, var from, var to) ->
                "asks for %s only if %s is still what was asked for; ends a pause in the same change; then waits until nothing else runs"
                        .formatted(to.digest(), from.digest().brief());
            case Step.CreateWorkload _ ->
                "refused if one of that name has appeared meanwhile; then waits until all are ready";
            case Step.Scale(var _, var from, var to) ->
                "sets %d, not a difference; any number but %d or %d means that someone else scales: stop and say so"
                        .formatted(to, from, to);
            case Step.Restart(var _, var revision) ->
                "only if %s is what was asked for; our mark on it says that we have asked; then waits until all are replaced"
                        .formatted(revision.digest().brief());
            case Step.PinCapacity(var _, var from, var to) ->
                "sets the bounds; any but %s or %s mean that someone else sets them: stop and say so"
                        .formatted(from, to);
            case Step.RestoreConfig(var _, var _, var _, var to) ->
                "puts back what was recorded as %s, only if it holds what the plan was made from".formatted(to);
            case Step.Pause _ -> "sets it; saying it twice is saying it once";
            case Step.ShiftTraffic _ -> "refused if the target has no instance ready; sets all weights at once";
            case Step.SetMaintenance _ -> "sets it; saying it twice is saying it once";
            case Step.RemoveWorkload(var _, var uid) ->
                "only the one that was seen (%s); a newer one is left alone".formatted(uid);
            case Step.WriteLedger _ -> "appends under this step's own key, so a repetition is recognised";
            case Step.WatchRecovery(var _, var _, var rules) ->
                "%d failed samples refute it, %d without data leave it unproved"
                        .formatted(rules.failuresMax(), rules.blindMax());
        };
    }

    static String weights(SortedMap<String, Integer> weights) {
        return weights.isEmpty()
                ? "nowhere"
                : weights.entrySet().stream()
                        .filter(e -> e.getValue() > 0 || weights.size() == 1)
                        .map((Map.Entry<String, Integer> e) -> "%s %d%%".formatted(e.getKey(), e.getValue()))
                        .collect(Collectors.joining(" + "));
    }

    private static String notes(List<Note> notes) {
        return notes.stream().map(Steps::note).collect(Collectors.joining(", "));
    }

    private static String note(Note note) {
        return switch (note) {
            case Note.Deploy(var number, var revision, var _, var _, var _, var _) ->
                "release %d is %s".formatted(number, revision.version());
            case Note.GoLive(var number) -> "release %d is live".formatted(number);
            case Note.Leave(var number, var how) -> "release %d %s".formatted(number, left(how));
            case Note.Judge(var number, var verdict, var _, var _) ->
                "release %d: %s".formatted(number, verdict.word());
            case Note.Quarantine(var number, var time, var _) ->
                "release %d in quarantine for %s".formatted(number, Words.duration(time));
        };
    }

    /// `40-watch-recovery` is `watch-recovery` where there is no room.
    static String name(PlannedStep step) {
        return step.id().substring(step.id().indexOf('-') + 1);
    }

    private static String left(LedgerEntry.Leaving how) {
        return switch (how) {
            case SUPERSEDED -> "superseded";
            case ROLLED_BACK -> "rolled back";
            case ABORTED -> "aborted";
        };
    }
}
