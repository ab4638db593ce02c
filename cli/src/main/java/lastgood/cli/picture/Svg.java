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
    private static final int TOP = 100;
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
        line("<path fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\" d=\"%s\"/>"
                .formatted(colour, path(bottom, value, max)));
    }

    /// Where nobody asked there is nothing to draw: neither a failure nor its absence.
    private String path(int bottom, ToDoubleFunction<Course.Step> value, double max) {
        var path = new StringBuilder();
        var wide = (double) (WIDTH - LEFT - RIGHT) / course.steps().size();
        var drawing = false;
        for (var i = 0; i < course.steps().size(); i++) {
            var step = course.steps().get(i);
            if (step.requests() > 0) {
                var y = bottom - value.applyAsDouble(step) / max * PANEL;
                path.append(String.format(
                        Locale.ROOT,
                        "%s%.1f,%.1f L%.1f,%.1f ",
                        drawing ? "L" : "M",
                        LEFT + i * wide,
                        y,
                        LEFT + (i + 1) * wide,
                        y));
            }
            drawing = step.requests() > 0;
        }
        return path.toString().strip();
    }

    /// A letter above each line, on two rows, so that two that lie close together can both be read; what it stands for
    /// is said below the title.
    private void marks() {
        var words = new StringBuilder();
        for (var i = 0; i < course.marks().size(); i++) {
            var mark = course.marks().get(i);
            var letter = (char) ('a' + i);
            var x = LEFT + Math.clamp(course.place(mark.at()), 0, 1) * (WIDTH - LEFT - RIGHT);
            var y = TOP - 24 + i % 2 * 12;
            line(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#777777\" stroke-dasharray=\"3 3\"/>",
                    x,
                    y + 3,
                    x,
                    TOP + 2 * PANEL + GAP));
            line(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" font-weight=\"bold\">%s</text>",
                    x,
                    y,
                    letter));
            words.append("<tspan font-weight=\"bold\">%s</tspan> %s  %s&#160;&#160;&#160;&#160;"
                    .formatted(letter, CLOCK.format(mark.at().atZone(zone)), escaped(mark.words())));
        }
        line("<text x=\"%d\" y=\"44\" fill=\"#222222\">%s</text>".formatted(LEFT, words));
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
