package lastgood.core;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What was seen of a service's traffic at one moment.
///
/// @param stamp the world's own version of these settings
/// @param mark the key of lastgood's last change to them, or empty
/// @param weights parts of a hundred for each workload that may get requests; absolute, never a difference
/// @param ready instances of each workload that can take requests now
/// @param maintenance whether users get the maintenance page instead
/// @param unsettled what the platform has not carried out yet of these settings, for people; empty = all of it
public record TrafficState(
        ServiceRef service,
        String stamp,
        String mark,
        SortedMap<String, Integer> weights,
        SortedMap<String, Integer> ready,
        boolean maintenance,
        String unsettled) {

    /// Of a platform that carries settings out the moment it takes them.
    public TrafficState(
            ServiceRef service,
            String stamp,
            String mark,
            SortedMap<String, Integer> weights,
            SortedMap<String, Integer> ready,
            boolean maintenance) {
        this(service, stamp, mark, weights, ready, maintenance, "");
    }

    public TrafficState {
        weights = Collections.unmodifiableSortedMap(new TreeMap<>(weights));
        ready = Collections.unmodifiableSortedMap(new TreeMap<>(ready));
    }

    public int weight(String workload) {
        return weights.getOrDefault(workload, 0);
    }

    public int ready(String workload) {
        return ready.getOrDefault(workload, 0);
    }
}
