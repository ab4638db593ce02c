package lastgood.core.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import lastgood.core.ServiceRef;
import lastgood.core.decide.ApprovalRule;

/// An immutable answer to "how do we get there?": ordered steps with absolute targets, and who must agree.
/// What was approved is what runs: the digest of all of this is in the approval, and nothing that depends
/// on the moment of planning (clock, predictions) is in here.
///
/// @param from what runs now, for people
/// @param to what will run, for people
/// @param type derived by rules, never typed in
/// @param typeReason why it is of that type
/// @param lost what is lost by carrying it out; empty = nothing
public record Plan(
        Kind kind,
        ServiceRef service,
        String strategy,
        String from,
        String to,
        Type type,
        String typeReason,
        List<PlannedStep> steps,
        ApprovalRule approval,
        List<String> lost) {

    public Plan {
        steps = List.copyOf(steps);
        lost = List.copyOf(lost);
        if (steps.stream().map(PlannedStep::id).distinct().count() != steps.size()) {
            throw new IllegalArgumentException("two steps bear the same id");
        }
    }

    public List<PlannedStep> main() {
        return steps.stream().filter(s -> s.phase() == PlannedStep.Phase.MAIN).toList();
    }

    public List<PlannedStep> last() {
        return steps.stream()
                .filter(s -> s.phase() == PlannedStep.Phase.FINALLY)
                .toList();
    }

    /// What is due after a cancel that came before any data was changed, in order.
    public List<PlannedStep> ifCalledOff() {
        return steps.stream().filter(s -> s.phase() != PlannedStep.Phase.MAIN).toList();
    }

    /// Whether the plan has begun to change data and has not come to where users and instances are let in
    /// again.
    /// In between neither release fits what is there, so nothing that keeps them out is taken away, not
    /// even by a
    /// cancel; a person has to.
    ///
    /// @param touched whether a step may have changed something
    /// @param finished whether a step is done
    public boolean isHalfWay(Predicate<PlannedStep> touched, Predicate<PlannedStep> finished) {
        var main = main();
        return main.stream().anyMatch(s -> s.step().changesData() && touched.test(s))
                && main.stream().filter(s -> letsIn(s.step())).anyMatch(s -> !finished.test(s));
    }

    private static boolean letsIn(Step step) {
        return (step instanceof Step.SetWriteAccess access && !access.to().isClosed())
                || (step instanceof Step.SetMaintenance page && !page.on());
    }

    public PlannedStep step(String id) {
        return steps.stream()
                .filter(s -> s.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the plan has no step " + id));
    }

    /// The same plan without the watch, and without what relies on its proof: nothing is parked that has not been
    /// proved to be replaced.
    public Plan withoutProof() {
        var kept = new ArrayList<PlannedStep>();
        var watched = false;
        for (var step : steps) {
            watched |= step.step() instanceof Step.WatchRecovery;
            if (!watched || step.phase() != PlannedStep.Phase.MAIN || step.step() instanceof Step.TakeBackup) {
                kept.add(step);
            }
        }
        return new Plan(kind, service, strategy, from, to, type, typeReason, kept, approval, lost);
    }

    /// Why it could not be undone once it is done; empty if it could.
    public List<String> oneWay() {
        var why = new ArrayList<String>();
        for (var planned : steps) {
            if (planned.step() instanceof Step.RemoveWorkload(var workload, var _)) {
                why.add("%s was removed".formatted(workload.name()));
            }
            if (planned.step().changesData()) {
                why.add(oneWay(planned.step()));
            }
            if (planned.step() instanceof Step.ShiftTraffic(var _, var before, var _)
                    && before.values().stream().mapToInt(Integer::intValue).sum() != 100) {
                why.add("before it there was no traffic to go back to");
            }
        }
        return why;
    }

    /// The schema could be moved again, but the rows that went with it could not, and what the other
    /// release has
    /// written since was never meant for it.
    private static String oneWay(Step step) {
        return switch (step) {
            case Step.UndoMigrations(var _, var names, var _, var _) ->
                "%s was undone; release deploy applies it again".formatted(String.join(", ", names));
            case Step.ApplyMigration(var _, var name, var _) ->
                "%s was applied; rollback proves first what may be undone".formatted(name);
            case Step.SalvageRows _ -> "damaged rows were put back; what they held is in the backup from before it";
            case Step.SwapDatabase(var _, var _, var keepAs) ->
                "another database took the place of the old one, which is kept as %s".formatted(keepAs);
            case Step _ -> throw new IllegalStateException("changes no data: " + step);
        };
    }

    /// Whether users get another release for good by it; a canary's rollout, for one, does not do that.
    public boolean goesLive() {
        return steps.stream()
                .anyMatch(s -> s.step() instanceof Step.WriteLedger(var _, var notes)
                        && notes.stream().anyMatch(Note.GoLive.class::isInstance));
    }

    /// What a run of the engine is for.
    public enum Kind {
        ROLLBACK("rollback", "rb"),
        ROLLOUT("rollout", "ro"),
        UNDO("undo", "rb"),
        CHANGE("change", "op");

        private final String word;
        private final String prefix;

        Kind(String word, String prefix) {
            this.word = word;
            this.prefix = prefix;
        }

        public String word() {
            return word;
        }

        /// How the names of such runs begin.
        public String prefix() {
            return prefix;
        }
    }

    /// The runbook's rollback types.
    public enum Type {
        /// Application only, no database change between the releases.
        TYPE_1(1),
        /// Database changes that the older release is proved to work with.
        TYPE_2(2),
        /// Everything else; unproven counts as this.
        TYPE_3(3);

        private final int number;

        Type(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }
}
