package lastgood.cli.picture;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import lastgood.core.Words;

/// A course as a picture that any browser and any ticket shows.
final class Svg {

    private static final int WIDTH = 960;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 84;
    private static final int PANEL = 130;
    private static final int GAP = 46;
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final Course course;
    private final String title;
    private final ZoneId zone;
    private final StringBuilder out = new StringBuilder();

    Svg(Course course, String title, ZoneId zone) {
        this.course = course;
        this.title = title;
        this.zone = zone;
    }

    String text() {
        var height = TOP + 2 * PANEL + GAP + 44;
        line(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">"
                        .formatted(WIDTH, height));
        line("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>".formatted(WIDTH, height));
        line("<text x=\"%d\" y=\"24\" font-size=\"15\" font-weight=\"bold\">%s</text>".formatted(LEFT, escaped(title)));
        var percentMax = Math.max(10, course.errorPercentMax());
        panel(TOP, "failed requests", "%.0f%%".formatted(percentMax), Course.Step::errorPercent, percentMax, "#c0392b");
        var millisMax = Math.max(500, course.p95Max().toMillis());
        panel(
                TOP + PANEL + GAP,
                "p95",
                Words.duration(java.time.Duration.ofMillis(millisMax)),
                s -> s.p95().toMillis(),
                (double) millisMax,
                "#2c5d8f");
        marks();
        var end = course.from().plus(course.step().multipliedBy(course.steps().size()));
        line("<text x=\"%d\" y=\"%d\" fill=\"#555555\">%s</text>"
                .formatted(LEFT, height - 14, CLOCK.format(course.from().atZone(zone))));
        line("<text x=\"%d\" y=\"%d\" fill=\"#555555\" text-anchor=\"end\">%s %s</text>"
                .formatted(WIDTH - RIGHT, height - 14, CLOCK.format(end.atZone(zone)), escaped(zone.getId())));
        line("</svg>");
        return out.toString();
    }

    private void panel(
            int top, String name, String full, ToDoubleFunction<Course.Step> value, double max, String colour) {
        var bottom = top + PANEL;
        line("<text x=\"%d\" y=\"%d\" fill=\"#222222\">%s</text>".formatted(LEFT, top - 8, name));
        line("<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#bbbbbb\"/>"
                .formatted(LEFT, bottom, WIDTH - RIGHT, bottom));
        line("<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#eeeeee\"/>"
                .formatted(LEFT, top, WIDTH - RIGHT, top));
        line("<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#555555\">%s</text>"
                .formatted(LEFT - 8, top + 4, full));
        line("<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#555555\">0</text>".formatted(LEFT - 8, bottom + 4));
        var points = new StringBuilder();
        var wide = (double) (WIDTH - LEFT - RIGHT) / course.steps().size();
        for (var i = 0; i < course.steps().size(); i++) {
            var y = bottom - value.applyAsDouble(course.steps().get(i)) / max * PANEL;
            points.append(
                    String.format(Locale.ROOT, "%.1f,%.1f %.1f,%.1f ", LEFT + i * wide, y, LEFT + (i + 1) * wide, y));
        }
        line("<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\" points=\"%s\"/>"
                .formatted(colour, points.toString().strip()));
    }

    /// Their words share two rows, so that two that lie close together can both be read.
    private void marks() {
        var row = 0;
        for (var mark : course.marks()) {
            var x = LEFT + Math.clamp(course.place(mark.at()), 0, 1) * (WIDTH - LEFT - RIGHT);
            var right = x > WIDTH * 0.8;
            line(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#777777\" stroke-dasharray=\"3 3\"/>",
                    x,
                    44 + row % 2 * 16,
                    x,
                    TOP + 2 * PANEL + GAP));
            line(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\"%s>%s</text>",
                    right ? x - 4 : x + 4,
                    52 + row % 2 * 16,
                    right ? " text-anchor=\"end\"" : "",
                    escaped(mark.words())));
            row++;
        }
    }

    private void line(String text) {
        out.append(text).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replaceAll("\\p{Cntrl}", "?");
    }
}
