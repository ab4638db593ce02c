package lastgood.bench.detect;

import java.util.ArrayList;
import java.util.List;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Histogram;
import lastgood.core.detect.Scrape;

/// The last scrapes, for rules that look at rates over a while.
final class Window {

    private final int max;
    private final List<Scrape> scrapes = new ArrayList<>();

    Window(int max) {
        this.max = max;
    }

    void add(Scrape scrape) {
        scrapes.add(scrape);
        if (scrapes.size() > max) {
            scrapes.removeFirst();
        }
    }

    boolean full() {
        return scrapes.size() == max;
    }

    Counts fresh() {
        return fresh(max);
    }

    Counts fresh(int last) {
        var sum = Counts.NONE;
        for (var i = Math.max(0, scrapes.size() - last); i < scrapes.size(); i++) {
            sum = sum.plus(scrapes.get(i).fresh().errors());
        }
        return sum;
    }

    Counts reference() {
        return scrapes.stream().map(s -> s.reference().errors()).reduce(Counts.NONE, Counts::plus);
    }

    Histogram freshLatency() {
        return scrapes.stream().map(s -> s.fresh().latency()).reduce(Histogram.NONE, Histogram::plus);
    }

    Histogram referenceLatency() {
        return scrapes.stream().map(s -> s.reference().latency()).reduce(Histogram.NONE, Histogram::plus);
    }

    /// As `histogram_quantile` reads it: linear within a bucket, the last finite bound beyond it.
    static double quantile(Histogram latency, double share) {
        var n = latency.requests();
        if (n == 0) {
            return Double.NaN;
        }
        var rank = share * n;
        var below = 0.0;
        var from = 0.0;
        for (var b = 0; b < latency.buckets(); b++) {
            var within = (double) (n - latency.slowerThan(b).bad());
            if (within >= rank) {
                if (b == latency.buckets() - 1) {
                    return from;
                }
                return within == below
                        ? latency.bound(b)
                        : from + (latency.bound(b) - from) * (rank - below) / (within - below);
            }
            below = within;
            from = latency.bound(b);
        }
        return from;
    }
}
