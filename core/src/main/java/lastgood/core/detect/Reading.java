package lastgood.core.detect;

/// Where the proof of one claim stands. All three are natural logarithms of e-values.
///
/// @param claim in words
/// @param now evidence at this moment
/// @param peak most evidence so far, at least 0
/// @param needed what proves it: ln(1/alpha)
public record Reading(String claim, double now, double peak, double needed) {

    public boolean proved() {
        return peak >= needed;
    }
}
