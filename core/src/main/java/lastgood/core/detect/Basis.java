package lastgood.core.detect;

import java.time.Instant;
import java.util.List;

/// What a release is compared with, chosen once when its watch begins.
///
/// @param start the new version's first sample, by the samples' own clock; scrapes count their time from here
/// @param phi from [Dispersion], at least 1
/// @param words how each of these was found, a line each, for people and for the record
public record Basis(Reference reference, Before before, double phi, Instant start, List<String> words) {
    public Basis {
        words = List.copyOf(words);
    }

    /// What is left to compare with once the old version is gone, when nothing more can be proved beside it.
    /// Whoever watches a release that replaces another one runs a second detector on the same scrapes by this,
    /// each of the two at half of the alpha.
    public Basis alone() {
        return switch (reference) {
            case Reference.Beside() ->
                new Basis(
                        before.known() ? new Reference.Earlier() : Reference.Nothing.usual(),
                        before,
                        phi,
                        start,
                        words);
            case Reference.Earlier(), Reference.Nothing(var _) -> this;
        };
    }
}
