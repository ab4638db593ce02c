package lastgood.core.feed;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Histogram;

/// One reading of one instance: what it counted since the reading before.
///
/// @param atMillis by the clock of whoever read it
/// @param source what is read at one go, and counts as alive while it is: a pod, or the whole proxy
/// @param read false: the attempt failed, and nothing is known of the counters
/// @param routes parts of the service; may be empty
public record Glimpse(
        long atMillis,
        String source,
        String instance,
        Party party,
        boolean read,
        Counts errors,
        Histogram latency,
        SortedMap<String, Counts> routes) {

    public Glimpse {
        routes = Collections.unmodifiableSortedMap(new TreeMap<>(routes));
    }

    public static Glimpse of(long atMillis, String instance, Party party, Counts errors) {
        return new Glimpse(atMillis, instance, instance, party, true, errors, Histogram.NONE, new TreeMap<>());
    }

    public static Glimpse failed(long atMillis, String instance, Party party) {
        return new Glimpse(atMillis, instance, instance, party, false, Counts.NONE, Histogram.NONE, new TreeMap<>());
    }
}
