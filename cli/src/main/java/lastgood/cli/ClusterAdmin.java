package lastgood.cli;

import java.util.List;
import java.util.Locale;

/// What lastgood needs of a cluster before it can keep its records there: custom resources to write them down in, and
/// the rights to do so. Looking needs neither, so a cluster without them still shows its status.
public interface ClusterAdmin {

    /// Makes what is missing, and brings what is older up to date. Doing it twice is doing it once.
    ///
    /// @param dryRun only say what would be done
    /// @return every object, also those that were as they should be
    List<Change> install(boolean dryRun);

    /// Takes away what [#install] made, and every record that was kept there with it.
    ///
    /// @param dryRun only say what would be done
    List<Change> uninstall(boolean dryRun);

    /// The runs on the whole cluster, as far as we may look, that are not over: they would lose their journals.
    List<String> activeRuns();

    /// Everything that was looked at, also what is fine. What could not be looked at is a finding too.
    List<Finding> doctor();

    /// What [#install] makes, as YAML for `kubectl apply` or a GitOps repository.
    String manifest();

    /// One object of the cluster.
    ///
    /// @param object as in `CustomResourceDefinition rollbacks.lastgood.dev`
    /// @param why what is different, or why it cannot be done; may be empty
    record Change(Did did, String object, String why) {}

    enum Did {
        CREATED,
        UPDATED,
        REMOVED,
        UNCHANGED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// One thing that was looked at.
    ///
    /// @param what as in `Lease: create, get, update in shop`
    /// @param why what was found, and what does not work because of it
    /// @param hint a way on; empty if there is nothing to do
    record Finding(Level level, String what, String why, String hint) {}

    enum Level {
        OK,
        /// Works, but not as well as it could.
        WARN,
        /// Something that was asked for does not work without it.
        MISSING;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
