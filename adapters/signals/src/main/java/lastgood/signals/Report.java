package lastgood.signals;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import lastgood.core.ServiceRef;
import lastgood.core.Severity;
import lastgood.core.decide.Trigger;

/// One thing that another system said about a service.
///
/// @param fingerprint the same thing has the same one, however often it is sent
/// @param source who says so, such as `alertmanager HighErrorRate`
/// @param began by the sender's clock
/// @param severity what the sender calls it; empty = by the matrix
/// @param versions which it is about; empty = whatever runs
/// @param over whether it ended
record Report(
        ServiceRef service,
        String fingerprint,
        Trigger trigger,
        String source,
        Instant began,
        Optional<Severity> severity,
        Set<String> versions,
        String words,
        boolean over) {
    Report {
        versions = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(versions));
    }

    String key() {
        return service + " " + fingerprint;
    }
}
