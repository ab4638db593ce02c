package lastgood.cli.run;

import java.util.List;
import java.util.Optional;
import lastgood.cli.Failure;
import lastgood.cli.out.Screen;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Planned;
import org.jspecify.annotations.Nullable;

/// The type of a rollback as a person states it. A proof sees catalogs and statements; a person may know of more, and
/// then the plan is as severe as they say. Nobody knows of less than was found.
///
/// @param type empty: as it is proved
record StatedType(Optional<Plan.Type> type) {

    static StatedType parse(@Nullable String text) {
        var word = text == null ? "auto" : text;
        return new StatedType(
                switch (word) {
                    case "auto" -> Optional.empty();
                    case "1" -> Optional.of(Plan.Type.TYPE_1);
                    case "2" -> Optional.of(Plan.Type.TYPE_2);
                    case "3" -> Optional.of(Plan.Type.TYPE_3);
                    default ->
                        throw Failure.usage(
                                "there is no type `%s` of rollbacks".formatted(Screen.plain(word)),
                                "auto, 1 (no change of the database), 2 (compatible), 3 (everything else)");
                });
    }

    Planned stated(Planned planned) {
        return planned instanceof Planned.Ready(var plan, var remarks) && type.isPresent()
                ? stated(plan, remarks, type.get())
                : planned;
    }

    private static Planned stated(Plan plan, List<String> remarks, Plan.Type said) {
        var found = plan.type().number();
        if (said.number() < found) {
            return new Planned.Refused(
                    "you say type %d, and it is of type %d".formatted(said.number(), found),
                    List.of(plan.typeReason()),
                    "leave --type out; a higher type may be said, a lower one never");
        }
        return said == plan.type()
                ? planned(plan, remarks)
                : planned(
                        new Plan(
                                plan.kind(),
                                plan.service(),
                                plan.strategy(),
                                plan.from(),
                                plan.to(),
                                said,
                                "said by whoever asked; found is type %d: %s".formatted(found, plan.typeReason()),
                                plan.steps(),
                                plan.approval(),
                                plan.lost()),
                        remarks);
    }

    private static Planned planned(Plan plan, List<String> remarks) {
        return new Planned.Ready(plan, remarks);
    }
}
