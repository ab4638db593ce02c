/// From facts to a plan: which steps, in which order, with which undo. Pure, so that a dry run is free and
/// a table of situations is the test.
@NullMarked
package lastgood.core.plan;

import org.jspecify.annotations.NullMarked;
