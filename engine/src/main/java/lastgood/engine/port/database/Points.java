package lastgood.engine.port.database;

import java.util.List;
import java.util.Optional;
import lastgood.core.ServiceRef;
import lastgood.core.data.RestorePoint;
import lastgood.engine.port.Fence;

/// What is written down around a deploy: restore point, catalog, typed statements, and afterwards the migrations' xids.
public interface Points {

    Optional<RestorePoint> find(ServiceRef service, String name);

    /// All of them, newest first.
    List<RestorePoint> all(ServiceRef service);

    /// Makes it; one of that name that exists already is left as it is.
    void mark(ServiceRef service, String name, String release, Fence fence);

    /// Adds the xids of what was applied since; to be asked for at once after a migration, because a history row that
    /// is updated later hides its xid.
    /// Where nothing was applied since, it throws [lastgood.engine.port.Forbidden].
    void close(ServiceRef service, String name, Fence fence);
}
