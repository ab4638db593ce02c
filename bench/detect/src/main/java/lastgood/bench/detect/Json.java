package lastgood.bench.detect;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import lastgood.bench.detect.Figures.Rate;

/// Records as JSON: their components by name. Numbers that are not finite are `null`, because JSON has no others.
final class Json {

    private Json() {}

    static String of(Results results) {
        return value(results) + "\n";
    }

    private static String value(Object value) {
        return switch (value) {
            case String s -> quoted(s);
            case Double d -> Double.isFinite(d) ? String.format(Locale.ROOT, "%.6g", d) : "null";
            case Number n -> n.toString();
            case Boolean b -> b.toString();
            case Optional<?> _ -> "null";
            case List<?> l -> l.stream().map(Json::value).toList().toString();
            case Rate r ->
                "{\"hits\": %d, \"of\": %d, \"low\": %s, \"high\": %s}"
                        .formatted(r.hits(), r.of(), value(r.low()), value(r.high()));
            case Record r -> record(r);
            default -> throw new IllegalStateException("not a figure: " + value);
        };
    }

    private static String record(Record r) {
        var parts = new ArrayList<String>();
        for (var component : r.getClass().getRecordComponents()) {
            try {
                parts.add(quoted(component.getName()) + ": "
                        + value(component.getAccessor().invoke(r)));
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException("a record of this package can be read", e);
            }
        }
        return "{" + String.join(", ", parts) + "}";
    }

    private static String quoted(String s) {
        return "\"" + s.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
