package lastgood.core.plan;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import lastgood.core.Digest;
import lastgood.core.Ledger;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.ServiceState;

/// All that a plan may depend on.
///
/// @param missing for each revision that could not be put back, why not (artefact gone, digest differs)
public record Facts(Ledger ledger, ServiceState seen, Policy policy, Map<Digest, String> missing) {

    public Facts {
        missing = Collections.unmodifiableMap(new TreeMap<>(missing));
    }

    /// The release that the newest wish speaks of; none if nothing runs or someone put out what the ledger
    /// does not know.
    public Optional<Release> current() {
        return seen.newest().flatMap(w -> releaseOf(w.requested()));
    }

    /// The latest release of a revision.
    public Optional<Release> releaseOf(Revision revision) {
        return ledger.releases().reversed().stream()
                .filter(r -> r.revision().sameAs(revision))
                .findFirst();
    }
}
