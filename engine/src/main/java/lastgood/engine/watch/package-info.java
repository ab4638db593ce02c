/// Watching a release: what was seen and decided, on record.
@NullMarked
package lastgood.engine.watch;

import org.jspecify.annotations.NullMarked;
