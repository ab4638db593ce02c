package lastgood.postgres.backup;

import java.util.List;
import java.util.function.Function;
import lastgood.core.ServiceRef;
import lastgood.core.data.Backup;
import lastgood.engine.port.Fence;
import lastgood.engine.port.database.Backups;

/// The backups of each service, from its own catalogue.
///
/// @param catalogues throws [lastgood.engine.port.Forbidden] for a service that has none
public record ServiceBackups(Function<ServiceRef, Catalogue> catalogues) implements Backups {

    @Override
    public List<Backup> all(ServiceRef service) {
        return catalogues.apply(service).all();
    }

    @Override
    public State look(ServiceRef service, String name) {
        return catalogues.apply(service).look(name);
    }

    @Override
    public void take(ServiceRef service, String name, String alias, String reason, Fence fence) {
        catalogues.apply(service).take(name, alias, reason, fence);
    }

    @Override
    public void verify(ServiceRef service, String name, Fence fence) {
        catalogues.apply(service).verify(name);
    }
}
