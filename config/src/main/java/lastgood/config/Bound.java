package lastgood.config;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/// What a query's number is held against, in the unit that PromQL has it in: `1%` is 0.01, `500ms` is 0.5 seconds.
///
/// @param above whether the number has to be above it; else below
/// @param words as it was written
public record Bound(boolean above, double value, String words) {

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,15}(?:\\.[0-9]{1,9})?");

    static Parsed<Bound> parse(String text, boolean above) {
        var written = text.strip();
        if (NUMBER.matcher(written).matches()) {
            return new Parsed.Good<>(new Bound(above, new BigDecimal(written).doubleValue(), written));
        }
        if (written.endsWith("%")) {
            return switch (Percent.parse(written)) {
                case Parsed.Good<Percent>(var percent) ->
                    new Parsed.Good<>(new Bound(above, percent.fraction(), written));
                case Parsed.Bad<Percent>(var fact, var hint) -> new Parsed.Bad<>(fact, hint);
            };
        }
        return switch (Durations.parse(written)) {
            case Parsed.Good<java.time.Duration>(var time) ->
                new Parsed.Good<>(new Bound(above, time.toMillis() / 1000.0, written));
            case Parsed.Bad<java.time.Duration> _ ->
                new Parsed.Bad<>(
                        "`%s` is no limit for a query".formatted(Shown.text(text)),
                        "write a number, a percentage (1% is 0.01) or a duration (500ms is 0.5)");
        };
    }
}
