package lastgood.prometheus;

import java.time.Duration;

/// How hard pods may be asked for their counters.
///
/// @param gap between two rounds of a service, at least
/// @param round how long one may take; whoever has not been asked by then is not asked in it
/// @param atOnce readings at the same time
/// @param pods of a service that are read; more are not
/// @param bytesASecond of a service on average: rounds that bring more are further apart
public record ScrapeLimits(Duration gap, Duration round, int atOnce, int pods, long bytesASecond) {

    /// Each second, as a total outage should be proved within three. Eight at once, as each may bring megabytes.
    /// A hundred pods: a total outage of one in a hundred is not what a watch of a release is for. Four megabytes
    /// a second are what an API server hands on without notice; fifty pods with two hundred routes each show 13
    /// in a round.
    public static ScrapeLimits usual() {
        return new ScrapeLimits(Duration.ofSeconds(1), Duration.ofSeconds(4), 8, 100, 4L * 1024 * 1024);
    }

    /// After a round that brought so much.
    Duration gapAfter(long bytes) {
        var owed = Duration.ofMillis(1000 * bytes / bytesASecond);
        return owed.compareTo(gap) > 0 ? owed : gap;
    }
}
