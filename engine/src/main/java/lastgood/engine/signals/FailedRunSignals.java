package lastgood.engine.signals;

import java.util.List;
import java.util.Optional;
import lastgood.core.LedgerEntry;
import lastgood.core.Release;
import lastgood.core.RunId;
import lastgood.core.decide.Signal;
import lastgood.core.decide.Trigger;
import lastgood.core.plan.Step;
import lastgood.engine.journal.Damaged;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.RunState;
import lastgood.engine.port.JournalStore;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Signals;

/// A migration that failed while lastgood itself put this very release out, by the journal of the run that the ledger
/// names. Releases that were put out otherwise have no such run, and the database's history speaks for them.
final class FailedRunSignals implements Signals {

    private final Ledgers ledgers;
    private final JournalStore journals;

    FailedRunSignals(Ledgers ledgers, JournalStore journals) {
        this.ledgers = ledgers;
        this.journals = journals;
    }

    @Override
    public Heard hear(Asked asked) {
        var run = ledgers.read(asked.service()).entries().stream()
                .filter(e -> e instanceof LedgerEntry.Deployed
                        && e.release() == asked.release().number())
                .map(e -> e.key().replaceFirst("/.*", ""))
                .reduce((_, later) -> later);
        var kept = journals.runs().stream()
                .filter(r -> run.filter(r.toString()::equals).isPresent())
                .findFirst();
        return kept.map(r -> heard(r, asked.release())).orElse(new Heard(List.of(), List.of()));
    }

    private Heard heard(RunId run, Release release) {
        try {
            return new Heard(
                    failed(Journal.open(journals, run).state(), run, release).stream()
                            .toList(),
                    List.of());
        } catch (Damaged e) {
            return new Heard(
                    List.of(), List.of("the journal of %s cannot be read: %s".formatted(run, AllSignals.said(e))));
        }
    }

    private static Optional<Signal> failed(RunState state, RunId run, Release release) {
        if (!state.isPlanned()) {
            return Optional.empty();
        }
        return state.plan().steps().stream()
                .filter(s ->
                        s.step() instanceof Step.ApplyMigration && state.phase(s.id()) == RunState.StepPhase.FAILED)
                .findFirst()
                .map(s -> new Signal(
                        Trigger.MIGRATION,
                        "run/%s/%s".formatted(run, s.id()),
                        run.toString(),
                        state.since(s.id()),
                        Optional.empty(),
                        Signal.Weight.PROOF,
                        "%s, which %s brings, failed: %s"
                                .formatted(
                                        ((Step.ApplyMigration) s.step()).migration(), release, state.words(s.id()))));
    }
}
