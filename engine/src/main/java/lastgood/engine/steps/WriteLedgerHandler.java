package lastgood.engine.steps;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lastgood.core.Evidence;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry;
import lastgood.core.Release;
import lastgood.core.plan.Note;
import lastgood.core.plan.Step;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Time;

/// Writes down what is true from here on; each entry once, recognised by its key.
final class WriteLedgerHandler implements StepHandler<Step.WriteLedger> {

    private final Ledgers ledgers;
    private final Time time;

    WriteLedgerHandler(Ledgers ledgers, Time time) {
        this.ledgers = ledgers;
        this.time = time;
    }

    @Override
    public Sighting look(Step.WriteLedger step, String key) {
        var seen = ledgers.read(step.service());
        if (step.notes().isEmpty() || seen.has(key(key, 0))) {
            return new Sighting.Done(Evidence.seen(
                    "the ledger has it",
                    "ledger of %s, %d entries"
                            .formatted(step.service(), seen.entries().size()),
                    time.now()));
        }
        return new Sighting.NotYet(
                new TreeMap<>(Map.of("entries", Integer.toString(seen.entries().size()))),
                fence -> ledgers.append(seen, entries(step, key, seen, time.now())));
    }

    private static List<LedgerEntry> entries(Step.WriteLedger step, String key, Ledger seen, Instant now) {
        var entries = new ArrayList<LedgerEntry>();
        for (var note : step.notes()) {
            entries.add(entry(note, key(key, entries.size()), seen, now));
        }
        return entries;
    }

    /// All entries of a step are appended together, so the first one's key speaks for all.
    private static String key(String key, int index) {
        return key + "/" + index;
    }

    private static LedgerEntry entry(Note note, String key, Ledger seen, Instant now) {
        return switch (note) {
            case Note.Deploy(var number, var revision, var others, var config, var migrations, var by) -> {
                if (seen.release(number).isPresent()) {
                    throw new lastgood.engine.port.Forbidden(
                            "release %d of %s exists already: somebody else deployed meanwhile; plan again"
                                    .formatted(number, seen.service()));
                }
                yield new LedgerEntry.Deployed(new Release(number, revision, others, config, migrations, now, by), key);
            }
            case Note.GoLive(var release) -> new LedgerEntry.Live(release, now, key);
            case Note.Leave(var release, var how) -> new LedgerEntry.Left(release, how, now, key);
            case Note.Judge(var release, var verdict, var by, var why) ->
                new LedgerEntry.Judged(release, verdict, by.name(), why, now, key);
            case Note.Quarantine(var release, var span, var why) ->
                new LedgerEntry.Quarantined(release, now.plus(span), why, now, key);
        };
    }
}
