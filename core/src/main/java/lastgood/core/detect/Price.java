package lastgood.core.detect;

/// How sure one has to be before an action, by what the action costs when it is wrong. The number is the largest
/// chance,
/// over the whole watch, that a healthy release suffers it.
public enum Price {
    /// Somebody is told "likely".
    NOTIFY(0.05),
    ABORT_CANARY(0.01),
    /// A rollback without database changes.
    TYPE_1(0.001),
    TYPE_2(0.0001),
    /// Also needs a person.
    TYPE_3(0.00001);

    private final double alpha;

    Price(double alpha) {
        this.alpha = alpha;
    }

    public double alpha() {
        return alpha;
    }

    /// For the k-th automatic action within 24 hours, counted from 0: each asks for twice the proof of the one
    /// before, so that all of a day's actions together are still wrong with a chance of at most twice `alpha`.
    public double alpha(int earlierToday) {
        return halved(alpha, earlierToday);
    }

    /// The same for an alpha of the team's own.
    public static double halved(double alpha, int earlierToday) {
        if (earlierToday < 0) {
            throw new IllegalArgumentException("not a count: " + earlierToday);
        }
        return StrictMath.scalb(alpha, -Math.min(earlierToday, 1000));
    }
}
