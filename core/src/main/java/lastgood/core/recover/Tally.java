package lastgood.core.recover;

/// What the samples of a watch add up to so far; small enough to stand in every journal record, so that
/// whoever takes the run over goes on counting where the last owner stopped.
///
/// @param inARow valid samples in a row that passed
/// @param failed samples that failed
/// @param blind samples that could not say
/// @param taken samples in all
public record Tally(int inARow, int failed, int blind, int taken) {

    public static Tally none() {
        return new Tally(0, 0, 0, 0);
    }

    public Tally plus(CheckResult.Finding finding) {
        return switch (finding) {
            case PASS -> new Tally(inARow + 1, failed, blind, taken + 1);
            case FAIL -> new Tally(0, failed + 1, blind, taken + 1);
            // Not seeing is neither good nor bad: the row is not broken, and it does not grow.
            case UNKNOWN -> new Tally(inARow, failed, blind + 1, taken + 1);
        };
    }
}
