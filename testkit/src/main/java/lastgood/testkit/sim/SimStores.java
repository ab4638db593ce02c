package lastgood.testkit.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.core.Evidence;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry;
import lastgood.core.RunId;
import lastgood.core.ServiceRef;
import lastgood.engine.port.EvidenceStore;
import lastgood.engine.port.JournalStore;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Locks;
import lastgood.engine.port.WorldMoved;

/// Everything lastgood keeps, in memory: the simplest thing that keeps the ports' promises.
public final class SimStores {

    private SimStores() {}

    /// Journals as lists of lines.
    public static final class Journals implements JournalStore {

        private final Map<RunId, List<String>> journals = new HashMap<>();

        @Override
        public List<RunId> runs() {
            return List.copyOf(journals.keySet());
        }

        @Override
        public List<String> read(RunId run) {
            return journals.getOrDefault(run, List.of());
        }

        /// As if the run had never been.
        public void forget(RunId run) {
            journals.remove(run);
        }

        @Override
        public boolean append(RunId run, int seen, String line) {
            var lines = journals.computeIfAbsent(run, _ -> new ArrayList<>());
            return lines.size() == seen && lines.add(line);
        }
    }

    public static final class SimLedgers implements Ledgers {

        private final Map<ServiceRef, Ledger> ledgers = new HashMap<>();

        @Override
        public Ledger read(ServiceRef service) {
            return ledgers.getOrDefault(service, Ledger.empty(service));
        }

        @Override
        public void append(Ledger seen, List<LedgerEntry> entries) {
            var now = read(seen.service());
            if (now.entries().size() != seen.entries().size()) {
                throw new WorldMoved(
                        "the ledger has %d entries".formatted(now.entries().size()));
            }
            for (var entry : entries) {
                now = now.has(entry.key()) ? now : now.with(entry);
            }
            ledgers.put(seen.service(), now);
        }
    }

    public static final class SimEvidence implements EvidenceStore {

        private final Map<String, Evidence> kept = new HashMap<>();
        private final SimClock clock;

        public SimEvidence(SimClock clock) {
            this.clock = clock;
        }

        @Override
        public Optional<Evidence> find(String key) {
            return Optional.ofNullable(kept.get(key));
        }

        @Override
        public Evidence capture(ServiceRef service, Duration budget, String key) {
            return kept.computeIfAbsent(key, _ -> Evidence.seen("evidence", key, clock.now()));
        }
    }

    public static final class SimLocks implements Locks {

        private final Map<ServiceRef, RunId> held = new HashMap<>();

        @Override
        public RunId acquire(ServiceRef service, RunId run) {
            return held.computeIfAbsent(service, _ -> run);
        }

        @Override
        public Optional<RunId> holder(ServiceRef service) {
            return Optional.ofNullable(held.get(service));
        }

        @Override
        public void release(ServiceRef service, RunId run) {
            held.remove(service, run);
        }
    }
}
