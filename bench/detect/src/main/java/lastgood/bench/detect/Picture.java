package lastgood.bench.detect;

import java.util.List;
import java.util.Locale;
import lastgood.bench.detect.Results.Delay;

/// The two questions in one picture: how often is a healthy release blamed, and how fast is a bad one found. Down
/// and to the left is better in both.
final class Picture {

    private static final int LEFT = 210;
    private static final int WIDTH = 330;
    private static final int ROW = 24;
    private static final int TOP = 92;

    private Picture() {}

    static String of(Results r) {
        var rows = r.alarms().size();
        var height = TOP + rows * ROW + 70;
        var svg = new StringBuilder();
        svg.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1000\" height=\"%d\" viewBox=\"0 0 1000 %d\" "
                                .formatted(height, height)
                        + "font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"1000\" height=\"100%\" fill=\"#ffffff\"/>\n");
        text(
                svg,
                20,
                28,
                "start",
                18,
                "#111111",
                "How often a healthy release is blamed, and how fast a bad one is found");
        text(svg, LEFT, 56, "start", 13, "#111111", "days with a false alarm, 95 % interval");
        text(svg, 600, 56, "start", 13, "#111111", "bad at once, errors +10 %: time to the alarm, median");
        text(svg, 600, 73, "start", 12, "#1f5fa8", "● 10 requests a second");
        text(svg, 770, 73, "start", 12, "#b3541e", "● 100 requests a second");
        axes(svg, rows);
        for (var i = 0; i < rows; i++) {
            row(svg, r, i);
        }
        text(
                svg,
                20,
                height - 14,
                "start",
                12,
                "#555555",
                "%d simulated days with three outages of dependencies each; seed %d. ▸ means: not found within an hour."
                        .formatted(r.options().days(), r.options().seed()));
        return svg.append("</svg>\n").toString();
    }

    private static void axes(StringBuilder svg, int rows) {
        var bottom = TOP + rows * ROW;
        for (var percent : List.of(0, 25, 50, 75, 100)) {
            var x = LEFT + WIDTH * percent / 100.0;
            grid(svg, x, bottom);
            text(svg, x, bottom + 18, "middle", 12, "#555555", percent + " %");
        }
        for (var seconds : List.of(15, 60, 300, 900, 3600)) {
            grid(svg, delayX(seconds), bottom);
            text(
                    svg,
                    delayX(seconds),
                    bottom + 18,
                    "middle",
                    12,
                    "#555555",
                    seconds < 60 ? seconds + " s" : seconds / 60 + " min");
        }
    }

    private static void row(StringBuilder svg, Results r, int i) {
        var a = r.alarms().get(i);
        var y = TOP + i * ROW + ROW / 2.0;
        var ours = a.rule().startsWith("ours");
        if (a.rule().equals("ours")) {
            svg.append("<rect x=\"8\" y=\"%.1f\" width=\"984\" height=\"%d\" fill=\"#eaf3ea\"/>\n"
                    .formatted(y - ROW / 2.0, ROW));
        }
        text(svg, LEFT - 12, y + 4, "end", 13, ours ? "#1d6b2f" : "#111111", a.rule());
        var all = new Figures.Rate(
                a.tuned().hits() + a.heldOut().hits(),
                a.tuned().of() + a.heldOut().of());
        svg.append("<rect x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"10\" fill=\"%s\"/>\n"
                .formatted(LEFT, y - 5, WIDTH * all.share(), ours ? "#3c9a54" : "#8a8f98"));
        svg.append("<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#111111\"/>\n"
                .formatted(LEFT + WIDTH * all.low(), LEFT + WIDTH * all.high(), y, y));
        dot(svg, r, a.rule(), 10, y - 4, "#1f5fa8");
        dot(svg, r, a.rule(), 100, y + 4, "#b3541e");
    }

    private static void dot(StringBuilder svg, Results r, String rule, double rps, double y, String colour) {
        var seconds = r.delays().stream()
                .filter(d -> d.rule().equals(rule)
                        && d.effect().equals("errors +10%" + BenchDetect.AT_ONCE)
                        && d.rps() == rps)
                .mapToDouble(Delay::median)
                .findFirst()
                .orElse(Double.NaN);
        if (Double.isNaN(seconds)) {
            return;
        }
        if (Double.isFinite(seconds)) {
            svg.append("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n".formatted(delayX(seconds), y, colour));
        } else {
            text(svg, delayX(3600) + 10, y + 4, "start", 12, colour, "▸");
        }
    }

    private static double delayX(double seconds) {
        return 600 + 350 * StrictMath.log(Math.max(10, seconds) / 10) / StrictMath.log(360);
    }

    private static void grid(StringBuilder svg, double x, int bottom) {
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#dddddd\"/>%n",
                x,
                x,
                TOP,
                bottom));
    }

    private static void text(
            StringBuilder svg, double x, double y, String anchor, int size, String colour, String words) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\" fill=\"%s\">%s</text>%n",
                x,
                y,
                anchor,
                size,
                colour,
                words.replace("&", "&amp;").replace("<", "&lt;")));
    }
}
