package lastgood.core.detect;

import java.time.Duration;

/// How much worse a fresh process may be while its caches and its compiler are cold. A margin that fades, so that a
/// total
/// outage is found in the first scrape, which a blind initial delay would miss.
///
/// @param extra added to a claim's margin at age zero, 0 to 1 (0.04 = 4 pp)
/// @param fades the allowance falls to 37 % in this time
public record WarmUp(double extra, Duration fades) {

    public WarmUp {
        if (!(extra >= 0 && extra < 1) || !fades.isPositive()) {
            throw new IllegalArgumentException("an allowance is 0 to 1 and fades in a positive time");
        }
    }

    /// 4 pp, 30 s: the upper envelope of the warm-ups that the bench simulates.
    public static WarmUp ofErrors() {
        return new WarmUp(0.04, Duration.ofSeconds(30));
    }

    /// 35 pp, 60 s: a cold process is slow far more often than it fails.
    public static WarmUp ofLatency() {
        return new WarmUp(0.35, Duration.ofSeconds(60));
    }

    /// For a reference that is just as fresh, and for the bench's ablation.
    public static WarmUp none() {
        return new WarmUp(0, Duration.ofSeconds(1));
    }

    /// The allowance at this age of the new instances, weighted by their traffic.
    double at(double ageSeconds) {
        return extra * StrictMath.exp(-Math.max(0, ageSeconds) * 1000 / fades.toMillis());
    }
}
