package lastgood.local.proxy;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What one instance answered in a while.
///
/// @param revision a digest, or empty: nobody answered
/// @param buckets how many took how long, by the index of [Buckets]
/// @param routes requests and, of those, errors, by route
public record Answered(
        String service,
        String revision,
        String workload,
        String instance,
        long requests,
        long errors,
        SortedMap<Integer, Long> buckets,
        SortedMap<String, long[]> routes) {

    public Answered {
        if (requests < 0 || errors < 0 || errors > requests) {
            throw new IllegalArgumentException("%d errors of %d requests".formatted(errors, requests));
        }
        buckets = Collections.unmodifiableSortedMap(new TreeMap<>(buckets));
        routes = Collections.unmodifiableSortedMap(new TreeMap<>(routes));
    }

    public boolean byNobody() {
        return revision.isEmpty();
    }
}
