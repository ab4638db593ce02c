package lastgood.core.feed;

import java.time.Duration;

/// How long a round lasts at least. A fresh release is looked at as often as it can be, since a total outage
/// shows in seconds; later longer rounds do, as each one costs every later fault a little proof.
///
/// @param interval between two readings of a source, roughly
/// @param longest of the rounds, at least the interval
/// @param alive a source that was not read for longer is not waited for, and an old version serves no more
public record Pace(Duration interval, Duration longest, Duration alive) {

    private static final int ALIVE_INTERVALS = 2;

    /// Rounds grow to a tenth of the release's age.
    private static final int SHARE = 10;

    public Pace {
        if (!interval.isPositive() || longest.compareTo(interval) < 0) {
            throw new IllegalArgumentException("rounds last one interval or more: %s, %s".formatted(interval, longest));
        }
    }

    /// One reading of each instance, as Prometheus does it.
    public static Pace each(Duration interval) {
        return new Pace(interval, interval, interval.multipliedBy(ALIVE_INTERVALS));
    }

    long intervalMillis() {
        return interval.toMillis();
    }

    /// At that age of the release. A little less than the readings are apart, because they are never exactly that.
    long roundMillis(long ageMillis) {
        var wanted = Math.clamp(ageMillis / SHARE, interval.toMillis(), longest.toMillis());
        return wanted - interval.toMillis() / 2;
    }
}
