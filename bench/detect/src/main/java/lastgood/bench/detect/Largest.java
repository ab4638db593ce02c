package lastgood.bench.detect;

/// The k-th largest of what was seen. A rule that allows k-1 failed checks alarms at the k-th, so its score is
/// the k-th worst check.
final class Largest {

    private final double[] worst;

    Largest(int k) {
        worst = new double[k];
    }

    void add(double seen) {
        var carried = seen;
        for (var i = 0; i < worst.length; i++) {
            if (carried > worst[i]) {
                var pushed = worst[i];
                worst[i] = carried;
                carried = pushed;
            }
        }
    }

    double kth() {
        return worst[worst.length - 1];
    }
}
