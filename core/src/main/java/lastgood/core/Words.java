package lastgood.core;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// How quantities are written for people, the same everywhere.
public final class Words {

    private static final int BRIEF = 200;

    private Words() {}

    /// `850ms`, `4.2s`, `3m10s`, `2h05m`, `6d 4h`: two units at most.
    public static String duration(Duration d) {
        if (d.isNegative()) {
            return "-" + duration(d.negated());
        }
        if (d.toMillis() < 1000) {
            return d.toMillis() + "ms";
        }
        if (d.toSeconds() < 60) {
            var tenths = d.toMillis() / 100;
            return tenths % 10 == 0 ? tenths / 10 + "s" : "%d.%ds".formatted(tenths / 10, tenths % 10);
        }
        if (d.toMinutes() < 60) {
            return d.toSecondsPart() == 0
                    ? d.toMinutes() + "m"
                    : "%dm%02ds".formatted(d.toMinutes(), d.toSecondsPart());
        }
        if (d.toHours() < 48) {
            return d.toMinutesPart() == 0 ? d.toHours() + "h" : "%dh%02dm".formatted(d.toHours(), d.toMinutesPart());
        }
        return d.toHoursPart() == 0 ? d.toDays() + "d" : "%dd %dh".formatted(d.toDays(), d.toHoursPart());
    }

    /// Of a share, 0 to 1: `0.2%`, `12.35%`.
    public static String percent(double share) {
        return BigDecimal.valueOf(share * 100)
                        .setScale(2, RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString()
                + "%";
    }

    /// `812 B`, `4.2 MB`.
    public static String bytes(long bytes) {
        var units = List.of("B", "kB", "MB", "GB", "TB");
        var value = (double) bytes;
        var unit = 0;
        while (value >= 1000 && unit < units.size() - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0 || value >= 100
                ? String.format(Locale.ROOT, "%.0f %s", value, units.get(unit))
                : String.format(Locale.ROOT, "%.1f %s", value, units.get(unit));
    }

    /// `1 release`, `2 releases`.
    public static String count(long n, String noun) {
        return "%d %s%s".formatted(n, noun, n == 1 ? "" : "s");
    }

    /// One line that fits into a list, whatever was said: at most 200 characters and nothing that moves a cursor.
    public static String brief(String text) {
        var plain = text.strip().replaceAll("\\p{Cntrl}+", " ");
        return plain.length() <= BRIEF ? plain : plain.substring(0, BRIEF - 1) + "…";
    }
}
