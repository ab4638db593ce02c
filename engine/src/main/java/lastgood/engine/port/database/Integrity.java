package lastgood.engine.port.database;

import lastgood.core.ServiceRef;
import lastgood.core.data.IntegrityReport;

/// Asks a database whether it is sound.
@FunctionalInterface
public interface Integrity {

    /// @param comprehensive reads everything; else what is quick and harmless on a busy server
    IntegrityReport check(ServiceRef service, boolean comprehensive);
}
