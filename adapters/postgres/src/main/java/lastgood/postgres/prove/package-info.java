/// Proves whether an older release works on a newer schema, on a database of its own that is thrown away.
@NullMarked
package lastgood.postgres.prove;

import org.jspecify.annotations.NullMarked;
