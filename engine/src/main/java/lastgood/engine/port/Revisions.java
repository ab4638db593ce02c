package lastgood.engine.port;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import lastgood.core.Revision;
import lastgood.core.ServiceRef;
import lastgood.core.Version;

/// The contents of revisions, kept so that each can be put back after everyone else has thrown it away.
public interface Revisions {

    /// Keeps what a new release would run: artefact, command, environment, configuration as they are now.
    /// Changes nothing that users could notice. The same content is the same revision.
    ///
    /// @param options what the platform needs to know beyond its configuration, such as `artifact`
    /// @throws Forbidden if something that belongs to the revision is missing
    Revision stage(ServiceRef service, Version version, Map<String, String> options);

    /// Why the revision could not be put back, if it could not: what is gone or is no longer the same.
    Optional<String> missing(ServiceRef service, Revision revision);

    /// Its content as lines that can be compared: `command`, `artifact`, `env NAME`, `config FILE`. Secret values
    /// are shown as their digest.
    SortedMap<String, String> describe(ServiceRef service, Revision revision);
}
