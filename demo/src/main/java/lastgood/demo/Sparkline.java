package lastgood.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A row of numbers as a row of small bars, with letters below where something happened.
final class Sparkline {

    private static final String BARS = "▁▂▃▄▅▆▇█";
    private static final String ASCII_BARS = "_.:-=+*#";

    /// A full bar is at least so many per cent: a single failed request among thousands must not look like a fire.
    static final double FULL_MIN = 10;

    private Sparkline() {}

    /// @param second counted from the first value
    record Mark(double second, String words) {}

    /// @param width columns at most; more seconds than that share columns, and the worst of them shows
    static List<String> lines(List<Double> percents, List<Mark> marks, int width, boolean unicode) {
        var each = Math.max(1, Math.ceilDiv(percents.size(), Math.max(1, width)));
        var columns = new ArrayList<Double>();
        for (var i = 0; i < percents.size(); i += each) {
            columns.add(percents.subList(i, Math.min(percents.size(), i + each)).stream()
                    .mapToDouble(Double::doubleValue)
                    .max()
                    .orElse(0));
        }
        return List.of(bars(columns, unicode), letters(marks, each, columns.size()));
    }

    static double full(List<Double> percents) {
        return Math.max(
                FULL_MIN,
                percents.stream().mapToDouble(Double::doubleValue).max().orElse(0));
    }

    static String bars(List<Double> percents, boolean unicode) {
        var full = full(percents);
        return percents.stream().map(p -> bar(p, full, unicode)).collect(Collectors.joining());
    }

    /// The lowest bar is nothing at all; whatever is more than that is at least one higher.
    private static String bar(double percent, double full, boolean unicode) {
        var bars = unicode ? BARS : ASCII_BARS;
        var top = bars.length() - 1;
        var height = percent <= 0 ? 0 : Math.clamp((int) Math.ceil(percent / full * top), 1, top);
        return bars.substring(height, height + 1);
    }

    /// In order, and never two in one column.
    private static String letters(List<Mark> marks, int each, int columns) {
        var row = new StringBuilder();
        var letter = 'a';
        for (var mark : marks) {
            var column = Math.clamp((int) (mark.second() / each), 0, Math.max(0, columns - 1));
            while (row.length() < column) {
                row.append(' ');
            }
            row.append(letter);
            letter++;
        }
        return row.toString();
    }
}
