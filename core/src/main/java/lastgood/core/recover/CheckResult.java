package lastgood.core.recover;

/// What one check found.
///
/// @param finding whether it holds
/// @param value what was measured, such as `0.4% of 41220 requests`; for UNKNOWN why it could not be
/// @param threshold what it was held against, such as `< 1%`
/// @param source how it was measured: the query, the request, the command
public record CheckResult(Check check, Finding finding, String value, String threshold, String source) {

    /// A check without data is UNKNOWN, never PASS.
    public enum Finding {
        PASS,
        FAIL,
        UNKNOWN
    }

    public static CheckResult pass(Check check, String value, String threshold, String source) {
        return new CheckResult(check, Finding.PASS, value, threshold, source);
    }

    public static CheckResult fail(Check check, String value, String threshold, String source) {
        return new CheckResult(check, Finding.FAIL, value, threshold, source);
    }

    public static CheckResult unknown(Check check, String why) {
        return new CheckResult(check, Finding.UNKNOWN, why, "", "");
    }

    public String line() {
        return threshold.isEmpty()
                ? "%s: %s".formatted(check, value)
                : "%s: %s (%s)".formatted(check, value, threshold);
    }
}
