package lastgood.core.feed;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Histogram;

/// A stretch of the past, instance by instance, that slides along: a week of it would not fit into memory.
public final class Recorded {

    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;

    /// In which the dispersion is measured, as before a real release.
    private static final long DISPERSION = 6 * HOUR;

    private final List<Glimpse> glimpses = new ArrayList<>();

    /// What comes after all that is there, oldest first.
    public void add(List<Glimpse> later) {
        for (var one : later) {
            if (glimpses.isEmpty() || glimpses.getLast().atMillis() <= one.atMillis()) {
                glimpses.add(one);
            }
        }
    }

    public void forgetBefore(long millis) {
        glimpses.subList(0, from(millis)).clear();
    }

    /// At or after `from`, and before `to`.
    List<Glimpse> between(long from, long to) {
        return glimpses.subList(from(from), from(to));
    }

    /// Instances that were read then.
    Set<String> instances(long from, long to) {
        var names = new TreeSet<String>();
        between(from, to).stream().filter(Glimpse::read).forEach(g -> names.add(g.source()));
        return names;
    }

    /// What a watch that begins then knows of the time before. What was a week before that, and what other services
    /// got, is not recorded.
    Past before(long at) {
        var hour = Counts.NONE;
        var latency = Histogram.NONE;
        for (var one : between(at - HOUR, at)) {
            hour = hour.plus(one.errors());
            latency = one.latency().requests() == 0
                    ? latency
                    : latency.requests() == 0 ? one.latency() : latency.plus(one.latency());
        }
        var halves = new Halves();
        minutes(at).values().forEach(halves::round);
        return new Past(hour, latency, Counts.NONE, Counts.NONE, Counts.NONE, halves.phi(), halves.from());
    }

    private Map<Long, Map<String, Counts>> minutes(long at) {
        var minutes = new TreeMap<Long, Map<String, Counts>>();
        for (var one : between(at - DISPERSION, at)) {
            if (one.errors().requests() > 0) {
                minutes.computeIfAbsent(Math.floorDiv(one.atMillis(), MINUTE), _ -> new HashMap<>())
                        .merge(one.instance(), one.errors(), Counts::plus);
            }
        }
        return minutes;
    }

    private int from(long millis) {
        var low = 0;
        var high = glimpses.size();
        while (low < high) {
            var middle = (low + high) >>> 1;
            if (glimpses.get(middle).atMillis() < millis) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
