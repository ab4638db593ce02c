package lastgood.core;

/// The bounds between which an autoscaler chooses a number of instances.
public record Capacity(int min, int max) {

    public Capacity {
        if (min < 0 || max < min) {
            throw new IllegalArgumentException("no number lies between %d and %d".formatted(min, max));
        }
    }

    public boolean allows(int instances) {
        return min <= instances && instances <= max;
    }

    /// Never fewer than that many.
    public Capacity atLeast(int instances) {
        return new Capacity(Math.max(min, instances), Math.max(max, instances));
    }

    @Override
    public String toString() {
        return "%d to %d".formatted(min, max);
    }
}
