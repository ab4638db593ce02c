package lastgood.engine.port;

import java.util.List;
import java.util.Optional;
import lastgood.core.ConfigState;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;

/// The config objects of a service (ConfigMaps), and what each of them held with each release. Conditional on what
/// was seen, like [Workloads]. Nothing here starts an instance anew, so until one starts, nothing reads what was
/// put back.
///
/// Secrets are not among them: an old credential is never written back.
public interface Configs {

    /// All that belong to the service and exist; which do is for the platform to know.
    List<ConfigState> all(ServiceRef service);

    /// Reads one; empty if there is none of that name.
    Optional<ConfigState> find(ServiceRef service, String name);

    /// Why that content could not be put back, if it could not: nobody kept it, or what was kept is no longer the
    /// same.
    Optional<String> missing(ServiceRef service, String name, Digest content);

    /// Makes the object hold exactly that content again.
    void restore(ServiceRef service, ConfigState seen, Digest to, Fence fence);

    /// Makes the object anew, with that content; [WorldMoved] if one of that name exists.
    void create(ServiceRef service, String name, Digest content, Fence fence);

    /// For a platform where all configuration is a part of the revision.
    static Configs none() {
        return new Configs() {
            @Override
            public List<ConfigState> all(ServiceRef service) {
                return List.of();
            }

            @Override
            public Optional<ConfigState> find(ServiceRef service, String name) {
                return Optional.empty();
            }

            @Override
            public Optional<String> missing(ServiceRef service, String name, Digest content) {
                return Optional.of("there are no config objects here");
            }

            @Override
            public void restore(ServiceRef service, ConfigState seen, Digest to, Fence fence) {
                throw refused(seen.name());
            }

            @Override
            public void create(ServiceRef service, String name, Digest content, Fence fence) {
                throw refused(name);
            }

            private Forbidden refused(String name) {
                return new Forbidden("config %s cannot be put back: all configuration is a part of the revision here"
                        .formatted(name));
            }
        };
    }
}
