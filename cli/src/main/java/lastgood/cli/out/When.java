package lastgood.cli.out;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import lastgood.core.Words;

/// Times as people read them: the hour if it was today, else also the day; and how long ago.
public final class When {

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private When() {}

    public static String clock(Instant at, Instant now, ZoneId zone) {
        var there = at.atZone(zone);
        return there.toLocalDate().equals(now.atZone(zone).toLocalDate()) ? CLOCK.format(there) : DAY.format(there);
    }

    public static String full(Instant at, ZoneId zone) {
        return DAY.format(at.atZone(zone));
    }

    public static String ago(Instant at, Instant now) {
        var d = Duration.between(at, now);
        return d.compareTo(Duration.ofSeconds(1)) < 0 ? "just now" : coarse(d) + " ago";
    }

    /// Without tenths: nobody needs to know that something has run for 12.3s.
    public static String coarse(Duration d) {
        return d.toSeconds() <= 0 ? "0s" : Words.duration(Duration.ofSeconds(d.toSeconds()));
    }
}
