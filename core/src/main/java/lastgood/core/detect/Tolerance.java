package lastgood.core.detect;

/// How much worse a new version may be without being called degraded: up to `factor` times the reference's rate plus
/// `extra`. Rates differ a little for reasons that nobody would roll back for, and at a thousand requests a
/// second any difference can be proved. Calibration raises it where a service's own past asks for that.
///
/// @param factor at least 1
/// @param extra share of requests, 0 to 1 (0.001 = 0.1 percentage points)
public record Tolerance(double factor, double extra) {

    public Tolerance {
        if (!(factor >= 1 && factor < 1000) || !(extra >= 0 && extra < 1)) {
            throw new IllegalArgumentException(
                    "a factor of at least 1 and a share below 1: %s, %s".formatted(factor, extra));
        }
    }

    /// Half as much again and a request in a thousand.
    public static Tolerance usual() {
        return new Tolerance(1.5, 0.001);
    }

    /// Any difference at all.
    public static Tolerance none() {
        return new Tolerance(1, 0);
    }
}
