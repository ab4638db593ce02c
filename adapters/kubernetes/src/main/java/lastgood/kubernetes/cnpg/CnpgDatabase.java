package lastgood.kubernetes.cnpg;

import java.util.Optional;
import lastgood.core.ServiceRef;

/// Where a service's database is.
///
/// @param cluster name of the Cluster that has it, as configured: after a switch, another one has it
/// @param trust what makes a backup count as verified
/// @param entrance name of the Service that the application connects to, if it is one of the team's own and not the
///     operator's; only such a one can be led to another Cluster
public record CnpgDatabase(
        ServiceRef service, String namespace, String cluster, Trust trust, Optional<String> entrance) {

    /// What stands behind the Cluster's name and `-lg-` in the name of the one that rehearsals restore into.
    public static final String REHEARSAL = "rehearsal";

    /// The Cluster that rehearsals restore into, which alone may be deleted.
    public String rehearsal() {
        return cluster + "-lg-" + REHEARSAL;
    }

    /// CloudNativePG has no way to read a backup back but to restore it.
    public enum Trust {
        /// Only a backup that was restored into a Cluster that became healthy.
        RESTORED,

        /// Also one of which the operator says that it is completed, while the log is archived. Its bytes were read by
        /// nobody, and the proof says so.
        OPERATORS_WORD
    }

    /// The same, in another Cluster.
    CnpgDatabase in(String other) {
        return new CnpgDatabase(service, namespace, other, trust, entrance);
    }
}
