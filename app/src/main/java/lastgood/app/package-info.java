/// main() and the parts list: every object is made here with new.
@NullMarked
package lastgood.app;

import org.jspecify.annotations.NullMarked;
