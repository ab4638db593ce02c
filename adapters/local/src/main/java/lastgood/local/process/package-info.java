/// Processes that can be told apart from whatever gets their number later.
@NullMarked
package lastgood.local.process;

import org.jspecify.annotations.NullMarked;
