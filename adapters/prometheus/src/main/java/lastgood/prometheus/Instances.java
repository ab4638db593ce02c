package lastgood.prometheus;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import lastgood.core.Digest;
import lastgood.core.ServiceRef;

/// Which pods there are to ask for: the platform knows.
@FunctionalInterface
public interface Instances {

    /// @param revision only those that run it; empty = all of the service
    /// @return regular expressions (RE2) of pods' names, those that are gone included; empty = none is known
    List<String> patterns(ServiceRef service, Optional<Digest> revision);

    /// The revisions whose pods can be told apart by their names, with the patterns of those.
    default Map<Digest, List<String>> byRevision(ServiceRef service) {
        return Map.of();
    }
}
