package lastgood.local;

import java.util.List;
import java.util.Optional;
import lastgood.core.Digest;
import lastgood.core.Workload;

/// What instances on this machine are called in a Prometheus, in the label `pod`: as on a cluster, the workload, the
/// first digits of the revision's digest, and the instance. So those of one revision are found by their name alone,
/// also
/// when they are gone, and nobody has to remember which there were.
public final class ScrapedNames {

    private static final String ANY_REVISION = "[0-9a-f]{12}";
    private static final String ANY_INSTANCE = "[0-9a-f]{8}";

    private ScrapedNames() {}

    public static String of(Workload workload, Digest revision, String instance) {
        return "%s-%s-%s".formatted(workload.name(), revision.brief(), instance);
    }

    /// @param revision only those that run it; empty: all
    /// @return regular expressions (RE2); whose service it is, is up to another label
    public static List<String> patterns(Optional<Digest> revision) {
        return List.of(".+-%s-%s".formatted(revision.map(Digest::brief).orElse(ANY_REVISION), ANY_INSTANCE));
    }
}
