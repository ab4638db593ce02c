package lastgood.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import lastgood.core.RunId;
import lastgood.engine.journal.Entry;
import lastgood.engine.journal.Journal;
import lastgood.engine.journal.JournalRecord;
import lastgood.engine.port.JournalStore;
import lastgood.engine.port.Notices;
import lastgood.engine.port.Time;

/// Tells people what the journal says, on its own thread: telling never delays a change, and failing to tell never
/// fails one. What was told is recorded, so that the next owner tells only the rest.
public final class Outbox {

    /// A sink that does not take a notice in this many tries is down; the record says so and the run goes on.
    private static final int TRIES = 3;

    private final JournalStore store;
    private final Map<RunId, Journal> known = new HashMap<>();
    private final Notices notices;
    private final Executor executor;
    private final Time time;
    private final String owner;
    private final Set<String> underway = ConcurrentHashMap.newKeySet();

    public Outbox(JournalStore store, Notices notices, Executor executor, Time time, String owner) {
        this.store = store;
        this.notices = notices;
        this.executor = executor;
        this.time = time;
        this.owner = owner;
    }

    /// Tells whatever of this journal has not been told yet. Returns at once.
    void post(Journal journal) {
        for (var record : journal.records()) {
            text(record).ifPresent(text -> {
                var notice = notice(journal, record);
                if (!journal.state().noticeSettled(notice) && underway.add(notice)) {
                    executor.execute(() -> deliver(journal.run(), notice, text));
                }
            });
        }
    }

    /// Whether something of it was neither told nor given up.
    static boolean isOwed(Journal journal) {
        return journal.records().stream()
                .anyMatch(r -> text(r).isPresent() && !journal.state().noticeSettled(notice(journal, r)));
    }

    private static String notice(Journal journal, JournalRecord record) {
        return "%s/%d".formatted(journal.run(), record.seq());
    }

    /// What a commander would read out loud; everything else stays in the journal.
    private static Optional<String> text(JournalRecord record) {
        return switch (record.entry()) {
            case Entry.Opened e ->
                Optional.of("%s of %s asked for by %s: %s".formatted(e.kind().word(), e.service(), e.by(), e.reason()));
            case Entry.ApprovalRequested e -> Optional.of("needs approval by %s".formatted(e.role()));
            case Entry.Unknown e -> Optional.of("needs a person: " + e.question());
            case Entry.VerdictReached e -> Optional.of("%s: %s".formatted(e.judgement(), e.why()));
            case Entry.Closed e -> Optional.of("%s: %s".formatted(e.outcome(), e.why()));
            case Entry.Planned _, Entry.Approved _, Entry.Rejected _, Entry.TakenOver _, Entry.Intent _, Entry.Done _ ->
                Optional.empty();
            case Entry.Skipped _,
                    Entry.Failed _,
                    Entry.TimerSet _,
                    Entry.TimerFired _,
                    Entry.Window _,
                    Entry.Paused _ -> Optional.empty();
            case Entry.Resumed _, Entry.CancelRequested _, Entry.Sent _, Entry.GaveUp _, Entry.Ratified _ ->
                Optional.empty();
        };
    }

    private void deliver(RunId run, String notice, String text) {
        var why = "";
        for (var i = 0; i < TRIES; i++) {
            try {
                notices.send(run, notice, text);
                settle(run, new Entry.Sent(notice));
                return;
            } catch (RuntimeException e) {
                why = String.valueOf(e.getMessage());
            }
        }
        settle(run, new Entry.GaveUp(notice, why));
    }

    /// One at a time: a journal is not for two threads.
    private void settle(RunId run, Entry entry) {
        synchronized (known) {
            var journal = known.computeIfAbsent(run, r -> Journal.open(store, r));
            journal.refresh();
            while (!journal.append(entry, journal.state().epoch(), time.now(), owner)) {
                journal.refresh();
            }
        }
    }
}
