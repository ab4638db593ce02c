package lastgood.core.decide;

import java.time.Instant;
import java.util.Optional;
import lastgood.core.Severity;

/// One thing that speaks against the release.
///
/// @param trigger which of the seven it is; empty = worse, but by less than any of them asks for
/// @param from where it comes from, and so what it may cause
/// @param words one line, for people
record Finding(Optional<Trigger> trigger, Severity severity, From from, Instant since, String words) {
    enum From {
        /// The counts: a proof, wrong with a known chance.
        COUNTS,
        /// A fact about this release.
        FACT,
        /// Somebody else's rule.
        RUMOUR
    }
}
