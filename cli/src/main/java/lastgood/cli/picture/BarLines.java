package lastgood.cli.picture;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import lastgood.cli.out.Bars;
import lastgood.core.Words;

/// A course as two rows of small bars, with letters below where something happened.
final class BarLines {

    /// A full bar is at least so much: one failed request among thousands must not look like a fire.
    private static final double PERCENT_FULL_MIN = 10;

    private static final double SECONDS_FULL_MIN = 0.5;

    private final Course course;
    private final int width;
    private final boolean unicode;

    BarLines(Course course, int width, boolean unicode) {
        this.course = course;
        this.width = width;
        this.unicode = unicode;
    }

    List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add("errors  %s  at most %s"
                .formatted(
                        row(Course.Step::errorPercent, PERCENT_FULL_MIN),
                        String.format(Locale.ROOT, "%.1f%%", course.errorPercentMax())));
        lines.add("p95     %s  at most %s"
                .formatted(row(s -> seconds(s.p95()), SECONDS_FULL_MIN), Words.duration(course.p95Max())));
        if (!course.marks().isEmpty()) {
            lines.add("        " + letters());
            lines.add("        " + legend());
        }
        return lines;
    }

    private static double seconds(Duration d) {
        return d.toMillis() / 1000.0;
    }

    private String row(ToDoubleFunction<Course.Step> value, double fullMin) {
        var all = course.steps().stream().mapToDouble(value).toArray();
        return Bars.row(all, fullMin, width, unicode);
    }

    private String letters() {
        var columns =
                Math.ceilDiv(course.steps().size(), Math.ceilDiv(course.steps().size(), width));
        var row = new StringBuilder();
        var letter = 'a';
        for (var mark : course.marks()) {
            var column = Math.clamp((int) (course.place(mark.at()) * columns), 0, columns - 1);
            while (row.length() < column) {
                row.append(' ');
            }
            row.append(letter++);
        }
        return row.toString();
    }

    private String legend() {
        var words = new ArrayList<String>();
        var letter = 'a';
        for (var mark : course.marks()) {
            words.add("%c %s".formatted(letter++, mark.words()));
        }
        return String.join("   ", words);
    }
}
