/// What the agent and its clients say to each other.
@NullMarked
package lastgood.local.wire;

import org.jspecify.annotations.NullMarked;
