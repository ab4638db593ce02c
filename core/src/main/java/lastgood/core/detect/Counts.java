package lastgood.core.detect;

/// What was counted between two scrapes.
///
/// @param requests at least 0
/// @param bad of those; 0 to `requests`
public record Counts(long requests, long bad) {

    public static final Counts NONE = new Counts(0, 0);

    public Counts {
        if (requests < 0 || bad < 0 || bad > requests) {
            throw new IllegalArgumentException("not counts: %d bad of %d requests".formatted(bad, requests));
        }
    }

    public Counts plus(Counts other) {
        return new Counts(requests + other.requests, bad + other.bad);
    }

    /// Share of bad requests, 0 to 1; 0 of 0 is 0, so ask `requests` first.
    public double share() {
        return requests == 0 ? 0 : (double) bad / requests;
    }
}
