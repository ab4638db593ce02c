/// Getting a backup back: where to stop, a scratch to look at it, the swap, and what rehearsals say about time.
@NullMarked
package lastgood.postgres.restore;

import org.jspecify.annotations.NullMarked;
