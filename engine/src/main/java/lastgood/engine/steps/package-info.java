/// One handler for each step record. The world is the only memory a handler has.
@NullMarked
package lastgood.engine.steps;

import org.jspecify.annotations.NullMarked;
