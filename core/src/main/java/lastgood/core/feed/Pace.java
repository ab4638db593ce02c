package lastgood.core.feed;

import java.time.Duration;

/// How long a round lasts at least. A fresh release is looked at as often as it can be, since a total outage
/// shows in seconds; later longer rounds do, as each one costs every later fault a little proof.
///
/// @param interval between two readings of a source, roughly
/// @param longest of the rounds, at least the interval
/// @param alive a source that was not read for longer is not waited for, and an old version serves no more
/// @param patience a round that is not complete is closed after it, or after an interval more than it should last
public record Pace(Duration interval, Duration longest, Duration alive, Duration patience) {

    private static final int ALIVE_INTERVALS = 2;

    /// Scrapes of one source are an interval apart, give or take this share of it.
    private static final int LATE_SHARE = 5;

    /// Rounds grow to a tenth of the release's age.
    private static final int SHARE = 10;

    public Pace {
        if (!interval.isPositive() || longest.compareTo(interval) < 0) {
            throw new IllegalArgumentException("rounds last one interval or more: %s, %s".formatted(interval, longest));
        }
    }

    /// Waits one and a half intervals for who is late.
    public Pace(Duration interval, Duration longest, Duration alive) {
        this(interval, longest, alive, interval.plus(interval.dividedBy(2)));
    }

    /// One reading of each instance, as Prometheus does it.
    public static Pace each(Duration interval) {
        return new Pace(interval, interval, interval.multipliedBy(ALIVE_INTERVALS));
    }

    /// All instances are read at the same moment, whenever somebody looks: who is not read then is not waited for.
    ///
    /// @param patience longer than any two looks are apart
    public static Pace atOnce(Duration interval, Duration longest, Duration patience) {
        return new Pace(interval, longest, Duration.ZERO, patience);
    }

    /// Who was not read for longer has missed a reading.
    long turnMillis() {
        return interval.toMillis() + interval.toMillis() / LATE_SHARE;
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
