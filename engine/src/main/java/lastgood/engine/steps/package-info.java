/// One handler for each kind of step: look, decide, act.
@NullMarked
package lastgood.engine.steps;

import org.jspecify.annotations.NullMarked;
