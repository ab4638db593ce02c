package lastgood.bench.detect;

import lastgood.core.detect.Scrape;

/// A way to decide that a release is bad. All rules see the same scrapes.
interface Rule {

    String name();

    /// Before the first scrape of a watch: what is known of the service, and how long a scrape is.
    void begin(World.Past past, int scrapeSeconds);

    /// How near the rule is to blaming the release, 1 being its own threshold. A score that grows with the
    /// evidence lets rules be compared at the same rate of false alarms as well as at the thresholds that their
    /// authors give.
    double score(Scrape scrape);
}
