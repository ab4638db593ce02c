package lastgood.engine.journal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import lastgood.core.RunId;
import lastgood.engine.port.JournalStore;

/// One run's journal as this process knows it: the records read so far, checked, and the state they come to.
///
/// Not for two threads at once. Whoever else appends, in this process or another, is noticed by [#refresh] or
/// by an append that fails.
public final class Journal {

    private final JournalStore store;
    private final RunId run;
    private final List<JournalRecord> records = new ArrayList<>();
    private final RunState state = new RunState();
    private String lastLine = "";

    private Journal(JournalStore store, RunId run) {
        this.store = store;
        this.run = run;
    }

    /// Reads and verifies a journal, which may be empty.
    ///
    /// @throws Damaged if the chain is broken
    public static Journal open(JournalStore store, RunId run) {
        var journal = new Journal(store, run);
        journal.refresh();
        return journal;
    }

    /// Takes notice of what was appended since.
    ///
    /// @return the new records
    public List<JournalRecord> refresh() {
        var before = records.size();
        var lines = store.read(run, Math.max(0, before - 1));
        if (before > 0 && (lines.isEmpty() || !lines.getFirst().equals(lastLine))) {
            // The disk was put back, or the file replaced: what we built on is gone.
            throw Damaged.journal(run, before - 1, "what was written and confirmed is no longer there");
        }
        for (var line : lines.subList(before > 0 ? 1 : 0, lines.size())) {
            take(checked(line), line);
        }
        return List.copyOf(records.subList(before, records.size()));
    }

    private JournalRecord checked(String line) {
        var seq = records.size();
        try {
            var record = Codec.record(line);
            if (!record.run().equals(run)
                    || record.seq() != seq
                    || !record.prev().equals(head())) {
                throw new Damaged("it does not follow the record before it");
            }
            return record;
        } catch (Damaged e) {
            throw Damaged.journal(run, seq, e.getMessage());
        }
    }

    private void take(JournalRecord record, String line) {
        records.add(record);
        lastLine = line;
        state.apply(record);
    }

    /// Appends if nobody else has appended since this journal was last read.
    ///
    /// @return whether it is there now; if not, [#refresh] and decide again
    public boolean append(Entry entry, int epoch, Instant at, String owner) {
        var written = Codec.seal(run, records.size(), epoch, at, owner, entry, head());
        if (!store.append(run, records.size(), written.line())) {
            return false;
        }
        take(written.record(), written.line());
        return true;
    }

    private String head() {
        return records.isEmpty() ? JournalRecord.NOTHING : records.getLast().hash();
    }

    public RunId run() {
        return run;
    }

    public boolean isEmpty() {
        return records.isEmpty();
    }

    public List<JournalRecord> records() {
        return Collections.unmodifiableList(records);
    }

    public RunState state() {
        return state;
    }
}
