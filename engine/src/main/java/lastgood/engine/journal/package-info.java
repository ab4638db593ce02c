/// A run's only memory: records in a hash chain, appended by compare-and-swap, and what they come to.
@NullMarked
package lastgood.engine.journal;

import org.jspecify.annotations.NullMarked;
