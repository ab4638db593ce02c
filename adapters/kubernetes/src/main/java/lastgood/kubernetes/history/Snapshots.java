package lastgood.kubernetes.history;

import java.util.List;
import lastgood.core.ServiceRef;

/// Where snapshots are kept. One that was kept under a name is kept once; the same name with other content replaces it,
/// because the ledger, not the snapshot, says which release bears a number.
public interface Snapshots {

    /// @param name unique for the service: `r7`, or `staged-` and a digest
    void keep(ServiceRef service, String name, Snapshot snapshot);

    void drop(ServiceRef service, String name);

    /// All that are kept, in no order.
    List<Snapshot> all(ServiceRef service);

    /// Whether one is kept under that name.
    boolean has(ServiceRef service, String name);
}
