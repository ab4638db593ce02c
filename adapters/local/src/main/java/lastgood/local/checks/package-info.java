/// The checklist's questions, as the local platform can ask them.
@NullMarked
package lastgood.local.checks;

import org.jspecify.annotations.NullMarked;
