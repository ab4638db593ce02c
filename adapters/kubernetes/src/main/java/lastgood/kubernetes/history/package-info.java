/// What was put out before: read from the history that Kubernetes keeps, and from the snapshots that lastgood keeps
/// because that history is short.
@NullMarked
package lastgood.kubernetes.history;

import org.jspecify.annotations.NullMarked;
