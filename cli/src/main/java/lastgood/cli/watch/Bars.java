package lastgood.cli.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import lastgood.cli.out.Screen;
import lastgood.engine.watch.Moment;

/// Numbers over time as a row of small bars.
final class Bars {

    private static final String BARS = "▁▂▃▄▅▆▇█";
    private static final String ASCII = "_.:-=+*#";

    private Bars() {}

    /// The latest moments, so many columns of them; where several share one, the worst shows.
    static List<Double> columns(List<Moment> course, ToDoubleFunction<Moment> value, int width) {
        var each = Math.max(1, Math.ceilDiv(course.size(), width));
        var columns = new ArrayList<Double>();
        for (var i = 0; i < course.size(); i += each) {
            columns.add(course.subList(i, Math.min(course.size(), i + each)).stream()
                    .mapToDouble(value)
                    .max()
                    .orElse(0));
        }
        return columns;
    }

    /// @param full a full bar is at least so much: one failed request among thousands must not look like a fire
    static String of(List<Double> values, double full, Screen screen) {
        var top = Math.max(full, values.stream().mapToDouble(v -> v).max().orElse(0));
        var bars = screen.unicode() ? BARS : ASCII;
        return values.stream()
                .map(v -> {
                    var height = v <= 0 ? 0 : Math.clamp((int) Math.ceil(v / top * 7), 1, 7);
                    return bars.substring(height, height + 1);
                })
                .collect(Collectors.joining());
    }

    /// `1,000`, `2 million`: a chance is felt better as one in so many.
    static String count(double number) {
        return number >= 1e9
                ? "a billion"
                : number >= 1e6
                        ? String.format(Locale.ROOT, "%.0f million", number / 1e6)
                        : String.format(Locale.ROOT, "%,.0f", number);
    }
}
