package lastgood.core.plan;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import lastgood.core.Digest;
import lastgood.core.Ledger;
import lastgood.core.Parts;
import lastgood.core.Release;
import lastgood.core.Revision;
import lastgood.core.RevisionSelector;
import lastgood.core.Selection;
import lastgood.core.ServiceState;

/// All that a plan may depend on.
///
/// @param missing for each revision and each content of a config object that could not be put back, why not (artefact
///     gone, digest differs)
/// @param database with respect to the target
public record Facts(
        Ledger ledger, ServiceState seen, Policy policy, Map<Digest, String> missing, DatabaseFacts database) {

    public Facts {
        missing = Collections.unmodifiableMap(new TreeMap<>(missing));
    }

    /// Of a service without a database.
    public Facts(Ledger ledger, ServiceState seen, Policy policy, Map<Digest, String> missing) {
        this(ledger, seen, policy, missing, new DatabaseFacts.None());
    }

    public Facts with(DatabaseFacts facts) {
        return new Facts(ledger, seen, policy, missing, facts);
    }

    /// The release that the newest wishes speak of: the latest one of which all is as seen.
    ///
    /// Half of the way between the live release and another one, it is the newer of the two: in the middle of a
    /// rollout that is what comes, and in the middle of a way back, or where someone put only the workload back by
    /// hand, it is what has to go. None if nothing runs, or if someone put out what the ledger does not know: a
    /// ConfigMap edited by hand is such a thing.
    public Optional<Release> current() {
        return seen.parts()
                .flatMap(parts -> latest(r -> r.parts().within(parts))
                        .or(() -> latest(r -> isHalfOf(r, parts)).flatMap(this::newerThanLive)));
    }

    /// Whether what is seen is partly that release and for the rest the live one.
    private boolean isHalfOf(Release release, Parts parts) {
        return ledger.live()
                .filter(live -> live.number() != release.number() && parts.isBetween(live.parts(), release.parts()))
                .isPresent();
    }

    private Optional<Release> newerThanLive(Release release) {
        return ledger.live().map(live -> live.number() > release.number() ? live : release);
    }

    /// The latest release of a main revision. If there are several, with other companions or configuration, the one
    /// that comes closest to what is seen is meant: traffic that is moved to that revision gets what is there.
    public Optional<Release> releaseOf(Revision revision) {
        var parts = seen.partsWith(revision);
        return latest(r -> r.parts().within(parts))
                .or(() -> latest(r -> r.revision().sameAs(revision) && isHalfOf(r, parts)))
                .or(() -> latest(r -> r.revision().sameAs(revision)));
    }

    /// Whether all of the release is there already, and not only half of it.
    public boolean isThere(Release release) {
        return seen.parts().filter(release.parts()::within).isPresent();
    }

    public Selection select(RevisionSelector selector) {
        return ledger.select(selector, current(), policy.presumeAfter());
    }

    private Optional<Release> latest(Predicate<Release> wanted) {
        return ledger.releases().reversed().stream().filter(wanted).findFirst();
    }
}
