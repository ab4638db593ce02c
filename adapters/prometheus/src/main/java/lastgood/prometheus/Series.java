package lastgood.prometheus;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// One time series with its raw samples, as they were scraped.
///
/// @param labels with `__name__`
/// @param samples oldest first
public record Series(SortedMap<String, String> labels, List<Sample> samples) {

    public Series {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        samples = List.copyOf(samples);
    }

    /// @param atMillis when the target was scraped, by Prometheus' clock
    public record Sample(long atMillis, double value) {}

    public String label(String name) {
        return labels.getOrDefault(name, "");
    }
}
