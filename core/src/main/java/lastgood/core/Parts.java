package lastgood.core;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// All the bits of a release: what its main workload, the workloads beside it and its config objects hold.
///
/// Two releases are the same if all of this is the same. The main revision alone does not say so: a changed ConfigMap
/// hurts users as well as a changed image does, and going back from it means going back with the same image.
///
/// @param main what the workload that takes users' requests runs
/// @param others revisions of the workloads beside it (a worker, a CronJob), by workload
/// @param config contents of config objects (ConfigMaps), by name
public record Parts(Revision main, SortedMap<String, Revision> others, SortedMap<String, Digest> config) {

    public Parts {
        others = Collections.unmodifiableSortedMap(new TreeMap<>(others));
        config = Collections.unmodifiableSortedMap(new TreeMap<>(config));
    }

    /// A service of one workload, with all its configuration in the revision.
    public static Parts of(Revision main) {
        return new Parts(main, new TreeMap<>(), new TreeMap<>());
    }

    /// The same bits, whatever they are called.
    public boolean sameAs(Parts other) {
        return digests().equals(other.digests());
    }

    /// Whether everything that is named here is the same there. Of what is not named here nothing is known, so it
    /// cannot differ: records from before there were companions name the main revision only.
    public boolean within(Parts other) {
        return other.digests().entrySet().containsAll(digests().entrySet());
    }

    /// Whether each of these is as in the one or as in the other: half of the way between the two. What neither names
    /// does not count.
    public boolean isBetween(Parts one, Parts other) {
        var a = one.digests();
        var b = other.digests();
        return digests().entrySet().stream()
                .filter(e -> a.containsKey(e.getKey()) || b.containsKey(e.getKey()))
                .allMatch(e ->
                        e.getValue().equals(a.get(e.getKey())) || e.getValue().equals(b.get(e.getKey())));
    }

    private Map<String, Digest> digests() {
        var all = new TreeMap<String, Digest>();
        all.put("main", main.digest());
        others.forEach((name, revision) -> all.put("workload " + name, revision.digest()));
        config.forEach((name, content) -> all.put("config " + name, content));
        return all;
    }
}
