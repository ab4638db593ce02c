/// Kubernetes as the engine's world: one folder for each thing that the engine asks of it.
@NullMarked
package lastgood.kubernetes;

import org.jspecify.annotations.NullMarked;
