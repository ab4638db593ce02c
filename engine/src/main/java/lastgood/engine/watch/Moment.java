package lastgood.engine.watch;

import java.time.Instant;
import lastgood.core.detect.Counts;
import lastgood.core.detect.Histogram;
import lastgood.core.detect.Scrape;

/// One scrape, for people: what the new version and the reference did.
///
/// @param p95 upper bound in seconds; 0 if there were no requests, infinite beyond the last bucket
public record Moment(Instant at, Counts fresh, Counts reference, double p95, double referenceP95) {

    static Moment of(Instant start, Scrape scrape) {
        return new Moment(
                start.plus(scrape.since()),
                scrape.fresh().errors(),
                scrape.reference().errors(),
                p95(scrape.fresh().latency()),
                p95(scrape.reference().latency()));
    }

    /// For showing: decisions rest on counts above a bucket, never on a quantile.
    public static double p95(Histogram histogram) {
        var requests = histogram.requests();
        if (requests == 0) {
            return 0;
        }
        for (var i = 0; i < histogram.buckets(); i++) {
            if (histogram.slowerThan(i).bad() <= 0.05 * requests) {
                return histogram.bound(i);
            }
        }
        return Double.POSITIVE_INFINITY;
    }
}
