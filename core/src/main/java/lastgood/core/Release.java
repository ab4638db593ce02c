package lastgood.core;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What was put into an environment at a moment: the thing that is good or bad.
///
/// @param number its place in the service's ledger, from 1, never re-used
/// @param revision the state it asks of the service's main workload
/// @param others the states it asks of the workloads beside it (a worker, a CronJob), by workload
/// @param config what its config objects (ConfigMaps) hold, by name
/// @param migrations names of the schema migrations it brought, oldest first
/// @param at when it was put out
/// @param by who did it
public record Release(
        int number,
        Revision revision,
        SortedMap<String, Revision> others,
        SortedMap<String, Digest> config,
        List<String> migrations,
        Instant at,
        Person by) {

    public Release {
        if (number < 1) {
            throw new IllegalArgumentException("release numbers start at 1: " + number);
        }
        others = Collections.unmodifiableSortedMap(new TreeMap<>(others));
        config = Collections.unmodifiableSortedMap(new TreeMap<>(config));
        migrations = List.copyOf(migrations);
    }

    /// Of a service of one workload, with all its configuration in the revision.
    public Release(int number, Revision revision, List<String> migrations, Instant at, Person by) {
        this(number, revision, new TreeMap<>(), new TreeMap<>(), migrations, at, by);
    }

    public Parts parts() {
        return new Parts(revision, others, config);
    }

    /// The same with more migrations; each once.
    Release bringing(List<String> more) {
        var all = Stream.concat(migrations.stream(), more.stream()).distinct().toList();
        return new Release(number, revision, others, config, all, at, by);
    }

    /// The same bits, put out once more.
    public boolean sameAs(Release other) {
        return parts().sameAs(other.parts());
    }

    public Version version() {
        return revision.version();
    }

    @Override
    public String toString() {
        return version().text();
    }
}
