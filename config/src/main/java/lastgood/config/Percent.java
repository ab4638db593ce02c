package lastgood.config;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/// A share, 0 to 100, exact as it was written: `1%`, `0.5%`.
public record Percent(BigDecimal value) implements Comparable<Percent> {

    private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)%");
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    public Percent {
        if (value.signum() < 0 || value.compareTo(HUNDRED) > 0) {
            throw new IllegalArgumentException("a percentage is 0 to 100: " + value);
        }
        // 1% and 1.0% are the same thing and must be equal
        value = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
    }

    public static Percent of(long value) {
        return new Percent(BigDecimal.valueOf(value));
    }

    /// Reads `1%` or `0.5%`; the sign is needed, because `0.05` could mean either.
    public static Parsed<Percent> parse(String text) {
        var written = WRITTEN.matcher(text);
        if (!written.matches()) {
            return new Parsed.Bad<>(
                    "`%s` is not a percentage".formatted(text), "write a number and a percent sign, as in 1% or 0.5%");
        }
        var value = new BigDecimal(written.group(1));
        if (value.compareTo(HUNDRED) > 0) {
            return new Parsed.Bad<>("%s is more than 100%%".formatted(text), "write a percentage from 0% to 100%");
        }
        return new Parsed.Good<>(new Percent(value));
    }

    /// 0.0 to 1.0
    public double fraction() {
        return value.movePointLeft(2).doubleValue();
    }

    @Override
    public int compareTo(Percent other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toPlainString() + "%";
    }
}
