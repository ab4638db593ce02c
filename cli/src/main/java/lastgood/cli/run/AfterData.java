package lastgood.cli.run;

import java.util.Optional;
import lastgood.core.plan.Plan;
import lastgood.core.plan.Step;
import lastgood.engine.journal.RunState;

/// What comes after a change of a database: it leaves the service stopped, or its writers shut out, until somebody goes
/// on.
final class AfterData {

    private AfterData() {}

    static Optional<String> next(Plan plan, String flags) {
        if (plan.kind() != Plan.Kind.CHANGE) {
            return Optional.empty();
        }
        return switch (plan.to()) {
            case "fenced" ->
                Optional.of("lastgood db corruption assess %s; or let them in again: lastgood db unfence %s"
                        .formatted(flags, flags));
            case "stopped" ->
                Optional.of("lastgood db fence %s ends other sessions too; bring it back: lastgood scale restore %s"
                        .formatted(flags, flags));
            case "undone", "swapped" ->
                Optional.of(
                        "put the release there that fits: lastgood rollback %s --revision previous; then lastgood scale restore %s"
                                .formatted(flags, flags));
            case "salvaged" -> Optional.of("lastgood db integrity %s --comprehensive".formatted(flags));
            default -> Optional.empty();
        };
    }

    /// Said where there is none, so that nobody looks for it at night.
    static Optional<String> noWayBack(RunState state) {
        var changed = state.plan().main().stream().anyMatch(s -> s.step().changesData()) && state.changedData();
        var applied = state.plan().main().stream().map(s -> s.step()).anyMatch(Step.ApplyMigration.class::isInstance);
        return changed && !applied && state.closed().isPresent()
                ? Optional.of("none: " + String.join("; ", state.plan().oneWay()))
                : Optional.empty();
    }
}
