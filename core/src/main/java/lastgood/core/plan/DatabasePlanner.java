package lastgood.core.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.WorkloadState;
import lastgood.core.data.WriteAccess;
import lastgood.core.decide.ApprovalRule;

/// Plans the single changes to a database that the runbook makes by hand, and the stopping of everything
/// that writes
/// to it. They run through the same engine as a rollback, so they too are locked, recorded and carried
/// through crashes.
public final class DatabasePlanner {

    private DatabasePlanner() {}

    /// One such change.
    public sealed interface Request {

        record TakeBackup(String alias, String reason) implements Request {}

        record Fence() implements Request {}

        /// @param to who could write before the fence: from the run that put it up
        record Unfence(WriteAccess to) implements Request {}

        /// @param count how many of the newest migrations; all that came since the target are `facts.since`
        ///
        /// @param inexact whether somebody said that the schema may become something else than it was
        record Undo(int count, boolean inexact) implements Request {
            public Undo(int count) {
                this(count, false);
            }
        }

        /// Puts back what the assessment in the facts counted.
        record Salvage() implements Request {}

        /// Makes the assessment's scratch the database.
        record Swap() implements Request {}

        /// The maintenance page, and no instance of anything.
        record StopWrites() implements Request {}

        /// @param instances for each workload, how many there were: from the run that stopped them
        record Restore(SortedMap<String, Integer> instances) implements Request {
            public Restore {
                instances = new TreeMap<>(instances);
            }
        }
    }

    public static Planned plan(Facts facts, Request request) {
        return switch (request) {
            case Request.StopWrites() -> stopWrites(facts);
            case Request.Restore(var instances) -> restore(facts, instances);
            case Request.TakeBackup _,
                    Request.Fence _,
                    Request.Unfence _,
                    Request.Undo _,
                    Request.Salvage _,
                    Request.Swap _ ->
                switch (facts.database()) {
                    case DatabaseFacts.None() ->
                        new Planned.Refused(
                                "no database is configured for %s"
                                        .formatted(facts.seen().service()),
                                List.of(),
                                "say where it is, under `database` in the configuration");
                    case DatabaseFacts.Unknown(var why) ->
                        new Planned.Refused(
                                "the database could not be looked at", List.of(why), "`db status` says more");
                    case DatabaseFacts.Known known -> plan(facts, known, request);
                };
        };
    }

    private static Planned plan(Facts facts, DatabaseFacts.Known known, Request request) {
        var service = facts.seen().service();
        return switch (request) {
            case Request.TakeBackup(var alias, var reason) ->
                ready(facts, "database", "backup", one(facts, new Step.TakeBackup(service, alias, reason)), List.of());
            case Request.Fence() -> fence(facts, known);
            case Request.Unfence(var to) ->
                known.access().equals(to)
                        ? new Planned.NothingToDo("the database may be written to already")
                        : ready(
                                facts,
                                "fenced",
                                "open",
                                one(facts, new Step.SetWriteAccess(service, known.access(), to)),
                                List.of());
            case Request.Undo(var count, var inexact) -> undo(facts, known, count, inexact);
            case Request.Salvage(), Request.Swap() -> repair(facts, known, request instanceof Request.Swap);
            case Request.StopWrites _, Request.Restore _ ->
                throw new IllegalStateException("not a change of the database: " + request);
        };
    }

    /// Without writers there is no service, so users see the maintenance page; it stays on when the fence
    /// comes down.
    private static Planned fence(Facts facts, DatabaseFacts.Known known) {
        if (known.access().isClosed()) {
            return new Planned.NothingToDo("nobody may write to the database already");
        }
        var steps = new StepList(facts.policy());
        new Doors(facts, known, steps).maintenance();
        steps.add(new Step.SetWriteAccess(
                facts.seen().service(), known.access(), known.access().closed()));
        return ready(facts, "open", "fenced", steps, List.of("users see the maintenance page until `maintenance off`"));
    }

    private static StepList one(Facts facts, Step step) {
        return new StepList(facts.policy()).add(step);
    }

    private static Planned undo(Facts facts, DatabaseFacts.Known known, int count, boolean inexact) {
        if (count < 1 || known.since().size() < count) {
            return new Planned.Refused(
                    "there is nothing to undo: %d asked for, %d known"
                            .formatted(count, known.since().size()),
                    List.of(),
                    "`db migrations` lists them");
        }
        if (known.since().size() != count) {
            // The fingerprint in between was never recorded, so nobody could tell whether it came out right.
            return new Planned.Refused(
                    "only all of them can be undone: what the schema is in between was not recorded",
                    known.since(),
                    "undo all %d, or none".formatted(known.since().size()));
        }
        return switch (DatabaseWay.undo(facts, known, inexact)) {
            case DatabaseWay.No(var refused) -> refused;
            case DatabaseWay.Leave _ -> new Planned.NothingToDo("no migration is to be undone");
            case DatabaseWay.Change(var _, var reason, var changes, var lost, var remarks) ->
                atRest(facts, known, "undone", changes, lost, with(remarks, reason));
        };
    }

    private static Planned repair(Facts facts, DatabaseFacts.Known known, boolean swap) {
        return switch (DatabaseWay.repair(facts, known, swap)) {
            case DatabaseWay.No(var refused) -> refused;
            case DatabaseWay.Leave _ -> new Planned.NothingToDo("no row is damaged");
            case DatabaseWay.Change(var _, var _, var changes, var lost, var remarks) ->
                swap
                        ? atRest(facts, known, "swapped", changes, lost, remarks)
                        : underTheFeet(facts, known, changes, lost, remarks);
        };
    }

    private static List<String> with(List<String> remarks, String one) {
        var all = new ArrayList<>(remarks);
        all.add(one);
        return all;
    }

    /// The schema stays, so what runs stays too: it is shut out for as long as it takes.
    private static Planned underTheFeet(
            Facts facts, DatabaseFacts.Known known, List<Step> changes, List<String> lost, List<String> remarks) {
        var steps = new StepList(facts.policy());
        var doors = new Doors(facts, known, steps);
        doors.maintenance();
        doors.shut();
        changes.forEach(steps::add);
        steps.add(new Step.CheckIntegrity(facts.seen().service(), false));
        doors.open();
        doors.service();
        return ready(facts, "damaged", "salvaged", steps, lost, remarks);
    }

    /// What runs was written for the schema as it is now, and nothing proves that it works on the one to
    /// come. So it is
    /// stopped first, and stays so until somebody has put the right release there.
    private static Planned atRest(
            Facts facts,
            DatabaseFacts.Known known,
            String to,
            List<Step> changes,
            List<String> lost,
            List<String> remarks) {
        var steps = new StepList(facts.policy());
        var doors = new Doors(facts, known, steps);
        doors.maintenance();
        doors.park();
        doors.shut();
        changes.forEach(steps::add);
        steps.add(new Step.CheckIntegrity(facts.seen().service(), false));
        doors.open();
        doors.fullBackupIfSwapped(changes);
        doors.ifCalledOff();
        doors.serviceIfCalledOff();
        return ready(
                facts,
                "database",
                to,
                steps,
                lost,
                with(
                        remarks,
                        "what runs now is stopped and stays so, behind the maintenance page: put the release there that fits, then scale restore"));
    }

    private static Planned stopWrites(Facts facts) {
        var steps = new StepList(facts.policy());
        if (!facts.seen().traffic().maintenance()) {
            steps.add(new Step.SetMaintenance(facts.seen().service(), true));
        }
        running(facts).values().forEach(w -> steps.add(new Step.Scale(w.workload(), w.wanted(), 0)));
        return steps.isEmpty()
                ? new Planned.NothingToDo("nothing runs, and users see the maintenance page already")
                : ready(facts, "running", "stopped", steps, List.of());
    }

    private static Map<String, WorkloadState> running(Facts facts) {
        var running = new TreeMap<>(facts.seen().workloads());
        running.values().removeIf(w -> w.wanted() == 0);
        return running;
    }

    private static Planned restore(Facts facts, SortedMap<String, Integer> instances) {
        if (facts.database() instanceof DatabaseFacts.Known known
                && known.access().isClosed()) {
            return new Planned.Refused(
                    "nobody may write to the database: instances would not become ready",
                    List.of(),
                    "db unfence first");
        }
        var steps = new StepList(facts.policy());
        instances.forEach((name, count) ->
                facts.seen().workload(name).filter(w -> w.wanted() < count).ifPresent(w -> steps.capacity(w, count)));
        if (facts.seen().traffic().maintenance()) {
            steps.add(new Step.SetMaintenance(facts.seen().service(), false));
        }
        return steps.isEmpty()
                ? new Planned.NothingToDo("all of it runs already")
                : ready(facts, "stopped", "running", steps, List.of());
    }

    private static Planned ready(Facts facts, String from, String to, StepList steps, List<String> remarks) {
        return ready(facts, from, to, steps, List.of(), remarks);
    }

    private static Planned ready(
            Facts facts, String from, String to, StepList steps, List<String> lost, List<String> remarks) {
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
                        lost),
                remarks);
    }
}
