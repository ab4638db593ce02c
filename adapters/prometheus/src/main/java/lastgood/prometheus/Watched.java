package lastgood.prometheus;

import java.util.SortedMap;
import java.util.TreeMap;

/// How a service is found in Prometheus.
///
/// @param name the service's own, for what is counted by proxies
/// @param labels that all its series have, such as `namespace`
public record Watched(String name, SortedMap<String, String> labels) {

    public Watched {
        labels = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }
}
