package lastgood.local.agent;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What users of a service are asked to get.
record TrafficWish(String stamp, String mark, SortedMap<String, Integer> weights, boolean maintenance) {

    TrafficWish {
        weights = Collections.unmodifiableSortedMap(new TreeMap<>(weights));
    }

    static TrafficWish none() {
        return new TrafficWish("0", "", new TreeMap<>(), false);
    }
}
