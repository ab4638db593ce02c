package lastgood.core.feed;

import java.util.Map;
import java.util.TreeMap;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Dispersion;

/// Splits the instances of the old version in two halves, round by round, to see how failures cluster.
public final class Halves {

    private final Dispersion dispersion = new Dispersion();
    private int rounds;
    private boolean single;

    /// One round: what each instance counted in it.
    public void round(Map<String, Counts> byInstance) {
        if (byInstance.isEmpty()) {
            return;
        }
        rounds++;
        if (byInstance.size() == 1) {
            single = true;
            byInstance.values().forEach(dispersion::next);
            return;
        }
        var a = Counts.NONE;
        var b = Counts.NONE;
        var even = true;
        for (var counts : new TreeMap<>(byInstance).values()) {
            if (even) {
                a = a.plus(counts);
            } else {
                b = b.plus(counts);
            }
            even = !even;
        }
        dispersion.halves(a, b);
    }

    public double phi() {
        return rounds == 0 ? 1 : dispersion.phi();
    }

    /// Where it was measured; empty if nowhere.
    public String from() {
        return rounds == 0
                ? ""
                : "%d rounds, %s"
                        .formatted(
                                rounds,
                                single ? "in part from one instance alone" : "between two halves of its instances");
    }
}
