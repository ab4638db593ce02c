package lastgood.engine.steps;

import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.Evidence;
import lastgood.core.ServiceRef;
import lastgood.core.data.Backup;
import lastgood.core.data.IntegrityReport.Finding;
import lastgood.core.data.IntegrityReport.Standing;
import lastgood.core.plan.Step;
import lastgood.engine.port.Time;
import lastgood.engine.port.database.Backups;
import lastgood.engine.port.database.Databases;
import lastgood.engine.port.database.Repairs.Salvaged;
import lastgood.engine.port.database.Repairs.Swapped;

/// Which handler looks after which step of a database. Those of one port call each are written out here;
/// schema and
/// write access, where more can be met with, have classes of their own.
final class DatabaseHandlers {

    /// What takes minutes need not be looked at more often.
    static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Databases databases;
    private final WriteAccessHandler writeAccess;
    private final SchemaHandler schema;
    private final Time time;

    DatabaseHandlers(Databases databases, Time time) {
        this.databases = databases;
        this.writeAccess = new WriteAccessHandler(databases.access(), time);
        this.schema = new SchemaHandler(databases.schemas(), time);
        this.time = time;
    }

    Sighting look(Step.OfDatabase step, String key) {
        return switch (step) {
            case Step.SetWriteAccess s -> writeAccess.look(s, key);
            case Step.UndoMigrations s -> behindTheFence(s.service(), schema.undone(s, key));
            case Step.ApplyMigration s -> schema.applied(s, key);
            case Step.CheckSchema s -> schema.checked(s);
            case Step.TakeBackup s -> backup(s, Step.backupName(key));
            case Step.MarkPoint s -> mark(s, Step.pointName(key));
            case Step.ClosePoint s -> close(s, Step.pointName(key));
            case Step.CheckIntegrity s -> integrity(s);
            case Step.SalvageRows s -> behindTheFence(s.service(), salvage(s));
            case Step.SwapDatabase s -> behindTheFence(s.service(), swap(s));
        };
    }

    /// A backup may take hours, and somebody may have let writers in again meanwhile: what they wrote would
    /// be in no
    /// backup and in no count.
    private Sighting behindTheFence(ServiceRef service, Sighting sighting) {
        return sighting instanceof Sighting.NotYet
                        && !databases.access().look(service).isQuiet()
                ? new Sighting.Foreign(
                        "somebody can write to the database again since the fence went up; what was written is in no backup")
                : sighting;
    }

    /// Taken and not read back is not a backup: the same step takes it and then verifies it. Where only the provider's
    /// word is to be had, the evidence says so.
    private Sighting backup(Step.TakeBackup step, String name) {
        var backups = databases.backups();
        return switch (backups.look(step.service(), name)) {
            case Backups.State.None() ->
                new Sighting.NotYet(
                        seen("backup", "none"),
                        fence -> backups.take(step.service(), name, step.alias(), step.reason(), fence));
            case Backups.State.Underway(var how) -> new Sighting.Underway(how, "", LOOK_AGAIN);
            case Backups.State.There(var backup) ->
                switch (backup.proof()) {
                    case Backup.Proof.Unverified() ->
                        new Sighting.NotYet(
                                seen("backup", "unverified"), fence -> backups.verify(step.service(), name, fence));
                    case Backup.Proof.Broken(var _, var why) ->
                        new Sighting.Foreign("backup %s cannot be read back: %s".formatted(name, why));
                    case Backup.Proof.Verified(var _, var how) ->
                        done("backup %s is there and was read back (%s)".formatted(name, how), stored(backup));
                    case Backup.Proof.Vouched(var _, var word) ->
                        done(
                                "backup %s is there by the provider's word, and nobody has read it back (%s)"
                                        .formatted(name, word),
                                stored(backup));
                };
        };
    }

    private static String stored(Backup backup) {
        return "backup %s %s %s bytes %d".formatted(backup.name(), backup.kind(), backup.label(), backup.bytes());
    }

    private Sighting mark(Step.MarkPoint step, String name) {
        return databases
                .points()
                .find(step.service(), name)
                .map(p -> done("restore point %s is at %s".formatted(name, p.lsn()), p.toString()))
                .orElseGet(() -> new Sighting.NotYet(
                        seen("point", "none"),
                        fence -> databases.points().mark(step.service(), name, step.release(), fence)));
    }

    private Sighting close(Step.ClosePoint step, String name) {
        var point = databases.points().find(step.service(), name);
        if (point.isEmpty()) {
            return Marks.gone("restore point " + name);
        }
        return point.get().xids().isEmpty()
                ? new Sighting.NotYet(
                        seen("xids", "none"), fence -> databases.points().close(step.service(), name, fence))
                : done(
                        "restore point %s knows the transactions that followed".formatted(name),
                        point.get().toString());
    }

    private Sighting integrity(Step.CheckIntegrity step) {
        var report = databases.integrity().check(step.service(), step.comprehensive());
        var unsound = report.findings().stream()
                .filter(f -> f.standing() == Standing.FAIL)
                .toList();
        if (!unsound.isEmpty()) {
            return new Sighting.Foreign("the database is not sound: "
                    + String.join(
                            "; ", unsound.stream().map(DatabaseHandlers::line).toList()));
        }
        var unknown = report.findings().stream()
                .filter(f -> f.standing() == Standing.UNKNOWN)
                .map(DatabaseHandlers::line)
                .toList();
        return done(
                unknown.isEmpty()
                        ? "nothing unsound was found"
                        : "nothing unsound was found; not looked at: " + String.join("; ", unknown),
                report.toString());
    }

    private static String line(Finding f) {
        return "%s %s: %s".formatted(f.check(), f.object(), f.detail());
    }

    private Sighting salvage(Step.SalvageRows step) {
        var repairs = databases.repairs();
        return switch (repairs.salvaged(step.service(), step.scratch(), step.assessment())) {
            case Salvaged.NotYet() ->
                new Sighting.NotYet(
                        seen("assessment", step.assessment().text()),
                        fence -> repairs.salvage(step.service(), step.scratch(), step.assessment(), fence));
            case Salvaged.Done(var counts) -> done(counts, "assessment " + step.assessment());
            case Salvaged.Underway(var what) -> new Sighting.Underway(what, "", LOOK_AGAIN);
            case Salvaged.Stale(var why) -> new Sighting.Foreign(why);
        };
    }

    private Sighting swap(Step.SwapDatabase step) {
        var repairs = databases.repairs();
        return switch (repairs.swapped(step.service(), step.scratch())) {
            case Swapped.NotYet(var stamp) ->
                new Sighting.NotYet(
                        seen("stamp", stamp),
                        fence -> repairs.swap(step.service(), step.scratch(), step.keepAs(), fence));
            case Swapped.Done(var keptAs) ->
                keptAs.equals(step.keepAs())
                        ? done(
                                "%s is the database; the old one is %s".formatted(step.scratch(), keptAs),
                                "scratch %s kept as %s".formatted(step.scratch(), keptAs))
                        : new Sighting.Foreign("somebody else made %s the database, and kept the old one as %s"
                                .formatted(step.scratch(), keptAs));
            case Swapped.Stale(var why) -> new Sighting.Foreign(why);
        };
    }

    private Sighting done(String name, String seen) {
        return new Sighting.Done(Evidence.seen(name, seen, time.now()));
    }

    static SortedMap<String, String> seen(String name, String value) {
        return new TreeMap<>(Map.of(name, value));
    }
}
