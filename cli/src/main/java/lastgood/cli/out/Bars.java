package lastgood.cli.out;

/// Numbers over time as a row of small bars.
public final class Bars {

    private static final String BARS = "▁▂▃▄▅▆▇█";
    private static final String ASCII = "_.:-=+*#";

    private Bars() {}

    /// @param fullMin a full bar is at least so much: one failed request among thousands must not look like a fire
    /// @param width columns at most; values that share one show the worst of them
    public static String row(double[] values, double fullMin, int width, boolean unicode) {
        var bars = unicode ? BARS : ASCII;
        var full = fullMin;
        for (var v : values) {
            full = Math.max(full, v);
        }
        var each = Math.max(1, Math.ceilDiv(values.length, width));
        var row = new StringBuilder();
        for (var i = 0; i < values.length; i += each) {
            var worst = 0.0;
            for (var k = i; k < Math.min(values.length, i + each); k++) {
                worst = Math.max(worst, values[k]);
            }
            var height = worst <= 0 ? 0 : Math.clamp((int) Math.ceil(worst / full * 7), 1, 7);
            row.append(bars.charAt(height));
        }
        return row.toString();
    }
}
