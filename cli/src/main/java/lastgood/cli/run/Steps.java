package lastgood.cli.run;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import lastgood.cli.out.Screen;
import lastgood.core.Digest;
import lastgood.core.LedgerEntry;
import lastgood.core.Words;
import lastgood.core.data.WriteAccess;
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
            case Step.SetWriteAccess(var _, var from, var to) ->
                to.isClosed()
                        ? "write fence: %s shut out, sessions ended".formatted(roles(from))
                        : "write fence off: %s may write again".formatted(roles(to));
            case Step.TakeBackup(var _, var alias, var _) ->
                "back the database up%s, and read the backup back"
                        .formatted(alias.isEmpty() ? "" : " as " + Screen.plain(alias));
            case Step.UndoMigrations(var _, var newestFirst, var from, var to) ->
                "schema %s → %s: undo %s".formatted(from.brief(), to.brief(), names(newestFirst));
            case Step.ApplyMigration(var _, var migration, var _) ->
                "schema: apply %s".formatted(Screen.plain(migration));
            case Step.MarkPoint(var _, var release) ->
                "restore point in the database before %s".formatted(Screen.plain(release));
            case Step.ClosePoint _ -> "write down which transactions the migrations were";
            case Step.CheckIntegrity(var _, var comprehensive) ->
                "check that the database is sound (%s)".formatted(comprehensive ? "all of it" : "quick");
            case Step.CheckSchema(var _, var proved) ->
                "check that the schema is one that the release works on (%s)"
                        .formatted(proved.stream().map(Digest::brief).collect(Collectors.joining(", ")));
            case Step.SalvageRows(var _, var scratch, var _) ->
                "put damaged rows back from %s".formatted(Screen.plain(scratch));
            case Step.SwapDatabase(var _, var scratch, var keepAs) ->
                "%s becomes the database; the old one stays as %s"
                        .formatted(Screen.plain(scratch), Screen.plain(keepAs));
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
            case Step.SetWriteAccess(var _, var from, var _) -> from.isClosed() ? "db fence" : "db unfence";
            case Step.TakeBackup _, Step.MarkPoint _, Step.ClosePoint _, Step.CheckIntegrity _, Step.CheckSchema _ ->
                "-";
            case Step.UndoMigrations _ -> "release deploy applies them again; rows that they held are in the backup";
            case Step.ApplyMigration _ -> "rollback, which proves first what it may undo";
            case Step.SalvageRows _ -> "the backup from before it";
            case Step.SwapDatabase(var _, var _, var keepAs) ->
                "the old one is there as %s".formatted(Screen.plain(keepAs));
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
            case Step.SetWriteAccess(var _, var from, var to) ->
                to.isClosed()
                        ? "takes away logins and connections, ends what is connected, and looks until no session and no prepared transaction is left"
                        : "gives back %s and the connection limit %d, as they were; anything but that or %s means that someone else changes roles"
                                .formatted(roles(to), to.connectionLimit(), from.isClosed() ? "closed" : roles(from));
            case Step.TakeBackup _ ->
                "named after this run and step, so it is taken once; one that does not read back stops the plan";
            case Step.UndoMigrations(var _, var _, var from, var to) ->
                "only if the schema is still %s and these are the newest; ends with %s or changes nothing"
                        .formatted(from.brief(), to.brief());
            case Step.ApplyMigration(var _, var _, Step.ApplyMigration.After.Schema(var schema)) ->
                "only if the schema is still %s".formatted(schema.brief());
            case Step.ApplyMigration(var _, var _, Step.ApplyMigration.After.Migration(var name)) ->
                "only if %s is the newest".formatted(Screen.plain(name));
            case Step.MarkPoint _ -> "named after this run; one that is there already is left as it is";
            case Step.ClosePoint _ -> "reads only the migrations' history; if it cannot, the plan goes on";
            case Step.CheckIntegrity _ -> "reads only; a finding stops the plan and asks a person";
            case Step.CheckSchema _ -> "reads only; any other schema stops the plan and asks a person";
            case Step.SalvageRows(var _, var _, var assessment) ->
                "one transaction, only if the rows are as they were counted (%s)".formatted(assessment.brief());
            case Step.SwapDatabase _ -> "two names change in one transaction; nothing is dropped";
        };
    }

    private static String roles(WriteAccess access) {
        var open = access.logins().entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(e -> Screen.plain(e.getKey()))
                .collect(Collectors.joining(", "));
        return open.isEmpty() ? "nobody" : open;
    }

    private static String names(List<String> names) {
        return names.stream().map(Screen::plain).collect(Collectors.joining(", "));
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
