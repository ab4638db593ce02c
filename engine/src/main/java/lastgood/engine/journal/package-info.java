/// The run's only memory: appended by compare-and-swap, replayed after a crash.
@NullMarked
package lastgood.engine.journal;

import org.jspecify.annotations.NullMarked;
