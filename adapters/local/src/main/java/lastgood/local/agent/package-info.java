/// The agent: wishes, instances, and the reconciler that brings them together.
@NullMarked
package lastgood.local.agent;

import org.jspecify.annotations.NullMarked;
