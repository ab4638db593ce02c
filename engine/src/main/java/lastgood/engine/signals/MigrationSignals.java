package lastgood.engine.signals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lastgood.core.Release;
import lastgood.core.data.Migrations.Applied;
import lastgood.core.decide.Signal;
import lastgood.core.decide.Trigger;
import lastgood.engine.port.Signals;
import lastgood.engine.port.database.Schemas;

/// A migration that was begun and failed, by the database's own history. It is a fact about the release that brought
/// it, and only the ledger says which one that is: half a migration that nobody recorded may be anybody's.
final class MigrationSignals implements Signals {

    private final Schemas schemas;

    MigrationSignals(Schemas schemas) {
        this.schemas = schemas;
    }

    @Override
    public Heard hear(Asked asked) {
        var failed = schemas.migrations(asked.service()).applied().stream()
                .filter(m -> !m.done())
                .map(Applied::name)
                .toList();
        var signals = new ArrayList<Signal>();
        failed.forEach(name -> signals.add(signal(name, asked.release())));
        if (failed.isEmpty()) {
            var half = schemas.look(asked.service()).halfDone();
            if (!half.isEmpty()) {
                signals.add(somebodys(
                        "half",
                        asked.release(),
                        "a change of the schema is half done: "
                                + half.lines().findFirst().orElse("")));
            }
        }
        return new Heard(signals, List.of());
    }

    private static Signal signal(String name, Release release) {
        return release.migrations().contains(name)
                ? of(
                        name,
                        release,
                        Signal.Weight.PROOF,
                        "%s, which %s brought, was begun and failed".formatted(name, release))
                : somebodys(
                        name,
                        release,
                        "%s was begun and failed; the ledger does not say that %s brought it".formatted(name, release));
    }

    private static Signal somebodys(String what, Release release, String words) {
        return of(what, release, Signal.Weight.SUSPICION, words);
    }

    private static Signal of(String what, Release release, Signal.Weight weight, String words) {
        return new Signal(
                Trigger.MIGRATION,
                "migration/" + what,
                "history of migrations",
                release.at(),
                Optional.empty(),
                weight,
                words);
    }
}
