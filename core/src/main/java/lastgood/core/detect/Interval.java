package lastgood.core.detect;

/// Where a share surely is: outside of it with a chance of at most 1 % on either side. For one look at counts that are
/// complete; whoever looks again and again needs a bet ([Detector]).
///
/// @param low 0 to 1
/// @param high 0 to 1
public record Interval(double low, double high) {

    public static Interval of(Counts counts) {
        return new Interval(Before.bound(counts, 0), Before.bound(counts, 1));
    }

    public boolean overlaps(Interval other) {
        return low <= other.high && other.low <= high;
    }
}
