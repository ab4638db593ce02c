package lastgood.core.detect;

/// By how much the new version's error rate is above the reference's, as far as it is proved: more than `above` and
/// less
/// than `below`, in absolute terms (0.05 = 5 percentage points). Nothing is proved beyond -1 and 1.
///
/// The two hold at once, over the whole watch, with the one alpha they were computed for.
public record Increase(double above, double below) {

    public static final Increase UNKNOWN = new Increase(-1, 1);

    public Increase {
        if (!(above >= -1 && above < 1 && below > -1 && below <= 1)) {
            throw new IllegalArgumentException("not an increase: above %s, below %s".formatted(above, below));
        }
    }

    /// Strictly more than this share.
    public boolean provedAbove(double share) {
        return above >= share;
    }

    /// Strictly less than this share.
    public boolean provedBelow(double share) {
        return below <= share;
    }

    @Override
    public String toString() {
        return "[%s, %s]".formatted(above < 0 ? "?" : Points.text(above), below >= 1 ? "?" : Points.text(below));
    }
}
