/// The checklist's questions, as a cluster can answer them.
@NullMarked
package lastgood.kubernetes.checks;

import org.jspecify.annotations.NullMarked;
