package lastgood.prometheus;

import java.util.SortedMap;
import java.util.TreeMap;

/// How a service is found in Prometheus.
///
/// @param name the service's own, for what is counted by proxies
/// @param labels that all its series have, such as `namespace`
/// @param own what the team says that it counts by
public record Watched(String name, SortedMap<String, String> labels, Own own) {

    public Watched(String name, SortedMap<String, String> labels) {
        this(name, labels, Own.NONE);
    }

    public Watched {
        labels = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }
}
