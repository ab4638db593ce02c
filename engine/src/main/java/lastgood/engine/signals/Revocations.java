package lastgood.engine.signals;

import java.util.List;
import lastgood.core.LedgerEntry;
import lastgood.core.ServiceRef;
import lastgood.engine.port.Ledgers;
import lastgood.engine.port.Time;
import lastgood.engine.port.WorldMoved;

/// Writes into the ledger that a program reported a hole, so that nothing goes back to those releases. Reported again
/// it changes nothing, also after a person took it back.
public final class Revocations {

    /// Somebody else writes a line now and then; who loses so often is not meant to win.
    private static final int TRIES = 5;

    private final Ledgers ledgers;
    private final Time time;

    public Revocations(Ledgers ledgers, Time time) {
        this.ledgers = ledgers;
        this.time = time;
    }

    /// @param versions that are in no ledger are left alone
    /// @param key of the report
    public void revoke(ServiceRef service, List<String> versions, String by, String why, String key) {
        for (var tries = 1; ; tries++) {
            var ledger = ledgers.read(service);
            var entries = ledger.releases().stream()
                    .filter(r -> versions.contains(r.version().text()))
                    .<LedgerEntry>map(r -> new LedgerEntry.Revoked(
                            r.number(), false, by, why, time.now(), "report/%s/%d".formatted(key, r.number())))
                    .filter(e -> !ledger.has(e.key()))
                    .toList();
            if (entries.isEmpty()) {
                return;
            }
            try {
                ledgers.append(ledger, entries);
                return;
            } catch (WorldMoved e) {
                if (tries == TRIES) {
                    throw e;
                }
            }
        }
    }
}
