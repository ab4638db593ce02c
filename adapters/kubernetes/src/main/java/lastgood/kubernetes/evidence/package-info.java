/// Keeps what a rollback would destroy: logs, events, objects.
@NullMarked
package lastgood.kubernetes.evidence;

import org.jspecify.annotations.NullMarked;
