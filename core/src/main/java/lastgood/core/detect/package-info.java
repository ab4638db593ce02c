/// Is this release bad, and is the service well again? Counts in, proofs out: functions without a clock, I/O or
/// memory of their own, so that a decision can be computed again from the same counts, bit for bit.
@NullMarked
package lastgood.core.detect;

import org.jspecify.annotations.NullMarked;
