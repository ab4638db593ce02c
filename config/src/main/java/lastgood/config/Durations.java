package lastgood.config;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/// Durations as people write them: a number and a unit, `500ms`, `300s`, `15m`, `1.5h`, `30d`.
///
/// A file needs the unit: `timeout: 300` once meant seconds here and minutes there. Only the flag `--timeout` takes
/// a bare number, as seconds, because existing scripts call it so.
public final class Durations {

    /// Longer than any deadline of ours; short enough that adding it to a date cannot overflow.
    static final Duration LONGEST = Duration.ofDays(3650);

    private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?)(ms|s|m|h|d)");
    private static final Pattern BARE = Pattern.compile("[0-9]{1,12}");
    private static final String EXAMPLES = "write a number and a unit (ms, s, m, h, d), as in 300s, 15m, 24h";

    /// Largest first; days are read, but 24h says more plainly than 1d how long something is.
    private static final SequencedMap<String, Long> UNITS = new LinkedHashMap<>();

    static {
        UNITS.put("h", 3_600_000L);
        UNITS.put("m", 60_000L);
        UNITS.put("s", 1_000L);
        UNITS.put("ms", 1L);
    }

    private Durations() {}

    /// Reads text with a unit; at most ten years.
    public static Parsed<Duration> parse(String text) {
        var written = WRITTEN.matcher(text);
        if (written.matches()) {
            return checked(
                    text, new BigDecimal(written.group(1)).multiply(BigDecimal.valueOf(millis(written.group(2)))));
        }
        if (BARE.matcher(text).matches()) {
            return new Parsed.Bad<>("%s has no unit".formatted(text), "write %ss".formatted(text));
        }
        return new Parsed.Bad<>("`%s` is not a duration".formatted(text), EXAMPLES);
    }

    /// Reads the value of a flag such as `--timeout`: as [#parse], and a bare number is seconds.
    public static Parsed<Duration> parseFlag(String text) {
        return parse(BARE.matcher(text).matches() ? text + "s" : text);
    }

    /// Writes it so that [#parse] reads the same again, with the largest unit that divides it, up to hours: `90s`,
    /// `15m`, `24h`.
    public static String text(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        var millis = duration.toMillis();
        return UNITS.entrySet().stream()
                .filter(unit -> millis % unit.getValue() == 0)
                .map(unit -> millis / unit.getValue() + unit.getKey())
                .findFirst()
                .orElseThrow();
    }

    private static Parsed<Duration> checked(String text, BigDecimal millis) {
        if (millis.compareTo(BigDecimal.valueOf(LONGEST.toMillis())) > 0) {
            return new Parsed.Bad<>("`%s` is more than ten years".formatted(text), EXAMPLES);
        }
        return new Parsed.Good<>(Duration.ofMillis(millis.longValue()));
    }

    private static long millis(String unit) {
        return "d".equals(unit) ? 86_400_000L : requireNonNull(UNITS.get(unit));
    }
}
