package lastgood.cli.run;

import java.util.List;
import java.util.stream.Stream;
import lastgood.cli.Failure;
import lastgood.cli.Session;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Planned;
import lastgood.engine.port.Preflight.Problem;

/// Asks the platform what would stop a plan. What blocks it is a refusal like the planner's own, with all of it at
/// once; the rest are remarks that a person reads before saying yes.
public final class BeforeStepOne {

    private BeforeStepOne() {}

    /// What planning came to, with what the platform has to say about it.
    public static Planned look(Session session, Planned planned) {
        return switch (planned) {
            case Planned.Ready(var plan, var remarks) -> look(session, plan, remarks);
            case Planned.NothingToDo nothing -> nothing;
            case Planned.Refused refused -> refused;
        };
    }

    private static Planned look(Session session, Plan plan, List<String> remarks) {
        var problems = session.preflight().check(plan);
        var blocks = problems.stream().filter(Problem::blocks).toList();
        if (!blocks.isEmpty()) {
            return refused(blocks);
        }
        return new Planned.Ready(
                plan,
                Stream.concat(remarks.stream(), problems.stream().map(Problem::words))
                        .distinct()
                        .toList());
    }

    private static Planned.Refused refused(List<Problem> blocks) {
        if (blocks.size() == 1) {
            return new Planned.Refused(
                    blocks.getFirst().what(), List.of(), blocks.getFirst().hint());
        }
        return new Planned.Refused(
                "%d things would stop this plan once it has begun".formatted(blocks.size()),
                blocks.stream()
                        .flatMap(p -> p.hint().isEmpty() ? Stream.of(p.what()) : Stream.of(p.what(), "  " + p.hint()))
                        .toList(),
                "mend them, then ask again");
    }

    /// Once more, in the moment before the run is written down: between the question and the yes somebody may have
    /// changed something.
    ///
    /// @return the remarks, with what is new
    /// @throws Failure if something blocks it
    static List<String> again(Session session, Plan plan, List<String> remarks) {
        return switch (look(session, plan, remarks)) {
            case Planned.Ready(var _, var all) -> all;
            case Planned.Refused(var why, var details, var hint) -> throw Failure.refused(why, details, hint);
            case Planned.NothingToDo(var why) -> throw new IllegalStateException("a plan is something to do: " + why);
        };
    }
}
