package lastgood.bench.detect;

import java.util.List;
import lastgood.bench.detect.Figures.Rate;

/// Everything that was measured.
///
/// @param alone days with a false alarm of ours, on further days that the other rules did not see
record Results(
        Options options,
        List<Alarms> alarms,
        Rate alone,
        List<Delay> delays,
        List<Steps> steps,
        List<Blame> blame,
        List<Border> borders,
        List<Recovered> recovered,
        Needed needed,
        Cost cost,
        double seconds) {

    /// @param tuned days with a false alarm, on the laws that the parameters were tuned on
    /// @param heldOut the same on other laws
    /// @param matched the score at which at most one day in a hundred has a false alarm, 1 being the rule's own
    /// @param micros to take one scrape in
    record Alarms(String rule, Rate tuned, Rate heldOut, double matched, double micros) {}

    /// @param rps requests a second to the new version; the old one gets three times as many
    /// @param median seconds from onset to the alarm, infinite if it was not found within an hour
    /// @param atMatched the same at the matched score
    /// @param badAnswers median of requests that the fault had hurt by then, or within the hour
    record Delay(
            String rule,
            String effect,
            double rps,
            double median,
            double p90,
            double atMatched,
            double badAnswers,
            Rate found) {}

    /// How our detector comes to its decisions; medians in seconds from the onset.
    record Steps(String effect, double rps, double suspected, double proved, double overFive, double overTen) {}

    /// @param outages hours with an outage of a dependency in which the release was blamed
    /// @param releases bad releases that were blamed
    record Blame(String rule, Rate outages, Rate releases) {}

    /// Watches of a release that is exactly as bad as the null allows.
    record Border(String claim, double alpha, Rate wrong) {}

    /// @param errors true share of failed requests
    /// @param wrongly watches in which a service with exactly 1 % errors was called recovered
    record Recovered(double rps, double errors, double median, double p90, Rate wrongly) {}

    /// @param outage failed requests that prove a total outage
    /// @param route failed requests that prove a broken route with 1 % of the traffic among 200
    record Needed(int outage, int route) {}

    /// @param updateMicros one stream, one claim
    /// @param scrapeMicros all claims on errors of a service
    /// @param bytes memory of one watched service
    record Cost(double updateMicros, double scrapeMicros, double bytes, int services) {}
}
