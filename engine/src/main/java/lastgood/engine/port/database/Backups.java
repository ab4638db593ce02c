package lastgood.engine.port.database;

import java.util.List;
import java.util.Optional;
import lastgood.core.ServiceRef;
import lastgood.core.data.Backup;
import lastgood.engine.port.Fence;

/// Backups by whatever provider the service has.
public interface Backups {

    /// The whole catalogue, newest first.
    List<Backup> all(ServiceRef service);

    State look(ServiceRef service, String name);

    /// Takes one under that name. The provider's rotation must not take away the last verified one for it.
    void take(ServiceRef service, String name, String alias, String reason, Fence fence);

    /// Reads it back, byte for byte where the provider can, and writes down what came of it.
    void verify(ServiceRef service, String name, Fence fence);

    sealed interface State {
        record None() implements State {}

        /// @param progress for people
        record Underway(String progress) implements State {}

        /// There, with its proof in it.
        record There(Backup backup) implements State {}
    }

    default Optional<Backup> find(ServiceRef service, String name) {
        return look(service, name) instanceof State.There(var backup) ? Optional.of(backup) : Optional.empty();
    }
}
