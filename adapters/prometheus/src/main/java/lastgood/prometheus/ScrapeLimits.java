package lastgood.prometheus;

import java.time.Duration;

/// How hard pods may be asked for their counters.
///
/// @param gap between two rounds of a service, at least
/// @param round how long one may take; whoever has not been asked by then is not asked in it
/// @param atOnce readings at the same time
/// @param pods of a service that are read; more are not
public record ScrapeLimits(Duration gap, Duration round, int atOnce, int pods) {

    /// Each second, as a total outage should be proved within three. Eight at once, as each may bring megabytes. A
    /// hundred pods: a total outage of one in a hundred is not what a watch of a release is for.
    public static ScrapeLimits usual() {
        return new ScrapeLimits(Duration.ofSeconds(1), Duration.ofSeconds(4), 8, 100);
    }
}
