package lastgood.core.detect;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// Percentage points and percents as people read them.
final class Points {

    private Points() {}

    /// `0.075` is `7.5 pp`.
    static String text(double share) {
        return number(share * 100) + " pp";
    }

    /// `0.0123` is `1.23%`.
    static String percent(double share) {
        return number(share * 100) + "%";
    }

    static String number(double value) {
        return BigDecimal.valueOf(value)
                .setScale(2, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }
}
