package lastgood.prometheus;

import java.util.regex.Pattern;

/// A label, and what it is compared with.
///
/// @param operator `=`, `!=`, `=~` or `!~`
public record Matcher(String label, String operator, String value) {

    /// As Prometheus compares: the whole value, and a label that is not there is an empty one.
    boolean holds(String seen) {
        return switch (operator) {
            case "=" -> seen.equals(value);
            case "!=" -> !seen.equals(value);
            case "=~" -> Pattern.matches(value, seen);
            default -> !Pattern.matches(value, seen);
        };
    }

    /// As it is written in a query.
    @Override
    public String toString() {
        return label + operator + quoted(value);
    }

    static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
