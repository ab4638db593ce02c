/// A world in which nothing is left to chance: one thread, a clock that moves when it is asked to, and a fuse at
/// every touch between the engine and anything outside it.
@NullMarked
package lastgood.testkit.sim;

import org.jspecify.annotations.NullMarked;
