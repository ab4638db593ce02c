package lastgood.engine.port;

import java.util.List;
import lastgood.core.Ledger;
import lastgood.core.LedgerEntry;
import lastgood.core.ServiceRef;

/// The history of releases. Append only; an entry whose key is there already is not written again.
public interface Ledgers {
    Ledger read(ServiceRef service);

    /// Appends all entries or none.
    ///
    /// @throws WorldMoved if the ledger is not as it was read
    void append(Ledger seen, List<LedgerEntry> entries);
}
